"""`twinbean serve`: a study is started, gone on with, and served by one process that says little."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from html.parser import HTMLParser

import httpx
import pytest

from collecting import MAIN, Called, Served, everything_in, some_rows
from twinbean.cli import main
from twinbean.collect.starting import Wanted, start
from twinbean.collect.store import StudyError
from twinbean.collect.study import read_settings

ADDRESS = "192.0.2.77"


def begin(folder, **wanted):
    study, game = start(folder, Wanted(**({"task": "two_armed_bandit"} | wanted)))
    study.close()
    return game


def run(*arguments, **options):
    command = [sys.executable, "-c", MAIN, "serve", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def test_a_study_is_gone_on_with_where_it_was(tmp_path):
    folder = tmp_path / "study"
    rows = some_rows(22)
    with Called(folder, page={"title": "Machines"}, completion_url="https://example.org/?cc=A") as study:
        opened = study.open("P1")
        study.send(opened, 0, rows[:9])
    before = (folder / "study.json").read_bytes()
    with Called(folder) as study:
        assert (folder / "study.json").read_bytes() == before
        assert study.send(opened, 9, rows[9:]).json() == {"stored": 22}
        assert study.finish(opened, rows).json() == {"complete": True, "url": "https://example.org/?cc=A"}
        assert "<title>Machines</title>" in study.get("/").text


def test_what_is_said_anew_of_page_and_policies_holds_from_then_on(tmp_path):
    folder = tmp_path / "study"
    begin(
        folder, page={"title": "Before", "progress": True}, codes={"done": "A"}, completion_url="https://a.org/{code}"
    )
    begin(folder, page={"title": "After"}, policies={"other_device": "block"}, codes={"done": "B"})
    found = read_settings(folder)
    assert found.page == {"title": "After", "progress": True}
    assert found.policies.other_device == "block"
    assert found.completion.link("done") == "https://a.org/B"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            {"task": "restless_four_armed"},
            "is a study of 'two_armed_bandit', and 'restless_four_armed' is another task",
        ),
        ({"parameters": {"trials": 12}}, "was started with parameters"),
        ({"seed": 4}, "was started with seed 3, and 4 would be another study"),
        ({"variants": 2}, "was started with variants 1"),
        ({"conditions": {"trials": [3]}}, "was started without conditions"),
        ({"database": "postgresql:///x"}, "was started with database None"),
    ],
)
def test_another_study_is_refused_and_the_one_that_is_there_stays_as_it_is(tmp_path, wanted, sentence):
    folder = tmp_path / "study"
    begin(folder, seed=3)
    before = (folder / "study.json").read_bytes()
    with pytest.raises(StudyError, match=re.escape(sentence)):
        begin(folder, **wanted)
    assert (folder / "study.json").read_bytes() == before


def test_a_task_whose_file_has_changed_is_refused(tmp_path):
    path = tmp_path / "mine.py"
    source = (
        "from sweetbean import Block, Experiment\n"
        "from twinbean import SlotMachines\n"
        "from sweetbean.variable import TimelineVariable\n"
        "def build(*, rng):\n"
        "    timeline = [{'a': {'color': 'orange', 'value': 1}, 'b': {'color': 'blue', 'value': 2}}] * 3\n"
        "    bandits = [TimelineVariable('a'), TimelineVariable('b')]\n"
        "    return Experiment([Block([SlotMachines(bandits=bandits, duration=5)], timeline)])\n"
    )
    path.write_text(source)
    begin(tmp_path / "study", task=str(path))
    begin(tmp_path / "study", task=str(path))
    path.write_text(source.replace("duration=5", "duration=6"))
    with pytest.raises(StudyError, match="its file has changed since"):
        begin(tmp_path / "study", task=str(path))


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(StudyError, match="is there and holds no study"):
        begin(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"completion_url": "javascript:alert(1)"}, "expected an address with https"),
        ({"codes": {"done": "A"}}, "codes need --completion-url"),
        ({"completion_url": "https://a.org/?cc=A", "codes": {"gone": "B"}}, "a code is given for 'gone'"),
        ({"completion_url": "https://a.org/", "codes": {"screened_out": "B"}}, "expected {code} where a code belongs"),
        ({"completion_url": "https://a.org/{code}"}, "no code for 'done' is given"),
        ({"database": "mysql://x"}, "expected an address with postgresql://"),
        ({"database": "postgresql://me:secret@host/db"}, "give it in PGPASSWORD"),
    ],
)
def test_what_cannot_be_served_is_refused_in_a_sentence(tmp_path, wanted, sentence):
    with pytest.raises(StudyError, match=re.escape(sentence)):
        begin(tmp_path / "study", **wanted)


@pytest.fixture
def refusal(monkeypatch, capsys):
    """What `twinbean serve` says of a command line that it refuses."""

    def say(*arguments):
        monkeypatch.setattr(sys, "argv", ["twinbean", "serve", "two_armed_bandit", *map(str, arguments)])
        with pytest.raises(SystemExit) as raised:
            main()
        assert raised.value.code == 2
        [line] = capsys.readouterr().err.splitlines()
        return line.removeprefix("twinbean: error: ")

    return say


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--max-age", "-3"], "the study's policies: max_age_ms is -10800000.0, expected greater than 0"),
        (["--host", "203.0.113.1"], "cannot be listened on: Cannot assign requested address; choose another"),
        (["--set", "nosuch=1"], "has no parameter 'nosuch'"),
        (["--nosuch"], "No such option: --nosuch"),
        (["--consent", "nowhere.txt"], "nowhere.txt does not exist"),
        (["--exclude-participants", "nowhere.txt"], "nowhere.txt does not exist"),
    ],
)
def test_a_command_line_that_is_refused_leaves_no_folder_behind(tmp_path, refusal, options, sentence):
    folder = tmp_path / "new" / "deeper" / "study"
    assert sentence in refusal("-o", folder, "--port", 0, *options)
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named_and_what_was_there_stays(tmp_path, refusal):
    (tmp_path / "empty").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refusal("-o", tmp_path / "empty", "--port", port)
    assert said == (
        f"127.0.0.1:{port} cannot be listened on: Address already in use; choose another with --host and --port"
    )
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_file_or_another_s_folder_is_no_place_for_a_study(tmp_path, refusal):
    file = tmp_path / "thesis.txt"
    file.write_text("precious")
    assert refusal("--port", 0, "-o", file) == f"{file} is a file, expected a study's folder, or one that can be made"
    assert "is there and holds no study" in refusal("--port", 0, "-o", tmp_path)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == "precious"


def test_links_have_the_code_of_their_outcome(tmp_path):
    with Called(
        tmp_path / "study",
        completion_url="https://app.prolific.com/submissions/complete?cc=DONE&x=1",
        codes={"screened_out": "A B"},
    ) as study:
        link = study.study.settings.completion.link
        assert link("done") == "https://app.prolific.com/submissions/complete?cc=DONE&x=1"
        assert link("screened_out") == "https://app.prolific.com/submissions/complete?cc=A+B&x=1"
        assert link("failed_check") is None


class Scripts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.data = {}
        self._name = None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self._name = found.get("id") if found.get("type") == "application/json" else None

    def handle_endtag(self, tag):
        self._name = None

    def handle_data(self, data):
        if self._name:
            self.data[self._name] = json.loads(data)


def test_the_page_holds_no_payoffs_and_is_the_same_study_s_with_another_condition(tmp_path):
    folder = tmp_path / "study"
    pages = []
    for values in ([3, 4], [3, 4, 5]):
        with Called(folder, task="restless_four_armed", conditions={"trials": values}) as study:
            reader = Scripts()
            reader.feed(study.get("/").text)
            pages.append(reader.data)
            everybody = [study.open(f"P{len(pages)}-{number}") for number in range(3)]
    for page in pages:
        assert "variants" not in page["definition"]
        assert [block["timeline"] for block in page["definition"]["blocks"]] == [[]] * len(page["definition"]["blocks"])
    assert pages[0]["options"]["page"] == pages[1]["options"]["page"]
    added = next(opened for opened in everybody if opened["condition"] == {"trials": 5})
    # The server says what is other than in the page.
    assert added["variant"]["parameters"]["trials"] == 5


def test_the_page_may_run_its_own_scripts_and_ask_nobody_else(tmp_path):
    with Called(tmp_path / "study") as study:
        page = study.get("/")
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        hashes = re.findall(r"'sha256-[^']+'", policy)
        assert all(one.replace("'", "&#39;") in page.text for one in hashes)
        for reply in (page, study.get("/nothing"), study.post("visits", {"event": "opened"})):
            assert reply.headers["Referrer-Policy"] == "no-referrer"
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in reply.headers


def test_no_address_and_no_query_is_stored_or_said(tmp_path):
    folder = tmp_path / "study"
    with Served(folder) as server, httpx.Client(base_url=server.address) as client:
        headers = {"X-Forwarded-For": ADDRESS, "Forwarded": f"for={ADDRESS}", "Referer": "https://example.org/REFERRER"}
        for path in ("/?PROLIFIC_PID=SECRETQUERY", "/nothing?SECRETQUERY", "/api/1/sessions?SECRETQUERY"):
            client.get(path, headers=headers)
        for content in (b"{", b'{"event": "opened"}'):
            client.post(
                "/api/1/visits?SECRETQUERY", content=content, headers=headers | {"Content-Type": "application/json"}
            )
        status, said = server.stop()
    assert status == 0
    assert said == ""
    found = everything_in(folder)
    assert not any(word in found for word in (b"SECRETQUERY", ADDRESS.encode(), b"REFERRER", b"127.0.0.1"))


def test_a_study_is_served_once_at_a_time_and_an_address_that_is_taken_is_named(tmp_path):
    with Served(tmp_path / "study") as server:
        second = run("two_armed_bandit", "-o", server.folder)
        assert second.returncode == 2
        assert second.stderr == f"twinbean: error: {server.folder} is being served already\n"
        port = httpx.URL(server.address).port
        third = run("two_armed_bandit", "-o", tmp_path / "other", "--port", port)
        assert third.returncode == 2
        assert f"127.0.0.1:{port} cannot be listened on" in third.stderr
        assert not (tmp_path / "other").exists()


def test_what_cannot_be_started_leaves_nothing_behind(tmp_path):
    done = run("no_such_task", "-o", tmp_path / "study")
    assert done.returncode == 2
    assert done.stderr.startswith("twinbean: error: there is no task 'no_such_task'")
    assert run("two_armed_bandit", "-o", tmp_path / "study", "--condition", "trials=3,3").returncode == 2
    assert run("two_armed_bandit", "-o", tmp_path / "study", "--condition", "colour=red").returncode == 2
    assert run("two_armed_bandit", "-o", tmp_path / "study", "--completion-url", "ftp://x").returncode == 2
    assert not (tmp_path / "study").exists()


def test_without_the_extra_serving_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "uvicorn.py").write_text("raise ImportError")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = run("two_armed_bandit", "-o", tmp_path / "study", env=os.environ | {"PYTHONPATH": paths})
    assert done.returncode == 2
    assert done.stderr == (
        "twinbean: error: serving needs starlette and uvicorn: run pip install '.[serve]' in Twinbean's checkout\n"
    )


def test_the_folder_is_its_owner_s_alone(tmp_path):
    (tmp_path / "study").mkdir(mode=0o755)
    begin(tmp_path / "study")
    assert (tmp_path / "study").stat().st_mode & 0o077 == 0


def test_who_took_part_in_another_study_or_is_on_a_list_is_excluded(tmp_path):
    with Called(tmp_path / "first") as study:
        study.open("P1")
        study.open("P2", test=True)
        study.open()
    (tmp_path / "list.txt").write_text("P7\n\n P8 \n")
    from twinbean.collect.excluding import excluded_in

    assert excluded_in([tmp_path / "first", tmp_path / "list.txt"]) == {"P1", "P7", "P8"}
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(StudyError, match="names nobody"):
        excluded_in([tmp_path / "empty.txt"])

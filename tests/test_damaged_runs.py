"""A run folder that was damaged is refused in one sentence that names its file, or repaired when that is asked for."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress

import pytest

from bad_input import DEEP, CommandLine, page_rows
from twinbean.comparison import read_notes
from twinbean.errors import TwinbeanError
from twinbean.sessions import read

COMMAND = ("replay", "two_armed_bandit", "p.json", "--after", 1, "--samples", 2, "--model", "random", "-o", "run")


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """The folder of a finished run of two sessions, two of three trials of each the model's."""
    from twinbean.runs.replaying import replay

    folder = tmp_path_factory.mktemp("valid")
    (folder / "p.json").write_text(page_rows())
    replay("two_armed_bandit", read(folder / "p.json"), model="random", run=folder / "run", after=1, samples=2)
    return folder


@pytest.fixture
def twinbean(valid, tmp_path, monkeypatch, capsys):
    shutil.copytree(valid, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, monkeypatch, capsys)


WRONG_JSON = ("3", "[]", '"x"', "9" * 5_000, "[[0]]", DEEP)
IN_MANIFEST = ("format", "kind", "task", "fingerprint", "parameters", "subject", "versions", "resumed", "seed", "data")
IN_LINE = (
    "format",
    "kind",
    "session",
    "participant",
    "trial",
    "choice",
    "reward",
    "offered",
    "outcomes",
    "labels",
    "origin",
)


def with_value(text, name, value):
    """A JSON object with one value written as given, or without it."""
    values = {key: json.dumps(one) for key, one in json.loads(text).items()}
    values |= {name: value}
    return "{" + ", ".join(f"{json.dumps(key)}: {one}" for key, one in values.items() if one is not None) + "}"


DAMAGES = [
    *(("run.json", name, wrong) for name in IN_MANIFEST for wrong in (None, *WRONG_JSON)),
    *(("trials.jsonl", name, wrong) for name in IN_LINE for wrong in (None, *WRONG_JSON)),
]


@pytest.mark.parametrize(("file", "name"), sorted({(file, name) for file, name, _ in DAMAGES}))
def test_a_value_that_is_missing_or_of_another_type_is_no_traceback(twinbean, tmp_path, file, name):
    path = tmp_path / "run" / file
    whole = path.read_text()
    for wrong in [wrong for where, key, wrong in DAMAGES if (where, key) == (file, name)]:
        lines = whole.splitlines() if file == "trials.jsonl" else [whole]
        lines[min(3, len(lines) - 1)] = with_value(lines[min(3, len(lines) - 1)], name, wrong)
        path.write_text("\n".join(lines) + "\n")
        for unfinished in ("trials.csv", "sessions.csv"):
            (tmp_path / "run" / unfinished).unlink(missing_ok=True)
        for command in (("convert", "run", "-o", "t.csv"), COMMAND):
            status, _, err = twinbean(*command)
            assert status == 0 or "run" in err, (name, wrong)
        noted(tmp_path / "run")
        (tmp_path / "t.csv").unlink(missing_ok=True)


def noted(run):
    """What a report needs of a run: it is read, or refused."""
    with suppress(TwinbeanError):
        read_notes([run])


CONTENTS = {
    "nothing": b"", "a line end": b"\n", "binary": bytes(range(256)), "a number": b"3\n", "null": b"null\n",
    "a list": b"[]\n", "an object": b"{}\n", "cut off": None, "deep": DEEP.encode() + b"\n",
    "UTF-16": "{}\n".encode("utf-16"),
    "NUL": b"\0\0\0\n", "only quotes": b'"""\n', "a header": b"source,session,status\nx\n",
    "long": b"x," * 200_000 + b"\n",
}  # fmt: skip


@pytest.mark.parametrize("file", ["run.json", "trials.jsonl", "trials.csv", "sessions.csv", "transcripts.jsonl"])
@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_with_other_content_is_no_traceback(twinbean, tmp_path, file, kind):
    path = tmp_path / "run" / file
    content = CONTENTS[kind]
    path.write_bytes(path.read_bytes()[:-30] if content is None else content)
    for command in (("convert", "run", "-o", "t.csv"), COMMAND):
        status, _, err = twinbean(*command)
        assert status == 0 or "run" in err
    noted(tmp_path / "run")


@pytest.mark.parametrize("file", ["run.json", "trials.jsonl", "sessions.csv", "trials.csv"])
@pytest.mark.parametrize("instead", ["nothing", "a folder", "a dangling link"])
def test_a_file_that_is_gone_or_something_else_is_no_traceback(twinbean, tmp_path, file, instead):
    path = tmp_path / "run" / file
    path.unlink()
    if instead == "a folder":
        path.mkdir()
    if instead == "a dangling link":
        path.symlink_to(tmp_path / "nowhere" / "at all")
    for command in (("convert", "run", "-o", "t.csv"), COMMAND):
        status, _, err = twinbean(*command)
        assert status in (0, 2), err
    noted(tmp_path / "run")


# Repair


def lines_of(tmp_path):
    return (tmp_path / "run" / "trials.jsonl").read_bytes().split(b"\n")[:-1]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("damage", [b"\xff\xfe damaged", b'{"format": 1}', b"", b"{}", None])
def test_a_damaged_line_blocks_a_run_until_it_is_repaired_and_then_it_ends_as_it_would_have(
    twinbean, valid, tmp_path, number, damage
):
    path = tmp_path / "run" / "trials.jsonl"
    before = lines_of(tmp_path)
    damaged = [*before]
    damaged[number : number + 1] = [] if damage is None else [damage]
    path.write_bytes(b"".join(line + b"\n" for line in damaged))
    (tmp_path / "run" / "trials.csv").unlink()
    if damage is not None:
        message = twinbean.refused(*COMMAND)
        assert f"trials.jsonl, line {number + 1}" in message
        assert "--repair" in message
    status, _, err = twinbean(*COMMAND, "--repair")
    assert status == 0
    if damage is not None:
        assert f"trials.jsonl, line {number + 1}" in err
        assert "the line is dropped" in err
        assert (tmp_path / "run" / "trials.jsonl.damaged").read_bytes().count(damage)
    assert read(tmp_path / "run") == read(valid / "run")
    sessions = {json.loads(line)["session"] for line in before}
    untouched = sessions - {json.loads(before[number])["session"]}
    kept = lines_of(tmp_path)
    assert [line for line in before if json.loads(line)["session"] in untouched] == [
        line for line in kept if json.loads(line)["session"] in untouched
    ]


def test_a_dropped_line_is_told_in_the_words_of_its_refusal(twinbean, valid, tmp_path):
    path = tmp_path / "run" / "trials.jsonl"
    before = lines_of(tmp_path)
    path.write_bytes(b"".join(line + b"\n" for line in [*before[:2], b'{"format": 1}', *before[3:]]))
    (tmp_path / "run" / "trials.csv").unlink()
    wrong = "run/trials.jsonl, line 3: kind is None, expected one of trial, response, key, illegal, end"
    assert wrong in twinbean.refused(*COMMAND)
    err = twinbean(*COMMAND, "--repair")[2].splitlines()
    assert err[0] == f"twinbean: {wrong}; the line is dropped"
    session = json.loads(before[2])["session"]
    lost = f"session {session!r} has lost what came before it; the line is dropped"
    later = [number for number in range(4, len(before) + 1) if json.loads(before[number - 1])["session"] == session]
    assert err[1:] == [f"twinbean: run/trials.jsonl, line {number}: {lost}" for number in later] != []


def test_calls_are_repaired_too(twinbean, tmp_path):
    calls = tmp_path / "run" / "calls.jsonl"
    whole = (
        b'{"format": 1, "kind": "error", "key": "k", "session": "s", "trial": 0, "attempt": 0, "purpose": "choice"}\n'
    )
    calls.write_bytes(whole + b"damaged\n" + whole)
    status, _, err = twinbean(*COMMAND, "--repair")
    assert status == 0
    assert "calls.jsonl, line 2 is not JSON" in err
    assert "the line is dropped" in err
    assert calls.read_bytes() == whole * 2


def test_a_run_that_needs_no_repair_is_left_alone(twinbean, tmp_path):
    before = (tmp_path / "run" / "trials.jsonl").read_bytes()
    assert twinbean(*COMMAND, "--repair")[0] == 0
    assert (tmp_path / "run" / "trials.jsonl").read_bytes() == before
    assert not list((tmp_path / "run").glob("*.damaged"))

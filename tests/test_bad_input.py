"""Whatever a file or a command line holds, the answer is a result or one sentence, and never a traceback."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import sys
import zipfile

import pytest

from bad_input import DEEP, ROW, WRONG, CommandLine, page_rows
from twinbean.cli.messages import LONGEST, one_line
from twinbean.sessions import COLUMNS, read

REPLAY = ("--model", "random", "-o", "run")


@pytest.fixture
def twinbean(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, monkeypatch, capsys)


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path.name


def test_the_valid_control_is_read_and_replayed(twinbean, tmp_path):
    written(tmp_path / "p.json", page_rows())
    assert twinbean("convert", "p.json", "-o", "t.csv")[0] == 0
    assert twinbean("replay", "two_armed_bandit", "p.json", "--after", 3, *REPLAY)[0] == 0
    assert [trial.reward for trial in read(tmp_path / "run")[0].trials] == [2, 1, 0]


REFUSED = {
    "participant": ("[[0]]", "{}", "true", "9" * 5_000, DEEP),
    "session": ("[[0]]", "{}"),
    "variant": ("[[0]]",),
    "seed": ("-1", "0.5", "[]", '"x"', "1" + "0" * 400),
    "bean_response": ("-1", "0.5", "true", "[[0]]", '"x"', "1e999"),
    "bean_positions": ("[[0]]", "[-1, 0]", "[0.5, 0]", "[0, 0]", "[0]", "[true, false]", "{}"),
    "bean_offered": ("[[0]]", "[-1, 0]", "[0.5, 0]", "[true, false]", "[0, 1, 2]"),
    "bean_bandits": ("-1", "[[0]]", "{}", '[{"value": 1e999}, {"value": 1}]'),
    "bean_block": ("-1", "0.5", "1e999", "true"),
    "bean_score": ("1e999", "NaN", "[[0]]"),
    "rt": ("1e999", "[[0]]"),
    "format": ("-1", '"x"', "[[0]]"),
    "interruptions": ("[[0]]", '"x"'),
}


@pytest.mark.parametrize("name", [name for name in ROW if name not in ("twinbean", "device")])
def test_a_page_s_row_with_one_wrong_field_is_read_or_refused_with_the_row(twinbean, tmp_path, name):
    for wrong in WRONG:
        written(tmp_path / "p.json", page_rows(**{name: wrong}))
        status, _, err = twinbean("convert", "p.json", "-o", "t.csv")
        assert status == 0 or "p.json" in err
        assert status == 2 or wrong not in REFUSED.get(name, ()), (name, wrong)
        if status == 0:
            assert len(read(tmp_path / "t.csv")) in (1, 2)
            (tmp_path / "t.csv").unlink()


@pytest.mark.parametrize("name", ["seed", "parameters", "variant", "fingerprint", "bean_positions", "bean_labels"])
def test_what_a_replay_takes_from_a_row_is_checked_before_anybody_plays(twinbean, tmp_path, name):
    wrong_parameters = ('{"trials": 1000000000}', '{"trials": "ten"}', '{"trials": [3]}', '{"trials": -3}')
    for wrong in (*WRONG, *(wrong_parameters if name == "parameters" else ())):
        written(tmp_path / "p.json", page_rows(**{name: wrong}))
        status, _, _ = twinbean("replay", "two_armed_bandit", "p.json", *REPLAY)
        assert status == 2 or wrong not in wrong_parameters
        for left in (tmp_path / "run").glob("*") if status != 2 else ():
            left.unlink()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_with_one_wrong_cell_is_read_or_refused_with_the_row(twinbean, tmp_path, name):
    written(tmp_path / "p.json", page_rows())
    twinbean("convert", "p.json", "-o", "t.csv")
    import pandas as pd

    valid = pd.read_csv(tmp_path / "t.csv", dtype=str)
    for wrong in (
        "-1",
        "0.5",
        "1e308",
        "1e400",
        "9" * 5_000,
        "x",
        "true",
        "[]",
        "[[0]]",
        "[1e400, 1]",
        "{}",
        "=1",
        "[",
        DEEP,
    ):
        table = valid.copy()
        table.loc[1, name] = wrong
        table.to_csv(tmp_path / "w.csv", index=False)
        status, _, err = twinbean("convert", "w.csv", "-o", "again.csv")
        assert status == 0 or "w.csv" in err
        if status == 0:
            assert read(tmp_path / "again.csv") == read(tmp_path / "w.csv"), (name, wrong)
            (tmp_path / "again.csv").unlink()


def zipped(text):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.jsonl", text)
    return content.getvalue()


TEXT = json.dumps({"text": "machines J and F. You press <<J>>.", "participant": "p"}) + "\n"
TABLE = "who,what\np,a\np,b\n"
FOREIGN = ("--participant", "who", "--choice", "what", "-o", "t.csv")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("p.json", ("convert", "p.json", "-o", "t.csv")),
        ("p.csv", ("convert", "p.csv", "-o", "t.csv")),
        ("p.jsonl", ("convert", "p.jsonl", "-o", "t.csv")),
        ("p.parquet", ("convert", "p.parquet", "-o", "t.csv")),
        ("f.csv", ("convert", "f.csv", *FOREIGN)),
        ("f.csv.gz", ("convert", "f.csv.gz", *FOREIGN)),
        ("f.parquet", ("convert", "f.parquet", *FOREIGN)),
        ("t.zip", ("score", "transcripts", "t.zip", "--model", "smollm2", "-o", "run")),
        ("t.jsonl", ("score", "transcripts", "t.jsonl", "--model", "smollm2", "-o", "run")),
        ("w.json", ("export", "two_armed_bandit", "-o", "page.html", "--words", "w.json")),
        ("c.txt", ("export", "two_armed_bandit", "-o", "page.html", "--consent", "c.txt")),
    ],
)
def test_a_file_that_is_cut_off_or_of_another_kind_is_refused(twinbean, tmp_path, name, command):
    contents = {
        "nothing": b"",
        "binary": bytes(range(256)) * 8,
        "UTF-16": "[]".encode("utf-16"),
        "latin": "é".encode("latin-1"),
        "cut off gzip": gzip.compress(TABLE.encode() * 99)[:-12],
        "damaged gzip": gzip.compress(TABLE.encode() * 99)[:30] + b"\xff" * 40,
        "cut off zip": zipped(TEXT * 99)[:-20],
        "damaged zip": zipped(TEXT * 99)[:60] + b"\xff" * 30 + zipped(TEXT * 99)[90:],
        "deep": b"[" * 100_000,
        "only quotes": b'"' * 3_001,
        "digits": b"9" * 5_000,
    }
    for kind, content in contents.items():
        if name == "c.txt" and kind in ("deep", "only quotes", "digits"):
            continue
        written(tmp_path / name, content)
        assert name in twinbean.refused(*command), kind
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    assert twinbean(*command)[0] == 2
    (tmp_path / name).rmdir()
    assert name in twinbean.refused(*command)


def test_a_whole_gzip_and_a_whole_zip_are_read(twinbean, tmp_path):
    written(tmp_path / "f.csv.gz", gzip.compress(TABLE.encode()))
    assert twinbean("convert", "f.csv.gz", *FOREIGN)[0] == 0
    from twinbean.sessions.psych101 import read_transcripts

    written(tmp_path / "t.zip", zipped(TEXT))
    assert len(read_transcripts(tmp_path / "t.zip")) == 1


NINES = "9" * 5_000


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("replay", "two_armed_bandit", "--samples", "1000000000", *REPLAY), "samples"),
        (("replay", "two_armed_bandit", "--samples", NINES, *REPLAY), "samples"),
        (("replay", "two_armed_bandit", "--seed", NINES, *REPLAY), "seed"),
        (("replay", "two_armed_bandit", "--seed", "9" * 400, *REPLAY), "seed"),
        (("replay", "two_armed_bandit", "--temperature", "nan", *REPLAY), "temperature"),
        (("replay", "two_armed_bandit", "--temperature", "inf", *REPLAY), "temperature"),
        (("replay", "two_armed_bandit", "--timeout", "nan", *REPLAY), "timeout"),
        (("replay", "two_armed_bandit", "--set", f"trials={NINES}", *REPLAY), "trials"),
        (("replay", "two_armed_bandit", "--set", "trials=1000000000", *REPLAY), "trials"),
        (("replay", "iowa_gambling", "--set", "trials=1000000000", *REPLAY), "trials"),
        (("replay", "horizon", "--set", "games=1000000000", *REPLAY), "games"),
        (("replay", "horizon", "--set", "sd=-1", *REPLAY), "sd"),
        (("replay", "horizon", "--set", "sd=nan", *REPLAY), "sd"),
        (("replay", "gershman_two_armed", "--set", "blocks=1000000000", *REPLAY), "blocks"),
        (("replay", "gershman_two_armed", "--set", "means_variance=0", *REPLAY), "means_variance"),
        (("replay", "gershman_two_armed", "--set", "means_variance=-1", *REPLAY), "means_variance"),
        (("replay", "five_armed_buttons", "--set", "gap=0", *REPLAY), "gap"),
        (("replay", "five_armed_buttons", "--set", "gap=-0.2", *REPLAY), "gap"),
        (("replay", "probabilistic_reversal", "--set", "p=0.5", *REPLAY), "p is 0.5"),
        (("replay", "probabilistic_reversal", "--set", "correct=-1", *REPLAY), "correct"),
        (("replay", "restless_four_armed", "--set", "noise=-1", *REPLAY), "noise"),
        (("replay", "restless_four_armed", "--set", "drift=inf", *REPLAY), "drift"),
        (("replay", "two_armed_bandit", "--model", "random", "-o", "-"), "standard output"),
        (("replay", "two_armed_bandit", "--repair", *REPLAY), "run holds no run"),
        (("export", "two_armed_bandit", "-o", "p.html", "--max-age", "inf"), "max-age"),
        (("export", "two_armed_bandit", "-o", "p.html", "--max-age", "nan"), "max-age"),
        (("export", "two_armed_bandit", "-o", "p.html", "--max-age", "1e308"), "max_age"),
        (("export", "two_armed_bandit", "-o", "p.html", "--variants", "1000000000"), "variants"),
        (("export", "two_armed_bandit", "-o", "p.html", "--feedback-ms", "nan"), "feedback_ms"),
        (("score", "two_armed_bandit", "p.json", "--window", NINES, *REPLAY), "--window"),
        (("score", "two_armed_bandit", "p.json", "--window", "-3", *REPLAY), "--window"),
        (("recover", "two_armed_bandit", "-o", "r", "--simulations", "1000000000"), "simulations"),
        (("convert", "p.json", "-o", "x" * 300 + ".csv"), "x" * 300),
        (("convert", "x" * 300 + ".json", "-o", "t.csv"), "x" * 300),
        (("convert", "p.json", "-o", "t.txt"), "t.txt"),
        (("compare", "p.json", "-o", "p.json"), "p.json is a file"),
        (("compare", "p.json", "-o", "-"), "standard output"),
        (("compare", "p.json", "-o", "c", "--exclude", "rt<" + NINES), "exclu"),
        (("fit", "p.json", "-o", "f.csv", "--models", "x" * 1_000), "is not known"),
        (("tasks", "two_armed_bandit", "-o", "f.txt"), "f.txt"),
        (("new", "x" * 300, "--like", "two_armed_bandit"), "x" * 40),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_meant_is_refused_by_name(twinbean, tmp_path, command, said):
    written(tmp_path / "p.json", page_rows())
    assert said in twinbean.refused(*command)


@pytest.mark.parametrize(
    ("words", "said"),
    [('{"start": 3}', "'start' is 3"), ('{"start": [1]}', "'start'"), ("[]", "holds list"),
     (DEEP, "nested"), ("3", "holds int"),
     ('{"start": null}', "'start' is None")],
)  # fmt: skip
def test_words_that_are_no_words_are_refused(twinbean, tmp_path, words, said):
    written(tmp_path / "w.json", words)
    assert said in twinbean.refused("export", "two_armed_bandit", "-o", "p.html", "--words", "w.json")


EXPERIMENT = """
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 2}]
def made(trials=3):
    return Experiment([Block([Bandit(bandits=arms)], timeline=[{}] * trials)])
"""


def test_annotations_for_type_checkers_only_do_not_stop_a_task(twinbean, tmp_path):
    source = "def build(*, rng: 'np.random.Generator', trials: 'Count' = 3): return made(trials)\n"
    written(tmp_path / "mine.py", EXPERIMENT + source)
    assert twinbean("replay", "mine.py", "--set", "trials=4", *REPLAY)[0] == 0
    assert len(read(tmp_path / "run")[0].trials) == 4


@pytest.mark.parametrize(
    "raised",
    ["BaseException('no')", "ValueError('no')", "SystemExit(0)", "GeneratorExit()", "RecursionError()", "Odd()",
     "KeyError(3)"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["file", "build"])
def test_whatever_a_task_raises_is_told_with_its_file_and_line(twinbean, tmp_path, raised, place):
    odd = "class Odd(BaseException):\n    def __str__(self): raise ValueError\n"
    body = f"def build(*, rng):\n    raise {raised}\n" if place == "build" else f"\nraise {raised}\n"
    written(tmp_path / "mine.py", odd + body)
    message = twinbean.refused("replay", "mine.py", *REPLAY)
    assert raised.partition("(")[0] in message
    assert "at line 4" in message
    assert "mine.py" in message


def test_ctrl_c_in_a_task_stops_the_program_and_claims_nothing(twinbean, tmp_path, monkeypatch, capsys):
    written(tmp_path / "mine.py", "def build(*, rng):\n    raise KeyboardInterrupt\n")
    monkeypatch.setattr(sys, "argv", ["twinbean", "replay", "mine.py", *REPLAY])
    from twinbean import cli

    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 130
    assert capsys.readouterr().err == "twinbean: stopped\n"
    assert not (tmp_path / "run").exists()


# Where results are written


@pytest.fixture
def null(tmp_path):
    """A device of our own like /dev/null, so that the machine's is never in danger."""
    path = tmp_path / "null"
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        path.write_bytes(b"")
    except (PermissionError, OSError):
        pytest.skip("only root can make a device, where the file system allows it")
    return path


@pytest.mark.parametrize(
    "command",
    [
        ("convert", "p.json", "-o"),
        ("export", "two_armed_bandit", "-o"),
        ("tasks", "two_armed_bandit", "-o"),
        ("fit", "p.json", "--models", "uniform", "-o"),
    ],
)
def test_a_device_is_written_into_and_stays_a_device(twinbean, tmp_path, null, command):
    written(tmp_path / "p.json", page_rows())
    assert twinbean(*command, "null")[0] == 0
    assert stat.S_ISCHR(null.stat().st_mode)
    assert list(tmp_path.glob(".*.part")) == []


def test_a_link_is_written_through(twinbean, tmp_path):
    written(tmp_path / "p.json", page_rows())
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "t.csv").write_text("before")
    (tmp_path / "t.csv").symlink_to("far/t.csv")
    (tmp_path / "new.csv").symlink_to("far/new.csv")
    for name in ("t.csv", "new.csv"):
        assert twinbean("convert", "p.json", "-o", name)[0] == 0
        assert (tmp_path / name).is_symlink()
        assert len(read(tmp_path / "far" / name)[0].trials) == 3


def test_a_pipe_is_written_into(twinbean, tmp_path):
    written(tmp_path / "p.json", page_rows())
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        twinbean._monkeypatch.setattr(twinbean, "listing", dict)
        assert twinbean("convert", "p.json", "-o", "pipe")[0] == 0
        assert os.read(reader, 10_000).startswith(b"participant,session,")
    finally:
        os.close(reader)


def test_a_dash_is_standard_output_and_the_summary_stays_out_of_it(tmp_path):
    written(tmp_path / "p.json", page_rows())
    command = f"import sys; sys.argv = ['twinbean', 'convert', {str(tmp_path / 'p.json')!r}, '-o', '-']; "
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", command + "from twinbean.cli import main; main()"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    written(tmp_path / "out.csv", done.stdout)
    assert len(read(tmp_path / "out.csv")[0].trials) == 3
    assert "1 sessions, 3 trials" in done.stderr
    assert not (tmp_path / "-").exists()


def test_a_write_that_fails_leaves_no_part(twinbean, tmp_path, monkeypatch):
    written(tmp_path / "p.json", page_rows())

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in twinbean.refused("convert", "p.json", "-o", "t.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.json"]


# What is printed


def test_a_long_message_is_shortened_but_never_a_path(tmp_path):
    folder = tmp_path / ("long" * 60)
    folder.mkdir()
    path = folder / ("name" * 50)
    path.touch()
    told = one_line(f"{path}, row 7: choice is {list(range(5_000))!r}, expected the number of an arm")
    assert f"{path}, row 7: choice is [0, 1, 2" in told
    assert told.endswith("expected the number of an arm")
    assert len(told) < LONGEST + len(str(path))
    told = one_line(f"row 7: choice is {'x' * 5_000!r}, expected the number of an arm")
    assert len(told) < LONGEST
    assert told.startswith("row 7: choice is 'xxx")
    assert one_line("a\x1b[31mb\x07\r\n\u202ec") == "a\\x1b[31mb\\x07 \\u202ec"


def test_a_run_of_which_every_session_failed_ends_with_1(twinbean, tmp_path):
    written(tmp_path / "script.txt", "no " * 20)
    command = ("replay", "two_armed_bandit", "--model", "script:script.txt", "-o", "run", "--samples", 2)
    status, out, _ = twinbean(*command)
    assert (status, "2 failed" in out) == (1, True)


def test_a_score_that_fails_at_once_leaves_no_folder(twinbean, tmp_path):
    written(tmp_path / "p.json", page_rows())
    message = twinbean.refused("score", "two_armed_bandit", "p.json", "--model", "ucb", "-o", "new/run")
    assert "scored no session" in message


# Templates of other people


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ labels.__class__.__base__.__subclasses__() }}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{{ cover.nothing.at_all }}",
        "{% include 'gone.j2' %}",
        "{{ 1 / 0 }}",
        "{{ past[99] }}",
        "{% if %}",
        "{{ " + "(" * 2_000 + ")" * 2_000 + " }}",
    ],
)
def test_a_template_is_shown_the_situation_and_not_python(tmp_path, template):
    from twinbean.errors import SubjectError
    from twinbean.subjects.endpoint.prompting.templates import open_templates

    (tmp_path / "system.j2").write_text(template)
    with pytest.raises(SubjectError, match="system"):
        open_templates(str(tmp_path)).render("system", {"labels": ["A"], "past": [], "cover": "c"})

"""Bad input is one line on stderr and status 2, with nothing written; what works writes what it says."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pandas as pd
import pytest

from twinbean.sessions import read

STOCK = """
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit

arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 2}]
experiment = Experiment([Block([Bandit(bandits=arms)], timeline=[{}, {}, {}])])
"""


@pytest.fixture(autouse=True)
def script(tmp_path):
    (tmp_path / "script.txt").write_text("1 2 " * 6, encoding="utf-8")


@pytest.fixture
def refused(run, tmp_path):
    def call(*arguments):
        before = sorted(tmp_path.rglob("*"))
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert err.startswith("twinbean: error: ")
        assert err.count("\n") == 1
        assert sorted(tmp_path.rglob("*")) == before
        return err

    return call


def page_rows(choices, **common):
    score, rows = 0, []
    for trial, choice in enumerate(choices):
        payoffs = (10 - trial, trial)
        score += payoffs[choice]
        bandits = [{"color": color, "value": value} for color, value in zip(("orange", "blue"), payoffs, strict=True)]
        common |= {"bean_bandits": bandits, "bean_response": choice, "bean_value": payoffs[choice], "rt": 400}
        rows.append(common | {"bean_score": score})
        rows.append({"bean_text": f"Score: {score}", "rt": None})
    return rows


def written(path, rows):
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows), encoding="utf-8")
    return path


CHOICES = [0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1]
REPLAY = ("--model", "script:script.txt", "-o", "run")


@pytest.mark.parametrize(("after", "asked"), [(0, 11), (3, 8), (11, 0)])
def test_a_replay_keeps_the_persons_first_choices_and_asks_for_the_rest(run, tmp_path, after, asked):
    data = written(tmp_path / "p.json", page_rows(CHOICES))
    status, out, _ = run("replay", "two_armed_bandit", data, *REPLAY, "--after", after, "--samples", 2)
    assert status == 0
    assert f"2 sessions, {2 * asked} choices" in out
    for session in read(tmp_path / "run"):
        assert [trial.choice for trial in session.trials[:after]] == CHOICES[:after]
        assert [trial.origin for trial in session.trials] == ["recorded"] * after + ["subject"] * asked
        rewards = [10 - trial.trial if trial.choice == 0 else trial.trial for trial in session.trials]
        assert [trial.reward for trial in session.trials] == rewards
        assert [trial.score for trial in session.trials] == [sum(rewards[: end + 1]) for end in range(11)]


def test_export_prints_what_the_payoffs_of_many_variants_weigh(run, tmp_path):
    plain = run("export", "leapfrog", "-o", tmp_path / "one.html")[1]
    drawn = run("export", "leapfrog", "-o", tmp_path / "many.html", "--variants", 20)[1]
    added = ((tmp_path / "many.html").stat().st_size - (tmp_path / "one.html").stat().st_size) / 1000
    assert "variants" not in plain
    assert f"({added:.0f} kB of them the payoffs of 20 variants)" in drawn


def test_more_choices_than_there_are_is_refused_with_both_numbers(refused, tmp_path):
    data = written(tmp_path / "p.json", page_rows(CHOICES))
    message = refused("replay", "two_armed_bandit", data, *REPLAY, "--after", 12)
    assert "made 11 choices, and 12 were asked for" in message


def changed(row, **changes):
    rows = page_rows(CHOICES)
    rows[row] |= {
        f"bean_{name}" if name in ("response", "value", "bandits") else name: v for name, v in changes.items()
    }
    return rows


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "p.json is not jsPsych data: expected a list of rows, found dict"),
        ([], "expected a list of rows, found an empty list"),
        ("", "p.json is not JSON (line 1"),
        (json.dumps(page_rows(CHOICES))[:-20], "p.json is not JSON (line 1"),
        ("[" * 100_000, "nested without end"),
        ([{"trial_type": "survey", "response": {"Q0": "yes"}}], "p.json holds no choice and no response"),
        (changed(2, response=5), "p.json, row 3: response is 5, but the trial has arms 0 to 1"),
        (changed(2, value=999), "'p', trial 1: the record has reward 999, the definition gives 1"),
        (changed(20, value=999), "'p', trial 10: the record has reward 999, the definition gives 10"),
        (changed(2, value=float("nan")), "p.json, row 3: value is nan, expected a number"),
        (changed(2, bandits=[{"value": 9}] * 3), "trial 1: the record has 3 arms, the definition has 2"),
        (changed(0, variant="b"), "played variant 'b'"),
        (changed(0, fingerprint="2:0123456789abcdef"), "'two_armed_bandit' is another task, or its file has changed"),
        (changed(0, parameters={"arms": 3}), "the parameter 'arms', which 'two_armed_bandit' does not have"),
        (page_rows([*CHOICES, 0]), "has 12 trials, and 'two_armed_bandit' has 11"),
    ],
)
def test_data_that_cannot_be_replayed_are_refused_before_anything_is_written(refused, tmp_path, rows, said):
    written(tmp_path / "p.json", rows)
    assert said in refused("replay", "two_armed_bandit", "p.json", *REPLAY)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.csv", b"", "p.csv holds no rows"),
        ("p.csv", b"participant,trial,choice\n", "p.csv holds no rows"),
        ("p.csv", b"a,b\n1,2\n", "neither jsPsych data"),
        ("p.csv", b"participant,trial,choice\np,0,1,9\n", "row 1 has 4 cells, expected 3"),
        ("p.csv", b'participant,trial,choice\n"p,0,1\n', "is not CSV"),
        ("p.csv", b"participant,trial,choice\n\xe9,0,1\n", "p.csv is not UTF-8 text"),
        ("p.json", "[]".encode("utf-16"), "p.json is not UTF-8 text"),
        ("p.parquet", b"nope", "p.parquet is not Parquet"),
        ("p.jsonl", b'{"text": "a", "experiment": "b"}\n', "expected a line of a run's journal"),
        ("p.jsonl", b"", "p.jsonl holds no trials"),
        ("p.docx", b"", "p.docx ends in '.docx', expected .json, .csv"),
    ],
)
def test_files_that_are_no_data_are_refused_and_never_simulated_instead(refused, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    assert said in refused("replay", "two_armed_bandit", name, *REPLAY)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("replay", "two_armed_bandit", "gone.json", *REPLAY), "gone.json does not exist"),
        (("replay", "two_armed_bandit", "--after", 2, *REPLAY), "after is 2, and without data"),
        (("replay", "two_armed_bandit", "--model", "gpt", "-o", "run"), "there is no model 'gpt'"),
        (("replay", "two_armed_bandit", "--model", "script:no.txt", "-o", "run"), "the script no.txt does not exist"),
        (("replay", "slots", *REPLAY), "there is no task 'slots': expected one of"),
        (("export", "gone.py", "-o", "page.html"), "gone.py does not exist"),
        (("export", "two_armed_bandit", "--for", "jatos", "-o", "p.html"), "p.html, expected a .jzip file"),
        (("export", "two_armed_bandit", "-o", "p.jzip"), "only --for jatos writes a .jzip"),
        (("export", "two_armed_bandit", "--for", "datapipe", "-o", "p.html"), "needs --experiment"),
        (("export", "two_armed_bandit", "--experiment", "e", "-o", "p.html"), "needs --for datapipe"),
        (("export", "two_armed_bandit", "-o", "no/page.html"), "the folder no does not exist"),
        (("export", "two_armed_bandit", "-o", "."), ". is a folder, expected a file"),
        (("export", "two_armed_bandit", "-o", "p.html", "--set", "trials=ten"), "trials is 'ten', expected int"),
        (("export", "two_armed_bandit", "-o", "p.html", "--set", "trials"), "has no '=', expected NAME=VALUE"),
        (("export", "two_armed_bandit", "-o", "p.html", "--set", "arms=3"), "no parameter 'arms' (parameters: trials)"),
        (("export", "two_armed_bandit", "-o", "p.html", "--set", "trials=0"), "trials is 0, expected 1 to 100000"),
        (("export", "two_armed_bandit", "-o", "p.html", "--seed", "-1"), "greater than or equal to 0"),
        (("export", "two_armed_bandit"), "-o"),
        (("convert", "gone.json", "-o", "t.csv"), "gone.json does not exist"),
        (("convert", "gone.json", "-o", "t.csv", "--choice", "key"), "gone.json does not exist"),
        (
            ("convert", "gone.json", "-o", "t.csv", "--participant", "ID"),
            "--participant is for a table of another study",
        ),
        (
            ("convert", "gone.json", "-o", "t.csv", "--choice", "key", "--where", "trial_type"),
            "--where 'trial_type' has no '=', expected COLUMN=ENTRY",
        ),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_commands_are_one_line(refused, arguments, said):
    assert said in refused(*arguments)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\ny = 1 / 0\n", "raised ZeroDivisionError at line 2: division by zero"),
        ("def (", "raised SyntaxError"),
        ("import sys\nsys.exit(3)\n", "raised SystemExit at line 2: 3"),
        ("import nowhere_at_all\n", "raised ModuleNotFoundError at line 1"),
        ("x = 1\n", "has none of a Task 'task', a function 'build'"),
        ("experiment = 3\n", "and a SweetBean Experiment 'experiment'"),
        ("def build(*, rng): return 3\n", "expected a sweetbean.Experiment, found int"),
        ("def build(*, rng): return 1 / 0\n", "raised ZeroDivisionError at line 1: division by zero"),
    ],
)
def test_a_task_file_that_is_no_task_is_refused(refused, tmp_path, source, said):
    written(tmp_path / "mine.py", source)
    assert said in refused("replay", "mine.py", *REPLAY)


def test_a_stock_sweetbean_file_is_a_task_without_parameters(run, refused, tmp_path):
    written(tmp_path / "mine.py", STOCK)
    assert run("replay", "mine.py", *REPLAY)[0] == 0
    assert [trial.reward for trial in read(tmp_path / "run")[0].trials] == [1, 2, 1]
    assert "holds a ready experiment" in refused("replay", "mine.py", "--set", "trials=4", *REPLAY)


def test_another_seed_in_the_same_run_is_refused(run, refused):
    run("replay", "two_armed_bandit", *REPLAY)
    assert "its seed is 0, asked for is 1" in refused("replay", "two_armed_bandit", *REPLAY, "--seed", 1)


def test_the_same_seed_gives_the_same_table(run, tmp_path):
    for folder in ("a", "b"):
        run("replay", "two_armed_bandit", "--model", "random", "--samples", 5, "-o", folder, "--seed", 4)
    assert (tmp_path / "a/trials.csv").read_bytes() == (tmp_path / "b/trials.csv").read_bytes()


def test_a_folder_of_sessions_becomes_one_table(run, tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("ann", "bob"):
        written(tmp_path / "data" / f"{name}.json", page_rows(CHOICES))
    status, out, _ = run("convert", "data", "-o", "table.csv")
    assert (status, out) == (0, "table.csv: 2 sessions, 22 trials\n")
    assert pd.read_csv("table.csv")["participant"].unique().tolist() == ["ann", "bob"]


def test_what_is_known_of_participants_is_written_beside_their_table(run, refused, tmp_path):
    written(tmp_path / "ann.json", changed(0, format=2, started="2026-11-21T12:00:00.000Z", study_id="s1"))
    people = ("--participants", "participants.csv")
    assert run("convert", "ann.json", "-o", "table.csv", *people)[0] == 0
    (row,) = pd.read_csv("participants.csv").to_dict("records")
    assert (row["participant"], row["started"], row["study_id"]) == ("ann", "2026-11-21T12:00:00.000Z", "s1")
    assert "give one another name" in refused("convert", "ann.json", "-o", "participants.csv", *people)
    assert "--wide asks for another one" in refused("convert", "run", "-o", "t.csv", "--wide", *people)


def test_an_output_that_cannot_be_written_is_one_line(refused, tmp_path):
    (tmp_path / "file").touch()
    assert "file is a file, expected a folder" in refused(
        "replay", "two_armed_bandit", "--model", "script:script.txt", "-o", "file"
    )


def playing(folder):
    # What a shell starts in the background ignores Ctrl-C, and so would its children.
    hears = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{hears}; from twinbean.cli import main; main()", "play", "two_armed_bandit"]
    return subprocess.Popen(
        [*command, "-o", str(folder / "s.json"), "--participant", "me"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"}, bufsize=0,
    )  # fmt: skip


def read_until(stream, text, times):
    heard = ""
    end = time.monotonic() + 30
    while heard.count(text) < times and time.monotonic() < end:
        heard += stream.read(1)
    return heard


def interrupt(process):
    """Ctrl-C until it is heard: one that comes just before a read waits for the end of that read.

    Standard input stays open meanwhile, since its end would be another reason to stop.
    """
    for _ in range(6):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return
    raise AssertionError("the game does not hear Ctrl-C")


def test_ctrl_c_saves_what_was_played_and_it_replays(run, tmp_path):
    game = playing(tmp_path)
    game.stdin.write("2\nthree\n1\n")
    heard = read_until(game.stdout, "You name <<", 3)
    interrupt(game)
    _, err = game.communicate(timeout=30)
    assert "'three' is not one of 1, 2" in heard
    assert game.returncode == 130
    assert "Traceback" not in err
    assert [trial.choice for trial in read(tmp_path / "s.json")[0].trials] == [1, 0]
    assert run("replay", "two_armed_bandit", "s.json", "--after", 2, *REPLAY)[0] == 0


def test_a_terminal_that_closes_saves_what_was_played(tmp_path):
    game = playing(tmp_path)
    _, err = game.communicate("1\n" * 4, timeout=30)
    assert (game.returncode, err) == (2, "twinbean: error: the terminal was closed before the last answer\n")
    assert len(read(tmp_path / "s.json")[0].trials) == 4


def test_a_whole_game_is_saved_as_a_page_would_save_it(run, tmp_path):
    game = playing(tmp_path)
    out, err = game.communicate("1\n" * 11, timeout=30)
    assert game.returncode == 0, err
    (session,) = read(tmp_path / "s.json")
    assert session.trials[-1].score == 55
    assert all(trial.rt_ms is not None for trial in session.trials)
    assert "s.json: 11 trials" in out
    assert run("replay", "two_armed_bandit", "s.json", "--after", 11, *REPLAY)[0] == 0


def test_help_needs_no_heavy_package():
    code = textwrap.dedent("""
        import sys
        sys.argv = ["twinbean", "--help"]
        from twinbean.cli import main
        try:
            main()
        finally:
            print(sorted({"torch", "sweetbean", "pandas", "numpy", "matplotlib", "openai"} & set(sys.modules)))
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert done.stdout.endswith("[]\n")


def test_forced_trials_are_not_counted_as_choices(run):
    status, out, _ = run("replay", "horizon", "--model", "random", "--samples", 1, "-o", "horizon")
    choices = sum(trial.is_choice for trial in read(["horizon"])[0].trials)
    assert status == 0
    assert choices < len(read(["horizon"])[0].trials)
    assert out == f"horizon: 1 sessions, {choices} choices by random\n"

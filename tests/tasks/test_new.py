"""A copy of a built-in task exports, plays and replays as it is."""

from __future__ import annotations

import json

import pytest

from task_rules import SHORT
from twinbean._random import generator
from twinbean.sessions import read
from twinbean.tasks.task import builtin_names, load
from twinbean.testing.browser import BrowserNotFound, launch
from twinbean.testing.player import WinStayLoseShift, play_page


def settings(name):
    return [part for key, value in SHORT[name][0].items() for part in ("--set", f"{key}={value}")]


@pytest.mark.parametrize("name", builtin_names())
def test_a_copy_exports_and_plays_as_the_original_does(run, name):
    status, out, _ = run("new", "mine", "--like", name)
    assert (status, out) == (0, "mine.py: edit it, then `twinbean export mine.py -o mine.html`\n")
    assert run("export", "mine.py", "-o", "mine.html", *settings(name))[0] == 0
    for task, folder in (("mine.py", "copy"), (name, "original")):
        assert run("replay", task, "--model", "random", "--seed", 4, *settings(name), "-o", folder)[0] == 0
    (copy,), (original,) = read("copy"), read("original")
    assert copy.task == "mine"
    assert copy.trials == original.trials


def test_people_who_played_a_copy_are_replayed(run, tmp_path):
    run("new", "mine", "--like", "restless_four_armed")
    run("export", "mine.py", "-o", "mine.html", "--set", "trials=6", "--seed", 5)
    try:
        with launch() as browser:
            player = WinStayLoseShift(generator(1, "player"))
            rows = play_page(browser, tmp_path / "mine.html", player, participant="ann", on_trial=lambda choices: None)
    except BrowserNotFound as error:
        pytest.skip(str(error))
    (tmp_path / "ann.json").write_text(json.dumps(rows), encoding="utf-8")
    status, out, err = run("replay", "mine.py", "ann.json", "--model", "random", "--after", 4, "-o", "run")
    assert (status, err) == (0, "")
    (person,), (continued,) = read("ann.json"), read("run")
    assert [trial.reward for trial in continued.trials[:4]] == [trial.reward for trial in person.trials[:4]]
    assert [trial.outcomes for trial in continued.trials] == [trial.outcomes for trial in person.trials]
    assert [trial.origin for trial in continued.trials] == ["recorded"] * 4 + ["subject"] * 2


def test_the_list_of_tasks_has_arms_trials_and_source(run):
    status, out, _ = run("tasks")
    assert status == 0
    for name in builtin_names():
        (line,) = [line for line in out.splitlines() if line.split()[:1] == [name]]
        definition = load(name).define()
        assert line.split()[1:3] == [str(definition.n_arms), str(definition.n_trials)]
        assert load(name).source
        assert load(name).source in line


def test_a_task_is_described_with_its_parameters_or_drawn(run, tmp_path):
    status, out, _ = run("tasks", "iowa_gambling", "--set", "loan=500")
    assert (status, out.splitlines()[0]) == (0, "iowa_gambling: 4 arms, 100 trials")
    assert "  --set loan=500\n" in out
    assert run("tasks", "leapfrog", "-o", "figure.svg")[:2] == (0, "figure.svg: payoffs of leapfrog, seed 0\n")
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tasks", "-o", "figure.png"), "a figure and --set need a task"),
        (("tasks", "leapfrog", "-o", "figure.pdf"), "figure.pdf is neither a .png nor a .svg file"),
        (("tasks", "leapfrog", "-o", "nowhere/figure.png"), "the folder nowhere does not exist"),
        (("tasks", "leapfrog", "--set", "speed=3"), "task 'leapfrog' has no parameter 'speed'"),
        (("new", "mine", "--like", "frog"), "there is no built-in task 'frog'"),
        (("new", "2nd", "--like", "leapfrog"), "'2nd' cannot name a task"),
    ],
)
def test_bad_input_is_one_line_with_nothing_written(run, tmp_path, arguments, said):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert err.startswith("twinbean: error: ")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_left_alone(run, tmp_path):
    (tmp_path / "mine.py").write_text("mine", encoding="utf-8")
    status, _, err = run("new", "mine", "--like", "leapfrog")
    assert (status, "mine.py exists already" in err) == (2, True)
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == "mine"

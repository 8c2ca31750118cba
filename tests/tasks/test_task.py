"""A task is found by name or path, its parameters keep their types, and what goes wrong names the task."""

from __future__ import annotations

import os
import sys
from typing import Literal

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit

from twinbean.errors import TaskError
from twinbean.page.export import export
from twinbean.tasks.task import Task, builtin_names, copy_builtin, load


def build(*, rng, trials: int = 3, gap: float = 0.5, cover: str = "", seen: bool = False, top: int | None = None,
          kind: Literal["easy", "hard"] = "easy") -> Experiment:  # fmt: skip
    arms = [{"color": "red", "value": int(rng.integers(10**9))}, {"color": "blue", "value": trials}]
    return Experiment([Block([Bandit(bandits=arms)], timeline=[{} for _ in range(trials)])])


TASK = Task("mine", build)


def test_parameters_are_read_as_their_types():
    given = {"trials": "5", "gap": "2", "cover": "x=y", "seen": "True", "top": "none", "kind": "hard"}
    found = TASK.set(given)
    assert found == {"trials": 5, "gap": 2.0, "cover": "x=y", "seen": True, "top": None, "kind": "hard"}
    assert isinstance(found["gap"], float)
    assert TASK.set({"top": "7"})["top"] == 7


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("trials", "1.5", "parameter trials is '1.5', expected int"),
        ("trials", "", "parameter trials is '', expected int"),
        ("gap", "much", "parameter gap is 'much', expected float"),
        ("seen", "yes", "parameter seen is 'yes', expected bool"),
        ("kind", "odd", "parameter kind is 'odd'"),
        ("arms", "2", "task 'mine' has no parameter 'arms' .parameters: trials, gap"),
        ("rng", "2", "has no parameter 'rng'"),
    ],
)
def test_another_type_or_name_is_refused(name, text, said):
    with pytest.raises(TaskError, match=said):
        TASK.set({name: text})


def test_payoffs_belong_to_seed_and_variant():
    def payoff(**key):
        return TASK.define(**key).blocks[0].screens[0].arguments["bandits"][0]["value"]

    assert payoff(seed=1, variant=2) == payoff(seed=1, variant=2)
    assert len({payoff(), payoff(seed=1), payoff(variant=1)}) == 3


def test_every_builtin_task_can_be_defined():
    for name in builtin_names():
        assert load(name).define().trials_per_session > 0


def test_a_file_can_name_what_it_holds(tmp_path):
    path = tmp_path / "two.py"
    path.write_text(
        "from sweetbean import Block, Experiment\nfrom sweetbean.stimulus import Bandit\n"
        "def other(*, rng, trials: int = 2):\n"
        "    arms = [{'color': 'red', 'value': 1}, {'color': 'blue', 'value': 0}]\n"
        "    return Experiment([Block([Bandit(bandits=arms)], timeline=[{}] * trials)])\n"
        "experiment = other(rng=None)\n",
        encoding="utf-8",
    )
    assert load(f"{path}:other").define(parameters={"trials": 4}).trials_per_session == 4
    assert load(str(path)).define().trials_per_session == 2
    with pytest.raises(TaskError, match="two.py has no 'third'"):
        load(f"{path}:third")


def test_a_copy_of_a_builtin_task_is_the_same_task(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = copy_builtin("two_armed_bandit", "mine")
    assert load(str(path)).define().trials_per_session == load("two_armed_bandit").define().trials_per_session
    with pytest.raises(TaskError, match="mine.py exists already"):
        copy_builtin("two_armed_bandit", "mine")
    with pytest.raises(TaskError, match="'../mine' cannot name a task"):
        copy_builtin("two_armed_bandit", "../mine")
    with pytest.raises(TaskError, match="there is no built-in task 'slots'"):
        copy_builtin("slots", "mine")


def test_every_parameter_needs_a_default():
    with pytest.raises(TaskError, match="task 'mine': parameter 'trials' of build has no default"):
        Task("mine", lambda *, rng, trials: None).parameters()


def test_a_task_of_recorded_people_needs_them():
    with pytest.raises(TaskError, match="'recorded' is made from each person's record: give DATA"):
        load("recorded").define()


def test_a_file_can_import_what_lies_beside_it(tmp_path):
    (tmp_path / "arms_of_mine.py").write_text(
        "ARMS = [{'color': 'red', 'value': 1}, {'color': 'blue', 'value': 0}]\n", encoding="utf-8"
    )
    (tmp_path / "mine.py").write_text(
        "from arms_of_mine import ARMS\nfrom sweetbean import Block, Experiment\n"
        "from sweetbean.stimulus import Bandit\n"
        "experiment = Experiment([Block([Bandit(bandits=ARMS)], timeline=[{}] * 3)])\n",
        encoding="utf-8",
    )
    before = list(sys.path)
    assert load(str(tmp_path / "mine.py")).define().trials_per_session == 3
    assert sys.path == before


def test_a_file_that_is_changed_within_a_second_is_read_again_and_nothing_is_left_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "mine.py"
    for trials in (3, 4):
        file.write_text(f"def build(*, rng, trials: int = {trials}): ...\n")
        os.utime(file, (0, 0))
        assert load(str(file)).parameters()["trials"] == trials
    assert list(tmp_path.iterdir()) == [file]


def test_a_ready_experiment_has_nothing_to_draw(tmp_path):
    (tmp_path / "ready.py").write_text(
        "from sweetbean import Block, Experiment\nfrom sweetbean.stimulus import Bandit\n"
        "arms = [{'color': 'red', 'value': 1}, {'color': 'blue', 'value': 0}]\n"
        "experiment = Experiment([Block([Bandit(bandits=arms)], timeline=[{}])])\n",
        encoding="utf-8",
    )
    task = load(str(tmp_path / "ready.py"))
    assert len(export(task)) > 10_000
    for options in ({"seed": 1}, {"variants": 2}):
        with pytest.raises(TaskError, match="ready holds a ready experiment, which draws nothing"):
            export(task, **options)

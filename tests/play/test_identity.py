"""Data are a task's by their fingerprint or by their structure; what has changed in a task is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from function_files import written
from twinbean.definitions.stimuli import SlotMachines
from twinbean.errors import RecordMismatch, RunError
from twinbean.page.export import document
from twinbean.play.rows import page_rows
from twinbean.play.scheduler import play_all
from twinbean.play.seating import check_record, seat_all, seat_simulated
from twinbean.runs.replaying import replay
from twinbean.sessions import Session
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import Task

ADD = "FACTOR = 1\ndef add(total, won):\n    return total + FACTOR * won\n"


def task(add: str = ADD, *, told: str = "Go on.", more: bool = False, duration: int = 2000) -> Task:
    rule = written(add)["add"]

    def build(*, rng: Any, trials: int = 2) -> Experiment:
        score = SharedVariable("score", 0)
        won = FunctionVariable("add", rule, [score, DataVariable("value", 0)])
        machines = SlotMachines(
            bandits=[TimelineVariable("a"), TimelineVariable("b")],
            labels=["L", "R"],
            duration=duration,
            side_effects=[SideEffect(score, won)],
        )
        element = {"a": {"color": "red", "value": 0}, "b": {"color": "blue", "value": 0}}
        blocks = [Block([machines], timeline=[element] * trials), Block([Text(duration=5, text=told)])]
        return Experiment([*blocks, Block([Text(duration=5, text="Bye.")])] if more else blocks)

    return Task("added", build)


def person(**changes: Any) -> Session:
    """Whose page recorded every part of the task in its first row."""
    seating = seat_simulated(task(), "human", samples=1, seed=0, given=None)[0]
    rows = page_rows(play_all([seating], Scripted(["L", "R"]))[0].rows, seating.seat, [300.0] * 2)
    rows[0]["parts"] = document(task())["parts"]
    rows = [{name: value for name, value in (row | changes).items() if value is not None} for row in rows]
    return sessions_from_rows(rows, where="p.json", participant="p")[0]


def facts(played: Task, *people: Session, **parameters: Any) -> Mapping[str, Any]:
    """What a manifest says of them, once their records are checked as a replay does."""
    seated = seat_all(played, people, "m", after=len(people[:1]), seed=0, given=parameters or None)
    for one, (first, *_) in seated.people:
        check_record(one, first)
    return seated.facts


def test_the_manifest_says_how_the_data_were_matched() -> None:
    older = person(fingerprint="8b75840dff4ddafae9f488d4c43ec8fc", session="older", format=1)
    unknown = person(fingerprint=None, session="unknown", format=None)
    assert facts(task(), person())["matched"] == {"fingerprint": 1}
    assert facts(task(), person(), older, unknown)["matched"] == {"fingerprint": 1, "structure": 2}
    assert facts(task())["matched"] == {}


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (task(ADD.replace("FACTOR = 1", "FACTOR = 2")), "(function 'add')"),
        (task(told="Go!"), "(arguments of block 2, stimulus 1 (Text))"),
        (task(duration=100), "(arguments of block 1, stimulus 1 (SlotMachines))"),
        (task(more=True), "(blocks)"),
    ],
)
def test_a_changed_task_is_refused_with_what_differs_though_it_pays_the_same(changed: Task, differs: str) -> None:
    with pytest.raises(
        RecordMismatch, match=re.escape(f"'added' is another task, or its file has changed since {differs}")
    ):
        facts(changed, person())


def test_data_that_do_not_say_of_which_parts_their_task_was_are_refused_with_both_fingerprints() -> None:
    bare = person()
    bare = bare.replace(details={name: value for name, value in bare.details.items() if name != "parts"})
    with pytest.raises(RecordMismatch, match=r"\(fingerprint 2:\w{10}, now 2:\w{10}\)"):
        facts(task(told="Go!"), bare)


def test_another_parameter_than_the_records_is_named() -> None:
    with pytest.raises(RecordMismatch, match=re.escape("(trials was 2, now 3)")):
        facts(task(), person(), trials=3)


def test_a_run_is_not_gone_on_with_after_its_task_has_changed(tmp_path: Any) -> None:
    replay(task(), model="random", run=tmp_path / "run")
    with pytest.raises(
        RunError, match=re.escape("a run of another task, or the task's file has changed since (function 'add')")
    ):
        replay(task(ADD.replace("FACTOR = 1", "FACTOR = 2")), model="random", run=tmp_path / "run")


def test_what_a_page_of_0_1_showed_between_the_trials_must_be_what_the_task_says() -> None:
    older = person(fingerprint="8b75840dff4ddafae9f488d4c43ec8fc", format=1)
    assert facts(task(), older)["matched"] == {"structure": 1}
    # Of rows that are not counted, some may have been left out.
    facts(task(told="Go!"), person(fingerprint=None, format=1, trial_index=None))
    with pytest.raises(RecordMismatch, match="the record has 3 screens, and the definition does not give as many"):
        facts(task(told="Go!"), older)

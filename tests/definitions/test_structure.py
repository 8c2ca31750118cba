"""Phases, and loops that are played until a condition holds: in Python as on the page."""

from __future__ import annotations

import json

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

import twinbean
from twinbean import Loop, Phase
from twinbean.definitions.definition import define
from twinbean.definitions.emission import emit_definition
from twinbean.errors import EmissionError
from twinbean.play.game import Play, Record, Seat
from twinbean.play.rows import page_rows
from twinbean.play.scheduler import play_all, until_choice
from twinbean.play.seating import seat_person, seat_simulated
from twinbean.sessions import Trial, to_table
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.rows import from_table
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import Task

SEAT = Seat(participant="p", session="s", task="t")
ARMS = [{"color": "red", "value": 1}, {"color": "blue", "value": 0}]


def bandit(trials=1):
    return Block([Bandit(bandits=ARMS)], timeline=[{}] * trials)


def right(n=1):
    """Whether the last response was the first arm."""
    return FunctionVariable("right", lambda response: response == 0, [DataVariable("response", n)])


def quiz(most=3):
    return Loop([bandit()], until=right(), most=most)


def played(parts, choices):
    record = Record(trials=tuple(Trial(trial=i, choice=choice) for i, choice in enumerate(choices)))

    def ask(question):
        raise AssertionError(f"trial {question.trial} is not on record")

    play = Play(define(Experiment(parts)), SEAT, ask, record=record)
    return play.run(), play


@pytest.mark.parametrize(
    ("choices", "blocks"),
    [([0, 1], [0, 1]), ([1, 0, 1], [0, 0, 1]), ([1, 1, 1, 1], [0, 0, 0, 1])],
    ids=["at once", "the second time", "never"],
)
def test_a_loop_is_played_until_its_condition_holds_or_so_many_times(choices, blocks):
    result, _ = played([quiz(), bandit()], choices)
    assert [trial.block for trial in result.session.trials] == blocks
    assert [trial.choice for trial in result.session.trials] == choices


def test_a_condition_reads_what_effects_have_counted():
    count = SharedVariable("count", 0)
    add = FunctionVariable("add", lambda n: n + 1, [count])
    counted = Text(duration=1, text="again", side_effects=[SideEffect(count, add)])
    twice = FunctionVariable("twice", lambda n: n >= 2, [count])
    result, _ = played([Loop([bandit(), Block([counted])], until=twice, most=9), bandit()], [1, 1, 1])
    assert [row.get("count") for row in result.rows] == [None, 1, None, 2, None]


def test_a_session_is_at_most_as_long_as_its_loops():
    assert define(Experiment([quiz(most=3), bandit(2)])).trials_per_session == 5


def test_only_the_main_phase_counts():
    result, _ = played([Phase("practice", [bandit(2)]), bandit(2)], [0, 0, 1, 0])
    session = result.session
    assert [trial.phase for trial in session.trials] == ["practice", "practice", "main", "main"]
    assert [trial.counts for trial in session.trials] == [False, False, True, True]
    assert session.n_choices == 2
    assert twinbean.compare([session]).sessions["n_choices"].tolist() == [2]


def test_after_counts_choices_of_the_main_phase():
    result, _ = played([Phase("practice", [bandit(2)]), bandit(3)], [0, 1, 1, 0, 0])
    lengths = [len(until_choice(result.session, n).trials) for n in range(4)]
    # From the start, the practice is the model's too.
    assert lengths == [0, 3, 4, 5]


def test_phases_are_kept_in_tables_and_in_the_rows_of_pages():
    result, play = played([Phase("practice", [quiz()]), bandit()], [1, 0, 1])
    (again,) = from_table(to_table([result.session]))
    rows = json.loads(json.dumps(page_rows(result.rows, SEAT, [], places=play.places)))
    (read,) = sessions_from_rows(rows, where="data", participant="p")
    for session in (again, read):
        assert [(t.block, t.phase) for t in session.trials] == [(0, "practice"), (0, "practice"), (1, "main")]


def test_the_document_says_phases_and_loops():
    emission = emit_definition(define(Experiment([Phase("practice", [quiz(most=4)]), bandit()])))
    assert [block["phase"] for block in emission.blocks] == ["practice", "main"]
    assert emission.loops == (
        {"first": 0, "last": 0, "until": {"$call": [0, [{"$data": ["response", 1]}]]}, "most": 4},
    )


def test_what_has_no_phase_is_of_the_main_phase_and_every_other_structure_is_another_task():
    plain, practised, looped = (
        emit_definition(define(Experiment(parts))).fingerprint({})
        for parts in ([bandit(), bandit()], [Phase("practice", [bandit()]), bandit()], [quiz(), bandit()])
    )
    main = emit_definition(define(Experiment([Phase("main", [bandit()]), bandit()]))).fingerprint({})
    assert plain == main
    assert len({plain, practised, looped}) == 3


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([Phase("practice", [bandit()])], "no trial in the phase 'main'"),
        ([Phase(" ", [bandit()])], "a phase is called ' '"),
        ([Loop([], until=right(), most=2), bandit()], "loop 1 has no blocks"),
        ([Loop([bandit()], until=right(), most=0)], "loop 1: most is 0"),
        ([Loop([bandit()], until=True, most=2)], "loop 1: until is True, expected a FunctionVariable"),
        ([Loop([quiz()], until=right(), most=2)], "a loop holds a Loop, expected blocks"),
        ([bandit(), ARMS], "an experiment holds a list, expected blocks, loops, phases"),
        ([Loop([bandit()], until=right(2), most=2)], "looks 2 rows back when there are 1"),
        ([Loop([bandit()], until=right(0), most=2)], r"the row before it is DataVariable\('response', 1\)"),
        (
            [Loop([bandit()], until=FunctionVariable("f", bool, [TimelineVariable("x")]), most=2)],
            "reads the TimelineVariable 'x', and a loop has no timeline",
        ),
    ],
)
def test_a_loop_or_phase_that_cannot_be_played_is_refused(parts, said):
    with pytest.raises(EmissionError, match=said):
        define(Experiment(parts))


def test_a_row_that_is_there_after_some_numbers_of_passes_only_is_refused():
    told = Text(duration=1, text=DataVariable("response", 3))
    again = Loop([Block([Text(duration=1, text="a")])], until=right(), most=2)
    with pytest.raises(EmissionError, match="looks 3 rows back when there are 2"):
        define(Experiment([bandit(), again, Block([told]), bandit()]))


def build(*, rng):
    arms = [{"color": "red", "value": int(rng.integers(1, 9))}, {"color": "blue", "value": 0}]
    return Experiment([Phase("practice", [quiz()]), Block([Bandit(bandits=arms)], timeline=[{}] * 3)])


def test_a_session_with_practice_that_repeats_is_continued_from_the_choices_that_count():
    task = Task("practised", build)
    (seating,) = seat_simulated(task, "m", samples=1, seed=0, given=None)
    (result,) = play_all([seating], Scripted(["2", "2", "1", "1", "2", "1"]))
    rows = page_rows(result.rows, seating.seat, [100.0] * 6, places=[])
    with_phases = [row | {"phase": trial.phase} for row, trial in zip(rows, result.session.trials, strict=True)]
    (person,) = sessions_from_rows(with_phases, where="data", participant="p")
    (again,) = seat_person(task, person, "m", after=2, samples=1, seed=0, given=None)
    (continued,) = play_all([again], Scripted(["2"]))
    assert [trial.choice for trial in continued.session.trials] == [1, 1, 0, 0, 1, 1]
    assert [trial.origin for trial in continued.session.trials] == [*["recorded"] * 5, "subject"]


def test_a_shared_variable_starts_on_both_sides_as_the_page_has_it():
    """A tuple is a list on the page, and would be told otherwise before anything sets it."""
    pair = SharedVariable("pair", (1, 2))
    told = Text(duration=10, text=FunctionVariable("told", lambda pair: f"{pair}", [pair]))
    defined = define(Experiment([Block([told])]))
    assert emit_definition(defined).shared == {"pair": [1, 2]}
    played = Play(defined, SEAT, pytest.fail).run()
    assert [row["text"] for row in played.rows] == ["[1, 2]"]

"""What is earned in a practice stays in it: phases reset the score, or are refused."""

from __future__ import annotations

from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect

from twinbean import Instructions, Loop, Phase
from twinbean.definitions.definition import define, tags_shown
from twinbean.definitions.emission import emit_definition
from twinbean.errors import EmissionError
from twinbean.play.game import Play, Record, Seat
from twinbean.sessions import Trial

SEAT = Seat(participant="p", session="s", task="t")
SCORE = SharedVariable("score", 10)
OWN = SharedVariable("practised", 0)


def add(total: int, paid: int) -> int:
    return total + paid


def bandit(*, of: SharedVariable = SCORE, value: Any = None, trials: int = 2) -> Block:
    value = value or FunctionVariable("add", add, [of, DataVariable("value", 0)])
    arms = [{"color": "red", "value": 5}, {"color": "blue", "value": 1}]
    return Block([Bandit(bandits=arms, side_effects=[SideEffect(of, value)])], timeline=[{}] * trials)


def told(value: Any) -> Block:
    return Block([Instructions("Now for real.", side_effects=[SideEffect(SCORE, value)])])


def scores(parts: list[Any], n_trials: int) -> list[float | None]:
    def ask(question: Any) -> Any:
        raise AssertionError("nobody is to be asked")

    record = Record(trials=tuple(Trial(trial=number, choice=0) for number in range(n_trials)))
    return [trial.score for trial in Play(define(Experiment(parts)), SEAT, ask, record=record).run().session.trials]


def test_a_phase_gives_its_score_back() -> None:
    parts = [Phase("practice", [bandit()], resets=[SCORE]), bandit()]
    assert scores(parts, 4) == [15, 20, 15, 20]


def test_a_loop_behind_a_phase_begins_anew_once_only() -> None:
    never = FunctionVariable("never", lambda score: score > 99, [SCORE])
    parts = [Phase("practice", [bandit(trials=1)], resets=[SCORE]), Loop([bandit(trials=1)], until=never, most=3)]
    assert scores(parts, 4) == [15, 15, 20, 25]


def test_the_document_and_the_fingerprint_say_what_is_reset_and_nothing_where_nothing_is() -> None:
    practice = [bandit(of=OWN)]
    plain, reset = (
        emit_definition(define(Experiment([Phase("practice", practice, resets=resets), bandit()])))
        for resets in ([], [OWN])
    )
    assert [block.get("resets") for block in reset.blocks] == [None, ["practised"]]
    assert not any("resets" in block for block in plain.blocks)
    assert plain.fingerprint({}) != reset.fingerprint({})
    assert plain.parts()["blocks"] != reset.parts()["blocks"]


RUNS_ON = r"block 1, stimulus 1 \(Bandit\) sets 'score' in the phase 'practice', and block 2, stimulus 1 .* resets="


@pytest.mark.parametrize(
    "practice",
    [bandit(), bandit(value=DataVariable("value", 0)), Block([*bandit().stimuli, Text(duration=1, text="-")])],
    ids=["added up", "the last payoff", "another screen behind it"],
)
def test_a_score_that_goes_on_from_a_practice_is_refused(practice: Block) -> None:
    with pytest.raises(EmissionError, match=RUNS_ON):
        define(Experiment([Phase("practice", [practice]), bandit()]))


@pytest.mark.parametrize(
    "parts",
    [
        [Phase("practice", [bandit()], resets=[SCORE]), bandit()],
        [Phase("practice", [bandit(), told(10)]), bandit()],
        [Phase("practice", [bandit()]), told(0), bandit()],
        [Phase("practice", [bandit(of=OWN)]), bandit()],
        [Phase("practice", [bandit()]), bandit(value=DataVariable("value", 0))],
        [bandit(), Phase("practice", [bandit()])],
    ],
    ids=["reset", "set in the practice", "set behind it", "of its own", "overwritten", "practice at the end"],
)
def test_a_score_that_begins_anew_is_not(parts: list[Any]) -> None:
    define(Experiment(parts))


def test_an_author_is_told_where_a_phase_begins_without_a_word() -> None:
    silent = define(Experiment([Phase("practice", [bandit()], resets=[SCORE]), bandit()]))
    assert tags_shown(silent) == [
        f"block {number}: the phase {phase!r} begins with a trial; put Instructions before it, so that people and "
        f"models know whether it counts"
        for number, phase in ((1, "practice"), (2, "main"))
    ]
    says = [Block([Instructions("Practice, which does not count.")]), bandit()]
    assert tags_shown(define(Experiment([Phase("practice", says, resets=[SCORE]), told(10), bandit()]))) == []
    assert tags_shown(define(Experiment([bandit(), bandit()]))) == []


def test_a_reset_that_comes_before_more_practice_is_none() -> None:
    with pytest.raises(EmissionError, match="counts on from there"):
        define(Experiment([Phase("practice", [bandit(), told(0), bandit()]), bandit()]))


@pytest.mark.parametrize(
    ("resets", "said"),
    [(["score"], "resets 'score', expected a SharedVariable"), ([OWN], "resets 'practised', which no stimulus reads")],
)
def test_what_cannot_be_reset_is_named(resets: list[Any], said: str) -> None:
    with pytest.raises(EmissionError, match=said):
        define(Experiment([Phase("practice", [bandit(of=SharedVariable("x", 0))], resets=resets), bandit()]))

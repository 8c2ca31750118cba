"""What a phase resets is so before whatever is played next, in every order of the parts and under every condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect

import twinbean
from twinbean import Conditions, Counterbalanced, Instructions, Loop, Phase, Quiz
from twinbean.definitions.definition import define, tags_shown
from twinbean.definitions.emission import Emission, emit_definition
from twinbean.errors import EmissionError
from twinbean.page.export import document
from twinbean.play.game import Play, Seat
from twinbean.sessions.questions import Answer, Question

SCORE = SharedVariable("score", 10)
OWN = SharedVariable("practised", 0)


def add(total: int, paid: int) -> int:
    return total + paid


def paying(value: int, *, of: SharedVariable = SCORE, trials: int = 1) -> Block:
    arms = [{"color": "red", "value": value}, {"color": "blue", "value": value}]
    added = SideEffect(of, FunctionVariable("add", add, [of, DataVariable("value", 0)]))
    return Block([Bandit(bandits=arms, side_effects=[added])], timeline=[{}] * trials)


def practice(*parts: Any, resets: Sequence[Any] = (SCORE,)) -> Phase:
    return Phase("practice", list(parts) or [paying(1)], resets=resets)


def orders(**parts: Any) -> Counterbalanced:
    return Counterbalanced(parts or {"a": paying(2), "b": paying(3)})


def until(score: int) -> FunctionVariable:
    return FunctionVariable("until", lambda total, enough: total >= enough, [SCORE, score])


def quiz() -> Block:
    return Block(
        [Instructions("Two machines."), Quiz({"n": Quiz.single_choice("?", ["1", "2"], answer="2")}, repeat=3)]
    )


def scores(*entries: Any) -> dict[str, list[float | None]]:
    """The score after each trial, by what is recorded of a participant."""
    definition = define(Experiment(list(entries)))
    found = {}
    for way in definition.arrangements:
        played = Play(definition.arranged(way), Seat(participant="p", session="s", task="t"), right_at_last()).run()
        found["/".join(way.recorded.values())] = [trial.score for trial in played.session.trials]
    return found


def right_at_last() -> Callable[[Question], Answer]:
    """Somebody who gives a quiz two wrong answers first."""
    of_quiz = iter(["1", "1", "2"])

    def ask(question: Question) -> Answer:
        label = question.labels[0] if question.trial is not None else next(of_quiz)
        return Answer(label=label, raw=label)

    return ask


def emitted(*entries: Any) -> Emission:
    return emit_definition(define(Experiment(list(entries))))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([practice(), orders()], {"a, b": [11, 12, 15], "b, a": [11, 13, 15]}),
        (
            [orders(p=practice(), a=paying(2))],
            {"p, a": [11, 12], "a, p": [12, 13]},
        ),
        (
            [orders(p=practice(), a=paying(2)), paying(5)],
            {"p, a": [11, 12, 17], "a, p": [12, 13, 15]},
        ),
        (
            [Conditions({"long": practice(paying(1, trials=2)), "none": []}), paying(2)],
            {"long": [11, 12, 12], "none": [12]},
        ),
        (
            [practice(), Conditions({"gain": paying(2), "loss": paying(-2)}), paying(5)],
            {"gain": [11, 12, 17], "loss": [11, 8, 13]},
        ),
        ([practice(orders()), paying(5)], {"a, b": [12, 15, 15], "b, a": [13, 15, 15]}),
        ([practice(), practice(paying(4)), orders()], {"a, b": [11, 14, 12, 15], "b, a": [11, 14, 13, 15]}),
        ([practice(), Block([]), orders()], {"a, b": [11, 12, 15], "b, a": [11, 13, 15]}),
        ([practice(), orders(a=[Block([]), paying(2)], b=[])], {"a, b": [11, 12], "b, a": [11, 12]}),
        (
            [practice(), orders(a=Loop([paying(2)], until=until(14), most=5), b=paying(3))],
            {"a, b": [11, 12, 14, 17], "b, a": [11, 13, 15]},
        ),
        ([practice(), orders(a=[quiz(), paying(2)], b=paying(3))], {"a, b": [11, 12, 15], "b, a": [11, 13, 15]}),
        ([orders(), practice()], {"a, b": [12, 15, 16], "b, a": [13, 15, 16]}),
    ],
    ids=[
        "before the parts",
        "one of the parts",
        "one of the parts, and something behind them",
        "under one condition",
        "before conditions",
        "with the parts in it",
        "two in a row",
        "an empty block behind it",
        "an empty part and a part that begins with an empty block",
        "a loop behind it, which goes on from its own score",
        "a quiz behind it, which is not passed at once",
        "at the end",
    ],
)
def test_the_score_begins_anew_behind_the_phase(entries: list[Any], expected: dict[str, list[float]]) -> None:
    assert scores(*entries) == expected


def test_a_way_says_before_which_block_and_a_task_without_orders_has_it_in_the_block() -> None:
    ordered = emitted(practice(), Block([]), orders())
    assert [(way["order"], way["resets"]) for way in ordered.arrangements] == [
        ([0, 1, 2, 3], {"2": ["score"]}),
        ([0, 1, 3, 2], {"3": ["score"]}),
    ]
    assert not any("resets" in block for block in ordered.blocks)
    last = emitted(orders(), practice())
    assert not any("resets" in way for way in last.arrangements)
    alone = emitted(practice(), Block([]), paying(2))
    assert [block.get("resets") for block in alone.blocks] == [None, None, ["score"]]
    assert alone.arrangements == ()


@pytest.mark.parametrize("variants", [1, 6])
def test_each_variant_of_a_page_has_what_is_reset_in_its_order(variants: int) -> None:
    task = twinbean.Task("t", lambda *, rng: Experiment([practice(), orders()]))
    found = document(task, seed=3, variants=variants)["variants"]
    before = {tuple(variant["order"]): variant["resets"] for variant in found}
    assert before == {(0, 1, 2): {"1": ["score"]}, (0, 2, 1): {"2": ["score"]}}


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([Phase("practice", [paying(1)]), orders()], "block 1, .*practice.*, and block 2, .* counts on"),
        ([orders(p=Phase("practice", [paying(1)]), a=paying(2))], "block 1, .*practice.*, and block 2, .* counts on"),
        ([orders(a=paying(2), p=Phase("practice", [paying(1)]))], "block 2, .*practice.*, and block 1, .* counts on"),
        (
            [Conditions({"none": [], "some": Phase("practice", [paying(1)])}), paying(2)],
            "block 1, .*practice.*, and block 2, .* counts on",
        ),
        (
            [practice(paying(1), paying(1, of=OWN), resets=[OWN]), orders()],
            "block 1, .* sets 'score' in the phase 'practice', and block 3",
        ),
        ([orders(p=practice(resets=[OWN]), a=paying(2))], "a phase resets 'practised', which no stimulus reads"),
    ],
    ids=[
        "before parts",
        "in the first order",
        "in the second order only",
        "under the second condition only",
        "another one is reset",
        "what is nowhere is reset",
    ],
)
def test_a_score_that_goes_on_from_a_practice_in_one_order_is_refused(entries: list[Any], said: str) -> None:
    with pytest.raises(EmissionError, match=said):
        define(Experiment(entries))


def test_tasks_that_differ_in_what_is_reset_alone_are_two_and_are_told_apart_by_their_orders() -> None:
    own = paying(1, of=OWN)
    kept, reset, both = (emitted(practice(own, resets=resets), orders()) for resets in ([], [OWN], [OWN, SCORE]))
    assert len({one.fingerprint({}) for one in (kept, reset, both)}) == 3
    names = kept.parts().keys()
    assert [name for name in names if kept.parts()[name] != reset.parts()[name]] == ["orders and conditions"]
    assert emitted(practice(own, resets=[OWN]), orders()).fingerprint({}) == reset.fingerprint({})


def test_an_author_is_told_where_a_phase_begins_without_a_word_in_any_order() -> None:
    says = Block([Instructions("This one counts.")])
    told = practice(Block([Instructions("This is practice.")]), paying(1))
    # The blocks as they are written down have a word before each phase.
    notes = tags_shown(define(Experiment([says, orders(a=paying(2), p=told)])))
    assert [note.partition(";")[0] for note in notes] == ["block 2: the phase 'main' begins with a trial"]
    assert tags_shown(define(Experiment([orders(a=[says, paying(2)], p=told)]))) == []

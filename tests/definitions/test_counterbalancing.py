"""Orders of parts and conditions: which there are, who gets which, and that a page and a replay play the same."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, permutations

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import DataVariable, FunctionVariable

import twinbean
from twinbean.definitions.counterbalancing import Conditions, Counterbalanced, balanced_square
from twinbean.definitions.definition import define
from twinbean.definitions.emission import emit_definition
from twinbean.definitions.stimuli import SlotMachines
from twinbean.definitions.structure import Loop, Phase
from twinbean.errors import EmissionError, RecordMismatch
from twinbean.page.export import document
from twinbean.play.game import Play, Seat
from twinbean.play.rows import page_rows
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_simulated
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.participants import participants_table
from twinbean.sessions.questions import Answer
from twinbean.subjects.learners import open_learner


def block(letter, *, screens=()):
    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 2}]
    return Block([SlotMachines(None, arms, labels=[f"{letter}1", f"{letter}2"]), *screens])


def build(*, rng):
    parts = {"A": block("a"), "B": [block("b"), block("c")]}
    return Experiment([Counterbalanced(parts), Conditions({"gain": block("g"), "loss": block("l")}), block("z")])


TASK = twinbean.Task("t", build)


def letters(session):
    """What was played, by the first letter of its labels."""
    return "".join(trial.labels[0][0] for trial in session.trials)


def expected(recorded):
    """The same, of what is recorded of a participant."""
    parts = {"A": "a", "B": "bc", "gain": "g", "loss": "l"}
    return "".join(parts[name] for name in [*recorded["order"].split(", "), recorded["condition"]]) + "z"


@pytest.mark.parametrize("n", range(2, 8))
def test_a_balanced_square_has_each_part_in_each_place_and_behind_each_other_equally_often(n):
    rows = balanced_square(n)
    assert len(rows) == (n if n % 2 == 0 else 2 * n)
    assert all(sorted(row) == list(range(n)) for row in rows)
    places = Counter((place, part) for row in rows for place, part in enumerate(row))
    behind = Counter(pair for row in rows for pair in pairwise(row))
    assert set(places.values()) == {len(rows) // n}
    assert len(places) == n * n
    assert set(behind.values()) == {len(rows) // n}
    assert set(behind) == set(permutations(range(n), 2))


def test_all_orders_are_all_orders():
    definition = define(Experiment([Counterbalanced({name: block(name) for name in "abc"}, by="all")]))
    assert {way.recorded["order"] for way in definition.arrangements} == {", ".join(p) for p in permutations("abc")}


def test_each_participant_plays_what_is_recorded_of_them_and_all_ways_are_given_out_alike():
    sessions = twinbean.replay(TASK, model="random", samples=8, seed=4)
    assert [letters(session) for session in sessions] == [expected(session.kept) for session in sessions]
    # Four ways: each once among the first four, and once among the next.
    for four in (sessions[:4], sessions[4:]):
        assert sorted(map(letters, four)) == sorted(["abcgz", "abclz", "bcagz", "bcalz"])
    assert [letters(s) for s in sessions[:4]] != [letters(s) for s in sessions[4:]]


def test_a_page_has_the_ways_that_a_replay_draws():
    sessions = twinbean.replay(TASK, model="random", samples=8, seed=4)
    for content in (document(TASK, seed=4), document(TASK, seed=4, variants=8)):
        told = [variant["arrangement"] for variant in content["variants"][:8]]
        assert told == [session.kept for session in sessions]
        played = ["".join("abcglz"[number] for number in variant["order"]) for variant in content["variants"][:8]]
        assert played == list(map(letters, sessions))


def test_a_replay_of_a_person_goes_on_in_that_persons_order():
    people = [session.replace(source="human") for session in twinbean.replay(TASK, model="random", samples=4, seed=4)]
    again = twinbean.replay(TASK, people, model="random", after=1, samples=2, seed=9)
    assert [letters(session) for session in again] == [letters(person) for person in people for _ in range(2)]
    assert [session.kept for session in again] == [person.kept for person in people for _ in range(2)]
    assert all(
        session.trials[0].choice == person.trials[0].choice for session, person in zip(again[::2], people, strict=True)
    )


def test_what_a_page_records_of_it_is_read_again_and_stands_in_the_participants_table():
    for seating, played in zip(
        seatings := seat_simulated(TASK, "random", samples=4, seed=4, given=None),
        play_all(seatings, open_learner("random")),
        strict=True,
    ):
        rows = page_rows(played.rows, seating.seat, [1.0] * 9, places=())
        (person,) = sessions_from_rows(rows, where="page", participant="?")
        assert person.kept == played.session.kept
        (known,) = participants_table([person]).to_dict("records")
        assert {name: known[name] for name in ("order", "condition")} == person.kept
        assert twinbean.to_table([person])["order"].unique().tolist() == [person.kept["order"]]


def test_a_record_without_its_order_or_with_another_is_refused():
    (session, *_) = twinbean.replay(TASK, model="random", samples=1, seed=4)
    person = session.replace(source="human")
    for kept, sentence in (
        ({}, "has no order on record, expected order 'A, B', condition 'gain' or order"),
        ({"order": "A, B", "condition": "other"}, "has order 'A, B', condition 'other' on record, expected"),
    ):
        with pytest.raises(RecordMismatch, match=sentence):
            twinbean.replay(TASK, [person.replace(details={**person.details, "kept": kept})], model="random", after=1)


def test_a_record_of_another_condition_is_no_record_of_this_one():
    (session, *_) = twinbean.replay(TASK, model="random", samples=1, seed=4)
    other = {"gain": "loss", "loss": "gain"}[session.kept["condition"]]
    details = {**session.details, "kept": {**session.kept, "condition": other}}
    person = session.replace(source="human", details=details)
    # Both pay alike and are labelled by the definition: what tells them apart is what was on record.
    (again,) = twinbean.replay(TASK, [person], model="random", after=person.n_choices)
    assert letters(again) == expected(details["kept"])


def test_loops_and_phases_stay_together_in_any_order():
    done = FunctionVariable("done", lambda value: value > 0, [DataVariable("value", 1)])
    loop = Loop([block("a"), block("b")], until=done, most=3)
    definition = define(
        Experiment([Counterbalanced({"loop": loop, "practice": Phase("practice", [block("p")])}), block("z")])
    )
    for way, played in zip(definition.arrangements, ("abpz", "pabz"), strict=True):
        arranged = definition.arranged(way)
        assert arranged.trials_per_session == 2 * 3 + 1 + 1
        seat = Seat(participant="p", session="p", task="looped")
        session = Play(arranged, seat, lambda q: Answer(label=q.labels[0], raw=q.labels[0])).run().session
        assert letters(session) == played
        assert {trial.phase for trial in session.trials if trial.labels[0][0] == "p"} == {"practice"}


def test_the_ways_are_part_of_the_task_and_a_task_without_any_is_the_task_it_was():
    def fingerprint(*entries):
        return emit_definition(define(Experiment(list(entries)))).fingerprint({})

    plain = fingerprint(block("a"), block("b"))
    ordered = fingerprint(Counterbalanced({"a": block("a"), "b": block("b")}))
    renamed = fingerprint(Counterbalanced({"first": block("a"), "b": block("b")}))
    chosen = fingerprint(Conditions({"a": block("a"), "b": block("b")}))
    assert len({plain, ordered, renamed, chosen}) == 4


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([Counterbalanced({"a": block("a")})], "Counterbalanced has the parts"),
        ([Conditions([block("a"), block("b")])], "expected two or more by name"),
        ([Counterbalanced({"a, b": block("a"), "c": block("b")})], "a part of Counterbalanced is called 'a, b'"),
        ([Counterbalanced({"a": block("a"), "b": block("b")}, by="chance")], "is by 'chance', expected 'latin square'"),
        (
            [Counterbalanced({"a": block("a"), "b": block("b")}, name="device")],
            "is recorded as 'device', expected a name",
        ),
        (
            [Conditions({"a": block("a"), "b": block("b")}), Conditions({"c": block("c"), "d": block("d")})],
            "two are recorded as 'condition': give one of them another name=",
        ),
        (
            [Counterbalanced({str(n): block("a") for n in range(6)}, by="all")],
            "6 parts, of which there are more than 120",
        ),
        ([Loop([Conditions({"a": block("a"), "b": block("b")})], until=None, most=1)], "a loop holds a Conditions"),
    ],
)
def test_what_cannot_be_ordered_is_refused(entries, sentence):
    with pytest.raises(EmissionError) as refused:
        define(Experiment(entries))
    assert sentence in str(refused.value)


def test_a_row_that_is_there_in_one_order_alone_cannot_be_read():
    read = Text(duration=50, text=FunctionVariable("t", str, [DataVariable("value", 2)]))
    second = Block([Text(duration=50, text="first"), read])
    define(Experiment([block("a"), second]))
    with pytest.raises(EmissionError, match=r"DataVariable\('value', 2\) looks"):
        define(Experiment([Counterbalanced({"a": block("a"), "b": second})]))

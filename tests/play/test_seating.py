"""A person's continuation meets that person's payoffs, labels and positions."""

from __future__ import annotations

from dataclasses import replace
from dataclasses import replace as replace_fields

import pytest
from sweetbean import Block, Experiment
from sweetbean.variable import TimelineVariable

from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.errors import RecordMismatch, RunError
from twinbean.play import identity as identity_module
from twinbean.play import seating as seating_module
from twinbean.play.rows import page_rows
from twinbean.play.scheduler import play_all
from twinbean.play.seating import (
    check_record,
    check_sessions,
    digest_of,
    seat_all,
    seat_person,
    seat_simulated,
)
from twinbean.runs.replaying import replay as replay_run
from twinbean.sessions import Session
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.questions import Answer
from twinbean.tasks.task import Task


def build(*, rng, trials: int = 4) -> Experiment:
    payoffs = rng.integers(1, 1000, size=(trials, 2)).tolist()
    timeline = [{"a": {"color": "red", "value": a}, "b": {"color": "blue", "value": b}} for a, b in payoffs]
    machines = SlotMachines(bandits=[TimelineVariable("a"), TimelineVariable("b")], duration=2000)
    return Experiment([Block([Instructions("Machines {labels}.")]), Block([machines], timeline=timeline)])


TASK = Task("drawn", build)


class First:
    name = "first"

    async def ask(self, question):
        return Answer(label=question.labels[0], raw="")

    def describe(self):
        return {}


def recorded(*, seed, variant, **changes) -> Session:
    """A person's session as the page records it, with the machines changed about."""
    seating = seat_simulated(TASK, "human", samples=variant + 1, seed=seed, given=None)[variant]
    rows = page_rows(play_all([seating], First())[0].rows, seating.seat, [300.0] * 4)
    rows = [
        row | {"bean_labels": ["Q", "X"], "bean_positions": [1, 0]} if "bean_bandits" in row else row for row in rows
    ]
    return sessions_from_rows([rows[0] | changes, *rows[1:]], where="page", participant="p")[0]


def seat(person, *, seed=0, after=2, samples=1):
    return seat_person(TASK, person, "model", after=after, samples=samples, seed=seed, given=None)


def test_payoffs_labels_and_positions_are_the_persons():
    person = recorded(seed=5, variant=3)
    (played,) = play_all(seat(person, seed=8), First())
    assert [trial.outcomes for trial in played.session.trials] == [trial.outcomes for trial in person.trials]
    assert {trial.labels for trial in played.session.trials} == {("Q", "X")}
    assert [trial.position for trial in played.session.trials] == [1] * 4
    assert "Machines Q and X." in played.transcript.text
    assert "You press <<Q>>" in played.transcript.text


def test_samples_of_a_person_share_everything_but_their_number():
    seats = [seating.seat for seating in seat(recorded(seed=5, variant=0), samples=3)]
    assert [each.sample for each in seats] == [0, 1, 2]
    assert len({each.session for each in seats}) == 3
    assert len({(each.participant, each.labels, each.positions, each.variant) for each in seats}) == 1


@pytest.mark.parametrize("after", [0, 4])
def test_a_record_of_other_payoffs_is_refused_even_after_the_branch(after):
    person = recorded(seed=5, variant=3)
    other = person.replace(details={**person.details, "seed": 6})
    (seating,) = seat(other, after=after)
    with pytest.raises(RecordMismatch, match="trial 0: in the record arm 0 pays"):
        check_record(other, seating)
    check_record(person, seat(person, after=after)[0])


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"parameters": {"arms": 3}}, "the parameter 'arms', which 'drawn' does not have"),
    ],
)
def test_a_session_of_another_task_is_refused(details, said):
    with pytest.raises(RecordMismatch, match=said):
        seat(recorded(seed=5, variant=0, **details))


def test_a_variant_that_is_no_number_is_refused():
    with pytest.raises(RecordMismatch, match="played variant 'b', expected the number"):
        seat(recorded(seed=5, variant=0).replace(variant="b"))


def test_more_choices_than_there_are_is_refused_with_both_numbers():
    person = recorded(seed=5, variant=0)
    assert len(seat(person, after=4)[0].record.trials) == 4
    with pytest.raises(RecordMismatch, match="made 4 choices, and 5 were asked for"):
        seat(person, after=5)


def test_everybody_is_seated_and_numbered_once_and_what_a_manifest_says_comes_along(monkeypatch):
    people = [
        recorded(seed=5, variant=n).replace(participant=f"p{n}", session=f"p{n}", variant=str(n)) for n in range(3)
    ]
    calls = []
    for module, name in (
        (identity_module, "emit_definition"),
        (seating_module, "play_record"),
        (seating_module, "until_choice"),
    ):
        called = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, f=called, n=name: calls.append(n) or f(*given))
    found = seat_all(TASK, people, "m", after=2, samples=2, seed=0, given=None)
    assert [each.seat.session for each in found.seatings] == ["p0.0", "p0.1", "p1.0", "p1.1", "p2.0", "p2.1"]
    assert found.facts["participants"] == 3
    assert found.facts["data"] == digest_of(people)
    assert found.facts["not_told"] == ["colours", "time limits"]
    assert [(person, len(own)) for person, own in found.people] == [(person, 2) for person in people]
    # One task with one set of parameters has one fingerprint; a record is cut at the branch, and nothing is played.
    assert [calls.count(name) for name in ("emit_definition", "play_record", "until_choice")] == [1, 0, 3]


def test_whoever_is_scored_keeps_the_name_of_their_session_and_their_whole_record():
    person = recorded(seed=5, variant=0)
    (one,) = seat_all(TASK, [person], "m", after=None, seed=0, given=None).seatings
    assert one.seat.session == person.session
    assert len(one.record.trials) == 4


def test_people_with_other_parameters_have_other_fingerprints():
    def played_with(trials):
        seating = seat_simulated(TASK, "human", samples=1, seed=5, given={"trials": trials})[0]
        session = play_all([seating], First())[0].session
        return session.replace(participant=str(trials), session=str(trials), source="human")

    found = seat_all(TASK, [played_with(4), played_with(3)], "m", after=0, seed=5, given=None)
    assert len({each.seat.details["fingerprint"] for each in found.seatings}) == 2


def test_two_seatings_of_one_session_are_refused():
    with pytest.raises(RecordMismatch, match="is in the data more than once"):
        check_sessions(["s1", "s2", "s1"])


def paying_otherwise(person: Session) -> Session:
    """The same choices for another payoff at the last trial."""
    *before, last = person.trials
    outcomes = tuple(payoff if arm != last.choice else 0.5 for arm, payoff in enumerate(last.outcomes))
    return person.replace(trials=(*before, replace_fields(last, reward=0.5, outcomes=outcomes)))


def test_data_with_other_rewards_are_other_data():
    person = recorded(seed=5, variant=0)
    assert digest_of([person]) == digest_of([person.replace(variant="0")])
    assert digest_of([person]) != digest_of([paying_otherwise(person)])


def test_a_run_is_not_resumed_with_data_whose_rewards_differ(tmp_path):
    person = recorded(seed=5, variant=0).replace(details={})
    replay_run("recorded", [person], model=First(), run=tmp_path / "run", after=4)
    with pytest.raises(RunError, match="data"):
        replay_run("recorded", [paying_otherwise(person)], model=First(), run=tmp_path / "run", after=4)


def test_what_a_text_cannot_tell_is_listed():
    assert seat_simulated(TASK, "m", samples=1, seed=0, given=None)[0].definition.untold() == [
        "colours",
        "time limits",
    ]


def test_other_people_choices_or_payoffs_are_other_data():
    person = recorded(seed=5, variant=0)
    first, *rest = person.trials
    others = [
        person.replace(participant="another"),
        person.replace(session="another"),
        person.replace(trials=tuple(rest)),
        person.replace(trials=(replace(first, choice=1 - first.choice), *rest)),
        person.replace(trials=(replace(first, reward=first.reward + 1), *rest)),
    ]
    assert len({digest_of([one]) for one in (person, *others)}) == 6
    assert digest_of([person]) == digest_of([person.replace()])


def test_a_run_has_a_hundred_thousand_sessions_at_most():
    with pytest.raises(RunError, match="samples is 100001, expected at least 1 and at most 100000 in one run"):
        seat_all(TASK, [], "model", after=None, samples=100_001, seed=0, given=None)


def test_a_single_trial_says_which_letters_a_person_saw():
    person = recorded(seed=5, variant=3)
    one = person.replace(trials=person.trials[:1])
    assert seat(one, after=1)[0].seat.labels == one.trials[0].labels == ("Q", "X")


@pytest.mark.parametrize(("people", "samples"), [(3, 2), (1, 4), (0, 5), (0, 1)])
def test_the_full_list_has_every_sample_of_every_person(people, samples):
    person = recorded(seed=5, variant=3)
    data = [person.replace(participant=f"p{number}", session=f"s{number}") for number in range(people)]
    seated = seat_all(TASK, data, "model", after=2 if people else 0, samples=samples, seed=0, given=None)
    assert seated.n_sessions == len(seated.seatings) == samples * (people or 1)

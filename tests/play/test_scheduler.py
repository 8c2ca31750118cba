"""Many plays at once are the same plays as one by one, whatever their order, length and mishaps."""

from __future__ import annotations

import asyncio
import contextvars
import dataclasses

import pytest

from twinbean.errors import RecordMismatch, SubjectError
from twinbean.play import scheduler
from twinbean.play.scheduler import Failed, play_all, until_choice
from twinbean.play.seat import Record
from twinbean.play.seating import seat_simulated
from twinbean.sessions import Session, Trial
from twinbean.sessions.questions import Answer
from twinbean.tasks.task import load

TASK = load("two_armed_bandit")


def seatings(n, *, trials=11):
    return seat_simulated(TASK, "model", samples=n, seed=0, given={"trials": trials})


def label_for(question):
    """A choice that depends on the participant, so that mixed up sessions would differ."""
    return question.labels[(len(question.participant) + int(question.participant[-1]) + question.trial) % 2]


class Direct:
    name = "direct"

    async def ask(self, question):
        await asyncio.sleep(0)
        return Answer(label=label_for(question), raw="")

    def describe(self):
        return {}


class Batching(Direct):
    """Answers only when the batch is closed, and keeps the sessions of every batch."""

    def __init__(self):
        self.waiting = {}
        self.batches = []
        self.ended = []

    async def ask(self, question):
        future = asyncio.get_running_loop().create_future()
        self.waiting[question.session] = (question, future)
        return await future

    def close_batch(self):
        waiting, self.waiting = self.waiting, {}
        if waiting:
            self.batches.append(sorted(waiting))
        for question, future in waiting.values():
            future.set_result(Answer(label=label_for(question), raw=""))

    def end_session(self, session):
        self.ended.append(session)


def sessions(played):
    return [result.session for result in played]


@pytest.mark.parametrize("subject", [Direct, Batching])
def test_any_order_and_subset_gives_the_same_sessions(subject):
    seats = seatings(6)
    together = sessions(play_all(seats, subject()))
    assert sessions(play_all(seats[::-1], subject())) == together[::-1]
    assert sessions(play_all(seats[2:5], subject())) == together[2:5]
    assert [sessions(play_all([seat], subject()))[0] for seat in seats] == together


def test_every_batch_holds_every_session_that_is_still_playing():
    subject = Batching()
    long, short = seatings(3, trials=5), seatings(5, trials=2)[3:]
    play_all([*long, *short], subject)
    names = [seating.seat.session for seating in (*long, *short)]
    assert subject.batches == [sorted(names)] * 2 + [sorted(names[:3])] * 3
    assert sorted(subject.ended) == sorted(names)


@pytest.mark.parametrize("subject", [Direct, Batching])
def test_more_sessions_than_play_at_once_are_the_same_sessions(subject, monkeypatch):
    everybody = sessions(play_all(seatings(7), subject()))
    monkeypatch.setattr(scheduler, "MOST_OTHERWISE", 2)
    monkeypatch.setattr(scheduler, "MOST_TOGETHER", 3)
    few = subject()
    assert sessions(play_all(seatings(7), few)) == everybody
    if isinstance(few, Batching):
        assert max(map(len, few.batches)) == 3
        # Whoever comes to the end makes room for the next at once.
        assert all(len(batch) == 3 for batch in few.batches[: 2 * 11])
        assert sorted(few.ended) == sorted(session.session for session in everybody)


@pytest.mark.parametrize("most", [2, 100])
def test_nobody_is_asked_where_a_later_record_contradicts_the_definition(most, monkeypatch):
    monkeypatch.setattr(scheduler, "MOST_OTHERWISE", most)
    played = sessions(play_all(seatings(4), Direct()))
    wrong = dataclasses.replace(played[3].trials[0], reward=-1.0, outcomes=())
    seated = [
        dataclasses.replace(seating, record=Record(trials=(trial,)))
        for seating, trial in zip(seatings(4), [*(session.trials[0] for session in played[:3]), wrong], strict=True)
    ]
    asked = []

    class Noting(Direct):
        async def ask(self, question):
            asked.append(question)
            return await super().ask(question)

    with pytest.raises(RecordMismatch):
        play_all(seated, Noting())
    assert asked == []
    assert len(play_all(seated[:3], Noting())) == 3
    assert len(asked) == 30


@pytest.mark.parametrize("base", [Direct, Batching])
def test_a_session_that_fails_leaves_the_others(base):
    class Failing(base):
        async def ask(self, question):
            if question.participant.endswith("1") and question.trial == 3:
                raise SubjectError("the line is dead")
            return await super().ask(question)

    subject = Failing()
    first, failed, third = play_all(seatings(3), subject)
    assert sessions([first, third]) == [sessions(play_all(seatings(3), base()))[index] for index in (0, 2)]
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.final, len(failed.session.trials)) == ("the line is dead", False, 3)


def test_an_error_that_nobody_expects_is_raised_and_cancels_the_rest():
    class Broken(Batching):
        def close_batch(self):
            raise ZeroDivisionError

    subject = Broken()
    with pytest.raises(ZeroDivisionError):
        play_all(seatings(3), subject)
    assert len(subject.ended) == 3


def test_an_illegal_answer_ends_its_session_for_good():
    class Illegal(Direct):
        async def ask(self, question):
            return Answer(label="9" if question.participant.endswith("0") else "1", raw="nine")

    failed, played = play_all(seatings(2), Illegal(), retries=1)
    assert isinstance(failed, Failed)
    assert failed.final
    assert "2 illegal answers, the last 'nine'; expected one of 1, 2" in failed.reason
    assert len(played.session.trials) == 11


def test_who_answers_illegally_is_asked_three_times_more_unless_told_otherwise():
    class Illegal(Direct):
        async def ask(self, question):
            return Answer(label=None, raw="nine")

    (failed,) = play_all(seatings(1), Illegal())
    assert "4 illegal answers, the last 'nine'" in failed.reason


def test_attempts_are_counted_from_the_first_question():
    attempts = []

    class Second(Direct):
        async def ask(self, question):
            attempts.append(question.attempt)
            return Answer(label="1" if question.attempt == 2 else None, raw="")

    play_all(seatings(1, trials=2), Second(), retries=2)
    assert attempts == [0, 1, 2] * 2


def test_context_variables_reach_the_plays():
    shown = contextvars.ContextVar("shown")
    shown.set("outside")
    found = set()

    class Looking(Direct):
        async def ask(self, question):
            found.add(shown.get())
            return await super().ask(question)

    play_all(seatings(2, trials=2), Looking())
    assert found == {"outside"}


def test_no_sessions_are_no_results():
    assert play_all([], Batching()) == []


def test_a_replay_works_inside_a_running_loop():
    async def notebook():
        return play_all(seatings(2, trials=2), Direct())

    assert len(asyncio.run(notebook())) == 2


def record(*trials, **details):
    return Session(participant="p", session="s", task="t", trials=trials, details=details)


def test_n_counts_choices_and_takes_the_forced_and_missed_trials_before_the_next():
    session = record(
        Trial(trial=0, choice=1, forced=True),
        Trial(trial=1, choice=0),
        Trial(trial=2, choice=None, missed=True),
        Trial(trial=3, choice=1),
        Trial(trial=4, choice=1, forced=True),
        responses=[(0, "F"), (1, "J"), (4, "K")],
    )
    cut = {n: until_choice(session, n) for n in (0, 1, 2)}
    assert {n: len(found.trials) for n, found in cut.items()} == {0: 1, 1: 3, 2: 5}
    given = {n: [key for _, key in found.responses] for n, found in cut.items()}
    assert given == {0: ["F", "J"], 1: ["F", "J"], 2: ["F", "J", "K"]}


@pytest.mark.parametrize("n", [-1, 3])
def test_n_outside_the_choices_is_refused_with_both_numbers(n):
    session = record(Trial(trial=0, choice=1), Trial(trial=1, choice=1))
    with pytest.raises(RecordMismatch, match=f"made 2 choices, and {n} were asked for"):
        until_choice(session, n)


def test_a_models_choices_become_the_records_without_their_probabilities():
    session = record(Trial(trial=0, choice=1, origin="subject", logp=-1.0, p=(0.5, 0.5), raw="2", rt_ms=9.0))
    assert until_choice(session, 1).trials == (Trial(trial=0, choice=1, rt_ms=9.0),)

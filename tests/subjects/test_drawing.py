"""A draw belongs to its question: not to what was asked before, and not to another session of the same person."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import pytest

from twinbean.play.scheduler import play_all as play
from twinbean.play.seating import seat_simulated
from twinbean.sessions.questions import Question
from twinbean.subjects.drawing import draw
from twinbean.subjects.learners import open_learner
from twinbean.tasks.task import load


def question(session="s", sample=0, trial=0, attempt=0, participant="p"):
    return Question(
        session=session, participant=participant, text="<<", labels=("A", "B"), arms=(0, 1), n_arms=2, trial=trial,
        sample=sample, attempt=attempt, seed=5,
    )  # fmt: skip


def drawn(**changes):
    return [draw([0.0, 0.0], temperature=1, question=question(trial=trial, **changes)) for trial in range(60)]


def test_two_sessions_of_one_person_have_draws_of_their_own():
    sequences = [drawn(), drawn(session="t"), drawn(sample=1), drawn(attempt=1), drawn(participant="q")]
    assert drawn() == sequences[0]
    assert len({tuple(sequence) for sequence in sequences}) == len(sequences)


def test_draws_follow_the_probabilities_at_the_temperature():
    n = 4000
    counts = Counter(
        draw([math.log(0.8), math.log(0.2)], temperature=2, question=question(session=str(number)))
        for number in range(n)
    )
    p = 0.8**0.5 / (0.8**0.5 + 0.2**0.5)
    assert counts[0] / n == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / n))


def test_a_learner_plays_two_sessions_of_one_person_as_two():
    (seating,) = seat_simulated(load("two_armed_bandit"), "human", samples=1, seed=0, given={"trials": 40})
    other = replace(seating, seat=replace(seating.seat, session="another day"))
    first, second, again = (play([one], open_learner("random"))[0] for one in (seating, other, seating))
    choices = [[trial.choice for trial in result.session.trials] for result in (first, second, again)]
    assert choices[0] == choices[2] != choices[1]

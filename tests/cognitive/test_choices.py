"""What a fit sees of a session: choices, payoffs seen, arms on offer, and where all is forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from twinbean.cognitive import Scale, choices_of, scale_of
from twinbean.errors import DataError
from twinbean.sessions import Session, Trial


def session(*trials, participant="p", name="s", source="human"):
    return Session(participant=participant, session=name, task="t", trials=trials, source=source)


def trial(number, choice, reward=None, **more):
    return Trial(trial=number, choice=choice, reward=reward, **{"offered": (0, 1, 2), **more})


def test_payoffs_that_were_not_shown_are_not_seen():
    shown = trial(0, 1, 4, outcomes=(2, 4, None), feedback="all")
    hidden = trial(1, 0, 2, outcomes=(2, 4, 6))
    (choices,) = choices_of([session(shown, hidden)], Scale(zero=1, unit=2))
    assert choices.rewards.tolist() == pytest.approx(np.array([[0.5, 1.5, np.nan], [0.5, np.nan, np.nan]]), nan_ok=True)


def test_missed_and_forced_trials_and_those_of_the_record_are_not_scored():
    trials = [
        trial(0, 1, 1, origin="recorded"),
        trial(1, None, missed=True, origin="subject"),
        trial(2, 2, 1, forced=True, offered=(2,), origin="subject"),
        trial(3, 0, 1, origin="subject"),
    ]
    (model,) = choices_of([session(*trials, source="m")], Scale())
    assert model.scored.tolist() == [False, False, False, True]
    assert model.choice.tolist() == [1, -1, 2, 0]
    # The same trials of a person are all the person's own.
    (person,) = choices_of([session(*trials)], Scale())
    assert person.scored.tolist() == [True, False, False, True]


def test_every_block_and_every_session_begins_anew():
    first = session(trial(0, 0, 1), trial(1, 0, 1, block=1), trial(2, 0, 1, block=1), name="a")
    second = session(trial(0, 1, 1, block=1), name="b")
    (choices,) = choices_of([first, second], Scale())
    assert choices.begins.tolist() == [True, True, False, True]


def test_chance_is_the_mean_of_the_arms_on_offer():
    (choices,) = choices_of([session(trial(0, 0, 1, offered=(0, 2)), trial(1, 0, 1))], Scale())
    assert choices.chance() == pytest.approx(np.log(2) + np.log(3))


def test_the_default_unit_is_the_reward_farthest_from_zero():
    assert scale_of([session(trial(0, 0, -40), trial(1, 0, 10))]) == Scale(zero=0, unit=40)
    assert scale_of([session(trial(0, 0, 0))]) == Scale(zero=0, unit=1)
    assert scale_of([session(trial(0, 0, 40), trial(1, 0, 10))], zero=30) == Scale(zero=30, unit=20)


def test_data_without_a_choice_are_refused():
    with pytest.raises(DataError, match="no choice to fit"):
        choices_of([session(trial(0, None, missed=True))], Scale())

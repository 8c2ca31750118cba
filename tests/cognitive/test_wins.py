"""Wins are told as by exact arithmetic, whatever the unit of reward and however many digits a payoff has."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinbean.cognitive import MODELS, Scale, choices_of, negative_log_likelihoods, trial_log_likelihoods
from twinbean.cognitive.simulation import environment, simulate
from twinbean.cognitive.wins import Wins, wins
from twinbean.comparison.courses import course_of
from twinbean.runs.scoring import score
from twinbean.sessions import Session, Trial

UNITS = (1, 0.1, 0.3, 7, 1e-3, 3.7e4)
STAY = {"wsls1": [0.2], "wsls2": [0.8, 0.7]}


def by_definition(cents: list[int]) -> list[bool]:
    """The docstring of `wsls1` over whole numbers of cents."""
    won = []
    for t, reward in enumerate(cents):
        mean = Fraction(sum(cents[:t]), t) if t else Fraction(0)
        won.append(reward > mean or (reward == mean and reward > 0))
    return won


def session(rewards: list[float], choices: list[int]) -> Session:
    trials = tuple(
        Trial(trial=t, choice=arm, reward=reward, outcomes=(reward, reward), offered=(0, 1), labels=("F", "J"))
        for t, (arm, reward) in enumerate(zip(choices, rewards, strict=True))
    )
    return Session(participant="p", session="p", task="t", trials=trials)


# Few values, so that ties with the mean are common.
CENTS = st.lists(st.integers(-3, 3).map(lambda k: 10 * k), min_size=2, max_size=30)


@settings(max_examples=60, deadline=None)
@given(CENTS)
def test_wins_of_decimal_payoffs_are_those_of_whole_numbers(cents: list[int]) -> None:
    tenths = np.array([cent / 100 for cent in cents])
    learner = Wins(zero=0.0)
    begins = np.arange(len(cents)) == 0
    assert wins(tenths, begins).tolist() == by_definition(cents)
    assert [learner.add(reward) for reward in tenths.tolist()] == by_definition(cents)


@settings(max_examples=30, deadline=None)
@given(CENTS, st.sampled_from(UNITS), st.randoms(use_true_random=False))
def test_no_unit_of_reward_changes_the_likelihood(cents: list[int], unit: float, random) -> None:
    arms = [random.randrange(2) for _ in cents]
    whole = session([float(cent) for cent in cents], arms)
    # The same payoffs recorded in another unit, and the same record fitted in another unit.
    recorded = session([cent * unit for cent in cents], arms)
    for name, values in STAY.items():
        found = [
            negative_log_likelihoods(MODELS[name], np.array([values]), choices_of([one], scale)[0])[0]
            for one, scale in ((whole, Scale()), (whole, Scale(unit=unit)), (recorded, Scale()))
        ]
        assert found[0] == found[1] == found[2]


def test_a_tie_of_tenths_falls_as_a_tie_of_whole_numbers_does() -> None:
    # (.1 + .2) / 2 is .15000000000000002 for floats, and .15 is no win below it.
    assert wins(np.array([0.1, 0.2, 0.15]), np.array([True, False, False])).tolist() == [1, 1, 1]
    course = course_of(session([0.1, 0.2, 0.15], [0, 0, 0]), n_arms=2, win=None)
    assert np.isnan(course.won).tolist() == [True, False, True]


def test_rewards_are_forgotten_where_a_block_begins_and_unseen_ones_are_neither() -> None:
    rewards = np.array([5.0, np.nan, 4.0, 4.0, 3.0])
    assert wins(rewards, np.array([True, False, False, True, False]))[[0, 2, 3, 4]].tolist() == [1, 0, 1, 0]
    assert np.isnan(wins(rewards, np.zeros(5, dtype=bool))[1])


@pytest.mark.parametrize("name", STAY)
@pytest.mark.parametrize("unit", UNITS)
def test_the_learner_that_plays_has_the_probabilities_of_the_fit(name: str, unit: float, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    person = session((rng.integers(-2, 3, 60) / 10).tolist(), rng.integers(0, 2, 60).tolist())
    names = [parameter.name for parameter in MODELS[name].open]
    given_values = ",".join(f"{key}={value}" for key, value in zip(names, STAY[name], strict=True))
    (scored,) = score("recorded", [person], model=f"{name}:{given_values},reward_unit={unit}", run=tmp_path / "run")
    (choices,) = choices_of([person], Scale(unit=unit))
    expected = trial_log_likelihoods(MODELS[name], STAY[name], choices)
    assert [trial.logp_legal for trial in scored.trials] == pytest.approx(expected.tolist(), abs=1e-12)


@pytest.mark.parametrize("digits", [1, 17])
def test_what_a_simulation_plays_is_what_its_fit_sees(digits: int) -> None:
    """Payoffs of 17 digits do not fit into a machine's whole numbers; a noiseless player is never surprised."""
    payoffs = np.random.default_rng(6).normal(0.2, 0.3, (3_000, 2)).round(digits)
    sure = np.array([1.0, 1.0])
    choices = simulate(MODELS["wsls2"], sure, environment(payoffs.tolist()), Scale(unit=0.3), np.random.default_rng(0))
    assert negative_log_likelihoods(MODELS["wsls2"], sure[None], choices)[0] == pytest.approx(np.log(2))
    missed = replace(choices, choice=np.where(np.arange(3_000) == 7, -1, choices.choice))
    assert np.isnan(missed.won[7])

"""Every model says what it is, and gives probabilities to the arms on offer and to no other."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from twinbean.cognitive import ALGORITHMS, MODELS, Choices, model, rules, trial_log_likelihoods
from twinbean.cognitive.parameters import stretched
from twinbean.cognitive.thompson import beta_best
from twinbean.errors import TwinbeanError

EVERY = {**ALGORITHMS, **MODELS}


@pytest.mark.parametrize("name", EVERY)
def test_a_model_states_its_parameters_and_their_bounds_and_its_source(name):
    described = EVERY[name]
    assert described.name == name
    for parameter in described.open:
        assert re.search(rf"\b{parameter.name}\b", described.about)
        assert parameter.lower <= parameter.default <= parameter.upper
    assert "Source:" in described.about or name in ("uniform", "random")


def test_an_unknown_model_is_refused_with_those_there_are():
    with pytest.raises(TwinbeanError, match=r"model 'q_learning' is not known: expected one of uniform, base_rate"):
        model("q_learning")


@given(data=st.data(), name=st.sampled_from(sorted(MODELS)), n_arms=st.integers(2, 4), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_the_probabilities_of_the_arms_on_offer_sum_to_one(data, name, n_arms, seed):
    """The same history is continued with each arm in turn, so that each arm's probability is read off."""
    rng = np.random.default_rng(seed)
    one = MODELS[name]
    unit = rng.random((1, len(one.parameters(n_arms))))
    values = stretched(unit, one.parameters(n_arms))[0]
    n = data.draw(st.integers(1, 8))
    offered = rng.random((n, n_arms)) < 0.7
    choice = rng.integers(0, n_arms, n)
    offered[np.arange(n), choice] = True
    payoffs = np.full((n, n_arms), np.nan)
    payoffs[np.arange(n), choice] = rng.normal(0, 1, n)
    total = 0.0
    for arm in np.flatnonzero(offered[-1]):
        made = np.append(choice[:-1], arm)
        choices = Choices(
            participant="p",
            source="human",
            choice=made,
            payoffs=payoffs,
            offered=offered,
            scored=np.ones(n, dtype=bool),
            begins=np.arange(n) == 0,
            session=np.zeros(n, dtype=np.int64),
        )
        total += np.exp(trial_log_likelihoods(one, values, choices)[-1])
    assert total == pytest.approx(1, abs=1e-6)


def test_thompson_sampling_is_the_share_of_draws_that_are_highest():
    rng = np.random.default_rng(3)
    means, counts = np.array([0.5, 0.25, 0.75]), np.array([4.0, 8.0, 4.0])
    wins = counts * means
    draws = rng.beta(1 + wins, 1 + counts - wins, (400_000, 3))
    shares = np.bincount(draws.argmax(axis=1), minlength=3) / len(draws)
    assert beta_best(means.tolist(), counts.tolist(), [True] * 3) == pytest.approx(shares, abs=0.004)
    # An arm that is not offered is not drawn.
    pair = np.bincount(draws[:, :2].argmax(axis=1), minlength=2) / len(draws)
    assert beta_best(means.tolist(), counts.tolist(), [True, True, False]) == pytest.approx([*pair, 0], abs=0.004)


@pytest.mark.parametrize(("uniform", "arm"), [(0.0, 0), (0.1999, 0), (0.2001, 2), (0.999999999999, 2)])
def test_an_arm_is_drawn_where_the_cumulative_probability_exceeds_the_number(uniform, arm):
    assert rules.drawn([np.log(0.2), -np.inf, np.log(0.8)], 3, uniform) == arm


def test_thompson_sampling_has_probabilities_however_sure_it_is():
    for n in (200, 600, 10_000):
        assert beta_best([0.9, 0.1, 1.0], [n, n, n], [True] * 3) == pytest.approx([0, 0, 1], abs=1e-6)
    a, b = stats.beta(1 + 180, 1 + 20), stats.beta(1 + 174, 1 + 26)
    share = integrate.quad(lambda x: a.pdf(x) * b.cdf(x), 0, 1, epsabs=1e-10)[0]
    assert beta_best([0.9, 0.87], [200, 200], [True, True]) == pytest.approx([share, 1 - share], abs=1e-4)


@pytest.mark.parametrize("n", [1, 200, 1000, 10**7])
def test_kalman_thompson_holds_where_one_arm_is_much_surer_than_another(n):
    means, variances = np.array([0.5, 0.0, 0.501]), np.array([0.001 / n, 1.0, 0.001 / n])
    state = [0.0] * (rules.FIRST + 3 * rules.CELLS)
    for arm in range(3):
        here = rules.FIRST + arm * rules.CELLS
        state[here + rules.VALUE], state[here + rules.SPREAD] = means[arm], variances[arm]
    settings, out = [0.0] * (rules.BIAS + 3), [0.0] * 3
    settings[rules.BETA] = 1.0
    rules.best(state, settings, 3, [True] * 3, 3, out)
    # Arms 0 and 2 are nearly points: the wide arm is above both, or the better of the two by their difference.
    wide = 1 - stats.norm.cdf(0.501)
    first = stats.norm.cdf(-0.001 / math.sqrt(0.002 / n))
    assert np.exp(out) == pytest.approx([(1 - wide) * first, wide, (1 - wide) * (1 - first)], abs=0.012 / n**0.5)
    assert np.exp(out).sum() == pytest.approx(1)

"""Intervals cover the truth as often as they say; effects are those of their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from twinbean.comparison import statistics


@pytest.mark.parametrize("n", [12, 40])
@pytest.mark.parametrize("skewed", [False, True])
def test_paired_intervals_cover_the_truth_at_their_rate(monkeypatch: pytest.MonkeyPatch, n: int, skewed: bool) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 1000)
    rng = np.random.default_rng(n)
    rounds, covered = 600, 0
    for number in range(rounds):
        people = rng.normal(size=n)
        noise = rng.gamma(4, 0.5, size=n) - 2 if skewed else rng.normal(size=n)
        found = statistics.paired_difference(people, people + 0.3 + noise, seed=number, purpose="test")
        covered += found.low <= 0.3 <= found.high
    # Two standard errors of 600 draws at .95 are .018; a skew costs a few hundredths in twelve people.
    assert covered / rounds == pytest.approx(0.95, abs=0.04 if skewed else 0.025)


def test_unpaired_intervals_cover_the_truth_at_their_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 1000)
    rng = np.random.default_rng(1)
    covered = 0
    for number in range(600):
        found = statistics.unpaired_difference(rng.normal(size=20), rng.normal(1, 2, 30), seed=number, purpose="test")
        covered += found.low <= 1 <= found.high
    assert covered / 600 == pytest.approx(0.955, abs=0.025)


def test_there_is_no_interval_below_ten_people() -> None:
    nine, ten = np.arange(9.0), np.arange(10.0)
    assert math.isnan(statistics.mean_of(nine, seed=0, purpose="").low)
    assert statistics.mean_of(ten, seed=0, purpose="").low < 4.5
    assert math.isnan(statistics.unpaired_difference(ten, nine, seed=0, purpose="").high)


def test_the_paired_effect_is_the_mean_difference_over_its_standard_deviation() -> None:
    found = statistics.paired_difference([0, 0, 0], [1, 2, 3], seed=0, purpose="")
    assert (found.mean, found.effect) == (2, 2)


def test_the_unpaired_effect_is_that_of_hedges() -> None:
    # Pooled variance (2 + 2) / 4 = 1, difference 3, correction 1 - 3 / (4 * 4 - 1) = 0.8.
    found = statistics.unpaired_difference([1, 2, 3], [4, 5, 6], seed=0, purpose="")
    assert found.effect == pytest.approx(3 * 0.8)


def test_people_without_a_value_are_left_out_as_pairs() -> None:
    assert statistics.paired_difference([1, math.nan, 3], [2, 5, 3], seed=0, purpose="").mean == 0.5


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.arange(20.0)
    first, again, other = (statistics.mean_of(values, seed=seed, purpose="a") for seed in (3, 3, 4))
    # Not the whole estimates: their effects are nan, which is no equal of itself.
    assert (first.mean, first.low, first.high) == (again.mean, again.low, again.high)
    assert (first.low, first.high) != (other.low, other.high)


@pytest.mark.parametrize(("people", "model"), [([1, 2], [3]), ([1, 2, 3], [4]), ([1], [2, 4, 6])])
def test_a_single_person_or_session_has_no_effect_size(people: list[float], model: list[float]) -> None:
    assert math.isnan(statistics.unpaired_difference(people, model, seed=0, purpose="").effect)


def test_intervals_behind_the_best_hold_together_though_the_best_is_chosen_by_the_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of five models that are alike, one always comes out best: another must seldom be told apart from it."""
    monkeypatch.setattr(statistics, "RESAMPLES", 500)
    rng = np.random.default_rng(2)
    rounds, wrong = 400, 0
    for number in range(rounds):
        losses = rng.normal(size=(15, 1)) + 0.3 * rng.normal(size=(15, 5))
        wrong += any(behind.is_apart for behind in statistics.behind_best(losses, seed=number, purpose="test"))
    # Two standard errors of 400 draws at .05 are .022. Single intervals would be wrong about three times as often.
    assert wrong / rounds <= 0.075


def test_a_real_difference_is_told_apart_from_the_best() -> None:
    rng = np.random.default_rng(3)
    losses = rng.normal(size=(40, 1)) + 0.1 * rng.normal(size=(40, 3)) + np.array([0.0, 0.2, 0.01])
    first, second, third = statistics.behind_best(losses, seed=0, purpose="test")
    assert (first.is_apart, second.is_apart, third.is_apart) == (False, True, False)


def test_who_lacks_one_loss_is_left_out_of_that_pair_alone() -> None:
    losses = np.column_stack([np.arange(12.0), np.arange(12.0) + 0.5, np.arange(12.0) + 2])
    losses[0, 2] = np.nan
    found = statistics.behind_best(losses, seed=0, purpose="test")
    assert [(one.mean, one.low, one.high) for one in found] == [(0, 0, 0), (0.5, 0.5, 0.5), (2, 2, 2)]


def test_what_differs_by_a_rounding_does_not_differ() -> None:
    losses = np.column_stack([np.full(12, 0.3), np.full(12, 0.1 + 0.2)])
    found = statistics.behind_best(losses, seed=0, purpose="test")
    assert [(one.mean, one.low, one.high) for one in found] == [(0, 0, 0)] * 2


def test_an_interval_holds_the_percentiles_that_students_t_asks_for() -> None:
    values = np.random.default_rng(5).normal(size=15)
    found = statistics.mean_of(values, seed=2, purpose="mean")
    tail = stats.norm.sf(stats.t(14).isf(0.025) * math.sqrt(15 / 14))
    means = statistics.resampled_means(values, 2, "mean")
    assert [found.low, found.high] == pytest.approx(np.quantile(means, [tail, 1 - tail]).tolist())
    assert means.std() == pytest.approx(values.std() / math.sqrt(15), rel=0.03)


def test_intervals_behind_the_best_are_never_narrower_than_students_for_as_many_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statistics, "_simultaneous", lambda *_: 0.0)
    losses = np.random.default_rng(6).normal([0, 0.5, 1], size=(12, 3))
    found = statistics.behind_best(losses, seed=0, purpose="test")
    for number in (1, 2):
        error = stats.sem(losses[:, number] - losses[:, 0])
        assert found[number].high - found[number].mean == pytest.approx(stats.t(11).isf(0.025 / 3) * error)
        assert found[number].mean - found[number].low == pytest.approx(stats.t(11).isf(0.025 / 3) * error)


def test_of_two_alternatives_one_is_behind_by_their_paired_difference() -> None:
    losses = np.random.default_rng(1).normal([0, 1], size=(400, 2))
    found = statistics.behind_best(losses, seed=0, purpose="test")[1]
    width = (found.high - found.mean) / stats.sem(losses[:, 1] - losses[:, 0])
    # Resampling 400 people is as good as the formula, which is what it is at least.
    assert stats.t(399).isf(0.025) < width < 1.02 * stats.t(399).isf(0.025)

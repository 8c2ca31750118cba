"""Effects between conditions: intervals cover the truth, ratios say nothing where there is nothing to divide by."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinbean.comparison import clusters
from twinbean.comparison.clusters import Sides, difference_of_effects, effect, ratio_of_effects


def within_limits(covered: int, studies: int) -> bool:
    """Whether 95% intervals may cover so often, by the binomial limits of 99.9%."""
    low, high = stats.binom.interval(0.999, studies, 0.95)
    return bool(low <= covered <= high)


def named(values: np.ndarray, first: int = 0) -> pd.Series:
    return pd.Series(values, index=[f"p{first + number}" for number in range(len(values))])


def study(rng: np.random.Generator, people: float, model: float, n: int = 20) -> tuple[Sides, Sides]:
    """Two conditions of n people each, and a model that played for each and takes something from them."""
    first, second = rng.normal(people, 1, n), rng.normal(0, 1, n)
    mine = [0.5 * (first - people) + rng.normal(model, 0.7, n), 0.5 * second + rng.normal(0, 0.7, n)]
    return (
        Sides(first=named(first), second=named(second, n)),
        Sides(first=named(mine[0]), second=named(mine[1], n)),
    )


@pytest.fixture(autouse=True)
def _fewer_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "RESAMPLES", 800)


def test_effects_and_differences_of_effects_cover_the_truth_at_their_rate(studies: int) -> None:
    rng = np.random.default_rng(1)
    effects = gaps = 0
    for number in range(studies):
        people, model = study(rng, 0.6, 0.9)
        found = effect(people, seed=number, purpose="test")
        effects += found.low <= 0.6 <= found.high
        gap = difference_of_effects(model, people, seed=number, purpose="test")
        gaps += gap.low <= 0.3 <= gap.high
    assert within_limits(effects, studies)
    assert within_limits(gaps, studies)


def test_effects_within_people_are_paired(studies: int) -> None:
    """What differs between people, and stays the same in both conditions, costs no precision."""
    rng = np.random.default_rng(2)
    covered, widths = 0, []
    for number in range(studies):
        own = rng.normal(0, 5, 20)
        sides = Sides(first=named(own + rng.normal(0.4, 0.5, 20)), second=named(own + rng.normal(0, 0.5, 20)))
        found = effect(sides, seed=number, purpose="test")
        covered += found.low <= 0.4 <= found.high
        widths.append(found.high - found.low)
    assert within_limits(covered, studies)
    assert np.mean(widths) < 1


def test_ratios_of_effects_cover_the_truth_at_their_rate(studies: int) -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(studies):
        people, model = study(rng, 2, 1)
        found = ratio_of_effects(model, people)
        covered += found.low <= 0.5 <= found.high
    assert within_limits(covered, studies)


def test_a_ratio_has_no_interval_where_peoples_effect_may_be_0(studies: int) -> None:
    rng = np.random.default_rng(4)
    ratios = [ratio_of_effects(model, people) for people, model in (study(rng, 0, 1) for _ in range(studies))]
    # As often as an interval of people's effect leaves 0 out by chance.
    assert within_limits(sum(math.isnan(one.value) for one in ratios), studies)


def test_fiellers_interval_is_that_of_its_formula() -> None:
    people, model = study(np.random.default_rng(5), 2, 1)
    found = ratio_of_effects(model, people)
    a, b = model.mean, people.mean
    cov = [
        np.cov(side_m, side_p) / 20 for side_m, side_p in ((model.first, people.first), (model.second, people.second))
    ]
    (va, c), (_, vb) = sum(cov)
    t = stats.ttest_ind(people.first, people.second, equal_var=False).df
    t2 = stats.t(t).isf(0.025) ** 2
    for bound in (found.low, found.high):
        # The ratios at which the difference is as many standard errors from 0 as Student's t.
        assert (a - bound * b) ** 2 == pytest.approx(t2 * (va - 2 * bound * c + bound**2 * vb))
    assert found.value == pytest.approx(a / b)


def test_below_ten_people_on_a_side_there_is_an_effect_and_no_interval() -> None:
    sides = Sides(first=named(np.arange(30.0)), second=named(np.arange(9.0), 30))
    found = effect(sides, seed=0, purpose="test")
    assert found.mean == 14.5 - 4
    assert math.isnan(found.low)
    assert found.sign == 0
    assert math.isnan(ratio_of_effects(sides, sides).value)


def test_conditions_that_tie_have_no_sign() -> None:
    values = np.random.default_rng(6).normal(size=12)
    found = effect(Sides(first=named(values), second=named(values)), seed=0, purpose="test")
    assert (found.mean, found.low, found.high, found.sign) == (0, 0, 0, 0)


def test_nobody_in_a_condition_has_no_effect() -> None:
    empty = pd.Series([], dtype=float)
    assert math.isnan(effect(Sides(first=named(np.arange(12.0)), second=empty), seed=0, purpose="test").mean)

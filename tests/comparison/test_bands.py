"""Bands of curves cover the truth as often as they say, at every trial by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinbean.comparison import bands

# Studies, each a column.
STUDIES = 400


def limits(studies: int = STUDIES) -> tuple[float, float]:
    """What 95% intervals may cover by chance, in all but one of a thousand tests."""
    low, high = stats.binom.interval(0.999, studies, 0.95)
    return low / studies, high / studies


def shares(rng: np.random.Generator, n: int, trials: int, mean: float) -> np.ndarray:
    """Persons differ, as a beta distribution says; each share is of so many trials."""
    people = rng.beta(8 * mean, 8 * (1 - mean), size=(n, STUDIES))
    return rng.binomial(trials, people) / trials


@pytest.mark.parametrize("mean", [0.5, 0.8])
@pytest.mark.parametrize(("n", "trials"), [(12, 4), (24, 4), (50, 1)])
def test_bands_of_shares_cover_the_truth_at_their_rate(n: int, trials: int, mean: float) -> None:
    low, high = bands.share_band(shares(np.random.default_rng(n), n, trials, mean))
    covered = float(((low <= mean) & (mean <= high)).mean())
    assert limits()[0] <= covered <= max(limits()[1], 0.99)


def test_where_nearly_everybody_chooses_alike_a_band_of_shares_is_not_too_narrow() -> None:
    values = shares(np.random.default_rng(3), 24, 1, 0.97)
    low, high = bands.share_band(values)
    assert float(((low <= 0.97) & (high >= 0.97)).mean()) >= limits()[0]
    # Resampled persons cannot say so: in many studies nobody chose otherwise.
    low, high = bands.mean_band(values, seed=0, purpose="test")
    assert float(((low <= 0.97) & (high >= 0.97)).mean()) < 0.7


@pytest.mark.parametrize("n", [15, 40])
def test_bands_of_means_cover_the_truth_at_their_rate(n: int) -> None:
    values = np.random.default_rng(n).normal(3, 2, size=(n, STUDIES))
    low, high = bands.mean_band(values, seed=1, purpose="test")
    assert limits()[0] <= float(((low <= 3) & (high >= 3)).mean()) <= limits()[1]


def test_wilsons_interval_is_that_of_his_formula_where_persons_make_one_choice_each() -> None:
    n, chosen = 30, 21
    low, high = bands.share_band((np.arange(n) < chosen).astype(float)[:, None])
    t, p = stats.t(n - 1).isf(0.025), chosen / n
    # One choice a person has the variance of a coin, n - 1 of them.
    size = n - 1
    middle = (p + t**2 / (2 * size)) / (1 + t**2 / size)
    reach = t * np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2)) / (1 + t**2 / size)
    assert [low[0], high[0]] == pytest.approx([middle - reach, middle + reach])


def table(matrix: np.ndarray, column: str) -> pd.DataFrame:
    rows = [
        ("g", f"p{person}", trial, value)
        for person, own in enumerate(matrix)
        for trial, value in enumerate(own)
        if not np.isnan(value)
    ]
    return pd.DataFrame(rows, columns=["group", "participant", "trial", column])


def test_a_point_of_fewer_than_ten_people_has_a_mean_and_no_band() -> None:
    matrix = np.full((12, 2), 2.0)
    matrix[:, 0] = np.arange(12)
    matrix[3:, 1] = np.nan
    found = bands.over_persons(table(matrix, "score"), keys=["group"], along="trial", seed=0).set_index("trial")
    assert list(found["score"]) == [5.5, 2]
    assert list(found["n_people"]) == [12, 3]
    assert found.loc[0, "score_low"] < 5.5 < found.loc[0, "score_high"]
    assert found.loc[1, ["score_low", "score_high"]].isna().all()


def test_shares_never_leave_0_to_1() -> None:
    matrix = np.ones((12, 1))
    found = bands.over_persons(table(matrix, "best"), keys=["group"], along="trial", seed=0).iloc[0]
    assert 0.6 < found["best_low"] < 1
    assert found["best_high"] == pytest.approx(1)


def test_nobody_has_no_curve() -> None:
    empty = table(np.zeros((0, 0)), "best")
    found = bands.over_persons(empty, keys=["group"], along="trial", seed=0)
    assert list(found.columns) == ["group", "trial", "best", "best_low", "best_high", "n_people"]
    assert found.empty

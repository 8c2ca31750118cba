"""Differences between two conditions, in people and in a model that played for them: persons are resampled as wholes.

Whoever was in both conditions counts in both, and with the model that played for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from twinbean._random import generator
from twinbean.comparison.statistics import FEWEST, LEVEL, RESAMPLES, expanded_tail

Numbers = NDArray[np.float64]
# Below this a spread is a rounding.
_NOTHING = 1e-12


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A difference of means, first condition less second, with its interval; nan where there is none."""

    mean: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """-1 or 1 where the interval leaves 0 out; 0 where the sign is not determined."""
        return int(self.low > 0) - int(self.high < 0)


@dataclass(frozen=True, kw_only=True)
class Sides:
    """One number a person in each of two conditions; a person can be in both."""

    first: pd.Series[float]
    second: pd.Series[float]

    def __post_init__(self) -> None:
        for name in ("first", "second"):
            object.__setattr__(self, name, getattr(self, name).dropna())

    @property
    def fewest(self) -> int:
        return min(len(self.first), len(self.second))

    @property
    def mean(self) -> float:
        return float(self.first.mean() - self.second.mean()) if self.fewest else np.nan


def effect(sides: Sides, *, seed: int, purpose: str) -> Effect:
    """The difference of the means, with an expanded percentile interval."""
    (draws,) = _draws([sides], seed, purpose)
    return _effect(sides.mean, draws, sides.fewest)


def difference_of_effects(model: Sides, people: Sides, *, seed: int, purpose: str) -> Effect:
    """The model's effect less people's, persons resampled together with the model that played for them."""
    mine, theirs = _draws([model, people], seed, purpose)
    return _effect(model.mean - people.mean, mine - theirs, min(model.fewest, people.fewest))


def _effect(mean: float, draws: Numbers, n: int) -> Effect:
    if n < FEWEST or np.isnan(mean):
        return Effect(mean=mean, low=np.nan, high=np.nan)
    tail = expanded_tail(n)
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    # What differs by a rounding does not differ.
    low, high, mean = (0.0 if abs(value) < _NOTHING else float(value) for value in (low, high, mean))
    return Effect(mean=mean, low=low, high=high)


def _draws(all_sides: Sequence[Sides], seed: int, purpose: str) -> list[Numbers]:
    """The effects in `RESAMPLES` samples of persons, drawn within those of the first condition alone, of the second
    alone, and of both; whoever has no part in the last of `all_sides`, as a simulated participant, among themselves."""
    firsts = pd.concat([sides.first for sides in all_sides], axis=1)
    seconds = pd.concat([sides.second for sides in all_sides], axis=1)
    who = firsts.index.union(seconds.index, sort=False)
    last = all_sides[-1].first.index.union(all_sides[-1].second.index)
    strata = 4 * who.isin(last) + 2 * who.isin(firsts.index) + who.isin(seconds.index)
    counts = np.zeros((RESAMPLES, len(who)))
    rng = generator(seed, purpose=f"bootstrap {purpose}")
    for stratum in np.unique(strata):
        (members,) = np.nonzero(strata == stratum)
        counts[:, members] = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), size=RESAMPLES)
    found = []
    for place in range(len(all_sides)):
        means = [_means(counts, table.iloc[:, place].reindex(who)) for table in (firsts, seconds)]
        found.append(means[0] - means[1])
    return found


def _means(counts: Numbers, values: pd.Series[float]) -> Numbers:
    known = values.notna().to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((counts @ values.fillna(0.0).to_numpy()) / (counts @ known))


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A ratio of effects and its interval; all nan where the denominator's sign is not determined."""

    value: float
    low: float
    high: float


def ratio_of_effects(model: Sides, people: Sides) -> Ratio:
    """The model's effect over people's, with Fieller's interval (Fieller 1954, J. R. Stat. Soc. B 16:175-185).

    It has no end where people's effect may be 0, and then nothing is said: an interval with ends would be a claim.
    """
    nothing = Ratio(value=np.nan, low=np.nan, high=np.nan)
    if min(model.fewest, people.fewest) < FEWEST:
        return nothing
    a, b = model.mean, people.mean
    influences = pd.concat([_influences(model), _influences(people)], axis=1).fillna(0.0).to_numpy()
    (var_a, covariance), (_, var_b) = influences.T @ influences
    t2 = stats.t.isf((1 - LEVEL) / 2, _freedom(people)) ** 2
    leading = b**2 - t2 * var_b
    if leading <= _NOTHING:
        return nothing
    middle = a * b - t2 * covariance
    root = np.sqrt(max(middle**2 - leading * (a**2 - t2 * var_a), 0.0))
    return Ratio(value=a / b, low=float((middle - root) / leading), high=float((middle + root) / leading))


def _influences(sides: Sides) -> pd.Series[float]:
    """What each person adds to the difference; the sum of their squares is its variance."""
    parts = pd.concat(list(_of_means(sides)), axis=1).fillna(0.0)
    return parts.sum(axis=1)


def _of_means(sides: Sides) -> Iterator[pd.Series[float]]:
    for sign, values in ((1, sides.first), (-1, sides.second)):
        n = len(values)
        yield sign * (values - values.mean()) / np.sqrt(n * (n - 1))


def _freedom(sides: Sides) -> float:
    """Of the standard error, after Welch and Satterthwaite; of persons in both conditions, their number less one."""
    if sides.first.index.isin(sides.second.index).any():
        return sides.fewest - 1
    parts = [(values.var(ddof=1) / len(values), len(values) - 1) for values in (sides.first, sides.second)]
    below = sum(part**2 / n for part, n in parts)
    return float(sum(part for part, _ in parts) ** 2 / below) if below > _NOTHING**2 else sides.fewest - 1

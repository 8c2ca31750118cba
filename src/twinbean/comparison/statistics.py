"""Means, differences and intervals over participants. No p-values; no interval below ten participants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from twinbean._random import generator

FEWEST = 10
LEVEL = 0.95
RESAMPLES = 4_000


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean with its bootstrap interval, nan below ten participants, and a standardised effect for differences."""

    mean: float
    low: float
    high: float
    effect: float = np.nan


def mean_of(values: ArrayLike, *, seed: int, purpose: str) -> Estimate:
    """The mean of one number a participant."""
    known = _known(values)
    if not known.size:
        return Estimate(mean=np.nan, low=np.nan, high=np.nan)
    low, high = _interval(resampled_means(known, seed, purpose), known.size)
    return Estimate(mean=float(known.mean()), low=low, high=high)


def paired_difference(people: ArrayLike, model: ArrayLike, *, seed: int, purpose: str) -> Estimate:
    """Mean of model minus person, participants resampled as pairs; the effect is d_z, mean over sd of the differences
    (Lakens 2013, Front. Psychol. 4:863)."""
    differences = _known(np.asarray(model, dtype=float) - np.asarray(people, dtype=float))
    found = mean_of(differences, seed=seed, purpose=purpose)
    spread = float(differences.std(ddof=1)) if differences.size > 1 else 0.0
    return Estimate(mean=found.mean, low=found.low, high=found.high, effect=_ratio(found.mean, spread))


def unpaired_difference(people: ArrayLike, model: ArrayLike, *, seed: int, purpose: str) -> Estimate:
    """Mean of the model's sessions minus mean of people, each resampled; the effect is Hedges' g (Hedges 1981, J. Educ.
    Stat. 6:107-128), nan where one side is a single value, which has no spread."""
    a, b = _known(people), _known(model)
    if not a.size or not b.size:
        return Estimate(mean=np.nan, low=np.nan, high=np.nan)
    means = resampled_means(b, seed, f"{purpose} model") - resampled_means(a, seed, f"{purpose} people")
    low, high = _interval(means, min(a.size, b.size))
    difference = float(b.mean() - a.mean())
    freedom = a.size + b.size - 2
    if min(a.size, b.size) < 2:
        return Estimate(mean=difference, low=low, high=high)
    pooled = float(np.sqrt((((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / freedom))
    small = 1 - 3 / (4 * freedom - 1)
    return Estimate(mean=difference, low=low, high=high, effect=small * _ratio(difference, pooled))


@dataclass(frozen=True, kw_only=True)
class Behind:
    """How far one of several alternatives is behind the best: a mean of paired differences, and its interval."""

    mean: float
    low: float
    high: float

    @property
    def is_apart(self) -> bool:
        """Whether the interval leaves 0 out; never without an interval."""
        return self.low > 0


def behind_best(losses: NDArray[np.float64], *, seed: int, purpose: str) -> list[Behind]:
    """How far each of m alternatives (n participants, m) is behind the one of least mean loss, which is behind by 0.

    The intervals hold together, and whichever alternative comes out best: participants are resampled as wholes, and one
    multiple of the standard errors covers the differences of all pairs at once (the studentised maximum, after Hsu
    1996, Multiple Comparisons), widened as single intervals are. A pair is compared over the participants who have
    both; there is no interval for fewer than ten of them. Alternatives without any loss are nan.
    """
    n, m = losses.shape
    with np.errstate(invalid="ignore"):
        means = np.array([_known(column).mean() if _known(column).size else np.inf for column in losses.T])
    best = int(means.argmin())
    differences = losses[:, :, None] - losses[:, None, :]
    known = ~np.isnan(differences)
    counts = known.sum(axis=0)
    filled = np.where(known, differences, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / counts
        spread = np.sqrt((np.where(known, differences - mean, 0.0) ** 2).sum(axis=0) / (counts - 1) / counts)
    varies = (counts >= FEWEST) & (spread > 1e-12) & np.triu(np.ones((m, m), dtype=bool), 1)
    multiple = (
        _simultaneous(filled[:, varies], known[:, varies], spread[varies], seed, purpose) if varies.any() else 0.0
    )
    if varies.any():
        # Resampling alone is too narrow for some tens of participants; Bonferroni's t is not where losses are normal.
        freedom = int(counts[varies].min()) - 1
        multiple = max(multiple, float(stats.t.isf((1 - LEVEL) / 2 / varies.sum(), freedom)))
    found = []
    for i in range(m):
        reach = multiple * spread[i, best] if counts[i, best] >= FEWEST else np.nan
        # What differs by a rounding does not differ.
        gap = float(mean[i, best]) if not abs(mean[i, best]) < 1e-12 else 0.0
        found.append(Behind(mean=gap, low=float(gap - reach), high=float(gap + reach)))
    return found


def _simultaneous(
    differences: NDArray[np.float64], known: NDArray[np.bool_], spread: NDArray[np.float64], seed: int, purpose: str
) -> float:
    """How many standard errors (m,) cover the m mean differences of columns (n, m) at once in `LEVEL` of resamples."""
    n = len(differences)
    rng = generator(seed, purpose=f"bootstrap {purpose}")
    counts = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (counts @ differences) / (counts @ known)
        deviations = np.abs(means - differences.sum(axis=0) / known.sum(axis=0)) / spread
    smallest = int(known.sum(axis=0).min())
    wider = np.sqrt(smallest / (smallest - 1)) * stats.t.isf((1 - LEVEL) / 2, smallest - 1)
    return float(np.quantile(np.nan_to_num(deviations).max(axis=1), LEVEL) * wider / stats.norm.isf((1 - LEVEL) / 2))


def resampled_means(values: NDArray[np.float64], seed: int, purpose: str) -> NDArray[np.float64]:
    """Means of `RESAMPLES` samples of participants drawn with replacement."""
    rng = generator(seed, purpose=f"bootstrap {purpose}")
    counts = rng.multinomial(values.size, np.full(values.size, 1 / values.size), size=RESAMPLES)
    return np.array(counts @ values / values.size, dtype=float)


def _interval(means: NDArray[np.float64], n: int) -> tuple[float, float]:
    """The expanded percentile interval (Hesterberg 2015, Am. Stat. 69:371-386), which widens the percentiles as far as
    Student's t and the divisor n - 1 would: plain percentiles are too narrow for some tens of participants."""
    if n < FEWEST:
        return np.nan, np.nan
    tail = expanded_tail(n)
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def expanded_tail(n: int) -> float:
    """The share of resamples on either side of an expanded percentile interval of `n` values."""
    return float(stats.norm.cdf(np.sqrt(n / (n - 1)) * stats.t.ppf((1 - LEVEL) / 2, n - 1)))


def _known(values: ArrayLike) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = np.asarray(values, dtype=float)
    return np.array(numbers[~np.isnan(numbers)], dtype=float)


def _ratio(difference: float, spread: float) -> float:
    return difference / spread if spread > 1e-12 else np.nan

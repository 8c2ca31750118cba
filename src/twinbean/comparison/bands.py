"""Pointwise bands of curves: at every trial an interval of the mean over persons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from twinbean._random import generator
from twinbean.comparison.statistics import FEWEST, LEVEL, RESAMPLES, expanded_tail

Numbers = NDArray[np.float64]


def is_share(column: str) -> bool:
    """Whether a column of a curve holds shares, from 0 to 1."""
    return column in ("best", "agreement") or column.startswith("arm_")


def over_persons(persons: pd.DataFrame, *, keys: Sequence[str], along: str, seed: int) -> pd.DataFrame:
    """One row for each of `keys` and each point `along`: of every other column the mean over persons, and its band as
    `<column>_low` and `<column>_high`; `n_people` counts whoever has the point.

    `persons` has one row for each of keys, participant and point. There is no band at a point of fewer than ten people.
    """
    values = [str(name) for name in persons.columns if name not in (*keys, "participant", along)]
    parts = []
    for key, own in persons.groupby(list(keys), sort=False):
        table = pd.DataFrame({along: np.sort(own[along].unique())})
        for place, name in enumerate(keys):
            table.insert(place, name, [key[place]] * len(table))
        for name in values:
            matrix = own.pivot(index="participant", columns=along, values=name).to_numpy(dtype=float)
            band = share_band if is_share(name) else mean_band
            low, high = band(matrix) if band is share_band else mean_band(matrix, seed=seed, purpose=f"{key} {name}")
            known = (~np.isnan(matrix)).sum(axis=0)
            with np.errstate(invalid="ignore"):
                table[name] = np.nansum(matrix, axis=0) / np.where(known, known, np.nan)
            table[f"{name}_low"], table[f"{name}_high"] = low, high
        table["n_people"] = own.groupby(along, sort=True).size().to_numpy()
        parts.append(table)
    columns = [*keys, along, *(column for name in values for column in (name, f"{name}_low", f"{name}_high"))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*columns, "n_people"])


def mean_band(values: Numbers, *, seed: int, purpose: str) -> tuple[Numbers, Numbers]:
    """Bootstrap intervals of the mean of each column of (n persons, points), persons resampled as wholes: expanded
    percentiles (Hesterberg 2015, Am. Stat. 69:371-386). nan is who has no such point."""
    n = len(values)
    known = ~np.isnan(values)
    sizes = known.sum(axis=0)
    rng = generator(seed, purpose=f"bootstrap {purpose}")
    counts = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES) if n else np.zeros((RESAMPLES, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (counts @ np.where(known, values, 0.0)) / (counts @ known)
    low, high = np.full(len(sizes), np.nan), np.full(len(sizes), np.nan)
    for size in np.unique(sizes[sizes >= FEWEST]):
        same = sizes == size
        tail = expanded_tail(int(size))
        low[same], high[same] = np.nanquantile(means[:, same], [tail, 1 - tail], axis=0)
    return low, high


def share_band(values: Numbers) -> tuple[Numbers, Numbers]:
    """Wilson's intervals of the mean of each column of shares (n persons, points), with as many independent choices as
    the variance over persons amounts to (Franco et al. 2019, J. Surv. Stat. Methodol. 7:334-364), and Student's t.

    Resampling cannot be used here: where nearly everybody chooses alike, its 95% cover the truth in 50 of 100 studies.
    """
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(values, axis=0) / n
        variance = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1) / n
        size = np.where(variance > 1e-12, mean * (1 - mean) / variance, n)
        t2 = stats.t.isf((1 - LEVEL) / 2, n - 1) ** 2
        size = np.maximum(size, 1.0)
        middle = (mean + t2 / (2 * size)) / (1 + t2 / size)
        reach = np.sqrt(t2 * (mean * (1 - mean) / size + t2 / (4 * size**2))) / (1 + t2 / size)
    enough = n >= FEWEST
    return np.where(enough, middle - reach, np.nan), np.where(enough, middle + reach, np.nan)

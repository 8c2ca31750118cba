"""How far a model lies from people over all measures at once, beside how far people lie from people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twinbean._random import generator
from twinbean.comparison.likeness import Beside
from twinbean.comparison.statistics import LEVEL

Numbers = NDArray[np.float64]
# So many splits of the people, and so many exchanges.
DRAWS = 1_000
# Each half needs as many people as any interval.
FEWEST_TO_SPLIT = 20
# What fewer sessions have is no common measure, and what follows another like this says nothing more.
_KNOWN, _SAME = 0.9, 0.999
COLUMNS = (
    *("group", "distance", "split", "split_low", "split_high", "people_split", "people_low", "people_high"),
    *("exchanged_low", "exchanged_high", "n_people", "n_model", "n_measures", "measures"),
)


def distance_table(all_beside: Sequence[Beside], *, seed: int) -> pd.DataFrame:
    """One row a group: energy distances (Székely and Rizzo 2013, J. Stat. Plan. Inference 143:1249-1272) over measures
    that are standardised by people's means and standard deviations, with one sample a person.

    They are unbiased: where both sides are alike, their mean is 0, whatever the number of people. `distance` is over
    everybody; `exchanged_low` to `exchanged_high` hold 95% of those over people and model sessions exchanged at random,
    pairs within themselves. `split` is the mean distance of the model sessions of one half of the people from the
    other half's people, `people_split` that of the one half's people, over the same splits; 95% of both lie between
    their low and high. Sums, and measures that follow from others, are left out.
    """
    return pd.DataFrame([row for one in all_beside if (row := _row(one, seed)) is not None], columns=list(COLUMNS))


def _row(beside: Beside, seed: int) -> dict[str, object] | None:
    people, model = _common(beside)
    n, m, k = len(people), len(model), people.shape[1]
    if min(n, m) < FEWEST_TO_SPLIT or not k:
        return None
    points = np.concatenate([people.to_numpy(), model.to_numpy()])
    distances = np.sqrt(((points[:, None] - points[None, :]) ** 2).sum(axis=2))
    is_model = np.arange(n + m) >= n
    rng = generator(seed, purpose=f"energy distance {beside.group}")
    one, other, mine = (np.zeros((DRAWS, n + m), dtype=bool) for _ in range(3))
    for draw in range(DRAWS):
        order = rng.permutation(n)
        one[draw, order[: n // 2]] = other[draw, order[n // 2 :]] = True
        mine[draw, n + (order if beside.paired else rng.permutation(m))[: n // 2]] = True
    of_people, of_model = energies(distances, one, other), energies(distances, mine, other)
    if beside.paired:
        swapped = np.tile(rng.random((DRAWS, n)) < 0.5, 2) ^ is_model
    else:
        swapped = rng.permuted(np.tile(is_model, (DRAWS, 1)), axis=1)
    exchanged = energies(distances, ~swapped, swapped)
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    row: dict[str, object] = {"group": beside.group}
    row["distance"] = float(energies(distances, ~is_model[None], is_model[None])[0])
    for name, draws in (("split", of_model), ("people", of_people), ("exchanged", exchanged)):
        row[f"{name}_low"], row[f"{name}_high"] = np.quantile(draws, tails)
    row |= {"split": float(np.mean(of_model)), "people_split": float(np.mean(of_people))}
    return row | {"n_people": n, "n_model": m, "n_measures": k, "measures": ", ".join(map(str, people.columns))}


def _common(beside: Beside) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The measures that nearly everybody on both sides has, standardised, of whoever has them all."""
    people, model = beside.people, beside.model
    names: list[str] = []
    for name in people.columns:
        known = min(side[name].notna().mean() for side in (people, model)) if len(model) else 0
        if name == "score" or known < _KNOWN or not people[name].std(ddof=1) > 1e-12:
            continue
        if all(abs(people[name].corr(people[other])) < _SAME for other in names):
            names.append(str(name))
    mean, sd = people[names].mean(), people[names].std(ddof=1)
    people, model = ((side[names] - mean) / sd for side in (people, model))
    complete = [side.dropna() for side in (people, model)]
    if beside.paired:
        both = complete[0].index.intersection(complete[1].index)
        return complete[0].loc[both], complete[1].loc[both]
    return complete[0], complete[1]


def energies(distances: Numbers, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Numbers:
    """The unbiased energy distances (draws,) of two sets of points in each row of (draws, points), by the matrix of the
    points' distances."""
    a, b = one.astype(float), other.astype(float)
    sizes = [side.sum(axis=1) for side in (a, b)]
    between = 2 * ((a @ distances) * b).sum(axis=1) / (sizes[0] * sizes[1])
    within = [((side @ distances) * side).sum(axis=1) / (n * (n - 1)) for side, n in zip((a, b), sizes, strict=True)]
    return np.asarray(between - within[0] - within[1])

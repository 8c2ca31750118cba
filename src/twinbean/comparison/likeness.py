"""Where a model falls among people: one sample a person beside one person, measure by measure and all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twinbean._random import generator
from twinbean.comparison.averages import KEYS
from twinbean.comparison.grouping import Group
from twinbean.comparison.measures import Measure
from twinbean.comparison.statistics import FEWEST, RESAMPLES, expanded_tail

Numbers = NDArray[np.float64]
# Of whom more lie at a bound, a standard deviation says nothing.
_AT_BOUND = 0.1
_NOTHING = 1e-12
COLUMNS = (
    *("group", "of", "measure", "people", "people_sd", "model", "model_sd", "distance", "distance_low"),
    *("distance_high", "percentile", "percentile_low", "percentile_high", "spread", "n_people", "n_model"),
)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A model's group, and the people it is compared with: a number a participant of every measure, of one sample."""

    group: str
    source: str
    start: int
    people: pd.DataFrame
    model: pd.DataFrame
    paired: bool


def beside_people(groups: Sequence[Group], table: pd.DataFrame, measures: Sequence[Measure]) -> Iterator[Beside]:
    """Each group of models with the people of its part; `table` is `averages.session_table`.

    Of several samples the first counts: the mean of them would vary less than people do.
    """
    names = [one.name for one in measures]
    for group in groups:
        if group.is_people or not group.sessions:
            continue
        same = [one for one in groups if one.is_people and one.start == group.start and one.part in (group.part, "")]
        if not same:
            continue
        people, model = (_persons(table[table["group"] == name], names) for name in (same[0].name, group.name))
        if group.paired:
            people = people.loc[people.index.isin(model.index)]
            model = model.reindex(people.index)
        yield Beside(
            group=group.name, source=group.source, start=group.start, people=people, model=model, paired=group.paired
        )


def _persons(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    first = table.sort_values("sample", kind="stable").drop_duplicates([*KEYS, "met"])
    return first.set_index("participant")[names].groupby("participant", sort=False).mean()


def likeness_table(all_beside: Sequence[Beside], fits: pd.DataFrame | None, *, seed: int) -> pd.DataFrame:
    """One row a group and measure or parameter.

    `distance` is the model's mean less people's, in standard deviations of people; `percentile` the mean share of
    people whom a model's session exceeds, ties half; `spread` the model's standard deviation over people's. `fits` are
    `cognitive.CognitiveFits.alike`; a parameter at whose bound more than a tenth of the people lie has no distance.
    """
    rows = []
    for beside in all_beside:
        for name in beside.people.columns:
            row = _row(beside, beside.people[name], beside.model[name], str(name), seed)
            rows.append(row | {"of": "measure", "measure": name})
        for name, people, model, held in _parameters(beside, fits):
            row = _row(beside, people, model, name, seed) | {"of": "parameter", "measure": name}
            if held > _AT_BOUND:
                row |= dict.fromkeys(("distance", "distance_low", "distance_high", "spread"), np.nan)
            rows.append(row)
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found[found["percentile"].notna()].reset_index(drop=True)


def _parameters(
    beside: Beside, fits: pd.DataFrame | None
) -> Iterator[tuple[str, pd.Series[float], pd.Series[float], float]]:
    """The parameters of people and of the model by participant, and the share of people who are at a bound."""
    if fits is None:
        return
    own = fits[fits["start"] == beside.start]
    for (model, parameter), cells in own.groupby(["model", "parameter"], sort=False):
        sides = []
        for source, who in (("human", beside.people.index), (beside.source, beside.model.index)):
            part = cells[(cells["source"] == source) & cells["participant"].isin(who)]
            sides.append(part.set_index("participant"))
        if all(len(side) for side in sides):
            people, mine = sides
            yield f"{model}: {parameter}", people["value"], mine["value"], float(people["at_bound"].mean())


def _row(beside: Beside, people: pd.Series[float], model: pd.Series[float], name: str, seed: int) -> dict[str, object]:
    people, model = people.dropna().astype(float), model.dropna().astype(float)
    row: dict[str, object] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"group": beside.group, "n_people": len(people), "n_model": len(model)}
    if not len(people) or not len(model):
        return row
    sd = float(people.std(ddof=1)) if len(people) > 1 else np.nan
    row |= {"people": people.mean(), "model": model.mean(), "people_sd": sd}
    row["model_sd"] = float(model.std(ddof=1)) if len(model) > 1 else np.nan
    # Of one person nobody can say how far somebody else is.
    if len(people) < 2:
        return row
    a, b = people.to_numpy(), model.to_numpy()
    above = (b[:, None] > a[None, :]) + 0.5 * (b[:, None] == a[None, :])
    row["percentile"] = 100 * above.mean()
    if sd > _NOTHING:
        row["distance"] = (b.mean() - a.mean()) / sd
        row["spread"] = float(np.std(b, ddof=1)) / sd if len(b) > 1 else np.nan
    n = min(len(people), len(model))
    if n < FEWEST:
        return row
    weights_a, weights_b = _weights(people.index, model.index, beside, name, seed)
    means = weights_a @ a
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((weights_a @ a**2 - means**2) * len(a) / (len(a) - 1))
        distances = np.where(spread > _NOTHING, (weights_b @ b - means) / spread, np.nan)
    percentiles = 100 * ((weights_b @ above) * weights_a).sum(axis=1)
    tail = expanded_tail(n)
    draws = {"percentile": percentiles} | ({"distance": distances} if sd > _NOTHING else {})
    for column, values in draws.items():
        row[f"{column}_low"], row[f"{column}_high"] = np.nanquantile(values, [tail, 1 - tail])
    return row


def _weights(
    people: pd.Index[str], model: pd.Index[str], beside: Beside, name: str, seed: int
) -> tuple[Numbers, Numbers]:
    """Of `RESAMPLES` samples the weight of each person, and of each session of the model: a person and the model that
    played for them come together."""
    rng = generator(seed, purpose=f"bootstrap likeness {beside.group} {name}")
    if not beside.paired:
        sides = [rng.multinomial(len(who), np.full(len(who), 1 / len(who)), size=RESAMPLES) for who in (people, model)]
        return sides[0] / len(people), sides[1] / len(model)
    who = people.union(model, sort=False)
    counts = rng.multinomial(len(who), np.full(len(who), 1 / len(who)), size=RESAMPLES)
    sides = [counts[:, who.get_indexer(one)] for one in (people, model)]
    first, second = (side / np.maximum(side.sum(axis=1, keepdims=True), 1) for side in sides)
    return first, second

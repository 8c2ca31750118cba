"""Would the study have said the same of models? Declared contrasts between conditions, in people and in each model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from twinbean._messages import names_listed
from twinbean.comparison.averages import KEYS
from twinbean.comparison.clusters import Sides, difference_of_effects, effect, ratio_of_effects
from twinbean.comparison.grouping import Group
from twinbean.comparison.measures import Measure
from twinbean.comparison.parts import entries_of
from twinbean.errors import DataError
from twinbean.sessions import Session

# So many conditions are contrasted with one another where no contrast is declared.
_MOST = 4
SAME, OPPOSITE, UNKNOWN = "same", "opposite", "not determined"
COLUMNS = (
    *("contrast", "measure", "group", "source", "start", "people", "people_low", "people_high"),
    *("n_first", "n_second", "model", "model_low", "model_high", "n_model_first", "n_model_second", "sign"),
    *("ratio", "ratio_low", "ratio_high", "gap", "gap_low", "gap_high"),
)


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """`first` less `second`, two entries of the column `by`."""

    by: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.by}: {self.first} - {self.second}"


def declared(texts: Sequence[str]) -> list[Contrast]:
    """Contrasts written as "condition: a - b". Raises DataError for another text."""
    found = []
    for text in texts:
        match = re.fullmatch(r"\s*(?P<by>[^:]+?)\s*:\s*(?P<first>.+?)\s+[-−]\s+(?P<second>.+?)\s*", text)
        if match is None or match["first"] == match["second"]:
            raise DataError(
                f"the contrast is {text!r}, expected a column and two of its entries, as 'condition: a - b'"
            )
        found.append(Contrast(**match.groupdict()))
    return found


def among(sessions: Sequence[Session], by: str | None) -> list[Contrast]:
    """Every pair of the entries of `by`, in order; none where there are more than four entries."""
    if by is None:
        return []
    entry_of = entries_of(sessions, by)
    entries = sorted({entry for entry in map(entry_of, sessions) if entry is not None})
    if len(entries) > _MOST:
        return []
    return [Contrast(by=by, first=first, second=second) for first, second in combinations(entries, 2)]


def contrast_table(
    contrasts: Sequence[Contrast],
    sessions: Sequence[Session],
    groups: Sequence[Group],
    table: pd.DataFrame,
    measures: Sequence[Measure],
    *,
    seed: int,
) -> pd.DataFrame:
    """One row a contrast, measure and model; where there is no model, one for people alone.

    `groups` are of everybody, in no parts, and `table` is their `averages.session_table`. People's effect is over the
    choices from the model's first on. `sign` compares the effects where both intervals leave 0 out, `ratio` is the
    model's effect over people's, empty where people's may be 0, and `gap` the model's effect less people's: the
    difference of their differences.
    """
    rows = []
    for contrast in contrasts:
        sides_of = _sides_of(contrast, sessions, groups, table)
        people = {group.start: group.name for group in groups if group.is_people}
        models = [group for group in groups if not group.is_people and (people or group.sessions)]
        for measure in (one.name for one in measures):
            for group in models:
                theirs = sides_of(people[group.start], measure) if group.start in people else None
                rows.append(_row(contrast, measure, group, theirs, sides_of(group.name, measure), seed))
            if not models and people:
                rows.append(_row(contrast, measure, None, sides_of(people[0], measure), None, seed))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found[found[["people", "model"]].notna().any(axis=1)].reset_index(drop=True)


def _sides_of(
    contrast: Contrast, sessions: Sequence[Session], groups: Sequence[Group], table: pd.DataFrame
) -> Callable[[str, str], Sides]:
    """The numbers of a group and measure in both conditions, a number a person: samples of a session are averaged
    first."""
    entry_of = entries_of(sessions, contrast.by)
    of_session = {
        (group.name, one.participant, one.session, one.sample): entry_of(one)
        for group in groups
        for one in group.sessions
    }
    entries = {entry for entry in of_session.values() if entry is not None}
    for entry in (contrast.first, contrast.second):
        if entry not in entries:
            raise DataError(f"{contrast.by!r} is {entry!r} of nobody (there are {names_listed(sorted(entries))})")
    whose = table[["group", "participant", "session", "sample"]].itertuples(index=False, name=None)
    parted = table.assign(entry=pd.Series([of_session[key] for key in whose], index=table.index, dtype=object))

    def sides(group: str, measure: str) -> Sides:
        own = parted[parted["group"] == group]
        by_met = own.groupby(["entry", *KEYS, "met"], sort=False)[measure].mean()
        by_person = by_met.groupby(["entry", "participant"], sort=False).mean()

        def side(entry: str) -> pd.Series[float]:
            known = by_person.index.get_level_values("entry") == entry
            return by_person[known].droplevel("entry").astype(float)

        return Sides(first=side(contrast.first), second=side(contrast.second))

    return sides


def _row(
    contrast: Contrast, measure: str, group: Group | None, people: Sides | None, model: Sides | None, seed: int
) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"contrast": str(contrast), "measure": measure, "group": "", "source": "human", "start": 0, "sign": ""}
    purpose = f"{contrast} {measure}"
    found = {}
    if people is not None:
        found["people"] = effect(people, seed=seed, purpose=f"{purpose} people")
        row |= {"n_first": len(people.first), "n_second": len(people.second)}
    if group is not None and model is not None:
        purpose += f" {group.name}"
        found["model"] = effect(model, seed=seed, purpose=purpose)
        row |= {"group": group.name, "source": group.source, "start": group.start}
        row |= {"n_model_first": len(model.first), "n_model_second": len(model.second)}
    if people is not None and model is not None:
        found["gap"] = difference_of_effects(model, people, seed=seed, purpose=f"{purpose} gap")
        signs = {found[name].sign for name in ("people", "model")}
        row["sign"] = UNKNOWN if 0 in signs else SAME if len(signs) == 1 else OPPOSITE
        ratio = ratio_of_effects(model, people)
        row |= {"ratio": ratio.value, "ratio_low": ratio.low, "ratio_high": ratio.high}
    for name, one in found.items():
        row |= {name: one.mean, f"{name}_low": one.low, f"{name}_high": one.high}
    return row

"""What each predictor saw of a person, in columns of their own, and by thirds of the session."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from twinbean.comparison.predicted import THIRDS, WAYS
from twinbean.report.answer import MISSING, interval, number
from twinbean.report.page import Table

_TITLES = {
    "in_sample": "In-sample",
    "population": "Population",
    "own_earlier": "Own earlier blocks",
    "prequential": "Prequential",
    "scored": "Scored",
}
_THIRDS = {1: "first third", 2: "middle third", 3: "last third"}


def predicted_tables(table: pd.DataFrame) -> list[Table]:
    """The whole session, then its thirds; columns that nobody has are left out."""
    ways = [way for way in WAYS if (table["way"] == way).any()]
    whole = {_TITLES[way]: (way, 0) for way in ways}
    thirds = {
        f"{_TITLES[way]}, {_THIRDS[third]}": (way, third)
        for way in ways
        for third in THIRDS
        if ((table["way"] == way) & (table["third"] == third)).any()
    }
    about = (
        "What each predictor saw of a person before a choice (NLL per choice, nats). Compare within a column. "
        "In-sample: all of the person's choices, this one among them. Population: other people's choices. Own earlier "
        "blocks: the person's own alone, nothing before the first block. Prequential: other people's choices and the "
        "person's own earlier ones. Scored: what stood in a language model's prompt, to be compared with prequential."
    )
    found = [_table(table, "what each predictor saw", about, whole)]
    if thirds:
        found.append(_table(table, "predictors by thirds", "The same by thirds of the session.", thirds))
    return found


def _table(table: pd.DataFrame, name: str, caption: str, columns: Mapping[str, tuple[str, int]]) -> Table:
    rows = []
    for model, own in table.groupby("model", sort=False):
        by = {(row["way"], row["third"]): row for row in own.to_dict("records")}
        cells = []
        for key in columns.values():
            row = by.get(key)
            bounds = "" if row is None else interval(row["low"], row["high"], 3)
            cells.append(MISSING if row is None else number(row["nll"], 3) + (f" ({bounds})" if bounds else ""))
        rows.append((str(model), *cells))
    return Table(name=name, caption=caption, head=("Predictor", *columns), rows=tuple(rows))

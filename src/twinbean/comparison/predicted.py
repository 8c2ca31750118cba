"""Predictors that knew more and less of a person, over persons: what `twinbean predict` wrote, with intervals."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import pandas as pd

from twinbean._messages import names_listed
from twinbean.comparison.statistics import mean_of
from twinbean.errors import DataError

WAYS = ("in_sample", "population", "own_earlier", "prequential", "scored")
THIRDS = (1, 2, 3)
COLUMNS = ("model", "way", "third", "nll", "low", "high", "n_people")
_REQUIRED = ("participant", "source", "model")


def predicted_table(scores: pd.DataFrame | None, people: Container[str], *, seed: int) -> pd.DataFrame:
    """One row a predictor, way of knowing the person and third of the session (0: the whole): mean NLL per choice
    (nats) over `people`, with its interval.

    `scores` has a row a participant and predictor, as `inference.by_person` makes it. Raises DataError for another
    table.
    """
    if scores is None:
        return pd.DataFrame(columns=list(COLUMNS))
    missing = [name for name in (*_REQUIRED, *WAYS) if name not in scores.columns]
    if missing:
        raise DataError(f"the table of predictions has no column {missing[0]!r} (found {names_listed(scores.columns)})")
    own = scores[(scores["source"] == "human") & scores["participant"].astype(str).isin(list(_known(scores, people)))]
    rows = []
    for model, part in own.groupby("model", sort=False):
        for way in WAYS:
            for third in (0, *THIRDS):
                column = f"{way}_{third}" if third else way
                if column not in part or part[column].isna().all():
                    continue
                found = mean_of(part[column], seed=seed, purpose=f"predicted {model} {column}")
                n = int(part[column].notna().sum())
                rows.append((model, way, third, found.mean, found.low, found.high, n))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"nll": np.float64})


def _known(scores: pd.DataFrame, people: Container[str]) -> set[str]:
    """Who was excluded from the comparison is not in it here either."""
    return {name for name in scores["participant"].astype(str) if name in people}

"""The likelihoods and the parameters of a comparison as the report shows them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from twinbean.comparison.comparing import Comparison
from twinbean.report.answer import MISSING, interval, number, share
from twinbean.report.page import Table

_NLL = ("nll", "low", "high")


def likelihood_table(comparison: Comparison) -> Table | None:
    """One row a model, the best first; None where nothing was scored or fitted."""
    table = comparison.likelihood
    if table.empty:
        return None
    later = table["quantity"].str.endswith(", later").any()
    rows = []
    for model, own in table.groupby("model", sort=False):
        by = own.set_index("quantity")
        fair = _found(by, "predictive", "legal labels")
        first = by.iloc[0]
        leading = by.loc[fair] if fair in by.index else first
        cells = [
            _cell(by, "in-sample", *_NLL),
            _cell(by, fair, *_NLL),
            _cell(by, fair, "behind", "behind_low", "behind_high"),
            *([_cell(by, _found(by, "predictive, later", "legal labels, later"), *_NLL)] if later else []),
            number(by["nll"].get("full vocabulary"), 3),
            number(leading["pseudo_r2"]),
            share(first["legal_mass"]) if pd.notna(first["legal_mass"]) else MISSING,
            str(first["n_people"]),
            f"{int(first['n_choices']):,}",
        ]
        # What a model was fitted to says nothing about its rank among those that were not.
        rows.append(((fair not in by.index, leading["nll"]), (str(model), *cells)))
    rows.sort(key=lambda row: row[0])
    caption = (
        "Mean negative log-likelihood per choice in nats (lower is better): choices, then sessions, then persons. "
        "Fitted: on the choices that the model was fitted to. Not fitted: a cognitive model with parameters fitted to "
        "other people, a model that scored the choices as it came, over the legal labels; behind the best, paired by "
        "person, with intervals that hold for all models together. "
    )
    if later:
        caption += (
            "Second half: each person's later choices; a cognitive model was fitted to the person's first half, a "
            "model that scored had that half before it. "
        )
    caption += "Pseudo-R² = 1 − NLL / mean ln(arms offered), of the not fitted column where there is one."
    halves = ("Second half",) if later else ()
    head = ("Model", "Fitted", "Not fitted", "Behind the best", *halves, "Full vocabulary", "Pseudo-R²", "Legal mass")
    head += ("People", "Choices")
    return Table(name="likelihood", caption=caption, head=head, rows=tuple(cells for _, cells in rows))


def _found(by: pd.DataFrame, *quantities: str) -> str:
    """The first of these quantities that the model has, the last where it has none."""
    return next((quantity for quantity in quantities if quantity in by.index), quantities[-1])


def _cell(by: pd.DataFrame, quantity: str, *columns: str) -> str:
    """ "0.554 (0.470 to 0.623)" from a quantity's value and its interval."""
    known = by[by.index == quantity].to_dict("records")
    if not known or pd.isna(known[0][columns[0]]):
        return MISSING
    value, low, high = (known[0][column] for column in columns)
    bounds = interval(low, high, 3)
    return number(value, 3) + (f" ({bounds})" if bounds else "")


def parameter_table(comparison: Comparison) -> Table | None:
    """One row a parameter, people beside the models that play; None without fits."""
    table = comparison.parameters
    if table.empty:
        return None
    sources = list(table["source"].unique())
    rows = []
    for (model, parameter), own in table.groupby(["model", "parameter"], sort=False):
        cells = {cell["source"]: _parameter_cell(cell) for cell in own.to_dict("records")}
        rows.append((f"{model}: {parameter}", *(cells.get(source, MISSING) for source in sources)))
    scale = comparison.fits.attrs
    caption = "Median over participants (quartiles) of maximum-likelihood parameters"
    if "reward_unit" in scale:
        caption += f", per {scale['reward_unit']:g} of payoff from {scale['reward_zero']:g}"
    caption += (
        "; in square brackets how many participants' lie at a bound and are no estimates. For a model all choices of "
        "its own are fitted."
    )
    head = ("Parameter", *(re.sub("^human(?=,|$)", "people", source) for source in sources))
    return Table(name="parameters", caption=caption, head=head, rows=tuple(rows))


def _parameter_cell(cell: Mapping[Hashable, Any]) -> str:
    text = f"{number(cell['median'])} ({interval(cell['q25'], cell['q75'])})"
    return text + (f" [{cell['at_bound']}]" if cell["at_bound"] else "")

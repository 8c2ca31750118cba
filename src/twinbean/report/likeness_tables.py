"""Where models fall among people, and whether a contrast says the same of them, as the report shows it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from twinbean.comparison.comparing import Comparison
from twinbean.comparison.contrasts import UNKNOWN
from twinbean.report.answer import MISSING, interval, number
from twinbean.report.page import Table
from twinbean.report.tables import titles_of


def likeness_tables(comparison: Comparison) -> list[Table]:
    """One table a group of models: measures, then parameters."""
    titles = titles_of(comparison)
    tables: list[Table] = []
    about = (
        ". Percentile: the mean share of people whom a session of the model exceeds, ties half; 50 is amid people. "
        "Distance: of the means, in standard deviations over people; none for a parameter at whose bound more than a "
        "tenth of the people lie. Spread: the model's standard deviation over people's; below 1 its sessions are more "
        "alike than people are. In brackets standard deviations, or 95% intervals. Parameters are fitted to as many "
        "choices of people as of the model."
    )
    for name, own in comparison.likeness.groupby("group", sort=False):
        rows = tuple(
            (
                titles.get(row["measure"], row["measure"]),
                _with_sd(row["people"], row["people_sd"]),
                _with_sd(row["model"], row["model_sd"]),
                _with(row, "percentile", 0),
                _with(row, "distance", 2),
                number(row["spread"]),
            )
            for row in own.to_dict("records")
        )
        caption = f"{name} among people, one sample a person{', as above.' if tables else about}"
        head = ("Measure or parameter", "People", "Model", "Percentile", "Distance", "Spread")
        tables.append(Table(name=f"likeness of {name}", caption=caption, head=head, rows=rows))
    return tables


def _with_sd(mean: Any, sd: Any) -> str:
    return number(mean) + (f" ({number(sd)})" if pd.notna(sd) else "")


def _with(row: Mapping[Hashable, Any], column: str, digits: int) -> str:
    bounds = interval(row[f"{column}_low"], row[f"{column}_high"], digits)
    return number(row[column], digits) + (f" ({bounds})" if bounds else "")


def distance_table(comparison: Comparison) -> Table | None:
    """Energy distances, a row a group of models; None where there are too few people."""
    table = comparison.distances
    if table.empty:
        return None
    rows = tuple(
        (
            str(row["group"]),
            number(row["distance"]),
            interval(row["exchanged_low"], row["exchanged_high"]),
            f"{number(row['split'])} ({interval(row['split_low'], row['split_high'])})",
            f"{number(row['people_split'])} ({interval(row['people_low'], row['people_high'])})",
            str(row["n_people"]),
        )
        for row in table.to_dict("records")
    )
    caption = (
        "All measures at once: unbiased energy distances over measures standardised by people, one sample a person; 0 "
        "is the mean where both sides are alike. Exchanged: where 95% lie if people and model sessions change places "
        "at random. Half against half: the model sessions of one half of the people, and these people themselves, from "
        f"the other half's people, over 1,000 splits. Measures: {table['measures'].iloc[0]}."
    )
    head = ("Group", "Distance", "Exchanged", "Model half, people half", "People half, people half", "n")
    return Table(name="distances", caption=caption, head=head, rows=rows)


def contrast_tables(comparison: Comparison) -> list[Table]:
    """One table a contrast and group of models; of people alone one a contrast."""
    titles = titles_of(comparison)
    tables = []
    for (contrast, group), own in comparison.contrasts.groupby(["contrast", "group"], sort=False):
        known = own[own["people"].notna()] if not group else own
        if known.empty:
            continue
        first = known.iloc[0]
        sizes = f"{first['n_first']:.0f} and {first['n_second']:.0f} people" if pd.notna(first["n_first"]) else ""
        if not group:
            people = tuple((titles[row["measure"]], _effect(row, "people")) for row in known.to_dict("records"))
            caption = f"{contrast}, in {sizes}: difference of means with its 95% interval over persons."
            tables.append(Table(name=str(contrast), caption=caption, head=("Measure", "People"), rows=people))
            continue
        rows = tuple(
            (
                titles[row["measure"]],
                _effect(row, "people"),
                _effect(row, "model"),
                _effect(row, "gap"),
                str(row["sign"] or MISSING),
                _ratio(row),
            )
            for row in known.to_dict("records")
        )
        caption = (
            f"Same conclusion? {contrast}, in {sizes or 'no people'} and in {group}: effects with 95% intervals over "
            f"persons, and the model's less people's. Sign: compared where both intervals leave 0 out. Ratio: the "
            f"model's effect over people's, with Fieller's interval; not determined where people's effect may be 0. "
            f"Each interval is by itself, not for all measures at once."
        )
        head = ("Measure", "Effect in people", "Effect in the model", "Model less people", "Sign", "Ratio")
        tables.append(Table(name=f"{contrast}, {group}", caption=caption, head=head, rows=rows))
    return tables


def _effect(row: Mapping[Hashable, Any], name: str) -> str:
    bounds = interval(row[f"{name}_low"], row[f"{name}_high"])
    return number(row[name]) + (f" ({bounds})" if bounds else "")


def _ratio(row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["ratio"]):
        return UNKNOWN if row["sign"] else MISSING
    return f"{number(row['ratio'])} ({interval(row['ratio_low'], row['ratio_high'])})"

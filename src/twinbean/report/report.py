"""The report: one HTML file, and every figure and table beside it for other programs."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from twinbean._version import __version__
from twinbean.cognitive import MODELS
from twinbean.comparison.comparing import Comparison
from twinbean.comparison.statistics import FEWEST, LEVEL, RESAMPLES
from twinbean.report import figures
from twinbean.report.answer import MISSING, answer, interval, number, share
from twinbean.report.likelihood_tables import likelihood_table, parameter_table
from twinbean.report.page import Table, render_page, write_page
from twinbean.runs.notes import RunNotes

FORMAT = 1
_TITLES = {"shown_score": "Score shown", "main_score": "Score of the main phase", "legal_mass": "Legal mass"}
# What a run's manifest says that a reader of a methods section asks for.
_FACTS = (
    "task",
    "fingerprint",
    "matched",
    "parameters",
    "wording",
    "not_told",
    "seed",
    "after",
    "samples",
    "retries",
    "window",
)
# More rows than this are in tables/sessions.csv only.
_SESSIONS_SHOWN = 200
# A longer entry of a manifest is in run.json only.
_LONGEST = 1_000


def write_report(comparison: Comparison, folder: str | Path) -> Path:
    """Write report.html, comparison.json, tables/*.csv and figures/*.svg and *.png into `folder`.

    Returns the path of report.html, which needs none of the other files.
    """
    drawn = figures.draw_figures(comparison)
    return write_page(
        Path(folder),
        "report.html",
        render(comparison, drawn),
        tables=comparison.tables(),
        figures=drawn,
        content={"comparison.json": to_json(comparison)},
    )


def to_json(comparison: Comparison) -> dict[str, Any]:
    """The whole comparison as JSON values; missing numbers are null."""
    return {
        "format": FORMAT,
        "twinbean": __version__,
        "seed": comparison.seed,
        "tasks": list(comparison.tasks),
        "answer": answer(comparison),
        "warnings": list(comparison.warnings),
        "win_rule": comparison.win_rule,
        "tables": {name: json.loads(table.to_json(orient="records")) for name, table in comparison.tables().items()},
        "runs": [dict(notes.manifest) for notes in comparison.runs],
    }


def render(comparison: Comparison, drawn: Sequence[figures.Figure]) -> str:
    """The report as one HTML document that runs no script and asks the network for nothing."""
    return render_page(
        "report.html.j2",
        json="comparison.json",
        comparison=comparison,
        answer=answer(comparison),
        figures=[(figure, figure.inline()) for figure in drawn],
        measures_table=_measures_table(comparison),
        differences=_difference_tables(comparison),
        likelihood=likelihood_table(comparison),
        parameters=parameter_table(comparison),
        models=_models(comparison),
        counts=_counts_table(comparison),
        sessions=_sessions_table(comparison),
        measures=comparison.measures,
        runs=[(notes, list(_facts(notes))) for notes in comparison.runs],
        fewest=FEWEST,
        level=f"{LEVEL:.0%}",
        resamples=RESAMPLES,
    )


def _models(comparison: Comparison) -> list[dict[str, str]]:
    """What each fitted model says of itself; a table that was read from a file has Twinbean's own models alone."""
    about = {name: one.about for name, one in MODELS.items()} | comparison.fits.attrs.get("about", {})
    return [{"name": name, "about": about[name]} for name in comparison.fits["model"].unique() if name in about]


def _shown(measure: str, value: Any) -> str:
    return share(value) if measure == "best_share" else number(value)


def _titles(comparison: Comparison) -> dict[str, str]:
    return _TITLES | {measure.name: measure.title for measure in comparison.measures}


def _measures_table(comparison: Comparison) -> Table:
    titles = _titles(comparison)
    groups = list(comparison.groups["group"].unique())
    rows = []
    for measure, own in comparison.groups.groupby("measure", sort=False):
        if own["mean"].notna().any():
            cells = {cell["group"]: _mean_cell(cell) for cell in own.to_dict("records")}
            rows.append((titles[str(measure)], *(cells[group] for group in groups)))
    caption = (
        "Means over persons of the means over their sessions, standard deviation over persons in brackets. "
        'A whole-session score includes n recorded choices in a group "after n"; all else counts only choices after '
        "the branch."
    )
    return Table(name="groups", caption=caption, head=("Measure", *groups), rows=tuple(rows))


def _mean_cell(cell: Mapping[Hashable, Any]) -> str:
    if pd.isna(cell["mean"]):
        return MISSING
    measure = cell["measure"]
    return _shown(measure, cell["mean"]) + (f" ({_shown(measure, cell['sd'])})" if pd.notna(cell["sd"]) else "")


def _difference_tables(comparison: Comparison) -> list[Table]:
    titles = _titles(comparison)
    tables = []
    for name, own in comparison.differences.groupby("group", sort=False):
        known = own[own["difference"].notna()]
        if known.empty:
            continue
        paired, kind = bool(known["paired"].iloc[0]), str(known["effect_is"].iloc[0])
        rows = tuple(
            (
                titles[row["measure"]],
                _shown(row["measure"], row["people"]),
                _shown(row["measure"], row["model"]),
                number(row["difference"]),
                interval(row["low"], row["high"]) or MISSING,
                number(row["effect"]),
                str(row["n_people"]) if paired else f"{row['n_people']} / {row['n_model']}",
            )
            for _, row in known.iterrows()
        )
        how = "not paired: payoffs were drawn anew"
        if paired:
            how = "paired by participant, who met the same payoffs, over the trials that both played"
        effect = "d_z, the mean difference over its standard deviation" if kind == "d_z" else "Hedges' g"
        caption = f"{name} minus people, {how}. Effect: {effect}."
        head = ("Measure", "People", "Model", "Difference", f"{LEVEL:.0%} interval", "Effect", "n")
        tables.append(Table(name=f"differences of {name}", caption=caption, head=head, rows=rows))
    return tables


def _counts_table(comparison: Comparison) -> Table:
    rows = tuple(
        (
            str(row["group"]),
            str(row["participants"]),
            str(row["sessions"]),
            str(row["failed"]),
            f"{row['choices']:,}",
            MISSING if pd.isna(row["illegal_rate"]) else f"{row['illegal_rate']:.1%}",
        )
        for _, row in comparison.counts.iterrows()
    )
    head = ("Group", "Participants", "Sessions", "Failed", "Choices counted", "Illegal answers")
    return Table(name="counts", caption="What was counted.", head=head, rows=rows)


def _sessions_table(comparison: Comparison) -> Table:
    table = comparison.sessions
    rows = tuple(
        (
            str(row["session"]),
            str(row["group"]),
            str(row["n_choices"]),
            number(row["main_score"]),
            str(row["n_recorded"]),
            number(row["mean_reward"]),
            share(row["best_share"]),
        )
        for _, row in table.head(_SESSIONS_SHOWN).iterrows()
    )
    more = (
        f" The first {_SESSIONS_SHOWN} of {len(table)}; all are in tables/sessions.csv."
        if len(table) > len(rows)
        else ""
    )
    head = (
        "Session",
        "Group",
        "Choices counted",
        "Score of the main phase",
        "Recorded choices in it",
        "Mean reward",
        "Best choices",
    )
    return Table(name="sessions", caption=f"One row a session.{more}", head=head, rows=rows)


def _facts(notes: RunNotes) -> Iterator[tuple[str, str]]:
    manifest = notes.manifest
    for name in _FACTS:
        if manifest.get(name) not in (None, "", [], {}):
            yield name.replace("_", " "), _plain(manifest[name])
    for role in ("subject", "scorer"):
        for name, value in dict(manifest.get(role) or {}).items():
            if value is not None:
                yield f"{role} {name}".replace("_", " "), _plain(value)
    yield "versions", _plain(manifest.get("versions", {}))
    yield "resumed", str(len(manifest.get("resumed", ())))


def _plain(value: Any) -> str:
    text = _listed(value)
    # The parameters of everybody, for example, are for programs.
    if isinstance(value, dict | list) and len(text) > _LONGEST:
        return f"{len(value)} entries, in the run's run.json"
    return text


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_listed(entry)}" for name, entry in value.items())
    return ", ".join(map(_listed, value)) if isinstance(value, list) else str(value)

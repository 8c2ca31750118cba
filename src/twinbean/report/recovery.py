"""The page about a task's recovery: which parameters and models it recovers, with figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from twinbean._version import __version__
from twinbean.cognitive.recovery import ENOUGH, Recovery
from twinbean.report.answer import number, share
from twinbean.report.figures import COLOURS, WIDTH, Figure, figure
from twinbean.report.page import Table, render_page, write_page

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

FORMAT = 1
_METHODS = {"ml": "ML", "map": "MAP"}
_SHOWN = {
    "pearson": ("r", number),
    "spearman": ("ρ", number),
    "bias": ("bias", number),
    "at_bound": ("at bound", share),
}


def write_recovery(recovery: Recovery, folder: str | Path, *, facts: Mapping[str, Any]) -> Path:
    """Write recovery.html, recovery.json, tables/*.csv and figures/*.svg, *.png and *.csv into `folder`.

    `facts` are what the methods section says of the task and the run, by name. Returns the path of recovery.html.
    """
    tables = {"parameters": recovery.parameters, "summary": recovery.summary, "confusion": recovery.confusion}
    figures = draw_figures(recovery)
    html = render_page(
        "recovery.html.j2",
        json="recovery.json",
        recovery=recovery,
        facts=facts,
        enough=ENOUGH,
        figures=[(drawn, drawn.inline()) for drawn in figures],
        summary=_summary_table(recovery.summary),
        models=recovery.models,
    )
    content = {
        "format": FORMAT,
        "twinbean": __version__,
        **facts,
        "n_choices": recovery.n_choices,
        "warnings": list(recovery.warnings),
        "tables": {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()},
    }
    return write_page(
        Path(folder), "recovery.html", html, tables=tables, figures=figures, content={"recovery.json": content}
    )


def draw_figures(recovery: Recovery) -> list[Figure]:
    """The confusion matrix, then one figure a model: true against fitted parameters, method beside method."""
    each = recovery.parameters.groupby("model", sort=False)
    return [_confusion(recovery.confusion), *(_scatter(str(name), own) for name, own in each)]


def _confusion(confusion: pd.DataFrame) -> Figure:
    shares = confusion.pivot_table(values="share", index="simulated", columns="fitted", sort=False)
    names = list(shares.index)

    def draw(canvas: Canvas) -> None:
        axes = canvas.add_subplot()
        # Cividis is read the same with any colour vision, and in grey. Drawn cells, since a page shows no images.
        edges = [place - 0.5 for place in range(len(names) + 1)]
        axes.pcolormesh(edges, edges, shares.to_numpy(), vmin=0, vmax=1, cmap="cividis")
        axes.invert_yaxis()
        axes.set_aspect("equal")
        for row, simulated in enumerate(names):
            for column, fitted in enumerate(names):
                value = float(shares.loc[simulated, fitted])
                # Neither black nor white, which the page turns in the dark; the cells it does not.
                ink = "0.02" if value > 0.5 else "0.98"
                axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=9)
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set_xlabel("Described best by")
        axes.set_ylabel("Made by")
        axes.spines[:].set_visible(False)

    caption = (
        "Model confusion: of the sessions that each model made (a row), the share that each model describes best by "
        "BIC. Distinguishable models have their largest number on the diagonal."
    )
    return figure("confusion", caption, draw, height=1.2 + 0.55 * len(names), data=confusion)


def _scatter(model: str, own: pd.DataFrame) -> Figure:
    parameters, methods = list(own["parameter"].unique()), list(own["method"].unique())

    def draw(canvas: Canvas) -> None:
        for row, parameter in enumerate(parameters):
            for column, method in enumerate(methods):
                points = own[(own["parameter"] == parameter) & (own["method"] == method)]
                axes = canvas.add_subplot(len(parameters), len(methods), row * len(methods) + column + 1)
                low, high = points["true"].min(), points["true"].max()
                axes.plot([low, high], [low, high], color="0.5", linestyle=":")
                axes.plot(points["true"], points["fitted"], "o", color=COLOURS[0], markersize=3, alpha=0.6)
                axes.set_title(f"{parameter}, {_METHODS[method]}")
                axes.set_xlabel("True" if row + 1 == len(parameters) else "")
                axes.set_ylabel("" if column else "Fitted")

    caption = f"{model}: true and fitted parameters, one point a simulated person; on the dotted line they are equal."
    return figure(f"recovery_{model}", caption, draw, height=0.5 + WIDTH / 2 * len(parameters), data=own)


def _summary_table(summary: pd.DataFrame) -> Table:
    """One row a parameter, the methods side by side."""
    methods = list(summary["method"].unique())
    rows = []
    for (model, parameter), own in summary.groupby(["model", "parameter"], sort=False):
        by = own.set_index("method")
        cells = [show(by.loc[method, column]) for column, (_, show) in _SHOWN.items() for method in methods]
        rows.append((f"{model}: {parameter}", *cells))
    caption = (
        "Parameter recovery: Pearson's r and Spearman's ρ of true and fitted values over simulated people, "
        "the mean of fitted less true, and the share of fits at a bound. ML is maximum likelihood."
    )
    head = ("Parameter", *(f"{title}, {_METHODS[method]}" for title, _ in _SHOWN.values() for method in methods))
    return Table(name="recovery", caption=caption, head=head, rows=tuple(rows))

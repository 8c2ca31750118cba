"""Figures that are no curves over trials: likelihoods, calibration, where models fall among people, stays."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from twinbean.comparison.comparing import Comparison
from twinbean.report.curve_figures import along_figure, curve_figures
from twinbean.report.figures import COLOURS, HEIGHT, MARKERS, Figure, figure
from twinbean.sessions.stages import COMMON, RARE

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def draw_figures(comparison: Comparison) -> list[Figure]:
    """The figures that the comparison has data for, the leading one first."""
    has_likeness = (comparison.likeness["distance"].notna() & (comparison.likeness["of"] == "measure")).any()
    figures = [_likeness(comparison)] if has_likeness else []
    figures += curve_figures(comparison)
    if len(comparison.stays):
        figures.append(_stays(comparison))
    if comparison.likelihood["nll"].notna().any():
        figures.append(_likelihood(comparison))
    if len(comparison.along):
        figures += [along_figure(comparison), _calibration(comparison)]
    return figures


def _stays(comparison: Comparison) -> Figure:
    """The four bars of Daw et al. 2011, figure 2, for each group."""
    groups = list(comparison.stays["group"].unique())
    rows = (len(groups) + 1) // 2

    def draw(canvas: Canvas) -> None:
        for place, group in enumerate(groups):
            own = comparison.stays[comparison.stays["group"] == group]
            axes = canvas.add_subplot(rows, 2, place + 1)
            for side, (transition, fill) in enumerate(((COMMON, "0.35"), (RARE, "0.85"))):
                bars = own[own["transition"] == transition]
                x = [0.4 * side + (0 if rewarded else 1) for rewarded in bars["rewarded"]]
                errors = {"yerr": bars["se"], "capsize": 2.5, "ecolor": "black", "error_kw": {"elinewidth": 1}}
                axes.bar(
                    x, bars["p_stay"], 0.38, color=fill, edgecolor="black", linewidth=0.6, label=transition, **errors
                )
            axes.set_xticks([0.2, 1.2], ["rewarded", "unrewarded"])
            axes.set_ylim(0, 1)
            axes.set_title(textwrap.fill(str(group), width=28, max_lines=3, placeholder="…"), fontsize=8.5)
        canvas.legend(*canvas.axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)

    caption = (
        "How often the first choice of a trial is repeated, by what the trial before paid and whether its transition "
        "was common or rare: means over persons of means over their sessions, with standard errors over persons. "
        "Learning by reward alone makes the rewarded bars higher, planning the outer two."
    )
    return figure("stays", caption, draw, height=0.5 + 2.1 * rows, data=comparison.stays)


def _likeness(comparison: Comparison) -> Figure:
    """Distances of the measures; those of parameters stand in the table."""
    table = comparison.likeness
    table = table[table["distance"].notna() & (table["of"] == "measure")]
    groups, measures = list(table["group"].unique()), list(table["measure"].unique())[::-1]
    titles = {one.name: one.title for one in comparison.measures}
    sources = [name for name in comparison.groups["source"].unique() if name != "human"]
    source_of = comparison.counts.drop_duplicates("group").set_index("group")["source"]

    def draw(canvas: Canvas) -> None:
        axes = canvas.add_subplot()
        axes.axvspan(-1, 1, color="0.5", alpha=0.15, linewidth=0)
        axes.axvline(0, color="0.5", linestyle=":")
        for place, group in enumerate(groups):
            own = table[table["group"] == group]
            rows = [measures.index(name) + 0.3 - 0.6 * (place + 0.5) / len(groups) for name in own["measure"]]
            look = sources.index(source_of[group]) if source_of[group] in sources else place
            colour, marker = COLOURS[look % len(COLOURS)], MARKERS[place % len(MARKERS)]
            label = textwrap.shorten(str(group), 60, placeholder="…")
            axes.hlines(rows, own["distance_low"], own["distance_high"], color=colour, linewidth=1.2)
            axes.plot(
                own["distance"],
                rows,
                marker,
                color=colour,
                markersize=4.5,
                label=label,
            )
        axes.set_yticks(range(len(measures)), [titles.get(name, name) for name in measures], fontsize=9)
        axes.set_ylim(-0.6, len(measures) - 0.4)
        axes.set_xlabel("Model less people (sd of people)")
        canvas.legend(loc="outside upper left", fontsize=8)

    caption = (
        "Where models fall among people: the model's mean less people's in standard deviations over people, with one "
        "sample a person. Grey is one standard deviation of people."
    )
    if table["distance_low"].notna().any():
        caption += " Lines are 95% intervals, persons resampled with the model that played for them."
    height = 0.8 + 0.22 * len(groups) + len(measures) * (0.2 + 0.09 * len(groups))
    return figure("likeness", caption, draw, height=height, data=table)


def _likelihood(comparison: Comparison) -> Figure:
    table = comparison.likelihood
    fair = table[table["quantity"].isin(["legal labels", "predictive"]) & table["nll"].notna()]
    fitted = table[(table["quantity"] == "in-sample") & table["nll"].notna()]
    # The best on top; a model with nothing but a fit to these very choices below all that were not fitted to them.
    only = fitted[~fitted["model"].isin(fair["model"])]
    order = pd.concat([own.sort_values("nll", ascending=False) for own in (only, fair)])
    order = order.drop_duplicates("model")
    place = {model: row for row, model in enumerate(order["model"])}
    chance = (order["nll"] / (1 - order["pseudo_r2"])).mean()

    def draw(canvas: Canvas) -> None:
        axes = canvas.add_subplot()
        axes.axvline(chance, color="0.5", linestyle=":")
        for entries, up, fill in ((fair, 0.12, "black"), (fitted, -0.12, "white")):
            for entry in entries.to_dict("records"):
                row = place[entry["model"]] + up
                axes.plot([entry["low"], entry["high"]], [row, row], color="black", linewidth=1)
                axes.plot(entry["nll"], row, "o", color="black", markerfacecolor=fill, markersize=5)
        axes.set_yticks(range(len(place)), list(place))
        axes.set_ylim(-0.6, len(place) - 0.4)
        axes.set_xlabel("NLL per choice (nats)")

    caption = (
        "How likely each model finds the people's choices: less is better, the dotted line is guessing. Filled: not "
        "fitted to these choices. Open: fitted to these very choices. Lines are 95% intervals over persons."
    )
    return figure("likelihood", caption, draw, height=0.9 + 0.35 * len(place), data=pd.concat([fair, fitted]))


def _calibration(comparison: Comparison) -> Figure:
    """Of two options only the likelier one: the other is its mirror."""
    two = comparison.n_arms == 2
    table = comparison.calibration
    table = table[table["from"] >= 0.5] if two else table

    def draw(canvas: Canvas) -> None:
        axes = canvas.add_subplot()
        axes.plot([0.5 if two else 0, 1], [0.5 if two else 0, 1], color="0.5", linestyle=":")
        for place, (name, own) in enumerate(table.groupby("model", sort=False)):
            style: dict[str, Any] = {"color": COLOURS[place % len(COLOURS)], "marker": MARKERS[place % len(MARKERS)]}
            axes.vlines(own["predicted"], own["chosen_low"], own["chosen_high"], color=style["color"], linewidth=1)
            axes.plot(own["predicted"], own["chosen"], label=str(name), **style)
        axes.set_xlabel("Probability given by the model")
        axes.set_ylabel("Share chosen by the people")
        axes.set_xlim(0.5 if two else 0, 1.01)
        axes.set_ylim(-0.02, 1.02)
        axes.legend()

    caption = "Calibration: on the dotted line people choose as often as the model says. Pooled over choices"
    caption += ", of the likelier of the two options." if two else "."
    if table["chosen_low"].notna().any():
        caption += " Lines are 95% intervals, persons resampled."
    return figure("calibration", caption, draw, height=HEIGHT + 0.8, data=table)

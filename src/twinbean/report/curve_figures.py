"""Curves over trials: means over persons with pointwise bands, single people faint behind."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from twinbean.comparison.bands import over_persons
from twinbean.comparison.comparing import Comparison
from twinbean.comparison.curves import ARMS_SHOWN, OF_GROUPS, OF_MODELS
from twinbean.comparison.statistics import FEWEST, LEVEL
from twinbean.report.figures import COLOURS, HEIGHT, MARKERS, Figure, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

_PEOPLE = "black"
_POINTS = 12
# More single people than this are a cloud and not people.
_SINGLE = 40
# So many curves stand in one panel at most.
_TOGETHER = 4
_LEGEND = 0.22
# Letters that stand above one of two panels side by side.
_WIDE = 28
_BAND = (
    f"Bands: pointwise {LEVEL:.0%} intervals of the mean over persons (of shares Wilson's, else by resampling persons)."
)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """`points` has x, mean, low and high; `single` has x and y of each participant, or nothing."""

    name: str
    colour: str
    points: pd.DataFrame
    marker: str | None = None
    single: pd.DataFrame | None = None


@dataclass(frozen=True, kw_only=True)
class Panel:
    title: str
    curves: Sequence[Curve] = field(default=())


def curve_figures(comparison: Comparison) -> Iterator[Figure]:
    """Learning for each branch, the latest first; then scores, arms, and agreement."""
    starts = sorted(comparison.learning["start"].unique(), reverse=True)
    for start in starts:
        yield from _learning(comparison, int(start))
    if len(comparison.agreement):
        yield _agreement(comparison)


def _learning(comparison: Comparison, start: int) -> Iterator[Figure]:
    persons = comparison.curves.learning
    persons = persons[persons["start"] == start]
    where = f"from choice {start + 1} on, after {start} recorded choices" if start else "from the first choice on"
    known = [column for column in ("best", "arm_0") if persons[column].notna().any()]
    arms = [f"arm_{arm}" for arm in range(min(comparison.n_arms, ARMS_SHOWN))] if "arm_0" in known else []
    if "best" in known:
        title = "Share of best choices"
        yield _over_trials(comparison, persons, "best", f"learning_{start}", title, where)
        yield _over_trials(comparison, persons, "score", f"score_{start}", _score(start), where)
    else:
        yield _over_trials(comparison, persons, "score", f"learning_{start}", _score(start), where)
    # Of two arms, the second is the first turned over.
    for column in arms[:1] if comparison.n_arms == 2 else arms:
        title = f"Share choosing arm {int(column.removeprefix('arm_')) + 1}"
        yield _over_trials(comparison, persons, column, f"{column}_{start}", title, where)


def _score(start: int) -> str:
    return "Score since the branch" if start else "Score"


def _over_trials(
    comparison: Comparison, persons: pd.DataFrame, column: str, name: str, title: str, where: str
) -> Figure:
    shown = persons[persons[column].notna()].assign(trial=persons["trial"] + 1)
    curves = _curves(comparison, shown, "trial", column, OF_GROUPS)
    panels = _panels(comparison, curves)
    caption = f"{title} over the trials of a block, {where}: means over persons of means over their sessions."
    caption += _points(shown, "trial") + _faint(panels) + _bands(curves)
    return _drawn(name, caption, panels, x="Trial", y=title, share=column != "score")


def _agreement(comparison: Comparison) -> Figure:
    persons = comparison.curves.agreement
    curves = _curves(comparison, persons, "lag", "agreement", OF_GROUPS)
    chance = comparison.agreement.groupby("lag")["chance"].mean().rename("mean").rename_axis("x").reset_index()
    guess = Curve(name="chance", colour="0.5", points=chance.assign(low=float("nan"), high=float("nan")))
    panels = [Panel(title=curve.name, curves=(guess, curve)) for curve in curves.values()]
    caption = (
        "How often the model chose what the person chose at the same trial, by the number of trials since the branch; "
        "the dotted line is chance."
    )
    caption += _points(persons, "lag") + _faint(panels) + _bands(curves)
    return _drawn("agreement", caption, panels, x="Trials since the branch", y="Same choice", share=True)


def along_figure(comparison: Comparison) -> Figure:
    """How likely each model that scored finds people's choices, along the session."""
    persons = comparison.curves.along.assign(trial=comparison.curves.along["trial"] + 1)
    curves = _curves(comparison, persons, "trial", "nll", OF_MODELS)
    together = [Panel(title="", curves=list(curves.values()))] if len(curves) <= _TOGETHER else []
    panels = together or [Panel(title=name, curves=(curve,)) for name, curve in curves.items()]
    caption = (
        "How likely models find the people's choices along the session, over the legal labels: means over persons."
    )
    caption += _points(persons, "trial") + _faint(panels) + _bands(curves)
    return _drawn("likelihood_along", caption, panels, x="Trial", y="NLL per choice (nats)", share=False)


def _curves(
    comparison: Comparison, persons: pd.DataFrame, along: str, column: str, keys: Sequence[str]
) -> dict[str, Curve]:
    """By the name of the group or model; points are means of a few trials, of single trials where these are few."""
    sources = [name for name in comparison.groups["source"].unique() if name != "human"]
    sources += [name for name in persons.get("model", pd.Series(dtype=object)).unique() if name not in sources]
    parts = list(persons.get("group", pd.Series(dtype=object)).unique())
    found = {}
    for key, own in persons.groupby(list(keys), sort=False):
        binned = _binned(own, along, column)
        points = over_persons(
            binned.rename(columns={"y": column}).assign(curve="x"), keys=["curve"], along="x", seed=comparison.seed
        ).rename(columns={column: "mean", f"{column}_low": "low", f"{column}_high": "high"})
        name, source = str(key[0]), str(key[1] if len(key) > 1 else key[0])
        is_people, place = source == "human", sources.index(source) if source in sources else 0
        alone = is_people and not any(one != "human" for one in comparison.groups["source"])
        colour = _PEOPLE if is_people and not alone else COLOURS[(parts.index(name) if alone else place) % len(COLOURS)]
        if alone and len(parts) == 1:
            colour = _PEOPLE
        people = own["participant"].unique()[:_SINGLE]
        found[name] = Curve(
            name=name,
            colour=colour,
            points=points[["x", "mean", "low", "high", "n_people"]],
            marker=None if is_people else MARKERS[place % len(MARKERS)],
            single=binned[binned["participant"].isin(people)],
        )
    return found


def _panels(comparison: Comparison, curves: dict[str, Curve]) -> list[Panel]:
    """Each model beside the people of its part, in a panel of its own; people alone all together, then one by one."""
    counts = comparison.counts[comparison.counts["group"].isin(list(curves))]
    people = counts[counts["source"] == "human"]
    models = counts[counts["source"] != "human"]
    if models.empty:
        single = [Panel(title=name, curves=(curve,)) for name, curve in curves.items()]
        several = 1 < len(curves) <= _TOGETHER
        together = [Panel(title="means", curves=[_bare(curve) for curve in curves.values()])] if several else []
        return together + single
    panels = []
    for model in models.to_dict("records"):
        same = people[people["part"].isin([model["part"], ""])]["group"]
        own = _bare(curves[model["group"]])
        panels.append(Panel(title=own.name, curves=[*(curves[name] for name in same), own]))
    return panels


def _bare(curve: Curve) -> Curve:
    return Curve(name=curve.name, colour=curve.colour, points=curve.points, marker=curve.marker)


def _drawn(name: str, caption: str, panels: Sequence[Panel], *, x: str, y: str, share: bool) -> Figure:
    columns = 1 if len(panels) == 1 else 2
    rows = -(-len(panels) // columns)
    legend = _LEGEND * max(len(panel.curves) for panel in panels) if len(panels) == 1 else _LEGEND

    def draw(canvas: Canvas) -> None:
        first: Axes | None = None
        for place, panel in enumerate(panels):
            axes = canvas.add_subplot(rows, columns, place + 1, sharex=first, sharey=first)
            first = first or axes
            for curve in panel.curves:
                _draw_curve(axes, curve)
            _axes(axes, panel, share)
            if place % columns == 0:
                axes.set_ylabel(y)
            if place >= len(panels) - columns:
                axes.set_xlabel(x)
        for panel_axes, panel in zip(canvas.axes, panels, strict=True):
            if len(panel.curves) > 1 and (len(panels) == 1 or panel.title == "means"):
                panel_axes.legend(fontsize=8)

    size = HEIGHT + 0.5 * legend if len(panels) == 1 else 0.4 + 1.9 * rows
    return figure(name, caption, draw, height=size, data=_data(panels))


def _draw_curve(axes: Axes, curve: Curve) -> None:
    if curve.single is not None:
        for _, own in curve.single.groupby("participant", sort=False):
            axes.plot(own["x"], own["y"], color=curve.colour, linewidth=0.5, alpha=0.16, zorder=1)
    points = curve.points
    axes.fill_between(points["x"], points["low"], points["high"], color=curve.colour, alpha=0.22, linewidth=0, zorder=2)
    style: dict[str, Any] = {"linestyle": ":" if curve.name == "chance" else "-", "marker": curve.marker}
    every = max(1, len(points) // 8)
    axes.plot(
        points["x"], points["mean"], color=curve.colour, linewidth=1.6, markersize=3.5, markevery=every, zorder=3,
        label=curve.name, **style,
    )  # fmt: skip


def _axes(axes: Axes, panel: Panel, share: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    low = min(curve.points["x"].min() for curve in panel.curves)
    high = max(curve.points["x"].max() for curve in panel.curves)
    # The axis begins where the trials do; one trial alone needs some room.
    axes.set_xlim(low, high if high > low else low + 1)
    if share:
        axes.set_ylim(-0.02, 1.02)
    axes.set_title(_wrapped(panel.title), fontsize=8.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))


def _wrapped(name: str) -> str:
    """In as many lines as a panel is wide, three at most."""
    return textwrap.fill(name, width=_WIDE, max_lines=3, placeholder="…")


def _width(curves: pd.DataFrame, x: str) -> int:
    """How many trials a point stands for: single trials of few people are mostly noise, so long curves are binned."""
    return max(1, round(curves[x].nunique() / _POINTS))


def _binned(own: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """One row a participant and point: where it lies, which is the same for all, and the mean of theirs there."""
    points = (own[x] - own[x].min()) // _width(own, x)
    middle = own.groupby(points)[x].agg(lambda trials: (trials.min() + trials.max()) / 2)
    first = points == points.min()
    # The first point stands where the trials begin.
    middle.loc[points.min()] = own.loc[first, x].min()
    table = own.groupby(["participant", points.rename("x")], sort=False)[y].mean().rename("y").reset_index()
    return table.assign(x=table["x"].map(middle).astype(float))


def _points(curves: pd.DataFrame, x: str) -> str:
    width = _width(curves, x)
    return f" Each point is the mean of {width} trials." if width > 1 else ""


def _faint(panels: Sequence[Panel]) -> str:
    sizes = [
        curve.single["participant"].nunique() for panel in panels for curve in panel.curves if curve.single is not None
    ]
    if not sizes or max(sizes) < 2:
        return ""
    return f" Faint lines are single participants{f' ({_SINGLE} of them)' if max(sizes) >= _SINGLE else ''}."


def _bands(curves: dict[str, Curve]) -> str:
    if any(curve.points["low"].notna().any() for curve in curves.values()):
        return f" {_BAND}"
    return f" No bands are drawn for fewer than {FEWEST} persons."


def _data(panels: Sequence[Panel]) -> pd.DataFrame:
    """The numbers that are drawn: means with bands, then single participants."""
    tables = []
    for panel in panels:
        for curve in panel.curves:
            tables.append(curve.points.assign(panel=panel.title, curve=curve.name, participant=""))
            if curve.single is not None:
                single = curve.single.rename(columns={"y": "mean"})
                tables.append(single.assign(panel=panel.title, curve=curve.name))
    columns = ["panel", "curve", "participant", "x", "mean", "low", "high", "n_people"]
    return pd.concat(tables, ignore_index=True).reindex(columns=columns)

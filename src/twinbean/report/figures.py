"""Every figure of a report, drawn from its tables alone."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from twinbean.comparison.comparing import Comparison
from twinbean.comparison.curves import ARMS_SHOWN
from twinbean.sessions.stages import COMMON, RARE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

# Okabe and Ito (2008), distinguishable with any colour vision; people are always black.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# Of the parts of one source; a simulation is dashed.
LINES, SIMULATED_LINES = ("-", (0, (5, 1)), (0, (1, 1)), (0, (5, 1, 1, 1))), ("--", ":", "-.")
MARKERS = "osD^vP"
# As wide as a phone, so that letters keep their size there.
WIDTH, HEIGHT = 4.6, 2.4
_POINTS = 25
# What a line of a legend above a figure takes.
_LEGEND = 0.22
STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.fonttype": "none",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawn figure: `name` is the file's, `caption` says what is seen, `svg` is for a page, `png` for slides."""

    name: str
    caption: str
    svg: str
    png: bytes

    def inline(self) -> str:
        """The SVG as it stands inside HTML: no prologue, identifiers of its own, scaled by the page, named for
        readers."""
        svg = self.svg[self.svg.index("<svg") :]
        svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
        svg = re.sub(r'(id="|url\(#|href="#)', rf"\1{self.name}-", svg)
        return svg.replace("<svg ", f'<svg role="img" aria-labelledby="caption-{self.name}" ', 1)


def draw_figures(comparison: Comparison) -> list[Figure]:
    """The figures that the comparison has data for, the leading one first."""
    figures = [
        _learning(comparison, int(start)) for start in sorted(comparison.learning["start"].unique(), reverse=True)
    ]
    # Of options that are no arms nothing is known by arm.
    of_arms = comparison.learning[comparison.learning["arm_0"].notna()]
    figures += [_arms(comparison, int(start)) for start in sorted(of_arms["start"].unique())]
    if len(comparison.stays):
        figures.append(_stays(comparison))
    if len(comparison.agreement):
        figures.append(_agreement(comparison))
    if len(comparison.likelihood):
        figures.append(_likelihood(comparison))
    if len(comparison.along):
        figures += [_along(comparison), _calibration(comparison)]
    return figures


def _learning(comparison: Comparison, start: int) -> Figure:
    curves = comparison.learning[comparison.learning["start"] == start]
    panels = [("score", "Score since the branch" if start else "Score")]
    choices = [("best", "Share of best choices"), ("arm_0", "Share choosing arm 1")]
    panels += [panel for panel in choices if curves[panel[0]].notna().any()][:1]

    def draw(canvas: Canvas) -> None:
        for place, (column, title) in enumerate(panels):
            axes = canvas.add_subplot(len(panels), 1, place + 1)
            _lines(axes, curves, "trial", column, comparison)
            axes.set_title(title)
            axes.set_xlabel("Trial" if place + 1 == len(panels) else "")
            if column != "score":
                axes.set_ylim(-0.03, 1.03)
            if place == 0:
                axes.legend()

    where = f"from choice {start + 1} on, after {start} recorded choices" if start else "from the first choice on"
    caption = f"Score and choices over trials, {where}: means over persons of means over their sessions."
    caption += _points(curves, "trial")
    return figure(f"learning_{start}", caption, draw, height=2 * HEIGHT)


def _arms(comparison: Comparison, start: int) -> Figure:
    curves = comparison.learning[comparison.learning["start"] == start]
    n_arms = min(comparison.n_arms, ARMS_SHOWN)
    rows = (n_arms + 1) // 2

    def draw(canvas: Canvas) -> None:
        for arm in range(n_arms):
            axes = canvas.add_subplot(rows, 2, arm + 1)
            _lines(axes, curves, "trial", f"arm_{arm}", comparison)
            axes.set_title(f"Arm {arm + 1}")
            axes.set_ylim(-0.03, 1.03)
            if arm >= n_arms - 2:
                axes.set_xlabel("Trial")
        canvas.legend(*canvas.axes[0].get_legend_handles_labels(), loc="outside upper left")

    where = f"after {start} recorded choices" if start else "from the first choice on"
    caption = f"Share of choices of each arm over trials, {where}.{_points(curves, 'trial')}"
    return figure(f"arms_{start}", caption, draw, height=0.2 + 1.7 * rows + _LEGEND * curves["group"].nunique())


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
            axes.set_title(str(group))
        canvas.legend(*canvas.axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)

    caption = (
        "How often the first choice of a trial is repeated, by what the trial before paid and whether its transition "
        "was common or rare: means over persons of means over their sessions, with standard errors over persons. "
        "Learning by reward alone makes the rewarded bars higher, planning the outer two."
    )
    return figure("stays", caption, draw, height=0.5 + 2.1 * rows)


def _agreement(comparison: Comparison) -> Figure:
    def draw(canvas: Canvas) -> None:
        axes = canvas.add_subplot()
        _lines(axes, comparison.agreement, "lag", "agreement", comparison)
        chance = comparison.agreement.groupby("lag")["chance"].mean()
        axes.plot(chance.index, chance, color="0.5", linestyle=":", label="chance")
        axes.set_ylim(-0.03, 1.03)
        axes.set_xlabel("Choices since the branch")
        axes.set_title("Same choice as the person")
        canvas.legend(loc="outside upper left")

    caption = (
        "How often the model chose what the person chose at the same trial, by the number of trials since the branch."
    )
    caption += _points(comparison.agreement, "lag")
    lines = comparison.agreement["group"].nunique() + 1
    return figure("agreement", caption, draw, height=HEIGHT + _LEGEND * lines)


def _likelihood(comparison: Comparison) -> Figure:
    table = comparison.likelihood
    fair = table[table["quantity"].isin(["legal labels", "predictive"])]
    fitted = table[table["quantity"] == "in-sample"]
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
        "fitted to these choices. Open: fitted to these very choices."
    )
    return figure("likelihood", caption, draw, height=0.9 + 0.35 * len(place))


def _along(comparison: Comparison) -> Figure:
    def draw(canvas: Canvas) -> None:
        axes = canvas.add_subplot()
        for place, (name, own) in enumerate(comparison.along.groupby("model", sort=False)):
            points = _binned(own, "trial", "nll")
            axes.plot(points["trial"] + 1, points["nll"], color=COLOURS[place % len(COLOURS)], label=str(name))
        axes.set_xlabel("Trial")
        axes.set_title("NLL per choice (nats, legal labels)")
        axes.legend()

    caption = "How likely models find the people's choices along the session: means over persons."
    caption += _points(comparison.along, "trial")
    return figure("likelihood_along", caption, draw, height=HEIGHT)


def _calibration(comparison: Comparison) -> Figure:
    def draw(canvas: Canvas) -> None:
        axes = canvas.add_subplot()
        axes.plot([0, 1], [0, 1], color="0.5", linestyle=":")
        for place, (name, own) in enumerate(comparison.calibration.groupby("model", sort=False)):
            style: dict[str, Any] = {"color": COLOURS[place % len(COLOURS)], "marker": MARKERS[place % len(MARKERS)]}
            axes.plot(own["predicted"], own["chosen"], label=str(name), **style)
        axes.set_xlabel("Probability given by the model")
        axes.set_title("Share chosen by the people")
        axes.legend()

    caption = "Calibration: on the dotted line people choose as often as the model says. Pooled over choices."
    return figure("calibration", caption, draw, height=HEIGHT + 0.8)


def _lines(axes: Axes, curves: pd.DataFrame, x: str, y: str, comparison: Comparison) -> None:
    """One line a group; a source has one colour in every figure, its parts are drawn in lines of their own."""
    from matplotlib.ticker import MaxNLocator

    sources = [name for name in comparison.groups["source"].unique() if name != "human"]
    drawn: Counter[tuple[Hashable, bool]] = Counter()
    for (name, source), own in curves.groupby(["group", "source"], sort=False):
        place = sources.index(source) if source in sources else -1
        simulated = ", simulated" in str(name)
        styles = SIMULATED_LINES if simulated else LINES
        part = drawn[source, simulated]
        drawn[source, simulated] += 1
        points = _binned(own, x, y)
        axes.plot(
            points[x] + (x == "trial"),
            points[y],
            color="black" if place < 0 else COLOURS[place % len(COLOURS)],
            linewidth=2.2 if place < 0 else 1.4,
            linestyle=styles[part % len(styles)],
            marker=None if place < 0 else MARKERS[place % len(MARKERS)],
            markersize=3.5,
            markevery=max(1, len(points) // 12),
            label=str(name),
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))


def _width(curves: pd.DataFrame, x: str) -> int:
    """How many trials a point stands for: single trials of few people are mostly noise, so long curves are binned."""
    return max(1, round(curves[x].nunique() / _POINTS))


def _binned(own: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    return own[[x, y]].groupby((own[x] - own[x].min()) // _width(own, x)).mean()


def _points(curves: pd.DataFrame, x: str) -> str:
    width = _width(curves, x)
    return f" Each point is the mean of {width} trials." if width > 1 else ""


def figure(name: str, caption: str, draw: Callable[[Canvas], None], *, height: float) -> Figure:
    """What `draw` draws on a canvas of this height (inches), always the same bytes."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    # The salt makes the identifiers inside the SVG the same in every run, and another in each figure.
    style: Any = STYLE | {"svg.hashsalt": name}
    with matplotlib.rc_context(style):
        canvas = Canvas(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasAgg(canvas)
        draw(canvas)
        svg, png = io.StringIO(), io.BytesIO()
        canvas.savefig(svg, format="svg", metadata={"Date": None})
        canvas.savefig(png, format="png", dpi=200, metadata={"Software": None})
    return Figure(name=name, caption=caption, svg=svg.getvalue(), png=png.getvalue())

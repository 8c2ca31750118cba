"""A figure: drawn once, as SVG and PNG, with the numbers that are in it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

# Okabe and Ito (2008), distinguishable with any colour vision; people are always black.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = "osD^vP"
# As wide as a phone, so that letters keep their size there.
WIDTH, HEIGHT = 4.6, 2.4
# What a figure is drawn in, and the style of the page that stands for it there, in the light and in the dark.
_OF_PAGE = {"#000000": "--ink", "#ffffff": "--paper", "#7f7f7f": "--soft", "#808080": "--soft"} | {
    colour.lower(): f"--c{place}" for place, colour in enumerate(COLOURS)
}
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
    """A drawn figure: `name` is the file's, `caption` says what is seen, `svg` is for a page, `png` for slides, `data`
    has the numbers that are drawn."""

    name: str
    caption: str
    svg: str
    png: bytes
    data: pd.DataFrame

    def inline(self) -> str:
        """The SVG as it stands inside HTML: no prologue, identifiers of its own, scaled by the page, in its colours,
        named for readers."""
        svg = self.svg[self.svg.index("<svg") :]
        svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
        svg = re.sub(r'(id="|url\(#|href="#)', rf"\1{self.name}-", svg)
        svg = re.sub(r"#[0-9a-f]{6}\b", lambda found: _of_page(found[0]), svg)
        return svg.replace("<svg ", f'<svg role="img" aria-labelledby="caption-{self.name}" ', 1)


def _of_page(colour: str) -> str:
    return f"var({_OF_PAGE[colour]})" if colour in _OF_PAGE else colour


def figure(name: str, caption: str, draw: Callable[[Canvas], None], *, height: float, data: pd.DataFrame) -> Figure:
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
    return Figure(name=name, caption=caption, svg=svg.getvalue(), png=png.getvalue(), data=data)

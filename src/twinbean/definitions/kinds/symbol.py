"""SweetBean's Symbol: plain shapes, which people see and a model reads of by shape, colour, size and place."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sweetbean.stimulus import Symbol

from twinbean.definitions.kinds.keyed import KeyedKind
from twinbean.definitions.kinds.kind import Arguments
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.values import normalise
from twinbean.definitions.variables import variables_in
from twinbean.definitions.wording import listed
from twinbean.errors import EmissionError, TaskError

# What is not said of a shape, in px; the page has the same (static/src/symbols.js).
_SIZES: Mapping[str, Mapping[str, float]] = {
    "circle": {"radius": 40},
    "ring": {"innerRadius": 30, "outerRadius": 40},
    "rectangle": {"width": 80, "height": 80},
    "triangle": {"side": 80},
    "cross": {"armLen": 40, "armWidth": 8},
}
_SAID: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "circle": lambda size: f"circle of radius {size['radius']}",
    "ring": lambda size: f"ring of radius {size['innerRadius']} to {size['outerRadius']}",
    "rectangle": lambda size: f"rectangle of {size['width']} by {size['height']}",
    "triangle": lambda size: f"triangle of side {size['side']}",
    "cross": lambda size: f"cross of arm {size['armLen']}",
}
_NUMBERS = ("x", "y", "z", "rotation", "radius", "innerRadius", "outerRadius", "width", "height", "side")
_KNOWN = frozenset({"shape", "color", *_NUMBERS, "armLen", "armWidth"})


class SymbolKind(KeyedKind):
    name = "Symbol"
    stimuli = (Symbol,)
    arguments = ("items", "background", "canvasWidth", "canvasHeight", *KeyedKind.arguments)

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        arguments = super().read(stimulus, where)
        # SweetBean keeps a Symbol's duration under the name of its plugin.
        arguments["duration"] = normalise(stimulus.arg["trialDuration"], f"{where}, duration")
        if arguments["correct_key"] is None:
            arguments["correct_key"] = ""
        return arguments

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        super().check(stimulus, arguments, where)
        if stimulus.arg["allowMouse"] is not False:
            raise EmissionError(f"{where} has allow_mouse, and where a mouse clicks no model could say: give keys")
        if stimulus.arg["responseEndsTrial"] is not True:
            raise EmissionError(f"{where} does not end at its response; only a screen that does is played")
        items = arguments["items"]
        if items in (None, []):
            raise EmissionError(f"{where} has no items; a shape that a variable gives goes into them")
        if isinstance(items, list) and not any(variables_in(items)):
            described(items, where)

    def words(self, arguments: Arguments, stage: Stage, where: str) -> str:
        try:
            seen = described(arguments["items"], where)
        except EmissionError as error:
            raise TaskError(str(error)) from None
        background = arguments["background"]
        plate = "" if background in ("transparent", None, "") else f" on {background}"
        return stage.wording.shapes(f"{seen}{plate}", arguments["duration"])


def described(items: Any, where: str) -> str:
    """The items in words, those behind first. Raises EmissionError, naming `where`, for what words cannot say."""
    if not isinstance(items, list) or not items:
        raise EmissionError(f"{where}: items is {items!r}, expected a list of shapes")
    checked = [_checked(item, f"{where}, item {number}") for number, item in enumerate(items)]
    ordered = sorted(checked, key=lambda item: float(item.get("z", 0)))
    return listed([_described(item) for item in _visible(ordered)], "and")


def _checked(item: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(item, dict) or item.get("shape") not in _SIZES:
        raise EmissionError(f"{where} is {item!r}, expected a 'shape' of {', '.join(_SIZES)}")
    if item.get("texture") is not None:
        raise EmissionError(f"{where} has a texture, and no words say what its pattern looks like")
    if unknown := sorted(item.keys() - _KNOWN - {"texture"}):
        raise EmissionError(f"{where} has {unknown[0]!r}, which changes how it looks and not what a model reads of it")
    if not isinstance(item.get("color"), str):
        raise EmissionError(f"{where} has the color {item.get('color')!r}, expected a CSS colour")
    for name in _KNOWN - {"shape", "color"}:
        value = item.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise EmissionError(f"{where} has {name} {value!r}, expected a number")
    return item


def _visible(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without what the very same shape in front of it covers."""
    return [
        item
        for number, item in enumerate(items)
        if not any(_outline(item) == _outline(other) for other in items[number + 1 :])
    ]


def _outline(item: Mapping[str, Any]) -> dict[str, Any]:
    places = {name: item.get(name, 0) for name in ("x", "y", "rotation")}
    return {"shape": item["shape"], **_SIZES[item["shape"]], **places} | {
        name: value for name, value in item.items() if name not in ("color", "z", "texture")
    }


def _described(item: Mapping[str, Any]) -> str:
    shape = _SAID[item["shape"]]({**_SIZES[item["shape"]], **item})
    turned = f", turned by {item['rotation']} degrees" if item.get("rotation") else ""
    x, y = item.get("x", 0), item.get("y", 0)
    sides = [
        *([f"{abs(x)} to the {'right' if x > 0 else 'left'}"] if x else []),
        *([f"{abs(y)} {'below' if y > 0 else 'above'}"] if y else []),
    ]
    place = " and ".join(sides) or "in the centre"
    return f"a {item['color']} {shape}{turned} ({place})"

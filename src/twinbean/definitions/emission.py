"""A definition as the page reads it (docs/page-format.md): JSON, and JavaScript for each Python function."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.definitions.blocks import Definition, Screen
from twinbean.definitions.values import normalise
from twinbean.definitions.variables import effect_name
from twinbean.errors import EmissionError
from twinbean.sessions.session import MAIN
from twinbean.transpile import Refused, transpile

FORMAT = 2


@dataclass(frozen=True, kw_only=True)
class Emission:
    """The blocks and shared variables as JSON values, and the JavaScript of the functions they call by index."""

    blocks: tuple[Mapping[str, Any], ...]
    shared: Mapping[str, Any]
    functions: tuple[str, ...]
    loops: tuple[Mapping[str, Any], ...] = ()

    def fingerprint(self, parameters: Mapping[str, Any]) -> str:
        """SHA-256 of what the task is: stimuli, arguments, effects, functions and parameters. What was drawn for one
        participant (timelines), the page's look, language and version are not in it."""
        structure = [
            {
                "stimuli": block["stimuli"],
                "timeline": sorted({name for element in block["timeline"] for name in element}),
                # What had no phase before format 2 is the same task as ever.
                **({"phase": block["phase"]} if block["phase"] != MAIN else {}),
            }
            for block in self.blocks
        ]
        # A record from a page has 50 for 50.0.
        given = {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in parameters.items()
        }
        content = [structure, self.shared, self.functions, given, *([self.loops] if self.loops else [])]
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def emit_definition(definition: Definition) -> Emission:
    """Emit a definition. Raises EmissionError, naming stimulus and line, for what would change its meaning."""
    functions = _Functions()
    blocks = tuple(
        {
            "timeline": [_encode(element, functions, "a timeline") for element in block.timeline],
            "stimuli": [_screen(screen, functions) for screen in block.screens],
            "phase": block.phase,
        }
        for block in definition.blocks
    )
    loops = tuple(
        {
            "first": loop.first,
            "last": loop.last,
            "until": _encode(loop.until, functions, f"{loop.where}, until"),
            "most": loop.most,
        }
        for loop in definition.loops
    )
    shared = {name: _encode(value, functions, f"shared variable {name!r}") for name, value in definition.shared.items()}
    return Emission(blocks=blocks, shared=shared, functions=tuple(functions.sources), loops=loops)


class _Functions:
    """The distinct functions of a definition, in the order in which they are first called."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.found: dict[tuple[Callable[..., Any], int], int] = {}

    def index(self, function: Callable[..., Any], arguments: int, where: str) -> int:
        key = function, arguments
        if key not in self.found:
            try:
                source = transpile(function, arguments=arguments).javascript
            except Refused as refused:
                raise EmissionError(f"{where}: {refused}.") from None
            if source not in self.sources:
                self.sources.append(source)
            self.found[key] = self.sources.index(source)
        return self.found[key]


def _screen(screen: Screen, functions: _Functions) -> dict[str, Any]:
    arguments = {
        name: _encode(value, functions, f"{screen.where}, argument {name}") for name, value in screen.arguments.items()
    }
    effects = [_effect(effect, functions, screen.where) for effect in screen.effects]
    return {"kind": screen.kind.name, "arguments": arguments, "effects": effects}


def _effect(effect: Any, functions: _Functions, where: str) -> dict[str, Any]:
    name = effect_name(effect)
    value = _encode(effect.get_variable, functions, f"{where}, side effect on {name!r}")
    target = "data" if isinstance(effect.set_variable, DataVariable) else "shared"
    return {target: name, "value": value}


def _encode(value: Any, functions: _Functions, where: str) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            return {"$float": str(value)}
        return {"$float": value} if value.is_integer() else value
    if isinstance(value, list):
        return [_encode(item, functions, where) for item in value]
    if isinstance(value, dict):
        if any(key.startswith("$") for key in value):
            return {"$dict": [[key, _encode(item, functions, where)] for key, item in value.items()]}
        return {key: _encode(item, functions, where) for key, item in value.items()}
    if isinstance(value, TimelineVariable):
        return {"$timeline": value.name}
    if isinstance(value, SharedVariable):
        return {"$shared": value.name}
    if isinstance(value, DataVariable):
        return {"$data": [value.raw_name, value.window]}
    if isinstance(value, FunctionVariable):
        arguments: Sequence[Any] = [_encode(normalise(item, where), functions, where) for item in value.args]
        return {"$call": [functions.index(value.fct, len(value.args), where), arguments]}
    return value

"""A definition as the page reads it (docs/page-format.md): JSON, and JavaScript for each Python function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.definitions.blocks import Definition, Screen
from twinbean.definitions.counterbalancing import Arrangement
from twinbean.definitions.fingerprint import fingerprint_of, parts_of
from twinbean.definitions.values import normalise
from twinbean.definitions.variables import effect_name
from twinbean.errors import EmissionError
from twinbean.transpile import Refused, syntax, transpile

FORMAT = 2


@dataclass(frozen=True, kw_only=True)
class Written:
    """A function as its author wrote it: the name of its FunctionVariable, and its normalised syntax."""

    name: str
    syntax: str


@dataclass(frozen=True, kw_only=True)
class Emission:
    """The blocks and shared variables as JSON values, and the functions they call by index, as JavaScript and as they
    were `written`."""

    blocks: tuple[Mapping[str, Any], ...]
    shared: Mapping[str, Any]
    functions: tuple[str, ...]
    written: tuple[Written, ...]
    loops: tuple[Mapping[str, Any], ...] = ()
    # The ways of going through the blocks, where there are several.
    arrangements: tuple[Mapping[str, Any], ...] = ()
    # The SHA-256 of the files that are shown, by their names.
    files: Mapping[str, str] = field(default_factory=dict)

    def fingerprint(self, parameters: Mapping[str, Any]) -> str:
        """What the task is (`twinbean.definitions.fingerprint`)."""
        return fingerprint_of(self, parameters)

    def parts(self) -> dict[str, str]:
        """What two tasks with different fingerprints are told apart by."""
        return parts_of(self)


def emit_definition(definition: Definition) -> Emission:
    """Emit a definition. Raises EmissionError, naming stimulus and line, for what would change its meaning."""
    functions = _Functions()
    ways = definition.arrangements
    alone = definition.resets_in(ways[0]) if len(ways) == 1 else {}
    blocks = tuple(
        {
            "timeline": [_encode(element, functions, "a timeline") for element in block.timeline],
            "stimuli": [_screen(screen, functions) for screen in block.screens],
            "phase": block.phase,
            **({"resets": list(alone[number])} if number in alone else {}),
        }
        for number, block in enumerate(definition.blocks)
    )
    loops = tuple(
        {
            "first": loop.first,
            "last": loop.last,
            "until": _encode(loop.until, functions, f"{loop.where}, until"),
            "most": loop.most,
            **({} if loop.otherwise is None else {"otherwise": loop.otherwise}),
        }
        for loop in definition.loops
    )
    shared = {name: _encode(value, functions, f"shared variable {name!r}") for name, value in definition.shared.items()}
    return Emission(
        blocks=blocks,
        shared=shared,
        functions=tuple(functions.sources),
        written=tuple(functions.written),
        loops=loops,
        files={name: file.sha256 for name, file in definition.files.items()},
        arrangements=tuple(
            {"order": list(way.order), "recorded": dict(way.recorded), **resets_of(definition, way)} for way in ways
        )
        if len(ways) > 1
        else (),
    )


def resets_of(definition: Definition, way: Arrangement) -> dict[str, Any]:
    """As JSON, by the number of the block before which they start anew; only where there are any."""
    found = definition.resets_in(way)
    return {"resets": {str(number): list(names) for number, names in found.items()}} if found else {}


class _Functions:
    """The distinct functions of a definition, in the order in which they are first called.

    Two are one where their authors wrote the same, whatever is emitted for them: calls by index are in the fingerprint.
    """

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.written: list[Written] = []
        self._by_syntax: dict[str, int] = {}
        self._found: dict[tuple[Callable[..., Any], int], int] = {}

    def index(self, variable: FunctionVariable, where: str) -> int:
        key = variable.fct, len(variable.args)
        if key not in self._found:
            try:
                transpiled = transpile(variable.fct, arguments=len(variable.args))
            except Refused as refused:
                raise EmissionError(f"{where}: {refused}.") from None
            written = syntax(transpiled)
            if written not in self._by_syntax:
                self._by_syntax[written] = len(self.sources)
                self.sources.append(transpiled.javascript)
                self.written.append(Written(name=str(variable.name), syntax=written))
            self._found[key] = self._by_syntax[written]
        return self._found[key]


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
        return {"$call": [functions.index(value, where), arguments]}
    return value

"""What a function uses that is not its own: constants and functions of its module and of the functions around it."""

from __future__ import annotations

import ast
import builtins
import math
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from twinbean.transpile.literals import literal
from twinbean.transpile.names import script_name
from twinbean.transpile.refusal import INSTEAD, Refused, refusal
from twinbean.transpile.vocabulary import Arity, builtin_name

if TYPE_CHECKING:
    from twinbean.transpile.function import Translated


@dataclass(frozen=True)
class Builtin:
    """A function that the page has too, or the module `math`."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A value that stays what it is, and JavaScript that makes it."""

    value: object
    source: str


@dataclass(frozen=True)
class Helper:
    """A function that is translated along."""

    translated: Translated
    arity: Arity
    script: str


Found = Builtin | Constant | Helper


@dataclass
class Script:
    """What stands before the function: everything it needs from outside, each once, what is needed first, first."""

    translate: Callable[[FunctionType, Script], tuple[Translated, Arity]]
    declared: list[str] = field(default_factory=list)
    constants: dict[tuple[str, str], str] = field(default_factory=dict)
    helpers: dict[FunctionType, Helper] = field(default_factory=dict)
    under_way: list[FunctionType] = field(default_factory=list)

    def declare(self, name: str, source: str) -> str:
        # A number after $ is in no name that Python can have, so that no parameter hides what is declared here.
        script = f"{script_name(name)}${len(self.declared) + 1}"
        self.declared.append(f"const {script} = {source};")
        return script

    def constant(self, name: str, constant: Constant) -> str:
        key = name, constant.source
        if key not in self.constants:
            self.constants[key] = self.declare(name, constant.source)
        return self.constants[key]

    def helper(self, name: str, function: FunctionType, node: ast.AST) -> Helper:
        if function in self.under_way:
            raise refusal(node, f"{name} calls itself; write a loop")
        if function not in self.helpers:
            self.under_way.append(function)
            translated, arity = self.translate(function, self)
            self.under_way.pop()
            self.helpers[function] = Helper(translated, arity, self.declare(name, translated.source))
        return self.helpers[function]


class Outside:
    """The names that a function sees around it; `used` are those that it needed."""

    def __init__(self, visible: Mapping[str, object], script: Script) -> None:
        self.visible = visible
        self.script = script
        self.used: dict[str, Found] = {}

    def knows(self, name: str) -> bool:
        return name in self.visible

    def find(self, name: str, node: ast.AST) -> Found:
        """Raises Refused, saying what to write instead, for what cannot be carried to a page."""
        if name not in self.used:
            self.used[name] = self._find(name, node)
        return self.used[name]

    def _find(self, name: str, node: ast.AST) -> Found:
        if name not in self.visible or name.startswith("__"):
            raise refusal(node, INSTEAD.get(name, f"pass {name} as an argument of the function"))
        value = self.visible[name]
        known = "math" if value is math else builtin_name(value)
        if known is not None:
            return Builtin(known)
        if isinstance(value, FunctionType):
            return self.script.helper(name, value, node)
        if callable(value) or isinstance(value, ModuleType):
            raise refusal(node, INSTEAD.get(name, f"{name} is not among the functions that a page has"))
        if not isinstance(value, None | bool | int | float | str | list | tuple | dict):
            kind = type(value).__name__
            raise refusal(node, f"{name} is a {kind}; pass its value as an argument of the function")
        line = getattr(node, "lineno", 0)
        try:
            # Of a tuple only the items count, wherever it may stand; a tuple within is a value, and is refused.
            source = literal(list(value) if isinstance(value, tuple) else value, line=line)
        except RecursionError:
            raise refusal(node, f"{name} holds itself") from None
        except Refused as refused:
            raise Refused(f"{name}: {refused.reason}", line=line) from None
        return Constant(value, source)


def visible_to(function: FunctionType) -> Mapping[str, object]:
    """Names as Python looks them up: of the functions around, of the module, built in."""
    around: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            around[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    return ChainMap(around, function.__globals__, vars(builtins))

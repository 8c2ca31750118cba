"""What a function of a definition may say; every entry was shown to mean the same on a page (tests/transpile)."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Mapping

ARITHMETIC: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
}
UNARY: Mapping[type[ast.unaryop], str] = {ast.USub: "py.neg(", ast.UAdd: "py.pos(", ast.Not: "!py.truth("}
COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
# How few and how many arguments a function or method takes.
Arity = tuple[int, int]
FUNCTIONS: Mapping[str, Arity] = {"abs": (1, 1), "bool": (1, 1), "float": (1, 1), "int": (1, 1), "len": (1, 1),
                                  "repr": (1, 1), "round": (1, 2), "str": (1, 1)}  # fmt: skip
MATH = frozenset({"ceil", "fabs", "floor", "sqrt", "trunc"})
MATH_CONSTANTS: Mapping[str, str] = {"inf": "Infinity", "nan": "py.nan", "pi": "3.141592653589793"}
GONE_THROUGH: Mapping[str, Arity] = {"enumerate": (1, 2), "range": (1, 3), "reversed": (1, 1), "zip": (1, 9)}
COLLECTORS = frozenset({"all", "any", "list", "max", "min", "sorted", "sum"})
OPTIONS: Mapping[str, frozenset[str]] = {
    "max": frozenset({"key", "default"}),
    "min": frozenset({"key", "default"}),
    "sorted": frozenset({"key", "reverse"}),
}
METHODS: Mapping[str, Arity] = {"copy": (0, 0), "count": (1, 1), "endswith": (1, 1), "find": (1, 1), "get": (1, 2),
                                "index": (1, 1), "join": (1, 1), "lower": (0, 0), "lstrip": (0, 1), "replace": (2, 2),
                                "rstrip": (0, 1), "split": (0, 1), "startswith": (1, 1), "strip": (0, 1),
                                "upper": (0, 0)}  # fmt: skip
CHANGING_METHODS: Mapping[str, Arity] = {"append": (1, 1), "extend": (1, 1), "insert": (2, 2), "pop": (0, 1)}
VIEWS = frozenset({"items", "keys", "values"})

# The objects behind the names, so that `from math import floor` and a user's own `len` mean what they say.
_KNOWN = {id(getattr(builtins, name)): name for name in (*FUNCTIONS, *GONE_THROUGH, *COLLECTORS)} | {
    id(getattr(math, name)): f"math.{name}" for name in MATH
}


def builtin_name(value: object) -> str | None:
    """`len` of the built-in len, `math.floor` of math's floor; None of what a page does not have."""
    return _KNOWN.get(id(value))

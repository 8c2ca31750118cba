"""What a function of a definition may say, and what to write instead of the rest.

Every entry of the first tables was shown to mean the same on a page (tests/browser/test_functions.py); every entry of
the last two is only a better word for a refusal, which happens to everything that has no entry.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from twinbean.bean.function_source import Refused

ARITHMETIC: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
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
# Built-in functions and methods: how few and how many arguments they take.
BUILTINS = {"abs": (1, 1), "bool": (1, 1), "float": (1, 1), "int": (1, 1), "len": (1, 1), "repr": (1, 1),
            "round": (1, 2), "str": (1, 1)}  # fmt: skip
MATH = {"ceil", "fabs", "floor", "sqrt", "trunc"}
MATH_CONSTANTS = {"inf": "Infinity", "nan": "py.nan", "pi": "3.141592653589793"}
GONE_THROUGH = {"enumerate": (1, 2), "range": (1, 3), "reversed": (1, 1), "zip": (1, 9)}
COLLECTORS = {"all", "any", "list", "max", "min", "sorted"}
OPTIONS = {"max": {"key", "default"}, "min": {"key", "default"}, "sorted": {"key", "reverse"}}
METHODS = {"center": (1, 2), "copy": (0, 0), "count": (1, 1), "endswith": (1, 1), "find": (1, 1), "get": (1, 2),
           "index": (1, 1), "join": (1, 1), "ljust": (1, 2), "lower": (0, 0), "lstrip": (0, 1), "replace": (2, 2),
           "rjust": (1, 2), "rstrip": (0, 1), "split": (0, 1), "startswith": (1, 1), "strip": (0, 1),
           "upper": (0, 0), "zfill": (1, 1)}  # fmt: skip
CHANGING_METHODS = {"append": (1, 1), "extend": (1, 1), "insert": (2, 2), "pop": (0, 1)}
VIEWS = {"items", "keys", "values"}
INSTEAD = {
    "format": "write an f-string",
    "np": "use plain Python numbers and lists",
    "numpy": "use plain Python numbers and lists",
    "sum": "add up in a loop, because how it rounds floats changed in Python 3.12",
    "pow": "multiply, because ** may differ in the last digit",
    "print": "leave it out",
    "capitalize": "write s[:1].upper() + s[1:].lower()",
    "sort": "write x = sorted(x)",
    "reverse": "write x = x[::-1]",
    "isinstance": "leave the types to the definition",
    "dict": "write {...}, a comprehension or d.copy()",
    "set": "use a list",
    "tuple": "use a list",
    "title": "write the capitals yourself",
    "random": "draw the values in Python and put them into the timeline",
}
REFUSED: Mapping[type[ast.AST], str] = {
    ast.Pow: "multiply instead of **, which may differ in the last digit (x * x)",
    ast.Tuple: "use a list: a page has no tuples",
    ast.Set: "use a list: a page has no sets",
    ast.SetComp: "use a list: a page has no sets",
    ast.GeneratorExp: "use it only as the argument of any, all, list, sorted, min, max or join, or write a list",
    ast.Lambda: "use a lambda only as key= of sorted, min or max",
    ast.NamedExpr: "assign on a line of its own, without :=",
    ast.Starred: "write the items out, without *",
    ast.Import: "import math at the top of the file; nothing else can be used",
    ast.ImportFrom: "import math at the top of the file; nothing else can be used",
    ast.Global: "pass the value as an argument",
    ast.Nonlocal: "pass the value as an argument",
    ast.Try: "test the values beforehand with if",
    ast.Raise: "return a value that says so",
    ast.Assert: "leave it out",
    ast.With: "do without it",
    ast.Delete: "make a new list or dict without the item",
    ast.Match: "use if and elif",
    ast.ClassDef: "use dicts and lists",
    ast.Yield: "return a list",
    ast.YieldFrom: "return a list",
    ast.Await: "return the value",
}


def refusal(node: ast.AST, instead: str) -> Refused:
    """`instead` is what to write, unless the kind of node has a better word."""
    instead = REFUSED.get(type(node), instead)
    return Refused(f"`{written(node)}` cannot be carried to a page exactly: {instead}", line=getattr(node, "lineno", 0))


def written(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).split("\n")[0]

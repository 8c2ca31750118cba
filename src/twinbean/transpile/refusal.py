"""What happens to everything that the compiler does not know: a sentence that says what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Mapping

_OUTSIDE = "import math at the top of the file; nothing else can be used"
_ARGUMENT = "pass the value as an argument"
_NO_SETS = "use a list: a page has no sets"

REMEDIES: Mapping[type[ast.AST], str] = {
    ast.Tuple: "use a list: a page has no tuples",
    ast.Set: _NO_SETS,
    ast.SetComp: _NO_SETS,
    ast.GeneratorExp: "use it only as the argument of any, all, list, sorted, min, max, sum or join, or write a list",
    ast.Lambda: "use a lambda only as key= of sorted, min or max",
    ast.NamedExpr: "assign on a line of its own, without :=",
    ast.Starred: "write the items out, without *",
    ast.Import: _OUTSIDE,
    ast.ImportFrom: _OUTSIDE,
    ast.Global: _ARGUMENT,
    ast.Nonlocal: _ARGUMENT,
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
# Names of functions, methods and modules.
INSTEAD: Mapping[str, str] = {
    "format": "write an f-string",
    "center": "write an f-string such as f'{x:^9}'",
    "ljust": "write an f-string such as f'{x:<9}'",
    "rjust": "write an f-string such as f'{x:>9}'",
    "zfill": "write an f-string such as f'{x:03}'",
    "math": "import math at the top of the file",
    "np": "use plain Python numbers and lists",
    "numpy": "use plain Python numbers and lists",
    "pow": "write x ** y",
    "divmod": "write x // y and x % y",
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


class Refused(Exception):
    """Why a function cannot be carried to a page exactly, and where it stands."""

    def __init__(self, reason: str, *, line: int = 0, file: str = "") -> None:
        super().__init__(reason)
        self.reason, self.line, self.file = reason, line, file

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}" if self.file else self.reason


def refusal(node: ast.AST, instead: str) -> Refused:
    """`instead` is what to write, unless the kind of node has a better word."""
    instead = REMEDIES.get(type(node), instead)
    return Refused(f"`{written(node)}` cannot be carried to a page exactly: {instead}", line=getattr(node, "lineno", 0))


def written(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).split("\n")[0]

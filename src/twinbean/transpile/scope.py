"""The names of one function under translation, and what is certain of them at the place that is being translated.

Three questions are settled at export, because Python's answer at run time could not be given on a page:

- Is a name certainly assigned where it is read? (Python versions differ in what they raise.)
- Would a list be changed that the function did not make? (It belongs to the timeline, which the page keeps as JSON.)
- What does a name from outside stand for? (A constant and a function are carried along; the rest is refused.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from twinbean.transpile.outside import Builtin, Constant, Found, Outside
from twinbean.transpile.vocabulary import MATH, Arity

State = tuple[set[str], set[str]]


@dataclass
class Scope:
    """`bound` are the names certainly assigned; `own` those that hold nothing but what the function made itself."""

    outside: Outside
    locals: set[str]
    bound: set[str]
    own: set[str] = field(default_factory=set)
    inner: frozenset[str] = frozenset()  # functions within, of which those translated so far are in `functions`
    functions: dict[str, Arity] = field(default_factory=dict)
    enclosing: frozenset[str] = frozenset()

    def assign(self, names: set[str], *, new: bool) -> None:
        self.bound = self.bound | names
        self.own = self.own | names if new else self.own - names

    def unreachable(self) -> None:
        """Of what is never reached, everything is true."""
        self.bound, self.own = set(self.locals), set(self.locals)

    def state(self) -> State:
        return self.bound, self.own

    def restore(self, state: State) -> None:
        self.bound, self.own = state

    def join(self, other: State) -> None:
        """After a place that two ways lead to, only what both say is certain."""
        self.bound, self.own = self.bound & other[0], self.own & other[1]

    @contextmanager
    def hiding(self, names: set[str]) -> Iterator[None]:
        """Names that hide those of the function until the end of a comprehension or lambda."""
        kept = self.locals, self.functions, self.state()
        self.locals = self.locals | names
        self.functions = {name: arity for name, arity in self.functions.items() if name not in names}
        self.restore((self.bound - names, self.own - names))
        yield
        self.locals, self.functions, state = kept
        self.restore(state)

    def is_outside(self, name: str) -> bool:
        return name not in self.locals and name not in self.functions and name not in self.enclosing

    def found(self, node: ast.expr) -> Found | None:
        """What a name from outside stands for; None of any other expression."""
        if isinstance(node, ast.Name) and self.is_outside(node.id):
            return self.outside.find(node.id, node)
        return None

    def builtin(self, node: ast.expr) -> str | None:
        """`len` of the built-in len, `math.floor` of math.floor; None of what is neither."""
        match node:
            case ast.Name(id=name) if self.is_outside(name):
                found = self.outside.find(name, node)
                return found.name if isinstance(found, Builtin) else None
            case ast.Attribute(value=owner, attr=name) if name in MATH and self.is_math(owner):
                return f"math.{name}"
        return None

    def is_math(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Name) or not self.is_outside(node.id) or not self.outside.knows(node.id):
            return False
        found = self.outside.find(node.id, node)
        return isinstance(found, Builtin) and found.name == "math"

    def known_value(self, node: ast.expr) -> object:
        """The value of a constant, written or from outside; None of whatever is known only at run time."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.Name(id=name) if self.is_outside(name) and self.outside.knows(name):
                found = self.outside.find(name, node)
                return found.value if isinstance(found, Constant) else None
        return None

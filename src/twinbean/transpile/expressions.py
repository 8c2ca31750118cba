"""Expressions as calls of the page's run-time.

`translates` makes the whitelist: an expression of a kind that nobody translates is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from twinbean.transpile import vocabulary as known
from twinbean.transpile.assignments import is_number
from twinbean.transpile.literals import literal
from twinbean.transpile.names import script_name
from twinbean.transpile.outside import Constant
from twinbean.transpile.refusal import refusal, written
from twinbean.transpile.scope import Scope

Node = TypeVar("Node", bound=ast.expr)
Translator = Callable[[Node, Scope], str]
_TRANSLATORS: dict[type[ast.expr], Callable[[Any, Scope], str]] = {}
_UNTRANSLATED = "see docs/functions.md for what can be written"


def translates(kind: type[Node]) -> Callable[[Translator[Node]], Translator[Node]]:
    def register(function: Translator[Node]) -> Translator[Node]:
        _TRANSLATORS[kind] = function
        return function

    return register


def expression(node: ast.expr, scope: Scope) -> str:
    """JavaScript that evaluates to what `node` does. Raises Refused."""
    translator = _TRANSLATORS.get(type(node))
    if translator is None:
        raise refusal(node, _UNTRANSLATED)
    return translator(node, scope)


def items(nodes: Sequence[ast.expr], scope: Scope) -> str:
    return f"[{', '.join(expression(node, scope) for node in nodes)}]"


def sequence(node: ast.expr, scope: Scope) -> str:
    """Where only the items count, a tuple may stand: `x in (1, 2)`, `COLORS[0]`, `len(COLORS)`."""
    if isinstance(node, ast.Tuple):
        return items(node.elts, scope)
    found = scope.found(node)
    if isinstance(node, ast.Name) and isinstance(found, Constant) and isinstance(found.value, tuple):
        return scope.outside.script.constant(node.id, found)
    return expression(node, scope)


def operator(node: ast.AST, op: ast.operator) -> str:
    if type(op) not in known.ARITHMETIC:
        raise refusal(node, "only + - * / // % ** are known")
    return known.ARITHMETIC[type(op)]


@translates(ast.Constant)
def _constant(node: ast.Constant, scope: Scope) -> str:
    return literal(node.value, line=node.lineno)


@translates(ast.Name)
def name(node: ast.Name, scope: Scope) -> str:
    """A variable of the function or a constant from outside."""
    if node.id in scope.functions:
        raise refusal(node, "a function can be called, not passed on")
    if node.id in scope.locals:
        if node.id not in scope.bound:
            raise refusal(node, f"{node.id} may be read before it has a value; give it one at the start")
        return script_name(node.id)
    if node.id in scope.enclosing:
        raise refusal(node, f"pass {node.id} as an argument of the function")
    found = scope.outside.find(node.id, node)
    if not isinstance(found, Constant):
        raise refusal(node, "a function can be called, not passed on")
    if isinstance(found.value, tuple):
        raise refusal(node, f"{node.id} is a tuple, which a page does not have; make it a list")
    return scope.outside.script.constant(node.id, found)


@translates(ast.List)
def _list(node: ast.List, scope: Scope) -> str:
    return items(node.elts, scope)


@translates(ast.Dict)
def _dict(node: ast.Dict, scope: Scope) -> str:
    keys = [key for key in node.keys if key is not None]
    if len(keys) < len(node.keys):
        raise refusal(node, _UNTRANSLATED)
    return f"py.dict([{', '.join(items(pair, scope) for pair in zip(keys, node.values, strict=True))}])"


@translates(ast.UnaryOp)
def _unary(node: ast.UnaryOp, scope: Scope) -> str:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if value is not True:
            return literal(-value, line=node.lineno)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in known.UNARY:
            return f"{known.UNARY[type(op)]}{expression(operand, scope)})"
    raise refusal(node, _UNTRANSLATED)


def arithmetic(node: ast.BinOp, scope: Scope) -> str:
    """A binary operator on values (on a template, `%` is another: see text.py)."""
    if isinstance(node.op, ast.Pow):
        for part in (node.left, node.right):
            if isinstance(scope.known_value(part), float):
                raise refusal(node, "** of floats may differ in the last digit; write x * x, or compute it beforehand")
        exponent = scope.known_value(node.right)
        if isinstance(exponent, int) and exponent < 0:
            raise refusal(node, "a negative power is a float, which may differ in the last digit; write 1 / x")
    return f"py.{operator(node, node.op)}({expression(node.left, scope)}, {expression(node.right, scope)})"


@translates(ast.BoolOp)
def _either(node: ast.BoolOp, scope: Scope) -> str:
    method = "and" if isinstance(node.op, ast.And) else "or"
    code = expression(node.values[-1], scope)
    for value in reversed(node.values[:-1]):
        code = f"py.{method}({expression(value, scope)}, () => {code})"
    return code


@translates(ast.IfExp)
def _choice(node: ast.IfExp, scope: Scope) -> str:
    test, body, orelse = (expression(part, scope) for part in (node.test, node.body, node.orelse))
    return f"(py.truth({test}) ? {body} : {orelse})"


@translates(ast.Compare)
def _comparison(node: ast.Compare, scope: Scope) -> str:
    left = expression(node.left, scope)
    if len(node.ops) == 1:
        op, right = node.ops[0], node.comparators[0]
        if isinstance(op, ast.Is | ast.IsNot):
            if not isinstance(right, ast.Constant) or not (right.value is None or isinstance(right.value, bool)):
                raise refusal(node, "use `is` only with None, True and False; otherwise ==")
            return f"({left} {'===' if isinstance(op, ast.Is) else '!=='} {expression(right, scope)})"
        return f'py.compare({left}, "{known.COMPARISONS[type(op)]}", {_operand(op, right, scope)})'
    links = []
    for op, right in zip(node.ops, node.comparators, strict=True):
        if type(op) not in known.COMPARISONS:
            raise refusal(node, "use `is` in a comparison of its own")
        links.append(f'["{known.COMPARISONS[type(op)]}", () => {_operand(op, right, scope)}]')
    return f"py.chain({left}, {', '.join(links)})"


def _operand(op: ast.cmpop, node: ast.expr, scope: Scope) -> str:
    return sequence(node, scope) if isinstance(op, ast.In | ast.NotIn) else expression(node, scope)


@translates(ast.Subscript)
def _item(node: ast.Subscript, scope: Scope) -> str:
    if isinstance(node.slice, ast.Slice):
        parts = (node.slice.lower, node.slice.upper, node.slice.step)
        bounds = [expression(bound, scope) if bound else "null" for bound in parts]
        return f"py.slice({expression(node.value, scope)}, {', '.join(bounds)})"
    return f"py.item({sequence(node.value, scope)}, {expression(node.slice, scope)})"


@translates(ast.Attribute)
def _attribute(node: ast.Attribute, scope: Scope) -> str:
    if not scope.is_math(node.value):
        raise refusal(node, _UNTRANSLATED)
    if node.attr not in known.MATH_CONSTANTS:
        raise refusal(node, f"of math there are {', '.join(sorted([*known.MATH, *known.MATH_CONSTANTS]))}")
    return known.MATH_CONSTANTS[node.attr]


def in_place(node: ast.AugAssign, scope: Scope) -> bool:
    """`x += y` and `x *= y` change a list in place; but x += 1 raises if x is one, like x = x + 1."""
    return isinstance(node.op, ast.Mult) or (isinstance(node.op, ast.Add) and not is_number(node.value, scope))


def longhand(node: ast.AugAssign) -> str:
    return f"write x = x {written(ast.BinOp(ast.Name('_'), node.op, ast.Name('_')))[2:-2]} ..."

"""What statements assign: to which names, and whether an object that nobody else holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from twinbean.transpile.names import stored
from twinbean.transpile.scope import Scope
from twinbean.transpile.vocabulary import COLLECTORS, FUNCTIONS, METHODS


def bindings(statements: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Every name that statements assign, with the value where it is a single one.

    `x += ...` is none: it leaves x the list that it was, or makes a new one.
    """
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield name, value
            case ast.Assign(targets=targets):
                yield from ((name, None) for target in targets for name in stored(target))
            case ast.For(target=target, body=body):
                yield from ((name, None) for name in stored(target))
                yield from bindings(body)
            case ast.While(body=body):
                yield from bindings(body)
            case ast.If(body=body, orelse=orelse):
                yield from bindings([*body, *orelse])
            case ast.FunctionDef(name=name):
                yield name, None


def borrowed(statements: Sequence[ast.stmt], scope: Scope) -> set[str]:
    """The names to which statements may assign a list or dict that somebody else holds as well."""
    return {name for name, value in bindings(statements) if value is None or not is_new(value, scope)}


def is_new(node: ast.expr, scope: Scope) -> bool:
    """Does evaluating it always give an object that nobody else holds, or one that cannot change?"""
    match node:
        case ast.Constant() | ast.List() | ast.Dict() | ast.ListComp() | ast.DictComp() | ast.JoinedStr():
            return True
        case ast.BinOp() | ast.UnaryOp() | ast.Compare() | ast.Subscript(slice=ast.Slice()):
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return is_new(body, scope) and is_new(orelse, scope)
        case ast.Call(func=function):
            name = scope.builtin(function)
            if name is not None:
                return name.startswith("math.") or name in FUNCTIONS or name in COLLECTORS - {"min", "max"}
            return isinstance(function, ast.Attribute) and function.attr in METHODS.keys() - {"get"}
    return False


def is_number(node: ast.expr, scope: Scope) -> bool:
    """Is it a number, whatever the values it is made of?"""
    match node:
        case ast.Constant(value=int() | float()) | ast.UnaryOp() | ast.Compare():
            return True
        case ast.BinOp(op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Pow()):
            return True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return is_number(left, scope) or is_number(right, scope)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return is_number(left, scope) and is_number(right, scope)
        case ast.IfExp(body=body, orelse=orelse):
            return is_number(body, scope) and is_number(orelse, scope)
        case ast.Call(func=function):
            name = scope.builtin(function)
            return name == "sum" or (name in FUNCTIONS and name not in ("str", "repr"))
    return False

"""Text with values in it: f-strings, `"{}".format(...)` and `"%d" % ...`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from string import Formatter

from twinbean.transpile.expressions import arithmetic, expression, translates
from twinbean.transpile.formats import conversions, plain, specification
from twinbean.transpile.literals import literal
from twinbean.transpile.refusal import refusal
from twinbean.transpile.scope import Scope

# %d takes the whole part of a number, %f a number only.
_CONVERTED = {"d": "py.trunc({})", "f": "py.pos({})", "r": "py.repr({})", "s": "py.str({})"}


def template(node: ast.expr, scope: Scope) -> str | None:
    """Text that is known at export, and can so be taken apart."""
    value = scope.known_value(node)
    return value if isinstance(value, str) else None


@translates(ast.JoinedStr)
def _f_string(node: ast.JoinedStr, scope: Scope) -> str:
    return _joined([_piece(part, scope) for part in node.values])


@translates(ast.BinOp)
def _binary(node: ast.BinOp, scope: Scope) -> str:
    if isinstance(node.op, ast.Mod):
        if isinstance(node.left, ast.JoinedStr):
            raise refusal(node, "write it all as one f-string")
        text = template(node.left, scope)
        if text is not None:
            return _percent(node, text, scope)
    return arithmetic(node, scope)


def _percent(node: ast.BinOp, text: str, scope: Scope) -> str:
    """Values are evaluated once, in order, before the first is converted."""
    given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    pieces, count = ['""'], 0
    for before, kind, form in conversions(node, text):
        if before:
            pieces.append(literal(before, line=node.lineno))
        if kind:
            code = _CONVERTED[kind].format(f"${count}")
            pieces.append(f"py.format({code}, {specification(node, form)})" if form else code)
            count += 1
    if count != len(given):
        raise refusal(node, f"its text has {count} places for values, and {len(given)} are given")
    return _applied(pieces, given, scope)


def format_call(node: ast.Call, text: str, scope: Scope) -> str:
    """`"...{}".format(...)`: the arguments are evaluated once, in order, used or not."""
    names = [*map(str, range(len(node.args))), *(keyword.arg for keyword in node.keywords)]
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise refusal(node, f"its format is not one ({error})") from None
    fields = [field for _, field, _, _ in parts if field is not None]
    numbered = iter(range(len(fields)))
    fields = [field or str(next(numbered)) for field in fields]
    mixed = "" in {field for _, field, _, _ in parts} and any(field.isdigit() for _, field, _, _ in parts if field)
    if mixed or None in names or not {*fields} <= {*names}:
        raise refusal(node, "name each argument plainly, or write an f-string")
    pieces, remaining = ['""'], iter(fields)
    for before, field, form, conversion in parts:
        if before:
            pieces.append(literal(before, line=node.lineno))
        if field is not None:
            pieces.append(_formatted(node, f"${names.index(next(remaining))}", conversion or "", form or ""))
    return _applied(pieces, given, scope)


def _applied(pieces: Sequence[str], given: Sequence[ast.expr], scope: Scope) -> str:
    heads = ", ".join(f"${i}" for i in range(len(given)))
    return f"(({heads}) => {_joined(pieces)})({', '.join(expression(value, scope) for value in given)})"


def _joined(pieces: Sequence[str]) -> str:
    return f"({' + '.join(pieces)})" if pieces else '""'


def _piece(node: ast.expr, scope: Scope) -> str:
    if isinstance(node, ast.FormattedValue):
        conversion = chr(node.conversion) if node.conversion > 0 else ""
        return _formatted(node, expression(node.value, scope), conversion, plain(node.format_spec))
    return expression(node, scope)


def _formatted(node: ast.expr, code: str, conversion: str, form: str | None) -> str:
    if conversion not in ("", "r", "s") or form is None:
        raise refusal(node, "write the format out, such as {x:.2f} or {x!r}")
    shown = f"py.{'repr' if conversion == 'r' else 'str'}({code})"
    if form:
        return f"py.format({shown if conversion else code}, {specification(node, form)})"
    return shown

"""Constants as JavaScript."""

from __future__ import annotations

import ast
import json
import math
import reprlib

from twinbean.transpile.refusal import Refused, refusal

LARGEST = 2**53 - 1


def literal(value: object, *, line: int) -> str:
    """A constant, as JavaScript that makes the run-time's value of it.

    Only Python's own types are taken: numpy's float64 and an IntEnum are numbers that print and divide in another way.
    """
    kind = type(value)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if kind is int and abs(value) <= LARGEST:
            return str(value) if value >= 0 else f"({value})"
        case float() if kind is float and math.isinf(value):
            return "Infinity" if value > 0 else "(-Infinity)"
        case float() if kind is float:
            return "py.nan" if math.isnan(value) else f"py.float({value!r})" if value.is_integer() else f"({value!r})"
        case str() if kind is str and not any("\ud800" <= character <= "\udfff" for character in value):
            return script_text(value)
        case list() if kind is list:
            return f"[{', '.join(literal(item, line=line) for item in value)}]"
        case dict() if kind is dict:
            items = [f"[{literal(key, line=line)}, {literal(item, line=line)}]" for key, item in value.items()]
            return f"py.dict([{', '.join(items)}])"
    raise Refused(
        f"{reprlib.repr(value)} has no exact form on a page: "
        f"use None, True, text, numbers to 2^53, and lists and dicts of these",
        line=line,
    )


def script_text(value: object) -> str:
    """JSON that can stand in a script of an HTML page."""
    return json.dumps(value).replace("<", "\\u003c")


def constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise refusal(node, "give a parameter a constant as its default") from None

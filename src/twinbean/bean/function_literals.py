"""Constants and format specifications as JavaScript."""

from __future__ import annotations

import ast
import json
import math
import re

from twinbean.bean.function_source import Refused
from twinbean.bean.function_vocabulary import refusal

LARGEST = 2**53 - 1
SPECIFICATION = re.compile(r"(?:(.)?([<>=^]))?([-+ ])?(0)?(\d+)?([,_])?(?:\.(\d+))?([defgs%])?", re.DOTALL)


def literal(value: object, *, line: int) -> str:
    """A constant, as JavaScript that makes the run-time's value of it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) <= LARGEST:
            return str(value) if value >= 0 else f"({value})"
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "(-Infinity)"
        case float():
            return "py.nan" if math.isnan(value) else f"py.float({value!r})" if value.is_integer() else f"({value!r})"
        case str() if not any("\ud800" <= character <= "\udfff" for character in value):
            return json.dumps(value).replace("<", "\\u003c")
    raise Refused(f"{value!r} has no exact form on a page: use None, True, text and numbers to 2^53", line=line)


def constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise refusal(node, "give a parameter a constant as its default") from None


def plain(specification: ast.expr | None) -> str | None:
    """The text of a format specification; None if it is computed."""
    if specification is None:
        return ""
    parts = specification.values if isinstance(specification, ast.JoinedStr) else []
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    return "".join(map(str, texts)) if len(texts) == len(parts) else None


def specification(node: ast.AST, text: str) -> str:
    """A format specification taken apart, as JavaScript (see `Spec` in python-format.js)."""
    match = SPECIFICATION.fullmatch(text)
    if not match:
        raise refusal(node, f"{text!r} holds more than fill, < > ^ =, sign, 0, width, comma, .digits and one of defgs%")
    fill, align, sign, zero, width, group, precision, kind = match.groups()
    if group and (zero or align == "="):
        raise refusal(node, "leave out either the comma or the filling zeros")
    if int(width or 0) > 200 or int(precision or 0) > 60:
        raise refusal(node, "use a width up to 200 and up to 60 digits")
    return json.dumps(
        {
            "fill": fill or ("0" if zero else " "),
            "align": align,
            "sign": sign,
            "zero": bool(zero),
            "width": int(width or 0),
            "group": group,
            "precision": None if precision is None else int(precision),
            "type": kind,
        }
    ).replace("<", "\\u003c")

"""Format specifications, of f-strings and of `text % values`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from twinbean.transpile.literals import script_text
from twinbean.transpile.refusal import refusal

SPECIFICATION = re.compile(r"(?:(.)?([<>^]))?([-+])?(0)?(\d+)?(,)?(?:\.(\d+))?([dfgs%])?", re.DOTALL)
CONVERSION = re.compile(r"[^%]+|%(?P<flags>[-+0]*)(?P<width>\d*)(?:\.(?P<digits>\d+))?(?P<kind>[dfgirs%])")


def plain(specification: ast.expr | None) -> str | None:
    """The text of a format specification; None if it is computed."""
    if specification is None:
        return ""
    parts = specification.values if isinstance(specification, ast.JoinedStr) else []
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    return "".join(map(str, texts)) if len(texts) == len(parts) else None


def specification(node: ast.AST, text: str) -> str:
    """A format specification taken apart, as JavaScript (see `Spec` in static/src/python/format.js)."""
    match = SPECIFICATION.fullmatch(text)
    if not match:
        raise refusal(node, f"{text!r} holds more than fill, < > ^, sign, 0, width, comma, .digits and one of dfgs%")
    fill, align, sign, zero, width, comma, precision, kind = match.groups()
    if comma and zero:
        raise refusal(node, "leave out either the comma or the filling zeros")
    if int(width or 0) > 200 or int(precision or 0) > 60:
        raise refusal(node, "use a width up to 200 and up to 60 digits")
    return script_text(
        {
            "fill": fill or ("0" if zero else " "),
            "align": align,
            "sign": sign,
            "zero": bool(zero),
            "width": int(width or 0),
            "group": comma,
            "precision": None if precision is None else int(precision),
            "type": kind,
        }
    )


def conversions(node: ast.AST, template: str) -> Iterator[tuple[str, str | None, str]]:
    """The pieces of a template of `%`: (text before, kind of the value after it or None, its format specification).

    The kind is `d`, `f` (any float), `r` or `s`; the specification is that of an f-string.
    """
    text, position = "", 0
    while position < len(template):
        match = CONVERSION.match(template, position)
        if match is None:
            raise refusal(node, "use %d, %s, %r, %f, %g with -, +, 0, width and .digits, or write an f-string")
        position = match.end()
        kind = match["kind"]
        if kind is None:
            text += match[0]
        elif kind == "%" and match[0] == "%%":
            text += "%"
        else:
            yield text, *_conversion(node, match)
            text = ""
    yield text, None, ""


def _conversion(node: ast.AST, match: re.Match[str]) -> tuple[str, str]:
    flags, width, kind = match["flags"], match["width"], match["kind"].replace("i", "d")
    digits = f".{match['digits']}" if match["digits"] else ""
    left = "<" if "-" in flags else ""
    if kind in "rs" and not set(flags) & {"+", "0"}:
        return kind, f"{left or '>'}{width}{digits}s" if width or digits else ""
    if kind in "fg" or (kind == "d" and not digits):
        zero = "0" if "0" in flags and not left else ""
        return kind.replace("g", "f"), f"{left}{'+' if '+' in flags else ''}{zero}{width}{digits}{kind}"
    raise refusal(node, f"{match[0]!r} is not among its formats; write an f-string")

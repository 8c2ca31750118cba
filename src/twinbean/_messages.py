"""Values and texts of others in messages: on one line, short, and nothing in them that a terminal would obey."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterable

_LONGEST = 100
_NAMES = 12
_repr = reprlib.Repr()
_repr.maxlevel = 4
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 12
_repr.maxstring = _repr.maxother = 60


def printable(text: str) -> str:
    """`text` on one line; what a terminal would obey (escape sequences, marks of direction) is written out."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii")
        for one in " ".join(re.split(r"[ \t\r\n]+", text.strip(" \t\r\n")))
    )


def short(text: str, most: int = 300) -> str:
    """The same, cut to `most` characters; with the length of the whole."""
    # A server's words can be megabytes: only so much of them is looked at.
    line = printable(text[: 2 * most])
    if len(line) <= most and len(text) <= 2 * most:
        return line
    end = f"... ({len(text)} characters)"
    return line[: most - len(end)] + end


def shortened(value: object) -> str:
    """The `repr` of a value, cut where it is long; a tuple is written as the list that it is in a file."""
    try:
        text = _repr.repr(list(value) if isinstance(value, tuple) else value)
    except ValueError:
        # Python refuses to write integers of thousands of digits.
        return f"a {type(value).__name__} of too many digits"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def names_listed(names: Iterable[object]) -> str:
    """Names one after the other, as many as a message can hold."""
    known = list(names)
    more = f" and {len(known) - _NAMES} more" if len(known) > _NAMES else ""
    return ", ".join(map(shortened, known[:_NAMES])) + more


def counted(number: int, one: str, many: str) -> str:
    """ "1 person", "2 people"."""
    return f"{number} {one if number == 1 else many}"

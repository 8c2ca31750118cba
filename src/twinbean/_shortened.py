"""Values in messages: enough to find them again, never a whole file."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable

_LONGEST = 100
_NAMES = 12

_repr = reprlib.Repr()
_repr.maxlevel = 4
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 12
_repr.maxstring = _repr.maxother = 60


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

"""What a page says of how a session was played: whether its window was left, who answered, what was typed and pasted.

These are the browser's claims, to be looked at; nobody is left out for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.entries import as_integer, as_list, as_truth

# Characters in the fields of text of one screen, and no more than any browser holds.
_COUNTED = ("typed", "pasted")
_MOST_CHARACTERS = 2**31


def observed_in(rows: Sequence[tuple[int, Mapping[str, Any]]], where: str) -> dict[str, int]:
    """Counts over the rows of a session, as entries of `Session.details`; nothing where no row says anything."""
    found: dict[str, int] = {}
    for number, row in rows:
        here = f"{where}, row {number}"
        if "interruptions" in row:
            found["focus_losses"] = found.get("focus_losses", 0) + _times_left(row["interruptions"], here)
        if row.get("trusted") not in (None, ""):
            found["untrusted"] = found.get("untrusted", 0) + (not as_truth(row["trusted"], f"{here}: trusted"))
        for name in _COUNTED:
            if row.get(name) not in (None, ""):
                found[name] = found.get(name, 0) + _characters(row[name], f"{here}: {name}")
    return found


def _times_left(interruptions: Any, where: str) -> int:
    """How often the window lost the focus during a screen."""
    events = as_list(interruptions, f"{where}: interruptions")
    if not all(isinstance(event, Mapping) for event in events):
        raise DataError(f"{where}: interruptions is {shortened(events)}, expected a list of events")
    return sum(event.get("event") == "left" for event in events)


def _characters(value: Any, where: str) -> int:
    number = as_integer(value)
    if number is None or not 0 <= number < _MOST_CHARACTERS:
        raise DataError(f"{where} is {shortened(value)}, expected a number of characters")
    return number

"""Entries of a recorded row, as pages, spreadsheets and other programs write them.

Each function raises DataError, which begins with `where`, for what is no such entry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from twinbean import _json
from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.payoffs import as_payoff


def as_name(found: Any, default: str, where: str) -> str:
    """Participant 0 is a participant; only nothing at all is none."""
    if isinstance(found, list | Mapping | bool):
        raise DataError(f"{where} is {found!r}, expected a name or a number")
    return default if found in (None, "") else str(found)


def as_list(value: Any, where: str) -> list[Any]:
    if isinstance(value, str) and value.strip():
        value = from_json(value, where)
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise DataError(f"{where} is {shortened(value)}, expected a list")
    return value


def as_number(value: Any, where: str) -> float | None:
    if value in (None, "", "null"):
        return None
    try:
        number: float = value if isinstance(value, int | float) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise DataError(f"{where} is {shortened(value)}, expected a number")
    return number


def as_integer(value: Any) -> int | None:
    """1, "1" and "1.0", as spreadsheets write it; None for anything that is no whole number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() and not isinstance(value, bool) else None


def payoff_of_arm(value: Any, arm: int, where: str) -> float | None:
    payoff = as_payoff(value)
    if payoff is None and value is not None:
        raise DataError(f"{where}: arm {arm} pays {shortened(value)}, expected a number")
    return payoff


def points(value: Any) -> Any:
    """A payoff or score of true is one point; a CSV of jsPsych has the word."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return int(value.lower() == "true")
    return int(value) if isinstance(value, bool) else value


def as_truth(value: Any, where: str) -> bool:
    if value is None or str(value).lower() in ("", "false", "0"):
        return False
    if str(value).lower() in ("true", "1"):
        return True
    raise DataError(f"{where} is {value!r}, expected true or false")


def from_json(text: str, where: str) -> Any:
    try:
        return _json.loads(text, where)
    except DataError:
        raise DataError(f"{where} is {shortened(text)}, expected JSON") from None

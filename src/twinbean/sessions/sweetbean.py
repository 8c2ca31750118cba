"""SweetBean's `sweetbean.data`, with its signatures, counting choices.

SweetBean counts every response, a key press on an instruction screen among them, and answers None when all responses
are asked for, after which `run_on_language` silently plays the whole session with the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twinbean.errors import DataError
from twinbean.sessions.jspsych import is_trial, plain_row

_KEPT = ("rt", "stimulus", "type", "response")
Row = Mapping[str, Any]


def process_js(js_data: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of a jsPsych page under SweetBean's names: what it recorded as `bean_NAME` is called NAME.

    Rows that have been processed already are returned as they are.
    """
    if not any(name.startswith("bean_") for row in js_data for name in row):
        return [dict(row) for row in js_data]
    rows = []
    for row in js_data:
        plain = plain_row(row)
        rows.append({name: value for name, value in plain.items() if name in _KEPT or f"bean_{name}" in row})
    return rows


def is_choice(row: Row) -> bool:
    """Whether a processed row is a choice: among arms, answered in time, and not forced."""
    return is_trial(row) and row.get("response") is not None and not row.get("forced")


def get_n_responses(data: Sequence[Row]) -> int:
    """The number of choices in processed rows."""
    return sum(is_choice(row) for row in data)


def until_response(data: Sequence[Row], n: int) -> list[dict[str, Any]]:
    """The processed rows with the first `n` choices, up to but not including choice n + 1.

    With `n` equal to the number of choices that is all of them. Raises DataError when `n` is above it or negative.
    """
    count = get_n_responses(data)
    if not 0 <= n <= count:
        raise DataError(f"the data hold {count} choices, so there is no data until response {n}")
    rows: list[dict[str, Any]] = []
    seen = 0
    for row in data:
        seen += is_choice(row)
        if seen > n:
            break
        rows.append(dict(row))
    return rows

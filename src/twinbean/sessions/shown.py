"""What the screens between the trials said, as one hash.

Files of format 1 have a fingerprint that cannot be made again. Their task is known by its structure and by computing
all of it anew: payoffs and scores are in the trials, and the words of every other screen are kept here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twinbean import _json
from twinbean.errors import DataError


@dataclass(frozen=True)
class Shown:
    """How many screens a session showed, trials too, and the digest of the words on those that are no trials."""

    screens: int
    words: str

    def is_of(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether `rows` begin with screens that said the same."""
        return len(rows) >= self.screens and shown_in(rows[: self.screens]) == self


def shown_in(rows: Sequence[Mapping[str, Any]]) -> Shown:
    """Of rows as a play makes them, under SweetBean's own names."""
    return Shown(len(rows), _json.digest([sorted(_words(row)) for row in rows if "bandits" not in row]))


def shown_on_record(rows: Sequence[Mapping[str, Any]]) -> Shown | None:
    """Of a session's rows as a page of format 1 recorded them; None of any others.

    A page counts its rows, so that none can have been left out, and says by `bean_` what is the task's.
    """
    told = [
        {name.removeprefix("bean_"): value for name, value in row.items() if name.startswith("bean_")} for row in rows
    ]
    by_page = all(str(row.get("format")) == "1" and row.get("trial_index") not in (None, "") for row in rows)
    return shown_in(told) if by_page and all(told) else None


def _words(row: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, value in row.items():
        words = _texts(value)
        if name != "response" and words:
            yield name, words


def _texts(value: Any) -> list[str]:
    """A text, or a list of texts, which stands in CSV as JSON; empty for anything else."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = _json.loads(value, "it")
        except DataError:
            return [value]
    if isinstance(value, str):
        return [value] if value else []
    return list(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else []

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
    """Of rows that a page of format 1 recorded; None of any others, and where `bean_` tells nothing of the task's from
    what jsPsych says of it."""
    told = [
        {name.removeprefix("bean_"): value for name, value in row.items() if name.startswith("bean_")} for row in rows
    ]
    return shown_in(told) if all(told) and all(str(row.get("format")) == "1" for row in rows) else None


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

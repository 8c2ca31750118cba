"""sessions.csv of a run folder: how each session ended."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from twinbean._files import read_text
from twinbean.errors import RunError
from twinbean.runs.ended import Ended, Status
from twinbean.sessions.cells import unmarked

STATUSES = get_args(Status)
_COLUMNS = ("source", "session", "status")


@dataclass(frozen=True)
class Statuses:
    """`of` maps (source, session) to a status and the reason for it, empty where the session is complete."""

    of: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether no session is left to be gone on with."""
        return "interrupted" not in {status for status, _ in self.of.values()}

    @property
    def usable(self) -> bool:
        """Whether the run came to an end, and with at least one session."""
        return self.ended and "complete" in {status for status, _ in self.of.values()}

    @property
    def summary(self) -> str:
        """What a summary line says of the sessions that are not complete; nothing where all are."""
        text = ""
        for wanted in ("failed", "interrupted"):
            sessions = [session for (_, session), (status, _) in self.of.items() if status == wanted]
            if sessions:
                names = ", ".join(sessions[:5]) + (f" and {len(sessions) - 5} more" if len(sessions) > 5 else "")
                reason = next(reason for status, reason in self.of.values() if status == wanted)
                text += f"; {len(sessions)} {wanted}: {names} ({reason})"
                if wanted == "interrupted":
                    text += "; the same command goes on with those interrupted"
        return text


def statuses_of(ended: Sequence[Ended]) -> Statuses:
    """The statuses of a run that has just ended."""
    return Statuses({(one.session.source, one.session.session): (one.status, one.reason) for one in ended})


def read_statuses(folder: Path) -> Statuses:
    """The statuses of a run; none before it has written them. Raises RunError for what is no such table."""
    path = folder / "sessions.csv"
    if not path.exists():
        return Statuses()
    # A reason can be longer than csv's 131,072 characters a cell.
    csv.field_size_limit(2**31 - 1)
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
    found = {}
    try:
        for number, row in enumerate(map(unmarked, reader), start=1):
            for name in _COLUMNS:
                if row.get(name) is None:
                    raise RunError(f"{path}, row {number}: {name} is missing")
            if row["status"] not in STATUSES:
                raise RunError(
                    f"{path}, row {number}: status is {row['status']!r}, expected one of {', '.join(STATUSES)}"
                )
            found[row["source"], row["session"]] = (row["status"], row.get("reason") or "")
    except csv.Error as error:
        raise RunError(f"{path}, line {reader.line_num} is not CSV: {error}") from None
    return Statuses(found)

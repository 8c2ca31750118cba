"""What the journal of an earlier start holds of each session."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twinbean import _journal
from twinbean.errors import DataError, RunError
from twinbean.play.seat import Record
from twinbean.runs.endings import Ending, JournalDigests, read_endings
from twinbean.runs.journal import NAME, REPAIR, EndLine, IllegalLine, KeyLine, Line, ResponseLine, TrialLine, read_line
from twinbean.sessions import Trial
from twinbean.sessions.rows import as_written
from twinbean.sessions.session import Response


@dataclass
class Journalled:
    """Of one session: trials by number, responses to other screens, and how it ended, where it has."""

    made: dict[int, Trial] = field(default_factory=dict)
    responses: list[Response] = field(default_factory=list)
    n_illegal: int = 0
    failed: str | None = None
    scored: bool = False
    ending: Ending | None = None

    def trials(self) -> tuple[Trial, ...]:
        return tuple(self.made[number] for number in sorted(self.made))

    def continued(self, recorded: Record) -> tuple[Trial, ...]:
        """The trials on record, and those that came after them."""
        n = len(recorded.trials)
        return (*recorded.trials, *(trial for trial in self.trials() if trial.trial >= n))

    def add(self, line: Line) -> None:
        match line:
            case TrialLine():
                # A scored session is written whole; cut off before its end, it is written again.
                self.made[line.trial] = line.made
            case ResponseLine():
                self.responses.append((line.trials_before, line.response))
            case KeyLine():
                self.responses.append((line.trials_before, line.key))
            case IllegalLine():
                self.n_illegal += 1
            case EndLine(status="failed"):
                self.failed = line.reason
            case EndLine(status="scored"):
                self.scored = True


def read_journalled(folder: Path, digests: JournalDigests) -> dict[str, Journalled]:
    """The sessions in a run's journal, whose lines are added to `digests`. Raises RunError for a damaged one.

    It is read twice: whether a session's lines are as they were written is known at its end, and only others have to be
    checked one by one.
    """
    path = folder / NAME
    found: dict[str, Journalled] = {}
    collecting = gc.isenabled()
    # All that is read is kept: to look for garbage in it again and again takes long.
    gc.disable()
    try:
        sessions = [digests.add_line(text) for _, text in _journal.lines(path)]
        endings = read_endings(folder, digests)
        for session, (number, text) in zip(sessions, _journal.lines(path), strict=True):
            ending = endings.get(session)
            if ending is not None:
                _add_as_written(found.setdefault(ending.session, Journalled(ending=ending)), text)
                continue
            line = read_line(text, f"{path}, line {number}")
            found.setdefault(line.session, Journalled()).add(line)
    except DataError as error:
        raise RunError(f"{error}; {REPAIR}") from None
    finally:
        if collecting:
            gc.enable()
    _check_gaps(path, found)
    return found


def _add_as_written(journalled: Journalled, text: bytes) -> None:
    """Of an ended session only its trials are needed: the rest is in its ending."""
    row = json.loads(text)
    if row["kind"] == "trial":
        journalled.made[row["trial"]] = as_written(row)


def _check_gaps(path: Path, found: Mapping[str, Journalled]) -> None:
    for session, journalled in found.items():
        lost = next((number for number, made in enumerate(sorted(journalled.made)) if number != made), None)
        if lost is not None:
            raise RunError(f"{path}: session {session!r} has no trial {lost}, and later ones; {REPAIR}")

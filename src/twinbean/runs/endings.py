"""ended.jsonl of a run folder: what a session that was played to its end left for the tables, in a line.

With it a run is opened again without playing a finished session once more. It only saves work: a line is believed as
long as its digest is that of itself and of the session's lines in trials.jsonl, and the session is seated as it was. A
line that is damaged, edited or lost is no loss, since the session is then played again from the journal, and checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean import _journal, _json
from twinbean._version import __version__
from twinbean.errors import DataError
from twinbean.runs.ended import Ended
from twinbean.sessions import Trial
from twinbean.sessions.columns import values_of
from twinbean.sessions.rows import as_written, trial_row
from twinbean.sessions.transcripts import Transcript

if TYPE_CHECKING:
    from hashlib import _Hash

    from twinbean.play.seat import Seating

NAME = "ended.jsonl"
# Ours is the first of that name in a line; within a text its quotation marks would be escaped.
_SESSION = re.compile(rb'"session": ("(?:[^"\\]|\\.)*")')
_DIGEST = b', "digest": "'


class JournalDigests:
    """For every session, SHA-256 of its lines in the journal so far."""

    def __init__(self) -> None:
        self._of: dict[str, _Hash] = {}

    def add(self, session: str, line: bytes) -> None:
        """A line that the journal has from now on."""
        found = self._of.get(session)
        if found is None:
            found = self._of[session] = hashlib.sha256()
        found.update(line + b"\n")

    def add_line(self, line: bytes) -> str:
        """Returns whose line it is; nobody's where it does not say."""
        session = _session_in(line) or ""
        self.add(session, line)
        return session

    def with_line(self, session: str, line: bytes) -> str:
        """The digest of a session's lines and one more that is not in the journal."""
        found = self._of[session].copy() if session in self._of else hashlib.sha256()
        found.update(line)
        return found.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a complete session differs from what its journal says, and what else is written of it.

    `seating` is the digest of what the session was played with. `trials` are rows of those that are not as they were on
    record or in the journal, `details` what the play added to the session's, `rows` those of responses.csv.
    """

    session: str
    seating: str
    trials: Sequence[Mapping[str, Any]]
    details: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    text: str
    warnings: Sequence[str]
    encoded_otherwise: int | None

    @classmethod
    def of(cls, ended: Ended, *, seating: str, details: Mapping[str, Any], known: Sequence[Trial]) -> Ending:
        """`details` and `known` are what was known when the session was seated: those of the seat, and the trials on
        record or in the journal."""
        session = ended.session
        assert ended.transcript is not None
        return cls(
            session=session.session,
            seating=seating,
            trials=[
                trial_row(session, trial)
                for trial, before in zip(session.trials, known, strict=False)
                if values_of(trial) != values_of(before)
            ],
            details={name: of for name, of in session.details.items() if name not in details or of != details[name]},
            rows=ended.responses,
            text=ended.transcript.text,
            warnings=ended.warnings,
            encoded_otherwise=ended.encoded_otherwise,
        )

    def ended(self, seating: Seating, trials: Sequence[Trial]) -> Ended:
        """The session as it was, with the trials that are on record and in the journal."""
        made = {trial.trial: trial for trial in trials} | {row["trial"]: as_written(row) for row in self.trials}
        seat = seating.seat
        session = seat.session_of([made[number] for number in sorted(made)])
        if self.details:
            # As a play has them.
            responses = {"responses": [tuple(one) for one in self.details.get("responses", ())]}
            own = {**self.details, **responses} if "responses" in self.details else self.details
            session = session.replace(details={**session.details, **own})
        transcript = Transcript(
            participant=seat.participant, experiment=seat.task, text=self.text, spans=(), session=seat.session
        )
        return Ended(
            session=session,
            status="complete",
            warnings=tuple(self.warnings),
            transcript=transcript,
            responses=self.rows,
            encoded_otherwise=self.encoded_otherwise,
        )


class Endings:
    """The file of a run, which is made with its first line. Lines are in it once `write` returns."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._pending: list[bytes] = []

    def append(self, ending: Ending, digests: JournalDigests) -> None:
        body = json.dumps({"format": _journal.FORMAT, "kind": "ended", **vars(ending)}).encode()[:-1]
        digest = digests.with_line(ending.session, body).encode()
        self._pending.append(body + _DIGEST + digest + b'"}\n')

    def forget(self) -> None:
        self._pending.clear()

    def write(self) -> None:
        # Not waited for until it is on disk: what a power cut takes is played again.
        if self._pending:
            lines = b"".join(self._pending)
            self._pending.clear()
            with self._path.open("ab") as file:
                if file.tell() and not self._ends_a_line():
                    lines = b"\n" + lines
                file.write(lines)

    def _ends_a_line(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"


def read_endings(folder: Path, digests: JournalDigests) -> dict[str, Ending]:
    """The endings that can be believed, by session."""
    found: dict[str, Ending] = {}
    for line in _lines(folder / NAME):
        body, _, rest = line.rpartition(_DIGEST)
        try:
            fields = json.loads(body + b"}")
            session = fields["session"]
            if rest == digests.with_line(session, body).encode() + b'"}':
                found[session] = Ending(**{name: fields[name] for name in Ending.__dataclass_fields__})
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _lines(path: Path) -> Iterator[bytes]:
    try:
        yield from (line for _, line in _journal.lines(path))
    except DataError:
        return


def _session_in(line: bytes) -> str | None:
    """Whose line of the journal it is, without reading all of it; None where it does not say."""
    match = _SESSION.search(line)
    if match is not None:
        return _text(match[1])
    try:
        entry = _json.loads(line, "")
    except DataError:
        return None
    session = entry.get("session") if isinstance(entry, dict) else None
    return session if isinstance(session, str) else None


@lru_cache(maxsize=4_096)
def _text(literal: bytes) -> str | None:
    try:
        text: str = json.loads(literal)
    except ValueError:
        return None
    return text


def digest_of(seating: Seating) -> str:
    """Of all that a session is played with, but for the task, which the manifest names, and the journal: the seat, what
    is drawn, what is on record, and this version of Twinbean, whose words are in the text."""
    return _json.digest([__version__, seating.given, vars(seating.seat)], of_any=True)

"""What a study has of each session: its record, its rows as they came, and why it may not count.

Everything here follows from the study's database; the same events give the same sessions, under the same names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twinbean.collect import records, settings
from twinbean.collect.places import came_late
from twinbean.collect.records import SessionRecord
from twinbean.collect.store import Transaction
from twinbean.collect.tokens import pseudonym_key
from twinbean.sessions.columns import COLUMNS
from twinbean.sessions.jspsych import is_answered, sessions_in
from twinbean.sessions.session import Session

_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class Collected:
    """One session. `pseudonym` stands for the participant and is the same in all sessions of theirs; `conflicts` counts
    rows that came a second time with other bytes. `late` says that it went on after its place in a closed loop's
    condition was lost, `has_rows` whether there are any, also where they were not asked for."""

    record: SessionRecord
    rows: Sequence[bytes]
    has_rows: bool
    pseudonym: str
    excluded: bool
    conflicts: int
    late: bool = False

    @property
    def left_out(self) -> str | None:
        """Why an analysis is without this session unless it asks for everybody; None where it is in."""
        record = self.record
        if record.test:
            return "a test visit"
        if record.state in ("withdrawn", "erased") and not self.has_rows:
            return record.state
        if self.excluded:
            return "the participant is excluded"
        if record.attempt > 1:
            return f"attempt {record.attempt} of the participant"
        return None

    @property
    def flags(self) -> tuple[str, ...]:
        """What a researcher should know of the session before counting it."""
        record = self.record
        found = [
            "test" if record.test else "",
            f"attempt {record.attempt}" if record.attempt > 1 else "",
            "excluded" if self.excluded else "",
            record.state if record.state in ("withdrawn", "erased") else "",
            record.outcome if record.outcome not in (None, "done") else "",
            "late" if self.late else "",
            f"{self.conflicts} rows came with other bytes" if self.conflicts else "",
        ]
        return tuple(flag for flag in found if flag)

    def session(self, conditions: Mapping[str, Mapping[str, Any]], *, identified: bool = False) -> Session | None:
        """The session as data; None where nothing was answered, unless it came to its end. Raises DataError for rows
        that no page records.

        `conditions` has the parameters that each condition sets.
        """
        record = self.record
        rows = self.own_rows()
        if not rows or not (record.state == "finished" or any(map(is_answered, rows))):
            return None
        (session,) = sessions_in(rows, where=f"session {record.session}", participant=self.pseudonym)
        known = self._of_participant(conditions)
        # Of what the server does not know, the rows say which order and condition the page has played.
        said = {name: value for name, value in session.kept.items() if known["kept"].get(name) is None}
        details = {**session.details, **known, "kept": {**known["kept"], **said}}
        if identified and record.ids:
            details["ids"] = dict(record.ids)
        return session.replace(participant=self.name(identified=identified), details=details)

    def name(self, *, identified: bool = False) -> str:
        """What the participant is called in data."""
        return (self.record.participant if identified else None) or self.pseudonym

    def own_rows(self, *, identified: bool = False) -> list[dict[str, Any]]:
        """The rows, under the session's own names: whatever they say of whom they are, it was this session's browser
        that sent them. Other ids are in them only if they are asked for."""
        own = {"participant": self.name(identified=identified), "session": self.record.session}
        ids = set() if identified else {"ids", *self.record.ids}
        return [
            {name: value for name, value in row.items() if name not in ids} | own for row in map(json.loads, self.rows)
        ]

    def _of_participant(self, conditions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """What the server knows of the participant, by the names of `Session.participant_details`."""
        record = self.record
        known = {
            "started": record.started,
            "finished": record.ended if record.state == "finished" else None,
            "consented": None if record.consent is None else record.consent["at"],
        }
        kept = {name: str(value) for name, value in conditions.get(record.condition, {}).items()}
        kept |= {"condition": record.condition, "outcome": record.outcome or "", "flags": "; ".join(self.flags)}
        return {name: value for name, value in known.items() if value is not None} | {
            "kept": {f"study_{name}" if name in COLUMNS else name: value or None for name, value in kept.items()}
        }


def _always(record: SessionRecord) -> bool:
    return True


def collected(transaction: Transaction, with_rows: Callable[[SessionRecord], bool] = _always) -> list[Collected]:
    """All sessions of a study, in the order in which they were opened; `with_rows` says whose rows are wanted."""
    secret = settings.get(transaction, "secret")
    assert secret is not None
    excluded = {bytes(key) for (key,) in transaction.execute("SELECT participant FROM excluded")}
    conflicts = dict(transaction.execute("SELECT session, count(*) FROM quarantine GROUP BY session"))
    late = came_late(transaction)
    with_any = {session for (session,) in transaction.execute("SELECT DISTINCT session FROM events")}
    found = []
    for record in records.all_sessions(transaction):
        rows = [row for _, row in records.rows_of(transaction, record.session)] if with_rows(record) else []
        found.append(
            Collected(
                record=record,
                # What came before its turn waits for the rows between: until then it is no session's next row.
                rows=rows[: record.stored],
                has_rows=record.session in with_any,
                pseudonym=pseudonym(secret, record),
                excluded=record.participant is not None and pseudonym_key(secret, record.participant) in excluded,
                conflicts=conflicts.get(record.session, 0),
                late=record.session in late,
            )
        )
    return found


def collected_session(transaction: Transaction, session: str) -> Collected | None:
    """One session, without reading of all the others what is only said of many: conflicts, places in a closed loop."""
    secret, record = settings.get(transaction, "secret"), records.session_by_id(transaction, session)
    assert secret is not None
    if record is None:
        return None
    rows = [row for _, row in records.rows_of(transaction, session)]
    key = None if record.participant is None else pseudonym_key(secret, record.participant)
    excluded = transaction.execute("SELECT 1 FROM excluded WHERE participant = ?", (key,))
    return Collected(
        record=record,
        rows=rows[: record.stored],
        has_rows=bool(rows),
        pseudonym=pseudonym(secret, record),
        excluded=bool(excluded),
        conflicts=0,
    )


def pseudonym(secret: str, record: SessionRecord) -> str:
    """The participant's name in data. Who came without an id has one for each session."""
    who = f"id {record.participant}" if record.participant is not None else f"session {record.session}"
    return pseudonym_key(secret, who).hex()[:_DIGITS]

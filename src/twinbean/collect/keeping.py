"""What a session's browser sends: rows, the end, a withdrawal. Each is one change to the store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from twinbean.collect import problems, records
from twinbean.collect.clock import stamp
from twinbean.collect.records import SessionRecord
from twinbean.collect.requests import Finish, Refused
from twinbean.collect.store import Transaction
from twinbean.collect.tokens import SESSION, hashed

# A session beyond either is no session of a task: a browser that runs wild must not fill the disk.
MOST_ROWS = 100_000
MOST_BYTES = 256 * 2**20
# In one request: those of others wait meanwhile.
MOST_AT_ONCE = 2_000
# A page that lost this many rows has lost more than a reply can name; it sends them and asks again.
_MOST_MISSING = 1_000
# One sentence for all: whether there is such a session is nobody's business.
_NOT_THEIRS = "the token is none of this session's"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who sends: the session in the path, and what the headers say. Raises Refused for what is the name of none."""

    session: str
    token: str
    lease: str

    def __post_init__(self) -> None:
        # Before a database sees it: not every one takes every character.
        if SESSION.fullmatch(self.session) is None:
            raise Refused(401, _NOT_THEIRS)

    def record(self, transaction: Transaction) -> SessionRecord:
        """The session, if it is the caller's. Raises Refused."""
        record = records.session_by_id(transaction, self.session)
        if record is None or record.token != hashed(self.token):
            raise Refused(401, _NOT_THEIRS)
        if record.state in ("withdrawn", "erased"):
            raise Refused(410, f"the session was {record.state}")
        if record.lease != self.lease:
            raise Refused(409, "the session was opened again since, and goes on elsewhere")
        return record


@dataclass(frozen=True)
class Conflict:
    """Numbers of rows that are there with other bytes. What came is kept in quarantine."""

    rows: tuple[int, ...]


def append(transaction: Transaction, caller: Caller, first: int, rows: Sequence[bytes], at: datetime) -> int | Conflict:
    """Keep rows `first`, `first + 1`, ... and return how many are stored from 0 on without a gap.

    The same bytes again change nothing. Where one row has other bytes than the one that is there, all that is new goes
    to quarantine: what follows such a row is of another course of events. Raises Refused.
    """
    record = caller.record(transaction)
    end = first + len(rows)
    if len(rows) > MOST_AT_ONCE:
        raise Refused(413, f"a request has at most {MOST_AT_ONCE} rows")
    if end > MOST_ROWS:
        raise Refused(413, f"a session has at most {MOST_ROWS} rows")
    found = transaction.execute(
        "SELECT seq, row FROM events WHERE session = ? AND seq >= ? AND seq < ?", (record.session, first, end)
    )
    known = {seq: bytes(row) for seq, row in found}
    new = [(seq, row) for seq, row in enumerate(rows, start=first) if known.get(seq) != row]
    if not new:
        return record.stored
    size = sum(len(row) for _, row in new)
    if record.bytes + size > MOST_BYTES:
        raise Refused(413, f"a session has at most {MOST_BYTES // 2**20} MiB")
    received = stamp(at)
    conflict = tuple(seq for seq, _ in new if seq in known)
    # Nothing is added to a session behind its end: the link was given for the rows that were there.
    late = record.state == "finished"
    if conflict or late:
        size = sum(_set_aside(transaction, record.session, seq, row, received) for seq, row in new)
        why = "after the end" if late else "with other bytes than those that are stored"
        problems.note(transaction, f"rows of session {record.session} came {why}", at, session=record.session)
        stored = record.stored
    else:
        for seq, row in new:
            transaction.execute(
                "INSERT INTO events (session, seq, row, received) VALUES (?, ?, ?, ?)",
                (record.session, seq, row, received),
            )
        stored = end if first <= record.stored else record.stored
        stored = _without_gap(transaction, record.session, max(stored, record.stored))
    transaction.execute(
        "UPDATE sessions SET stored = ?, bytes = bytes + ?, active = ? WHERE session = ?",
        (stored, size, received, record.session),
    )
    return Conflict(conflict or tuple(seq for seq, _ in new)) if conflict or late else stored


def _set_aside(transaction: Transaction, session: str, seq: int, row: bytes, received: str) -> int:
    """The bytes that this has added to the quarantine."""
    added = transaction.execute(
        "INSERT INTO quarantine (session, seq, digest, row, received) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING RETURNING seq",
        (session, seq, hashlib.sha256(row).hexdigest(), row, received),
    )
    return len(row) if added else 0


def _without_gap(transaction: Transaction, session: str, stored: int) -> int:
    """`stored`, and what came before its turn and follows without a gap."""
    for (seq,) in transaction.execute(
        "SELECT seq FROM events WHERE session = ? AND seq >= ? ORDER BY seq", (session, stored)
    ):
        if seq != stored:
            break
        stored += 1
    return stored


def digest_of(rows: Iterable[bytes]) -> str:
    """What the page computes at its end: SHA-256 of every row, each followed by a line feed."""
    made = hashlib.sha256()
    for row in rows:
        made.update(row + b"\n")
    return made.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """What of a session is there, compared with what its browser says of it."""

    missing: tuple[int, ...]
    same: bool

    def __bool__(self) -> bool:
        return not self.missing and self.same


def compare(transaction: Transaction, caller: Caller, finish: Finish, least_rows: Callable[[str], int]) -> Completeness:
    """Whether rows 0 to n-1 are stored, no other, and give the digest. Raises Refused.

    Who is done has at least the rows of the task under their condition: what the browser says of n is a claim, too.
    """
    record = caller.record(transaction)
    rows = dict(records.rows_of(transaction, record.session))
    n = max(finish.n, least_rows(record.condition)) if finish.outcome == "done" else finish.n
    missing = tuple(seq for seq in range(min(n, MOST_ROWS)) if seq not in rows)
    same = not missing and len(rows) == finish.n and digest_of(rows[seq] for seq in range(finish.n)) == finish.digest
    return Completeness(missing=missing[:_MOST_MISSING], same=same)


def finish(transaction: Transaction, caller: Caller, asked: Finish, at: datetime) -> SessionRecord:
    """End a session whose rows were compared. What it ended as stands: an end that is told again changes nothing."""
    record = caller.record(transaction)
    if record.state == "finished":
        return record
    if record.stored != asked.n:
        raise Refused(409, "rows came while the session was being finished: finish again")
    transaction.execute(
        "UPDATE sessions SET state = 'finished', ended = ?, active = ?, outcome = ?, n = ?, digest = ? "
        "WHERE session = ?",
        (stamp(at), stamp(at), asked.outcome, asked.n, asked.digest, record.session),
    )
    found = records.session_by_id(transaction, record.session)
    assert found is not None
    return found


def withdraw(
    transaction: Transaction, caller: Caller, at: datetime, *, rows: Literal["keep", "discard"]
) -> SessionRecord:
    """Nothing more is taken from this session; its rows go where the study has said that they go."""
    record = caller.record(transaction)
    if rows == "discard":
        for table in ("events", "quarantine"):
            transaction.execute(f"DELETE FROM {table} WHERE session = ?", (record.session,))
    transaction.execute(
        "UPDATE sessions SET state = 'withdrawn', ended = ?, active = ? WHERE session = ?",
        (stamp(at), stamp(at), record.session),
    )
    return record

"""Sessions as the study's database has them, and how they are looked up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from twinbean.collect.store import Transaction

State = Literal["active", "finished", "withdrawn", "erased"]


@dataclass(frozen=True, kw_only=True)
class SessionRecord:
    """One attempt of a participant. Times are the server's, in ISO 8601 and UTC, but for `started`, the browser's.

    `participant` is None where the address named nobody. `stored` counts the rows from 0 on that are there without a
    gap; `n`, `digest` and `outcome` are what the browser said at the end, and was true.
    """

    number: int
    session: str
    token: bytes
    lease: str
    participant: str | None
    ids: Mapping[str, str]
    anonymous: bool
    test: bool
    attempt: int
    condition: str
    variant: int
    page: str
    consent: Mapping[str, str] | None
    state: State
    opened: str
    started: str
    active: str
    ended: str | None
    outcome: str | None
    n: int | None
    digest: str | None
    stored: int
    bytes: int


_COLUMNS = tuple(SessionRecord.__dataclass_fields__)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM sessions"


def session_by_id(transaction: Transaction, session: str) -> SessionRecord | None:
    return _first(transaction.execute(f"{_SELECT} WHERE session = ?", (session,)))


def session_by_token(transaction: Transaction, token: bytes) -> SessionRecord | None:
    return _first(transaction.execute(f"{_SELECT} WHERE token = ?", (token,)))


def sessions_of(transaction: Transaction, participant: str) -> list[SessionRecord]:
    """All attempts of a participant, in their order."""
    return list(map(_record, transaction.execute(f"{_SELECT} WHERE participant = ? ORDER BY number", (participant,))))


def all_sessions(transaction: Transaction) -> list[SessionRecord]:
    return list(map(_record, transaction.execute(f"{_SELECT} ORDER BY number")))


def rows_of(transaction: Transaction, session: str) -> list[tuple[int, bytes]]:
    """The rows of a session with their numbers, in order, each as the bytes that came."""
    found = transaction.execute("SELECT seq, row FROM events WHERE session = ? ORDER BY seq", (session,))
    return [(seq, bytes(row)) for seq, row in found]


def insert(transaction: Transaction, values: Mapping[str, Any]) -> None:
    transaction.execute(
        f"INSERT INTO sessions ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
    )


def _first(rows: list[tuple[Any, ...]]) -> SessionRecord | None:
    return _record(rows[0]) if rows else None


def _record(row: tuple[Any, ...]) -> SessionRecord:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["ids"] = json.loads(values["ids"])
    values["consent"] = None if values["consent"] is None else json.loads(values["consent"])
    values["token"] = bytes(values["token"])
    for name in ("anonymous", "test"):
        values[name] = bool(values[name])
    return SessionRecord(**values)

"""A study's database as one file, by the sqlite3 of the standard library."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from twinbean.collect.schema import migrate
from twinbean.collect.sql import SqlStore
from twinbean.collect.store import StoreUnavailable, Value

_WORDS = {"int": "INTEGER", "blob": "BLOB", "serial": "INTEGER PRIMARY KEY AUTOINCREMENT", "strict": "STRICT"}
# How long one waits for another process that writes, before those who wait are told to come again.
_BUSY_MS = 2_000
# An acknowledged row must survive a power cut: FULL syncs the write-ahead log at every commit. What is erased must be
# nowhere in the file: deleted content is overwritten.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    f"PRAGMA busy_timeout = {_BUSY_MS}",
    # In KiB: the index of a million rows, so that a row of a new session needs no page from elsewhere.
    "PRAGMA cache_size = -65536",
)
# The writer's alone: a deferred transaction could find another's changes between its first read and its first write.
_BEGIN = "BEGIN IMMEDIATE"


class SqliteStore(SqlStore):
    """A `Store` in the file at `path`, which is made where there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with contextlib.closing(self._connect()) as connection:
            connection.execute(_BEGIN)
            migrate(connection, _WORDS, where=str(path))
            connection.execute("COMMIT")
        super().__init__(self._connect, begin_write=(_BEGIN,))

    def backup(self, path: Path) -> None:
        with contextlib.closing(self._connect()) as source:
            source.backup(path)

    def purge(self) -> None:
        with contextlib.closing(self._connect()) as connection:
            # The log keeps what was committed until that is in the database, and the log is cut to nothing.
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")[0]
            if busy:
                raise StoreUnavailable(f"{self._path} is being read: what was deleted is still in its log, try again")

    def _connect(self) -> _Connection:
        return _Connection(self._path)


class _Connection:
    def __init__(self, path: Path) -> None:
        self._path = path
        with _as_unavailable(path):
            # Readers are handed from thread to thread, never used by two at once.
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                self.execute(pragma)
        except BaseException:
            self.close()
            raise

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        with _as_unavailable(self._path):
            return self._connection.execute(sql, parameters).fetchall()

    def backup(self, path: Path) -> None:
        with _as_unavailable(path), contextlib.closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)

    def close(self) -> None:
        self._connection.close()


@contextlib.contextmanager
def _as_unavailable(path: Path) -> Iterator[None]:
    """A disk that is full, a file that is locked, damaged or no database."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"{path}: {error}") from error

"""A study's database as one file, by the sqlite3 of the standard library."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from twinbean.collect.schema import migrate
from twinbean.collect.store import Result, StoreUnavailable, Transaction, Value, Writer

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
    "PRAGMA foreign_keys = ON",
)


class SqliteStore:
    """A `Store` in the file at `path`, which is made where there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        connection = self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            migrate(connection, _WORDS, where=str(path))
            connection.execute("COMMIT")
        finally:
            connection.close()
        self._writer = Writer(self._connect, begin=("BEGIN IMMEDIATE",))
        self._readers: queue.SimpleQueue[_Connection] = queue.SimpleQueue()

    def write(self, change: Callable[[Transaction], Result]) -> Future[Result]:
        return self._writer.submit(change)

    def waiting(self) -> int:
        return self._writer.waiting()

    def read(self, query: Callable[[Transaction], Result]) -> Result:
        try:
            connection = self._readers.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            connection.execute("BEGIN")
            found = query(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        self._readers.put(connection)
        return found

    def backup(self, path: Path) -> None:
        source = self._connect()
        try:
            source.backup(path)
        finally:
            source.close()

    def purge(self) -> None:
        connection = self._connect()
        try:
            # The log keeps what was committed until it is written into the database and cut to nothing.
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")[0]
            if busy:
                raise StoreUnavailable(f"{self._path} is being read: what was deleted is still in its log, try again")
        finally:
            connection.close()

    def close(self) -> None:
        self._writer.close()
        while not self._readers.empty():
            self._readers.get().close()

    def _connect(self) -> _Connection:
        return _Connection(self._path)


class _Connection:
    def __init__(self, path: Path) -> None:
        with _as_unavailable(path):
            # Readers are handed from thread to thread, never used by two at once.
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._path = path
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
def _as_unavailable(path: Path) -> Any:
    """A disk that is full, a file that is locked or damaged: nothing is stored."""
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise StoreUnavailable(f"{path}: {error}") from error

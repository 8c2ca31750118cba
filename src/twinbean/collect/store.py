"""Where a study's rows and sessions are kept: the contract of a database, and the one thread that writes to it.

An acknowledgement must mean that a row survives a power cut, and a disk takes milliseconds to say so. What waits is
therefore done in one transaction, by one thread, and nobody is answered before its commit is on disk.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

from twinbean.errors import TwinbeanError

Result = TypeVar("Result")
Value = str | int | bytes | None

# More would keep the first in a group waiting for the last without a gain: the sync of a commit is shared by then.
GROUP = 256


class StudyError(TwinbeanError):
    """A study cannot be started, gone on with or read."""


class StoreUnavailable(StudyError):
    """The database did not take what it was given: nothing of it is stored, and it can be tried again."""


class Transaction(Protocol):
    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run one statement, with `?` for each parameter, and return its rows."""


class Store(Protocol):
    """A database of one study. What it holds is in `schema`; who reads and writes what, in the modules beside."""

    def write(self, change: Callable[[Transaction], Result]) -> Future[Result]:
        """Do `change` in a transaction. The future is done once the commit is on disk; it raises StoreUnavailable where
        nothing was stored, and whatever `change` raises, of which nothing is stored either.

        Changes are done in the order in which they come, and several may share a commit.
        """

    def waiting(self) -> int:
        """How many changes wait to be begun."""

    def read(self, query: Callable[[Transaction], Result]) -> Result:
        """What `query` returns of one consistent state; writers do not wait for it, nor it for them."""

    def backup(self, path: Path) -> None:
        """Write a whole copy to the file `path`, while others read and write."""

    def purge(self) -> None:
        """Leave nothing of what was deleted in any of the database's files. Raises StoreUnavailable where a reader
        holds it back."""

    def close(self) -> None:
        """Do what waits, then let go of the database."""


class Connection(Transaction, Protocol):
    """One connection, which begins and ends its transactions by statements."""

    def close(self) -> None: ...


class Writer:
    """The thread that does what waits, up to `GROUP` changes in one transaction.

    `begin` is the statement that starts a transaction which no other writer can be in.
    """

    def __init__(self, connect: Callable[[], Connection], *, begin: Sequence[str]) -> None:
        self._connect = connect
        self._begin = begin
        self._connection: Connection | None = None
        self._waiting: queue.SimpleQueue[tuple[Callable[[Transaction], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def submit(self, change: Callable[[Transaction], Result]) -> Future[Result]:
        future: Future[Result] = Future()
        with self._closing:
            if self._closed:
                future.set_exception(StoreUnavailable("the study is being closed"))
            else:
                self._waiting.put((change, future))
        return future

    def waiting(self) -> int:
        return self._waiting.qsize()

    def close(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        going_on = True
        while going_on:
            group, going_on = self._next()
            if group:
                self._do(group)
        self._drop()

    def _next(self) -> tuple[list[tuple[Callable[[Transaction], Any], Future[Any]]], bool]:
        """What waits by now, and whether there is more to come."""
        group: list[tuple[Callable[[Transaction], Any], Future[Any]]] = []
        entry = self._waiting.get()
        while entry is not None:
            if entry[1].set_running_or_notify_cancel():
                group.append(entry)
            if len(group) == GROUP:
                return group, True
            try:
                entry = self._waiting.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _do(self, group: Sequence[tuple[Callable[[Transaction], Any], Future[Any]]]) -> None:
        try:
            connection = self._connection = self._connection or self._connect()
            for statement in self._begin:
                connection.execute(statement)
            outcomes = [_attempt(connection, change) for change, _ in group]
            connection.execute("COMMIT")
        except Exception as error:
            # A connection that failed in the middle may have kept something half done: the next group gets a new one.
            self._drop()
            unavailable = error if isinstance(error, StoreUnavailable) else StoreUnavailable(str(error))
            for _, future in group:
                future.set_exception(unavailable)
            return
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, _Failed):
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Closing takes back what was not committed.
            connection.close()


class _Failed:
    def __init__(self, error: Exception) -> None:
        self.error = error


def _attempt(connection: Connection, change: Callable[[Transaction], Any]) -> Any:
    """What `change` returns, or what it raised, after which the others of its group stand."""
    connection.execute("SAVEPOINT change")
    try:
        outcome = change(connection)
    except StoreUnavailable:
        raise
    except Exception as error:
        connection.execute("ROLLBACK TO SAVEPOINT change")
        outcome = _Failed(error)
    connection.execute("RELEASE SAVEPOINT change")
    return outcome

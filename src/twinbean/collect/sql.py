"""What the databases have in common: one writer, and readers that are kept open."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from twinbean.collect.store import Connection, Result, Transaction, Writer


class SqlStore:
    """The half of a `Store` that is the same for every database: `begin_write` and `begin_read` are the statements that
    start its transactions."""

    def __init__(
        self, connect: Callable[[], Connection], *, begin_write: Sequence[str], begin_read: str = "BEGIN"
    ) -> None:
        self._open = connect
        self._begin_read = begin_read
        self._writer = Writer(connect, begin=begin_write)
        self._readers: queue.SimpleQueue[Connection] = queue.SimpleQueue()

    def write(self, change: Callable[[Transaction], Result]) -> Future[Result]:
        return self._writer.submit(change)

    def waiting(self) -> int:
        return self._writer.waiting()

    def read(self, query: Callable[[Transaction], Result]) -> Result:
        try:
            connection = self._readers.get_nowait()
        except queue.Empty:
            connection = self._open()
        try:
            connection.execute(self._begin_read)
            found = query(connection)
            connection.execute("COMMIT")
        except BaseException:
            # It may be in the middle of something; the next reader gets a new one.
            connection.close()
            raise
        self._readers.put(connection)
        return found

    def close(self) -> None:
        self._writer.close()
        while not self._readers.empty():
            self._readers.get().close()

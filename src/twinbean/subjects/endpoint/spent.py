"""How many requests were sent and what they cost, also of several runs together; nothing of what was asked."""

from __future__ import annotations

from pathlib import Path

from twinbean._journal import Journal, read


class Spent:
    """Counts what is spent; with a file also what earlier processes have spent, of which it has a line a request.

    A line is on disk once `add` returns: before the reply is, so that one which is lost and paid again counts twice.
    Raises DataError where the file is damaged.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.n_sent = 0
        self.cost = 0.0
        self._path = path
        self._journal: Journal | None = None
        for _, entry in [] if path is None else read(path):
            self._count(entry.get("cost"))

    def add(self, cost: float | None) -> None:
        self._count(cost)
        if self._path is not None:
            self._journal = self._journal or Journal(self._path)
            self._journal.append({"kind": "spent", "cost": cost})
            self._journal.flush()

    def close(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()

    def _count(self, cost: float | None) -> None:
        self.n_sent += 1
        self.cost += cost or 0.0

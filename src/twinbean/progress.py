"""How far a run has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how many sessions of how many are done, how many choices were made or scored since the start, and the mean
    probability that these had on all legal labels together; None where nobody knows."""

    def __call__(
        self, done: int, total: int, *, choices: int | None = None, legal_mass: float | None = None
    ) -> None: ...


def unseen(done: int, total: int, *, choices: int | None = None, legal_mass: float | None = None) -> None:
    """Progress that nobody watches."""

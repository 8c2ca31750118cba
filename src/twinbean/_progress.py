"""The progress of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Progress(Protocol):
    """Called with the sessions done and in all, the choices made or scored since the start and in all,
    and the mean probability that these had on all legal labels together; None where nobody knows."""

    def __call__(
        self,
        done: int,
        total: int,
        *,
        choices: int | None = None,
        of_choices: int | None = None,
        legal_mass: float | None = None,
    ) -> None: ...


def unseen(
    done: int,
    total: int,
    *,
    choices: int | None = None,
    of_choices: int | None = None,
    legal_mass: float | None = None,
) -> None:
    """Progress that nobody watches."""


@dataclass
class Watch:
    """Counts for somebody who watches: what is done of what there is, and what was chosen since they do."""

    on_progress: Progress
    done: int
    total: int
    of_choices: int
    choices: int = 0
    n_masses: int = 0
    mass: float = 0.0

    def choice(self, legal_mass: float | None) -> None:
        self.choices += 1
        if legal_mass is not None:
            self.n_masses += 1
            self.mass += legal_mass
        self._tell()

    def session(self) -> None:
        self.done += 1
        self._tell()

    def _tell(self) -> None:
        mass = self.mass / self.n_masses if self.n_masses else None
        self.on_progress(self.done, self.total, choices=self.choices, of_choices=self.of_choices, legal_mass=mass)

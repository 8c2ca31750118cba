"""A trial, a session, and the tidy table that holds many of them (one row a trial)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Origin = Literal["recorded", "subject"]
Feedback = Literal["chosen", "all"]
# The phase that counts; every other (practice, a quiz) is played, kept and told, and left out of what is measured.
MAIN = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One choice among arms. Arms are counted from 0; what is unknown is None, never 0.

    `outcomes`, `expected` and `p` have one entry an arm; `offered` lists the arms that could be chosen; `labels` has
    what the participant read on each arm; `position` is the place on the screen, in reading order from 0, of the chosen
    arm. `logp` is natural logarithm of the chosen label's probability in the full vocabulary, `logp_legal` the same
    renormalised over the legal labels, `legal_mass` the probability of all legal labels together.
    """

    trial: int
    choice: int | None
    block: int = 0
    phase: str = MAIN
    label: str | None = None
    reward: float | None = None
    score: float | None = None
    rt_ms: float | None = None
    origin: Origin = "recorded"
    outcomes: tuple[float | None, ...] = ()
    offered: tuple[int, ...] = ()
    position: int | None = None
    labels: tuple[str, ...] = ()
    best_arm: int | None = None
    expected: tuple[float | None, ...] = ()
    feedback: Feedback = "chosen"
    forced: bool = False
    missed: bool = False
    logp: float | None = None
    logp_legal: float | None = None
    legal_mass: float | None = None
    p: tuple[float | None, ...] = ()
    raw: str | None = None

    @property
    def is_choice(self) -> bool:
        """Whether the participant chose here: forced and missed trials are no choices."""
        return self.choice is not None and not self.forced and not self.missed

    @property
    def counts(self) -> bool:
        """Whether measures, fits, likelihoods and `after` count this choice: those of the main phase do."""
        return self.is_choice and self.phase == MAIN


@dataclass(frozen=True, kw_only=True)
class Session:
    """One pass of one participant, human or model, through a task.

    `source` is "human" or a model's name. `details` is what else the record said: seed and parameters of the payoffs,
    the task's fingerprint, the device, and under "kept" what a table of another study says of its participants.
    """

    participant: str
    session: str
    task: str
    trials: tuple[Trial, ...]
    source: str = "human"
    sample: int = 0
    variant: str | None = None
    wording: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_choices(self) -> int:
        """How many choices of the main phase were made."""
        return sum(trial.counts for trial in self.trials)

    @property
    def kept(self) -> Mapping[str, str | None]:
        """Columns that describe the participant, such as a diagnosis or a condition."""
        kept: Mapping[str, str | None] = self.details.get("kept", {})
        return kept

    def replace(self, **changes: Any) -> Session:
        return dataclasses.replace(self, **changes)


def total_reward(trials: Sequence[Trial]) -> float:
    """The sum of what the chosen arms paid in the main phase."""
    return float(sum(trial.reward for trial in trials if trial.reward is not None and trial.phase == MAIN))

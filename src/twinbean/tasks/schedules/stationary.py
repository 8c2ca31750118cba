"""Arms that stay what they are: listed payoffs, wins with a probability, normal payoffs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from twinbean.errors import TaskError
from twinbean.tasks.schedules.payoffs import (
    NO_LIMITS,
    Limits,
    Numbers,
    Payoffs,
    Table,
    check_spread,
    check_trials,
    plain,
    table,
)


@dataclass(frozen=True)
class Fixed:
    """A list of payoffs as it stands: row t of `table` is trial t. Nothing is drawn."""

    table: Table

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        if not 1 <= trials <= len(self.table):
            raise TaskError(f"trials is {trials!r}, but the list of payoffs has {len(self.table)}")
        rows = tuple(tuple(row) for row in self.table[:trials])
        return Payoffs(outcomes=rows, expected=rows)


@dataclass(frozen=True)
class Crossing:
    """Two arms that cross: the first falls by `step` a trial to `low`, the second rises by as much from it.

    r_0(t) = low + step (T - 1 - t), r_1(t) = low + step t. With 11 trials: 10 to 0 and 0 to 10, as in SweetBean's
    reinforcement-learning example. Nothing is drawn.
    """

    low: float = 0
    step: float = 1

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        check_trials(trials)
        rows = tuple((self.low + self.step * (trials - 1 - t), self.low + self.step * t) for t in range(trials))
        return Payoffs(outcomes=rows, expected=rows)


@dataclass(frozen=True)
class Bernoulli:
    """Arm k pays `win` with probability p_k, else `loss`; trials are independent. Mean loss + p_k (win - loss).

    The hard case of Krishnamurthy et al. 2024 (arXiv:2403.15371) has five arms, one .6, four .4, and 100 trials.
    """

    p: tuple[float, ...]
    win: float = 1
    loss: float = 0

    def __post_init__(self) -> None:
        if not all(0 <= p <= 1 for p in self.p):
            raise TaskError(f"p is {self.p!r}, expected probabilities")

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        check_trials(trials)
        return self._of(rng.random((trials, len(self.p))), np.tile(self.p, (trials, 1)))

    def _of(self, uniforms: Numbers, p: Numbers) -> Payoffs:
        win, loss = plain(self.win), plain(self.loss)
        outcomes = tuple(tuple(win if hit else loss for hit in row) for row in uniforms < p)
        return Payoffs(outcomes=outcomes, expected=table(loss + p * (win - loss)))


@dataclass(frozen=True)
class Gaussian:
    """Arm k pays r ~ N(mu_k, sd^2) at each trial, independently; mu_k is `means[k]`.

    With `means_sd` above 0 the arms' means are drawn for the session around `means`: mu ~ N(means, means_sd^2 R), where
    R has 1 on its diagonal and `correlation` elsewhere, from -1 / (K - 1) to 1. Arms that correlate tell of each other.
    Sources: Gershman 2018, Cognition 173:34 (means 0, means_sd 10, sd sqrt(10), independent arms); Reverdy, Srivastava
    & Leonard 2014, Proc IEEE 102:544 (correlated arms).
    """

    means: tuple[float, ...]
    sd: float
    means_sd: float = 0.0
    correlation: float = 0.0
    limits: Limits = NO_LIMITS

    def __post_init__(self) -> None:
        check_spread(sd=self.sd, means_sd=self.means_sd)
        least = -1 / (len(self.means) - 1) if len(self.means) > 1 else 0.0
        if not least <= self.correlation <= 1:
            raise TaskError(
                f"correlation is {self.correlation!r}, expected a number from {least:.3g} to 1 "
                f"for {len(self.means)} arms"
            )

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        check_trials(trials)
        means = np.asarray(self.means) + self.means_sd * self._correlated(rng.standard_normal(len(self.means)))
        expected = np.tile(means, (trials, 1))
        drawn = expected + self.sd * rng.standard_normal(expected.shape)
        return Payoffs(outcomes=self.limits.table(drawn), expected=table(expected))

    def _correlated(self, z: Numbers) -> Numbers:
        """By the two eigenspaces of R: its range ends where it is singular, and has no Cholesky factor."""
        common = float(z.mean())
        shared = max(1 + (len(z) - 1) * self.correlation, 0.0)
        drawn: Numbers = math.sqrt(1 - self.correlation) * (z - common) + math.sqrt(shared) * common
        return drawn

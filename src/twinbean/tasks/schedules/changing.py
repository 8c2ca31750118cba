"""Arms that change over trials: reversals, drifts, jumps, and arms that overtake each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from twinbean.errors import TaskError
from twinbean.tasks.schedules.payoffs import POINTS, Limits, Payoffs, check_spread, check_trials, table
from twinbean.tasks.schedules.stationary import Bernoulli


@dataclass(frozen=True)
class Reversal(Bernoulli):
    """Bernoulli arms whose probabilities change places, first for last, at given or at random trials.

    `at` lists the trials from which on they are reversed, or back. Without it the trials between reversals are drawn
    uniformly from `between`, both ends included; (25, 25) is every 25 trials.
    Source: probabilistic reversal learning as in Cools et al. 2002, J Neurosci 22:4563 (.8 and .2).
    """

    at: tuple[int, ...] = ()
    between: tuple[int, int] = (25, 25)

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        first, second = self.states(rng, trials)
        switches = set(self.at) if self.at else self._drawn_switches(rng, trials)
        state = np.cumsum([t in switches for t in range(trials)]) % 2
        both = (first, second)
        return Payoffs(
            outcomes=tuple(both[s].outcomes[t] for t, s in enumerate(state)),
            expected=tuple(both[s].expected[t] for t, s in enumerate(state)),
        )

    def states(self, rng: Generator, trials: int) -> tuple[Payoffs, Payoffs]:
        """The payoffs of both states, from the same draws, for a task that reverses by what the participant does.

        Its timeline carries both, and a SweetBean FunctionVariable picks one by a SharedVariable.
        """
        check_trials(trials)
        uniforms = rng.random((trials, len(self.p)))
        one, other = (np.tile(p, (trials, 1)) for p in (self.p, self.p[::-1]))
        return self._of(uniforms, one), self._of(uniforms, other)

    def _drawn_switches(self, rng: Generator, trials: int) -> set[int]:
        shortest, longest = self.between
        if not 1 <= shortest <= longest:
            raise TaskError(f"between is {self.between!r}, expected two numbers of trials in order, from 1")
        return set(np.cumsum(rng.integers(shortest, longest, size=trials, endpoint=True)).tolist())


@dataclass(frozen=True)
class RandomWalk:
    """Restless arms: mu(t+1) = decay mu(t) + (1 - decay) centre + e, e ~ N(0, drift^2); r ~ N(mu(t), noise^2).

    `start` holds the means at trial 0; without it they are drawn from the walk's stationary distribution,
    N(centre, drift^2 / (1 - decay^2)). Payoffs are whole points from 1 to 100.
    Source: Daw, O'Doherty, Dayan, Seymour & Dolan 2006, Nature 441:876, supplement; the defaults are theirs.
    """

    n_arms: int = 4
    decay: float = 0.9836
    centre: float = 50.0
    drift: float = 2.8
    noise: float = 4.0
    start: tuple[float, ...] | None = None
    limits: Limits = POINTS

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        check_trials(trials)
        check_spread(drift=self.drift, noise=self.noise)
        if self.start is None and not 0 <= self.decay < 1:
            raise TaskError(f"decay is {self.decay!r}: without start, expected a number from 0 to below 1")
        if self.start is not None and len(self.start) != self.n_arms:
            raise TaskError(f"start is {self.start!r}, expected {self.n_arms} means")
        z = rng.standard_normal((trials, 2, self.n_arms))
        means = np.empty((trials, self.n_arms))
        if self.start is None:
            means[0] = self.centre + self.drift / math.sqrt(1 - self.decay**2) * z[0, 0]
        else:
            means[0] = self.start
        for t in range(1, trials):
            means[t] = self.decay * means[t - 1] + (1 - self.decay) * self.centre + self.drift * z[t, 0]
        return Payoffs(outcomes=self.limits.table(means + self.noise * z[:, 1]), expected=table(means))


@dataclass(frozen=True)
class Jumps:
    """Arms whose means jump: at each trial after the first, with probability `hazard`, an arm's mean is drawn anew.

    mu ~ U(low, high), r ~ N(mu, sd^2), arms independent; whole points from 1 to 100.
    Source: the change points of Nassar, Wilson, Heasly & Gold 2010, J Neurosci 30:12366, for several arms.
    """

    n_arms: int = 2
    hazard: float = 0.05
    low: float = 20.0
    high: float = 80.0
    sd: float = 5.0
    limits: Limits = POINTS

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        check_trials(trials)
        shape = (trials, self.n_arms)
        check_hazard(self.hazard)
        check_spread(sd=self.sd)
        if not self.low <= self.high:
            raise TaskError(f"low is {self.low!r} and high is {self.high!r}, expected them in order")
        jumps, fresh = rng.random(shape) < self.hazard, rng.uniform(self.low, self.high, shape)
        jumps[0] = True
        since = np.maximum.accumulate(np.where(jumps, np.arange(trials)[:, None], 0), axis=0)
        means = np.take_along_axis(fresh, since, axis=0)
        drawn = means + self.sd * rng.standard_normal(shape)
        return Payoffs(outcomes=self.limits.table(drawn), expected=table(means))


@dataclass(frozen=True)
class Leapfrog:
    """Two arms that overtake each other: with probability `hazard` a trial the worse arm's payoff rises by `step`.

    Payoffs start at `start` and are certain, so that only exploring tells of a jump; a trial's jump comes before it.
    Source: Knox, Otto, Stone & Love 2012, Front Psychol 2:398 (10 and 20 points, step 20, hazard .075).
    """

    start: tuple[float, float] = (10, 20)
    step: float = 20
    hazard: float = 0.075

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        check_trials(trials)
        if not abs(self.start[0] - self.start[1]) < self.step:
            raise TaskError(
                f"step is {self.step!r}, expected more than the arms' distance at the start, {self.start!r}"
            )
        check_hazard(self.hazard)
        jumps = rng.random(trials) < self.hazard
        now, rows = list(self.start), [self.start]
        for jump in jumps[1:]:
            if jump:
                now[now.index(min(now))] += self.step
            rows.append((now[0], now[1]))
        return Payoffs(outcomes=tuple(rows), expected=tuple(rows))


def check_hazard(hazard: float) -> None:
    """Raises TaskError for what is no probability."""
    if not 0 <= hazard <= 1:
        raise TaskError(f"hazard is {hazard!r}, expected a probability")

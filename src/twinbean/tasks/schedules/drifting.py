"""Arms that pay or do not, with probabilities that drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from twinbean.errors import TaskError
from twinbean.tasks.schedules.payoffs import Payoffs, check_spread, check_trials, table


@dataclass(frozen=True)
class DriftingBernoulli:
    """Arms that pay 1 point with probability p_k(t), else 0: p(t+1) = p(t) + N(0, sd^2), reflected at `low` and `high`.

    p(0) ~ U(low, high), arms independent.
    Source: Daw, Gershman, Seymour, Dayan & Dolan 2011, Neuron 69:1204 (.025, .25 and .75).
    """

    n_arms: int = 4
    sd: float = 0.025
    low: float = 0.25
    high: float = 0.75

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        check_trials(trials)
        check_spread(sd=self.sd)
        if not 0 <= self.low < self.high <= 1:
            raise TaskError(f"low is {self.low!r} and high is {self.high!r}, expected two probabilities in order")
        p = np.empty((trials, self.n_arms))
        p[0] = rng.uniform(self.low, self.high, self.n_arms)
        steps = self.sd * rng.standard_normal((trials - 1, self.n_arms))
        for t in range(1, trials):
            p[t] = self._reflected(p[t - 1] + steps[t - 1])
        pays = (rng.random((trials, self.n_arms)) < p).astype(float)
        return Payoffs(outcomes=table(pays, whole=True), expected=table(p))

    def _reflected(self, p: np.ndarray) -> np.ndarray:
        """Folded back at the bounds, however far a step goes beyond them."""
        width = self.high - self.low
        return np.asarray(self.high - np.abs(np.mod(p - self.low, 2 * width) - width))

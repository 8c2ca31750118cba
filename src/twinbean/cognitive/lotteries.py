"""Described lotteries: what an option pays, with what probability and after what delay, as its attributes say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twinbean.cognitive.parameters import Numbers
from twinbean.errors import DataError
from twinbean.sessions.session import Attributes

# Probabilities that were written with three digits add up to this much above 1 at most.
_ROUNDING = 2e-3
_OUTCOME = re.compile(r"x([1-9][0-9]*)")


@dataclass(frozen=True, kw_only=True)
class Lotteries:
    """What each of K options pays at T trials: `outcomes`, `probabilities` and `delays` (0 for now, in the unit of the
    task) have the shape (T, K, M), and where an option has fewer than M outcomes the others have probability 0."""

    outcomes: Numbers
    probabilities: Numbers
    delays: Numbers

    def at(self, trials: NDArray[np.int64]) -> Lotteries:
        """Those of some of the trials."""
        parts = (self.outcomes, self.probabilities, self.delays)
        outcomes, probabilities, delays = (part[trials] for part in parts)
        return Lotteries(outcomes=outcomes, probabilities=probabilities, delays=delays)

    @property
    def largest(self) -> float:
        """The largest absolute outcome."""
        return float(np.abs(self.outcomes).max(initial=0.0))

    @property
    def has_losses(self) -> bool:
        return bool((self.outcomes < 0).any())

    @property
    def has_delays(self) -> bool:
        return bool(self.delays.any())

    @property
    def expected(self) -> Numbers:
        """The expected outcome of each option (T, K)."""
        return np.asarray((self.probabilities * self.outcomes).sum(axis=2))

    @property
    def variances(self) -> Numbers:
        """The variance of each option's outcome (T, K)."""
        error = self.outcomes - self.expected[:, :, None]
        return np.asarray((self.probabilities * error**2).sum(axis=2))


def is_lottery(attributes: Attributes) -> bool:
    """Whether attributes are those of a lottery: x1 with the probability p1, after the delay d1 if any, and so on."""
    return "x1" in attributes and all(f"p{number}" in attributes for number in _numbers(attributes))


def lottery(attributes: Attributes, where: str) -> tuple[list[float], list[float], list[float]]:
    """Outcomes, their probabilities and delays; what probabilities leave to 1 pays nothing. Raises DataError, naming
    `where`."""
    numbers = _numbers(attributes)
    outcomes = [float(attributes[f"x{number}"]) for number in numbers]
    probabilities = [float(attributes[f"p{number}"]) for number in numbers]
    rest = 1 - sum(probabilities)
    if min(probabilities) < 0 or rest < -_ROUNDING:
        raise DataError(f"{where}: the probabilities of a lottery are {probabilities}, expected numbers that sum to 1")
    delays = [float(attributes.get(f"d{number}", 0)) for number in numbers]
    if min(delays) < 0:
        raise DataError(f"{where}: the delays of an option are {delays}, expected numbers from 0")
    return [*outcomes, 0.0], [*probabilities, max(rest, 0.0)], [*delays, 0.0]


def lotteries_of(trials: Sequence[Sequence[Attributes]], n_options: int, where: str) -> Lotteries | None:
    """Those of each trial, of which some may have none; None where an option of some trial is no lottery."""
    if not any(trials) or not all(is_lottery(attributes) for options in trials for attributes in options):
        return None
    made = [[lottery(attributes, f"{where}, trial {t}") for attributes in options] for t, options in enumerate(trials)]
    most = max(len(outcomes) for options in made for outcomes, *_ in options)
    filled = np.zeros((3, len(made), n_options, most))
    for t, options in enumerate(made):
        for k, parts in enumerate(options):
            filled[:, t, k, : len(parts[0])] = parts
    outcomes, probabilities, delays = filled
    return Lotteries(outcomes=outcomes, probabilities=probabilities, delays=delays)


def _numbers(attributes: Mapping[str, float]) -> list[int]:
    return sorted(int(found[1]) for name in attributes if (found := _OUTCOME.fullmatch(name)))

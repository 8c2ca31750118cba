"""The payoffs of one session, and the limits within which they are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twinbean.errors import TaskError

Numbers = NDArray[np.float64]
Table = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Payoffs:
    """What each arm pays, one row a trial and one entry an arm, in the units of the task's points.

    `expected` is each arm's mean payoff at that trial, before rounding and limits.
    """

    outcomes: Table
    expected: Table

    @property
    def best_arms(self) -> tuple[tuple[int, ...], ...]:
        """The arms whose expected payoff is highest, row by row: several where they tie."""
        return tuple(tuple(arm for arm, value in enumerate(row) if value == max(row)) for row in self.expected)

    def timeline(self, colors: Sequence[str]) -> list[dict[str, Any]]:
        """An element a row for a SweetBean block, `bandits`: lists of `{"color", "value", "expected"}`."""
        n_arms = len(self.outcomes[0])
        if len(colors) != n_arms:
            raise TaskError(f"{len(colors)} colors were given for {n_arms} arms: {list(colors)!r}")
        return [
            {
                "bandits": [
                    {"color": color, "value": value, "expected": mean}
                    for color, value, mean in zip(colors, outcomes, expected, strict=True)
                ]
            }
            for outcomes, expected in zip(self.outcomes, self.expected, strict=True)
        ]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is done to a drawn payoff: rounded to `digits` (0: whole points), then held within `low` and `high`."""

    digits: int | None = None
    low: float = -math.inf
    high: float = math.inf

    def table(self, drawn: Numbers) -> Table:
        if self.digits is not None:
            # + 0.0: a small loss is rounded to 0, not to -0.0.
            drawn = np.round(drawn, self.digits) + 0.0
        return table(np.clip(drawn, self.low, self.high), whole=self.digits == 0)


POINTS = Limits(digits=0, low=1, high=100)
NO_LIMITS = Limits()


def table(values: Numbers, *, whole: bool = False) -> Table:
    """An array of trials by arms as plain numbers, which JSON can carry to the page."""
    return tuple(tuple(map(int, row)) if whole else tuple(map(float, row)) for row in values)


def plain(value: float) -> float:
    """A whole number as an int, so that it is shown as 1, not as 1.0."""
    return int(value) if float(value).is_integer() else value


# Two hundred times the longest session of the literature that Twinbean knows; what is drawn is held in memory.
MOST_TRIALS = 100_000


def check_trials(trials: int, name: str = "trials") -> None:
    """Raises TaskError for a number of trials below 1, or above what anybody can play."""
    if not 1 <= trials <= MOST_TRIALS:
        raise TaskError(f"{name} is {trials!r}, expected 1 to {MOST_TRIALS}")


def check_spread(**spreads: float) -> None:
    """Raises TaskError for a standard deviation below 0 or without end."""
    for name, spread in spreads.items():
        if not 0 <= spread < math.inf:
            raise TaskError(f"{name} is {spread!r}, expected a number from 0")

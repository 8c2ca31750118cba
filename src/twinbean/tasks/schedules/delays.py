"""Pairs of outcomes: fewer points now, or more points later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from twinbean.errors import TaskError
from twinbean.tasks.schedules.payoffs import check_trials

# Now, later, and after how many days: the items in their order. Nine discount rates from .00016 to .25 a day, three
# sizes of the delayed amount each. Kirby, Petry & Bickel 1999, J Exp Psychol Gen 128:78, appendix.
KIRBY: tuple[tuple[int, int, int], ...] = (
    *((54, 55, 117), (55, 75, 61), (19, 25, 53), (31, 85, 7), (14, 25, 19), (47, 50, 160), (15, 35, 13)),
    *((25, 60, 14), (78, 80, 162), (40, 55, 62), (11, 30, 7), (67, 75, 119), (34, 35, 186), (27, 50, 21)),
    *((69, 85, 91), (49, 60, 89), (80, 85, 157), (24, 35, 29), (33, 80, 14), (28, 30, 179), (34, 50, 30)),
    *((25, 30, 80), (41, 75, 20), (54, 60, 111), (54, 80, 30), (22, 25, 136), (20, 55, 7)),
)


@dataclass(frozen=True)
class DelayPairs:
    """An amount now, or a larger one after a delay.

    Whoever discounts hyperbolically at the rate k finds both of a pair equal. The logarithms of these rates are spread
    evenly from `lowest` to `highest` a day over the pairs. The delayed amount is a multiple of 5 from `low` to `high`
    and the delay one of `delays` in days, both drawn evenly; the amount now is the delayed one / (1 + k delay) in whole
    points, at least 1 and less than the delayed one. Pairs come in random order, and which of a pair is told first is
    drawn.
    """

    delays: tuple[int, ...] = (7, 14, 30, 60, 90, 180)
    lowest: float = 0.0003
    highest: float = 0.3
    low: int = 25
    high: int = 85

    def draw(self, rng: Generator, trials: int) -> list[dict[str, Any]]:
        """A timeline: `options` of each trial as `Options` takes them."""
        check_trials(trials)
        rates = self.lowest * (self.highest / self.lowest) ** np.linspace(0, 1, trials)
        return [self._pair(rng, float(rates[int(place)])) for place in rng.permutation(trials)]

    def _pair(self, rng: Generator, rate: float) -> dict[str, Any]:
        later = 5 * int(rng.integers(self.low // 5, self.high // 5, endpoint=True))
        days = self.delays[int(rng.integers(len(self.delays)))]
        now = min(max(round(later / (1 + rate * days)), 1), later - 1)
        return _told(rng, now, later, days)


def questionnaire(rng: Generator, items: tuple[tuple[int, int, int], ...] = KIRBY) -> list[dict[str, Any]]:
    """A timeline of items (now, later, days) in their order; which of a pair is told first is drawn."""
    for now, later, days in items:
        if not (0 < now < later and days > 0):
            raise TaskError(f"an item is {(now, later, days)!r}, expected an amount now, a larger one later, and days")
    return [_told(rng, *item) for item in items]


def _told(rng: Generator, now: int, later: int, days: int) -> dict[str, Any]:
    pair = [_option(now, 0), _option(later, days)]
    return {"options": pair if rng.random() < 0.5 else pair[::-1]}


def _option(amount: int, days: int) -> dict[str, Any]:
    when = "today" if days == 0 else f"in {days} day{'s' if days > 1 else ''}"
    points = "1 dollar" if amount == 1 else f"{amount} dollars"
    return {"text": f"{points} {when}", "attributes": {"x1": amount, "p1": 1, "d1": days}}

"""Described lotteries, and pairs of them: one safe and one risky, or a gamble to take or leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.random import Generator

from twinbean.errors import TaskError
from twinbean.tasks.schedules.payoffs import check_trials, plain

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Lottery:
    """Pays `outcomes[i]` with the probability `probabilities[i]`; these sum to 1."""

    outcomes: Sequence[float]
    probabilities: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.outcomes) != len(self.probabilities) or not self.outcomes:
            raise TaskError(f"a lottery has the outcomes {self.outcomes!r} and probabilities {self.probabilities!r}")
        if min(self.probabilities) < 0 or abs(sum(self.probabilities) - 1) > _ROUNDING:
            raise TaskError(
                f"the probabilities of a lottery are {self.probabilities!r}, expected numbers that sum to 1"
            )

    @property
    def attributes(self) -> Mapping[str, float]:
        """As options have them: x1 and its probability p1, x2 and p2 and so on."""
        each = zip(self.outcomes, self.probabilities, strict=True)
        return {name: value for i, (x, p) in enumerate(each, start=1) for name, value in ((f"x{i}", x), (f"p{i}", p))}

    @property
    def expected(self) -> float:
        return sum(p * x for x, p in zip(self.outcomes, self.probabilities, strict=True))

    @property
    def text(self) -> str:
        """What people and models read: the last outcome is what is paid otherwise."""
        told = [_amount(outcome) for outcome in self.outcomes]
        if len(told) == 1:
            return f"{told[0]} for certain"
        chances = [f"{plain(round(100 * p, 6))}%" for p in self.probabilities]
        first = [f"{what} with a chance of {chance}" for what, chance in zip(told[:-1], chances, strict=False)]
        return f"{', '.join(first)}, otherwise {told[-1]}"

    def draw(self, rng: Generator) -> float:
        """One outcome."""
        left = rng.random()
        for outcome, p in zip(self.outcomes, self.probabilities, strict=True):
            left -= p
            if left < 0:
                return outcome
        return self.outcomes[-1]


def _amount(outcome: float) -> str:
    if outcome == 0:
        return "nothing"
    return f"{'lose ' if outcome < 0 else ''}{plain(abs(outcome))} {'point' if abs(outcome) == 1 else 'points'}"


@dataclass(frozen=True)
class LotteryPairs:
    """Pairs of lotteries whose expected values are close.

    A **safe and risky** pair: the risky lottery pays x with probability p, else nothing; x is a multiple of `step` from
    `low` to `high`, drawn evenly, and the `probabilities` are dealt evenly over such pairs. The safe one pays for
    certain p x (1 + u) points, u drawn evenly from -`spread` to `spread`, in whole points, at least 1 and less than x.
    A **mixed** pair, every second one with `losses`: a gamble wins x or loses y, each with probability .5, y = x v in
    whole points, v drawn evenly from .2 to 1.2; the other option is nothing for certain. Pairs come in random order,
    and which option of a pair is told first is drawn.
    """

    probabilities: tuple[float, ...] = (0.1, 0.25, 0.5, 0.75, 0.9)
    low: int = 40
    high: int = 200
    step: int = 10
    spread: float = 0.5
    losses: bool = False

    def draw(self, rng: Generator, trials: int) -> list[dict[str, Any]]:
        """A timeline: `options` of each trial as `Options` takes them, the `value` of each drawn beforehand."""
        check_trials(trials)
        if not 0 <= self.spread < 1:
            raise TaskError(f"spread is {self.spread!r}, expected a number from 0 to below 1")
        mixed = [self.losses and number % 2 == 1 for number in range(trials)]
        dealt = [self.probabilities[number % len(self.probabilities)] for number in range(mixed.count(False))]
        kinds = [None if is_mixed else dealt.pop() for is_mixed in mixed]
        return [{"options": self._pair(rng, kinds[int(place)])} for place in rng.permutation(trials)]

    def _pair(self, rng: Generator, p: float | None) -> list[dict[str, Any]]:
        """A safe and risky pair with the probability `p`; a mixed one without."""
        steps = int(rng.integers(self.low // self.step, self.high // self.step, endpoint=True))
        x = steps * self.step
        if p is None:
            y = round(x * rng.uniform(0.2, 1.2))
            pair = [Lottery((0,), (1,)), Lottery((x, -y), (0.5, 0.5))]
        else:
            certain = round(p * x * (1 + rng.uniform(-self.spread, self.spread)))
            pair = [Lottery((min(max(certain, 1), x - 1),), (1,)), Lottery((x, 0), (p, round(1 - p, 9)))]
        drawn = [{"text": one.text, "attributes": dict(one.attributes), "value": one.draw(rng)} for one in pair]
        return drawn if rng.random() < 0.5 else drawn[::-1]

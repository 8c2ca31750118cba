"""Rewards beside the mean of earlier ones, compared exactly: on which side a tie falls must not hang on a rounding."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twinbean.cognitive import rules
from twinbean.cognitive.parameters import Numbers

# Whole numbers of any size.
Whole = NDArray[Any]


def exact(value: float) -> Fraction:
    """The decimal that a float stands for: 15 significant digits, as many as every float keeps."""
    return Fraction(f"{value:.15g}")


def on_grid(values: Numbers, *, zero: float = 0.0) -> Whole:
    """`values` less `zero` as whole numbers of the coarsest unit that measures them all, in the same shape."""
    unique, place = np.unique(values, return_inverse=True)
    fractions = [exact(value) - exact(zero) for value in unique.tolist()]
    unit = math.lcm(*(fraction.denominator for fraction in fractions))
    whole = np.array([fraction.numerator * (unit // fraction.denominator) for fraction in fractions], dtype=object)
    return np.asarray(whole[place].reshape(values.shape))


def beside_earlier(rewards: Whole) -> NDArray[np.int64]:
    """1 where a reward (whole numbers, shape (n,)) is above the mean of those before it, -1 below, 0 where it equals it
    or is the first."""
    difference = rewards * np.arange(len(rewards)).astype(object) - (np.cumsum(rewards) - rewards)
    return np.asarray((difference > 0).astype(np.int64) - (difference < 0).astype(np.int64))


def wins(rewards: Numbers, begins: NDArray[np.bool_], *, zero: float = 0.0) -> Numbers:
    """1 for a win and 0 for a loss, as `rules.is_win` tells them; nan where the reward (T,) is nan, which is unseen.

    Earlier rewards are forgotten where `begins` (T,) is true.
    """
    won = np.full(len(rewards), np.nan)
    seen = np.flatnonzero(~np.isnan(rewards))
    whole = on_grid(rewards[seen], zero=zero)
    for block in _blocks(np.cumsum(begins)[seen]):
        side = beside_earlier(whole[block])
        won[seen[block]] = (side > 0) | ((side == 0) & (whole[block] > 0))
    return won


def _blocks(numbers: NDArray[Any]) -> list[slice]:
    edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    return [slice(a, b) for a, b in pairwise(edges) if b > a]


class Wins:
    """The same, one reward after the other, as a learner meets them in a block."""

    def __init__(self, *, zero: float) -> None:
        self._zero = exact(zero)
        self._total = Fraction(0)
        self._count = 0

    def forget(self) -> None:
        """A block begins."""
        self._total, self._count = Fraction(0), 0

    def add(self, payoff: float) -> bool:
        """Whether this payoff is a win."""
        reward = exact(payoff) - self._zero
        won = rules.is_win(reward, self._total, self._count)
        self._total += reward
        self._count += 1
        return won

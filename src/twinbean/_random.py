"""Every random draw has a key, never a place in a queue.

A draw is keyed by (seed, participant, sample, trial, purpose), the purpose naming the session where there is one, so
that the order of sessions, a subset of them or a resumed run cannot shift it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

import numpy as np

_WORD = 2**32
_FEW = 64


def generator(
    seed: int, participant: str = "", *, sample: int = 0, trial: int = 0, purpose: str = ""
) -> np.random.Generator:
    """A PCG64 generator that belongs to one key and to nothing else.

    `seed`, `sample` and `trial` are integers from 0; `participant` and `purpose` are hashed with SHA-256, so any text
    will do.
    """
    words = _words(f"{purpose}\0{participant}")
    key: list[int] | np.ndarray = [seed, sample, trial, *words]
    if max(seed, sample, trial) < _WORD:
        # What SeedSequence would make of the list, five times as fast.
        key = np.array(key, dtype=np.uint32)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[int, ...]:
    digest = hashlib.sha256(text.encode()).digest()
    return tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4))


def pick(probabilities: np.ndarray | list[float], uniform: float) -> int:
    """The index whose cumulative probability first exceeds `uniform`, a number in [0, 1).

    One uniform number a choice keeps the draw independent of how numpy implements `Generator.choice`.
    """
    cumulative = _cumulative(probabilities)
    return min(bisect_right(cumulative, uniform * cumulative[-1]), len(cumulative) - 1)


def _cumulative(probabilities: np.ndarray | list[float]) -> list[float]:
    """The same numbers either way: over a few labels numpy takes longest to begin."""
    if len(probabilities) > _FEW:
        found: list[float] = np.cumsum(np.asarray(probabilities, dtype=float)).tolist()
        return found
    listed = probabilities.tolist() if isinstance(probabilities, np.ndarray) else probabilities
    return list(accumulate(map(float, listed)))

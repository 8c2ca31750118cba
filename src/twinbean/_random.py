"""Every random draw has a key, never a place in a queue.

A draw is keyed by (seed, participant, sample, trial, purpose), the purpose naming the session where there is one, so
that the order of sessions, a subset of them or a resumed run cannot shift it.
"""

from __future__ import annotations

import hashlib

import numpy as np


def generator(
    seed: int, participant: str = "", *, sample: int = 0, trial: int = 0, purpose: str = ""
) -> np.random.Generator:
    """A PCG64 generator that belongs to one key and to nothing else.

    `seed`, `sample` and `trial` are integers from 0; `participant` and `purpose` are hashed with SHA-256, so any text
    will do.
    """
    digest = hashlib.sha256(f"{purpose}\0{participant}".encode()).digest()
    words = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, sample, trial, *words])))


def pick(probabilities: np.ndarray | list[float], uniform: float) -> int:
    """The index whose cumulative probability first exceeds `uniform`, a number in [0, 1).

    One uniform number a choice keeps the draw independent of how numpy implements `Generator.choice`.
    """
    cumulative = np.cumsum(np.asarray(probabilities, dtype=float))
    index = int(np.searchsorted(cumulative, uniform * cumulative[-1], side="right"))
    return min(index, len(cumulative) - 1)

"""People who choose between two arms, in blocks."""

from __future__ import annotations

import random
from collections.abc import Sequence

from twinbean.sessions import Session, Trial


def session(name: str, choices: Sequence[Sequence[int]], *, rewards: Sequence[Sequence[float]], **kept: str) -> Session:
    """A person's blocks of choices between two arms, and what these paid."""
    trials = []
    for block, (arms, paid) in enumerate(zip(choices, rewards, strict=True)):
        for arm, reward in zip(arms, paid, strict=True):
            outcomes = tuple(reward if one == arm else None for one in range(2))
            trials.append(
                Trial(
                    trial=len(trials), block=block, choice=arm, label="xy"[arm], labels=("x", "y"), reward=reward,
                    outcomes=outcomes, offered=(0, 1),
                )
            )  # fmt: skip
    return Session(participant=name, session=name, task="t", trials=tuple(trials), details={"kept": kept})


def person(number: int, *, trials: int = 8, blocks: int = 2, **kept: str) -> Session:
    """Somebody who chooses at random."""
    draws = random.Random(number)
    choices = [[draws.randrange(2) for _ in range(trials)] for _ in range(blocks)]
    rewards = [[draws.randrange(2) for _ in range(trials)] for _ in range(blocks)]
    return session(f"p{number:03d}", choices, rewards=rewards, **kept)

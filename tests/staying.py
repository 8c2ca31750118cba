"""People of two arms who choose again what they chose with a probability of their own."""

from __future__ import annotations

import numpy as np

from twinbean.sessions import Session, Trial

STAYS = (0.5, 0.8, 0.9, 0.7)


def stayer(participant: str, rng: np.random.Generator, stay: float, n: int = 15) -> Session:
    """`n` trials of somebody who stays with the probability `stay`."""
    arms = (rng.random(n) > stay).cumsum() % 2
    trials = tuple(Trial(trial=t, choice=int(c), reward=float(c), offered=(0, 1)) for t, c in enumerate(arms))
    return Session(participant=participant, session=participant, task="t", trials=trials)


def four_people() -> list[Session]:
    """Of `STAYS`."""
    rng = np.random.default_rng(3)
    return [stayer(str(i), rng, stay) for i, stay in enumerate(STAYS)]

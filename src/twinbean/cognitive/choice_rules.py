"""The softmax, for choice rules written outside Twinbean."""

from __future__ import annotations

import math
from typing import Any


def softmax(utilities: Any, offered: Any, parameters: Any) -> None:
    """The choice rule of most models: p_k = exp(u_k) / sum_j exp(u_j) over the arms on offer; `utilities` become
    log-probabilities (nats)."""
    highest = -math.inf
    for arm in range(len(utilities)):
        if offered[arm]:
            highest = max(highest, utilities[arm])
    total = 0.0
    for arm in range(len(utilities)):
        if offered[arm]:
            total += math.exp(utilities[arm] - highest)
    total = highest + math.log(total)
    for arm in range(len(utilities)):
        utilities[arm] = utilities[arm] - total if offered[arm] else -math.inf

"""What counts as a payoff or a score: finite numbers, and bools as 0 and 1."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

_LARGEST = sys.float_info.max


def as_payoff(value: Any) -> float | None:
    """`value` as a payoff; None where it is none. `u < p`, the usual Bernoulli payoff, pays 1 or 0."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Compared, not converted: a float holds no integer of 400 digits. nan is within no bounds.
        return value if -_LARGEST <= value <= _LARGEST else None
    if isinstance(value, bool | np.bool_):
        return int(value)
    return as_payoff(value.item()) if isinstance(value, np.number) else None

"""What becomes of a condition that has fewer sessions than were asked for."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from twinbean.errors import RunError


@dataclass(frozen=True, kw_only=True)
class Short:
    """A condition with fewer whole sessions than were asked for, and why."""

    cycle: int
    condition: int
    wanted: int
    found: int
    reason: str

    def __str__(self) -> str:
        which = f"condition {self.condition} of cycle {self.cycle}"
        return f"{which} has {self.found} of {self.wanted} sessions: {self.reason}"


OnShort = Literal["warn", "raise"] | Callable[[Sequence[Short]], None]


def say(short: Sequence[Short], on_short: OnShort) -> None:
    """Nothing where nothing is short. Raises RunError where that is asked for."""
    if not short:
        return
    if callable(on_short):
        on_short(short)
        return
    message = "; ".join(map(str, short))
    if on_short == "raise":
        raise RunError(message)
    warnings.warn(message, stacklevel=4)

"""What can go wrong at an endpoint, on demand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from twinbean.errors import TwinbeanError
from twinbean.testing.hostile import HOSTILE

Fault = Literal[
    "refused",  # 429
    "refused_with_time",  # 429 and Retry-After
    "error",  # 500
    "cut",  # the connection ends before the reply does
    "slow",  # the reply comes late
    "malformed",  # the reply is no JSON
    "empty",  # no content
    "truncated",  # half of the content
    "null_logprobs",  # no log-probabilities, though they were asked for
    "content_filter",  # a filter took the reply away
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
KINDS = (*FAULTS, *HOSTILE)


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Each request meets a fault with probability `rate`, one of `kinds`, drawn by the number of the request.

    Any reply of `HOSTILE` is a kind, too. `retry_after_s` is the header of a refusal with time.
    """

    rate: float = 0.0
    kinds: Sequence[str] = FAULTS
    seed: int = 0
    retry_after_s: float | str = 1.0
    slow_s: float = 5.0

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown or not self.kinds:
            raise TwinbeanError(f"faults are {list(self.kinds)!r}, expected some of {', '.join(KINDS)}")

    def at(self, number: int) -> str | None:
        """The fault that the request of this number (from 0) meets."""
        rng = random.Random(f"{self.seed} {number}")
        return rng.choice(list(self.kinds)) if rng.random() < self.rate else None

    def spoilt(self, fault: str | None, reply: dict[str, Any]) -> dict[str, Any]:
        """A reply as it reaches the client where the fault is in its content."""
        choices = [dict(choice) for choice in reply["choices"]]
        for choice in choices:
            match fault:
                case "empty":
                    _say(choice, "")
                case "truncated":
                    content = choice["message"]["content"] if "message" in choice else choice["text"]
                    _say(choice, content[: len(content) // 2])
                    choice["finish_reason"] = "length"
                case "content_filter":
                    _say(choice, None)
                    choice["finish_reason"] = "content_filter"
                case "null_logprobs":
                    choice["logprobs"] = None
        return reply | {"choices": choices}


def _say(choice: dict[str, Any], content: str | None) -> None:
    if "message" in choice:
        choice["message"] = choice["message"] | {"content": content}
    else:
        choice["text"] = content or ""

"""The attributes of an option: names to numbers, such as a lottery's outcomes and their probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twinbean._messages import shortened
from twinbean.sessions.payoffs import as_payoff


def attributes_fault(found: Any) -> str | None:
    """Why `found` are no attributes, as the end of a sentence; None where they are."""
    if not isinstance(found, Mapping):
        return f"{shortened(found)}, expected names with numbers"
    for name, value in found.items():
        if not isinstance(name, str) or isinstance(value, bool) or as_payoff(value) is None:
            return f"{name!r}: {shortened(value)}, expected a number"
    return None

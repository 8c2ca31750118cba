"""A trial without a response."""

from __future__ import annotations

from typing import Any


def unmoved(state: Any) -> None:
    """Nothing changes, which is what models of one choice a trial make of it."""

"""What to install for what is not part of every installation."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    """The command, for a message. Twinbean is on no package index: an extra is installed from the checkout."""
    return f"run pip install '.[{extra}]' in Twinbean's checkout"

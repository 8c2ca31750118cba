"""What a notebook shows: small tables whose every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, left_out: str = "") -> str:
    """A table with a caption above it; `left_out` is a line below it about what it does not show."""
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows)
    below = f"<p>{escape(left_out)}</p>" if left_out else ""
    return f"<table><caption>{escape(caption)}</caption><tr>{heads}</tr>{body}</table>{below}"


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    return escape(f"{value:.4g}" if isinstance(value, float) else str(value))

"""What another study's table says of its participants: columns of their own beside what is computed."""

from __future__ import annotations

from collections.abc import Container, Iterable

import pandas as pd

from twinbean.errors import DataError
from twinbean.sessions.session import Session


def kept_of(sessions: Iterable[Session]) -> list[str]:
    """The names of what is kept of anybody."""
    return list(dict.fromkeys(name for session in sessions for name in session.kept))


def check_free(kept: Iterable[str], columns: Container[str]) -> None:
    """Raises DataError for a name that a table has already."""
    for name in kept:
        if name in columns:
            raise DataError(f"{name!r} is kept of the participants, and the table has such a column: rename one")


def with_kept(table: pd.DataFrame, sessions: Iterable[Session]) -> pd.DataFrame:
    """A table that has `participant` and `source`, with what is kept of the participants behind them.

    It is empty where the sessions of one participant say different things. Raises DataError for a name that the table
    has already.
    """
    kept: dict[str, dict[tuple[str, str], str | None]] = {}
    for session in sessions:
        who = (session.participant, session.source)
        for name, entry in session.kept.items():
            entries = kept.setdefault(name, {})
            entries[who] = entry if entries.get(who, entry) == entry else None
    widened = table.copy()
    for place, (name, entries) in enumerate(kept.items(), start=list(table.columns).index("source") + 1):
        check_free([name], table.columns)
        people = zip(table["participant"], table["source"], strict=True)
        widened.insert(place, name, pd.Series([entries.get(who) for who in people], index=table.index, dtype=object))
    widened.attrs = table.attrs
    return widened

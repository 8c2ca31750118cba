"""The server's time, as it is written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """As JavaScript's toISOString writes it, so that stamps of both sides can be compared as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def before(at: datetime, **length: float) -> str:
    """The stamp of the time `length` before `at`, as `timedelta` takes it."""
    try:
        return stamp(at - timedelta(**length))
    except OverflowError:
        return ""

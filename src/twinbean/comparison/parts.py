"""Participants in parts, by what is known of them: a condition, an answer of a form, a parameter of their task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from twinbean._messages import names_listed
from twinbean.errors import DataError
from twinbean.sessions import Session

# Who is of no part, since nothing is known of them under that name.
_UNKNOWN = "unknown"

PartOf = Callable[[Session], str]


def parted(sessions: Sequence[Session], by: str | None) -> PartOf:
    """The part of a session, as "condition short"; empty where nobody is parted.

    A model's session is of the part of the person whom it plays for, or of its own. Raises DataError for a
    column that nobody has.
    """
    if by is None:
        return lambda session: ""
    known = dict.fromkeys(name for session in sessions for name in _columns(session))
    if by not in known:
        raise DataError(f"nobody has {by!r} (there are {names_listed(known)})")
    of_people = {one.participant: _value(one, by) for one in sessions if one.source == "human"}

    def part(session: Session) -> str:
        value = of_people.get(session.participant) or _value(session, by) or _UNKNOWN
        return f"{by} {value}"

    return part


def in_order(sessions: Sequence[Session], part_of: PartOf) -> Iterator[tuple[str, list[Session]]]:
    """The sessions of each part, the parts in the order of their names."""
    parts: dict[str, list[Session]] = {}
    for session in sessions:
        parts.setdefault(part_of(session), []).append(session)
    yield from sorted(parts.items())


def _columns(session: Session) -> Mapping[str, Any]:
    """What a task was set to comes last: a study's conditions are among its parameters."""
    parameters: Mapping[str, Any] = session.details.get("parameters") or {}
    return {**parameters, **session.participant_details}


def _value(session: Session, by: str) -> str | None:
    value = _columns(session).get(by)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None or value == "" else str(value)

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
    """The part of a session, as "condition short"; empty where nobody is parted. Raises DataError for a column that
    nobody has."""
    if by is None:
        return lambda session: ""
    value_of = entries_of(sessions, by)
    return lambda session: f"{by} {value_of(session) or _UNKNOWN}"


def entries_of(sessions: Sequence[Session], by: str) -> Callable[[Session], str | None]:
    """What is known of a session under the name `by`; None where nothing is.

    A person who has several sessions may have been in another condition in each; what was said in one alone holds for
    all. A model's session is of the part of the person's session that it continues, or of its own. Raises DataError for
    a column that nobody has.
    """
    known = dict.fromkeys(name for session in sessions for name in _columns(session))
    if by not in known:
        raise DataError(f"nobody has {by!r} (there are {names_listed(known)})")
    people = [session for session in sessions if session.source == "human"]
    of_sessions = {(one.participant, one.session): _value(one, by) for one in people}
    of_people: dict[str, set[str]] = {}
    for (name, _), value in of_sessions.items():
        of_people.setdefault(name, set()).update(() if value is None else (value,))

    def entry(session: Session) -> str | None:
        own = of_people.get(session.participant, set())
        if len(own) == 1:
            return next(iter(own))
        names = (session.session, session.session.removesuffix(f".{session.sample}"))
        met = next(filter(None, (of_sessions.get((session.participant, name)) for name in names)), None)
        return met or _value(session, by)

    return entry


def parts_of_people(sessions: Sequence[Session], part_of: PartOf) -> dict[tuple[str, str], str]:
    """The part of each source's participants; empty for one whose sessions are of several."""
    parts: dict[tuple[str, str], set[str]] = {}
    for session in sessions:
        parts.setdefault((session.source, session.participant), set()).add(part_of(session))
    return {who: next(iter(own)) if len(own) == 1 else "" for who, own in parts.items()}


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

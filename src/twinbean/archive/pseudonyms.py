"""Names that say nothing of a person, in the place of whatever the data call their participants.

A study's participants have pseudonyms already. All others are numbered: an id of a panel may be their name. What else
would name somebody, ids from the page's address and the device, never leaves; and where an id stands in an answer, the
archive is not written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from twinbean.errors import DataError
from twinbean.sessions.session import Session

# What no archive holds of a participant.
NEVER = ("ids", "device")
# A shorter name can stand anywhere without meaning anybody.
_SHORTEST = 6
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_PARTS = ("kept", "answers", "quizzes")


def pseudonymised(sessions: Sequence[Session], *, known: Collection[str], keep: bool = False) -> list[Session]:
    """The sessions under names that say nothing: those in `known` as they are, all others numbered in their order.

    A session that is named by its participant, or has a name from elsewhere, is numbered within its participant. With
    `keep` all names stay.
    """
    if keep:
        return list(sessions)
    others = [name for name in dict.fromkeys(one.participant for one in sessions) if name not in known]
    width = max(3, len(str(len(others))))
    names = {name: name for name in known} | {name: f"{n:0{width}}" for n, name in enumerate(others, start=1)}
    passes: dict[str, dict[str, str]] = {}
    for one in sessions:
        own = passes.setdefault(one.participant, {})
        if one.participant in known:
            own.setdefault(one.session, one.session)
        else:
            own.setdefault(one.session, f"{names[one.participant]}-{len(own) + 1}")
    return [
        one.replace(participant=names[one.participant], session=passes[one.participant][one.session])
        for one in sessions
    ]


def without(sessions: Iterable[Session], names: Collection[str]) -> list[Session]:
    """The sessions without what no archive holds, and without what is known of participants under these names.

    Responses stand without the names of what was asked: those that are as an answer that goes are as good as none.
    """
    return [one.replace(details=_kept(one.details, {*NEVER, *names})) for one in sessions]


def _kept(details: Mapping[str, Any], gone: Collection[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    said = [entry for name, entry in details.get("answers", {}).items() if name in gone]
    if said and "responses" in details:
        responses = [(before, None if one in said else one) for before, one in details["responses"]]
        details = {**details, "responses": responses}
    for name, value in details.items():
        if name in gone:
            continue
        if name in _PARTS:
            value = {key: entry for key, entry in value.items() if key not in gone}
            if not value:
                continue
        kept[name] = value
    return kept


def check_nameless(sessions: Iterable[Session], ids: Collection[str]) -> None:
    """Raises DataError where an id of a participant stands in what is known of one, naming where."""
    long = [one for one in ids if len(one) >= _SHORTEST]
    plain = {one for one in long if _TOKEN.fullmatch(one)}
    odd = [one for one in long if one not in plain]
    for session in sessions:
        for name, entry in _entries(session.details):
            text = entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)
            if plain.intersection(_TOKEN.findall(text)) or any(one in text for one in odd):
                raise DataError(
                    f"what is known of the participants under {name!r} holds the id of one: leave it out by "
                    f"--without {name}"
                )


def _entries(details: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for part in _PARTS:
        yield from details.get(part, {}).items()
    yield from ((name, value) for name, value in details.items() if name not in _PARTS)

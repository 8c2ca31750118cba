"""Whether people's data are of a task: what identifies it, and what differs where it is another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twinbean import _json
from twinbean.definitions.definition import Definition
from twinbean.definitions.emission import emit_definition
from twinbean.definitions.fingerprint import is_comparable, what_differs
from twinbean.errors import RecordMismatch
from twinbean.sessions import Session


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What tells a task from any other, and the parts that are compared where two are not the same."""

    fingerprint: str
    parts: Mapping[str, str]


class Identities:
    """The identities of a task, each made once for the same parameters: what is drawn for a person is not in them.

    `per_person` is for a task that is another one for each of them.
    """

    def __init__(self, *, per_person: bool = False) -> None:
        self._per_person = per_person
        self._made: dict[str, Identity] = {}

    def of(self, definition: Definition, parameters: Mapping[str, Any]) -> Identity:
        key = _json.digest(parameters)
        if self._per_person or key not in self._made:
            emission = emit_definition(definition)
            self._made[key] = Identity(fingerprint=emission.fingerprint(parameters), parts=emission.parts())
        return self._made[key]


def how_matched(person: Session) -> str:
    """How the data of somebody who is seated are known to be the task's: "fingerprint", or, where theirs is of format 1
    or there is none, "structure": by computing every payoff, score and text of the record anew."""
    return "fingerprint" if is_comparable(person.details.get("fingerprint", "")) else "structure"


def check_identity(person: Session, task: str, identity: Identity, parameters: Mapping[str, Any]) -> None:
    """Raises RecordMismatch, saying what differs, where a person's fingerprint is another one than the task's."""
    found = person.details.get("fingerprint", "")
    if found == identity.fingerprint or not is_comparable(found):
        return
    differs = _other_parameters(person, parameters) or what_differs(person.details.get("parts", {}), identity.parts)
    raise RecordMismatch(
        f"participant {person.participant!r} played {person.task!r}, and {task!r} is another task, or its file has "
        f"changed since ({differs or f'fingerprint {found[:12]}, now {identity.fingerprint[:12]}'})"
    )


def _other_parameters(person: Session, parameters: Mapping[str, Any]) -> str:
    recorded = person.details.get("parameters") or {}
    others = [
        f"{name} was {recorded[name]!r}, now {now!r}"
        for name, now in parameters.items()
        if recorded.get(name, now) != now
    ]
    return ", ".join(others)

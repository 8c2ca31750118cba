"""The column `details` of the tidy table: what a session's record holds beside its trials."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from twinbean import _json
from twinbean.sessions.quizzes import check_quizzes
from twinbean.sessions.responses import is_response
from twinbean.sessions.session import COUNTS


def details_of(cell: Any) -> Mapping[str, Any]:
    """What a session's record holds beside its trials, in the form in which a replay needs it. Raises TypeError
    or ValueError for what is none of it."""
    found = _object(cell) if isinstance(cell, str) else cell
    seed, parameters = found.get("seed", 0), found.get("parameters", {})
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0 or not isinstance(parameters, Mapping):
        raise TypeError
    # Until 0.1.0 only keys could be responses, and that was their name.
    responses = found.get("responses", found.get("keys", ()))
    if any(not isinstance(before, int) or not is_response(given) for before, given in responses):
        raise TypeError
    if not isinstance(found.get("answers", {}), Mapping):
        raise TypeError
    check_quizzes(found.get("quizzes", {}))
    if sorted(found.get("positions", ())) != list(range(len(found.get("positions", ())))):
        raise TypeError
    if not isinstance(found.get("fingerprint", ""), str):
        raise TypeError
    if any(integer_of(found.get(name, 0)) < 0 for name in COUNTS):
        raise TypeError
    if not all(isinstance(found.get(name, ""), str) for name in ("started", "finished", "consented")):
        raise TypeError
    shown = found.get("shown", [0, ""])
    if not isinstance(shown, list) or [type(part) for part in shown] != [int, str]:
        raise TypeError
    for name in ("parts", "ids"):
        texts = found.get(name, {})
        if not isinstance(texts, Mapping) or not all(isinstance(text, str) for text in texts.values()):
            raise TypeError
    kept = found.get("kept", {})
    if not isinstance(kept, Mapping) or any(not isinstance(entry, str | None) for entry in kept.values()):
        raise TypeError
    read = {name: value for name, value in found.items() if name != "keys"}
    return read | ({"responses": responses} if found.keys() & {"keys", "responses"} else {})


@lru_cache(maxsize=64)
def _object(text: str) -> Mapping[str, Any]:
    """All rows of a session repeat the same one."""
    values = _json.loads(text, "it")
    if not isinstance(values, Mapping):
        raise TypeError
    return values


def integer_of(cell: Any) -> int:
    """A whole number. Raises ValueError or TypeError for anything else."""
    number = int(float(cell))
    # What the table's column can hold.
    if float(cell) != number or not abs(number) < 2**63:
        raise ValueError
    return number

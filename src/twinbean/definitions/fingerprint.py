"""What a task is, as one hash: what its author wrote, in a form that nothing else can change.

Functions are hashed as normalised syntax (`twinbean.transpile.syntax`), not as the JavaScript that they become, so that
work on the compiler makes nobody's task another one. In it are blocks, stimuli, arguments, effects, loops, shared
variables, functions with all that they use, files that are shown, and parameters; not in it are what is drawn for one
participant (timelines), the page's look and language, and Twinbean's version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twinbean.definitions.emission import Emission

# Of format 1, which was made of emitted JavaScript and cannot be made again, fingerprints have no such mark.
_FORMAT = "2:"
# Enough to tell what has changed; whether anything has is for the whole fingerprint to say.
_DIGITS = 8
_MOST_NAMED = 4


def is_comparable(fingerprint: str) -> bool:
    """Whether a recorded fingerprint can be compared with today's; those of Twinbean 0.1 cannot."""
    return fingerprint.startswith(_FORMAT)


def fingerprint_of(emission: Emission, parameters: Mapping[str, Any]) -> str:
    """The format, and SHA-256 of canonical JSON."""
    content = {
        "blocks": [
            {"phase": block["phase"], "stimuli": block["stimuli"], "timeline": _columns(block), **_resets(block)}
            for block in emission.blocks
        ],
        "shared": emission.shared,
        "functions": [function.syntax for function in emission.written],
        "loops": emission.loops,
        # A record from a page has 50 for 50.0.
        "parameters": {name: _whole(value) for name, value in parameters.items()},
    }
    if emission.arrangements:
        content["arrangements"] = emission.arrangements
    if emission.files:
        content["files"] = emission.files
    return _FORMAT + _digest(content)


def parts_of(emission: Emission) -> dict[str, str]:
    """A short hash of every part of a task, by the name under which an error message tells of it.

    A stimulus that stands in several places with the same arguments is named where it comes first.
    """
    blocks = [
        [block["phase"], _columns(block), [stimulus["kind"] for stimulus in block["stimuli"]], *_resets(block).values()]
        for block in emission.blocks
    ]
    parts = {"blocks": blocks, "loops": emission.loops, "shared variables": emission.shared}
    if emission.arrangements:
        parts["orders and conditions"] = emission.arrangements
    parts |= {f"file {name!r}": digest for name, digest in emission.files.items()}
    parts |= dict(_distinct_stimuli(emission))
    for function in emission.written:
        name = f"function {function.name!r}"
        if name in parts:
            name = next(another for n in range(2, len(parts) + 3) if (another := f"{name}, {n}") not in parts)
        parts[name] = function.syntax
    return {name: _digest(part)[:_DIGITS] for name, part in parts.items()}


def what_differs(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The parts that are not the same in two tasks, in words; empty where no part is known to differ."""
    names = [name for name in {**now, **before} if before.get(name) != now.get(name)] if before and now else []
    if "blocks" in names:
        # Where blocks or stimuli come or go, those behind them have other numbers.
        names = ["blocks", *(name for name in names if name.startswith("function "))]
    named = names[:_MOST_NAMED]
    more = len(names) - len(named)
    return ", ".join([*named, *([f"and {more} more"] if more else [])])


def _distinct_stimuli(emission: Emission) -> Iterator[tuple[str, Any]]:
    seen: list[Any] = []
    for block_number, block in enumerate(emission.blocks, start=1):
        for number, stimulus in enumerate(block["stimuli"], start=1):
            if stimulus not in seen:
                seen.append(stimulus)
                yield f"arguments of block {block_number}, stimulus {number} ({stimulus['kind']})", stimulus


def _columns(block: Mapping[str, Any]) -> list[str]:
    return sorted({name for element in block["timeline"] for name in element})


def _resets(block: Mapping[str, Any]) -> dict[str, Any]:
    """Only where there are any: tasks without them keep the fingerprints that they had."""
    return {"resets": block["resets"]} if "resets" in block else {}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

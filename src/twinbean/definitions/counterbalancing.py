"""What differs between participants by design: the order of parts, and which of several conditions is played."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations, product
from math import prod
from typing import Any, Literal

from twinbean.errors import EmissionError
from twinbean.sessions.session import TAKEN_OF_PARTICIPANT

# A page has an order for each participant drawn before anybody plays, and a definition must hold under all of them.
MOST = 120
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Counterbalanced:
    """Parts of a session that every participant plays in an order of their own.

    `parts` are names with a Block, Loop or Phase, or a list of them. `by` says which orders there are: those of a
    balanced "latin square", in which each part stands equally often in each place and follows each other one equally
    often, or "all" of them. The order is recorded as the participant's `name`.
    """

    parts: Mapping[str, Any]
    by: Literal["latin square", "all"] = "latin square"
    name: str = "order"


@dataclass(frozen=True)
class Conditions:
    """Parts of a session of which every participant plays one, by the name of the condition, which is recorded as the
    participant's `name`."""

    parts: Mapping[str, Any]
    name: str = "condition"


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """One way of going through the blocks: their numbers in the order in which they are played, what is `recorded` of
    it, and which shared variables a phase `resets` that is over behind a block."""

    order: tuple[int, ...]
    recorded: Mapping[str, str] = field(default_factory=dict)
    resets: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


NOTHING = Arrangement(order=())


def checked_parts(entry: Counterbalanced | Conditions, taken: set[str]) -> dict[str, Sequence[Any]]:
    """Each part as a list of entries. Raises EmissionError for fewer than two, and for a name that is no column's."""
    what = type(entry).__name__
    if not isinstance(entry.parts, Mapping) or len(entry.parts) < 2:
        raise EmissionError(
            f"{what} has the parts {entry.parts!r}, expected two or more by name: {{'A': ..., 'B': ...}}"
        )
    for name in entry.parts:
        if not isinstance(name, str) or not name.strip() or ", " in name:
            raise EmissionError(f"a part of {what} is called {name!r}, expected a name such as 'gains'")
    reserved = TAKEN_OF_PARTICIPANT - {"condition"}
    if not isinstance(entry.name, str) or not _NAME.fullmatch(entry.name) or entry.name in reserved:
        raise EmissionError(f"{what} is recorded as {entry.name!r}, expected a name of its own, such as 'order'")
    if entry.name in taken:
        raise EmissionError(f"two are recorded as {entry.name!r}: give one of them another name=")
    taken.add(entry.name)
    return {name: list(part) if isinstance(part, list | tuple) else [part] for name, part in entry.parts.items()}


def in_sequence(parts: Sequence[Sequence[Arrangement]]) -> list[Arrangement]:
    """The ways of going through parts one after the other, each with its own ways."""
    if prod(map(len, parts)) > MOST:
        raise EmissionError(
            f"there are {prod(map(len, parts))} orders and conditions together, expected {MOST} at most"
        )
    return [_joined(ways) for ways in product(*parts)]


def counterbalanced(entry: Counterbalanced, parts: Mapping[str, Sequence[Arrangement]]) -> list[Arrangement]:
    """The ways of going through the parts of a Counterbalanced."""
    found: list[Arrangement] = []
    for order in _orders(entry.by, len(parts)):
        names = [list(parts)[place] for place in order]
        found += [
            replace(way, recorded={**way.recorded, entry.name: ", ".join(names)})
            for way in in_sequence([parts[name] for name in names])
        ]
    return found


def conditioned(entry: Conditions, parts: Mapping[str, Sequence[Arrangement]]) -> list[Arrangement]:
    """The ways of going through Conditions: one part of them."""
    return [replace(way, recorded={**way.recorded, entry.name: name}) for name, ways in parts.items() for way in ways]


def _orders(by: str, n: int) -> Iterator[tuple[int, ...]]:
    if by == "all":
        if prod(range(1, n + 1)) > MOST:
            raise EmissionError(
                f"Counterbalanced has {n} parts, of which there are more than {MOST} orders: by='latin square'"
            )
        yield from permutations(range(n))
    elif by == "latin square":
        yield from balanced_square(n)
    else:
        raise EmissionError(f"Counterbalanced is by {by!r}, expected 'latin square' or 'all'")


def balanced_square(n: int) -> list[tuple[int, ...]]:
    """The rows of a balanced Latin square of `n` parts, twice as many where n is odd.

    Source: Williams 1949, Aust J Sci Res A 2:149: 0, 1, n - 1, 2, n - 2, ... and its shifts; where n is odd also these
    backwards.
    """
    first = [0, *((place + 1) // 2 if place % 2 else n - place // 2 for place in range(1, n))]
    rows = [tuple((part + shift) % n for part in first) for shift in range(n)]
    return rows if n % 2 == 0 else [*rows, *(row[::-1] for row in rows)]


def _joined(ways: Sequence[Arrangement]) -> Arrangement:
    recorded = {name: value for way in ways for name, value in way.recorded.items()}
    resets = {number: names for way in ways for number, names in way.resets.items()}
    return Arrangement(order=tuple(number for way in ways for number in way.order), recorded=recorded, resets=resets)

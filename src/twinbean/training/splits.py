"""Who is trained on, who decides when to stop, and who is predicted: each person is on one side alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from twinbean.errors import TrainingError

SIDES = ("train", "validation", "test")
# Of ten people, seven, one and two.
RATIO = (7.0, 1.0, 2.0)


@dataclass(frozen=True, kw_only=True)
class Split:
    """The people of each side."""

    train: tuple[str, ...]
    validation: tuple[str, ...] = ()
    test: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        everybody = [*self.train, *self.validation, *self.test]
        if twice := {person for person in everybody if everybody.count(person) > 1}:
            raise TrainingError(f"participant {min(twice)!r} is on two sides of the split, expected one")
        if not self.train:
            raise TrainingError("nobody is left to train on: give more people, or another split")

    @property
    def sides(self) -> dict[str, str]:
        """The side of each person."""
        return {person: side for side in SIDES for person in getattr(self, side)}


def split_people(groups: Mapping[str, str], *, ratio: Sequence[float] = RATIO, seed: int = 0) -> Split:
    """Split people by `ratio` (train, validation, test), each of `groups` alike as far as whole people can be.

    Who comes where is decided by the hash of their names with the seed, not by the order of the data.
    """
    if len(ratio) != len(SIDES) or min(ratio) < 0 or not ratio[0] > 0:
        shown = ",".join(f"{share:g}" for share in ratio)
        raise TrainingError(f"the split is {shown!r}, expected shares of train, validation and test, as 70,10,20")
    members: dict[str, list[str]] = {}
    for person in sorted(groups, key=lambda person: _hash(person, seed)):
        members.setdefault(groups[person], []).append(person)
    counts = _counts({group: len(people) for group, people in members.items()}, ratio)
    sides: list[list[str]] = [[], [], []]
    for group, people in members.items():
        at = 0
        for side, count in zip(sides, counts[group], strict=True):
            side += people[at : at + count]
            at += count
    return Split(train=tuple(sorted(sides[0])), validation=tuple(sorted(sides[1])), test=tuple(sorted(sides[2])))


def _counts(sizes: Mapping[str, int], ratio: Sequence[float]) -> dict[str, list[int]]:
    """How many of each group come on each side: the totals are those of all people, and every cell is rounded."""
    shares = [share / sum(ratio) for share in ratio]
    counts = {group: [int(size * share) for share in shares] for group, size in sizes.items()}
    wanted = _rounded(sum(sizes.values()), shares)
    missing = {group: size - sum(counts[group]) for group, size in sizes.items()}
    short = [total - sum(one[side] for one in counts.values()) for side, total in enumerate(wanted)]
    # First where rounding took most, then wherever somebody is left over.
    cells = sorted(
        ((group, side) for group in sorted(sizes) for side in range(len(shares))),
        key=lambda cell: -(sizes[cell[0]] * shares[cell[1]] % 1),
    )
    for group, side in (*cells, *cells, *cells):
        if missing[group] and short[side] > 0:
            counts[group][side] += 1
            missing[group] -= 1
            short[side] -= 1
    return counts


def _rounded(total: int, shares: Iterable[float]) -> list[int]:
    """Whole numbers that add up to `total`, by the largest remainders."""
    exact = [total * share for share in shares]
    found = [int(one) for one in exact]
    for side in sorted(range(len(exact)), key=lambda side: found[side] - exact[side])[: total - sum(found)]:
        found[side] += 1
    return found


def _hash(person: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\0{person}".encode()).hexdigest()

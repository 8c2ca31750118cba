"""A part of a run's sessions: every N-th, so that N machines play together what one would play."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from twinbean.errors import RunError

T = TypeVar("T")


@dataclass(frozen=True)
class Shard:
    """The `number`-th of `of` shards, counted from 1; written `number/of`."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises RunError for what is no such fraction."""
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise RunError(f"the shard is {text!r}, expected K/N with K from 1 to N, as in 2/8")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def described(self, n_sessions: int) -> dict[str, int]:
        """What a manifest says of it; `n_sessions` are in the full list."""
        return {"number": self.number, "of": self.of, "sessions": n_sessions}

    def takes(self, place: int) -> bool:
        """Whether what stands at `place` in the full list, counted from 0, is in this shard."""
        return place % self.of == self.number - 1

    def part(self, whole: Sequence[T]) -> Sequence[T]:
        """What of `whole` is in this shard. Raises RunError where that is nothing."""
        taken = whole[self.number - 1 :: self.of]
        if not taken:
            raise RunError(
                f"shard {self} is empty: there are {len(whole)} sessions, so take at most {len(whole)} shards"
            )
        return taken


WHOLE = Shard()

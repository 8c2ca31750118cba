"""Which columns of another study's table hold what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option that is no arm: the entry of the choice column, and attributes, numbers or columns that hold them."""

    entry: str
    attributes: Mapping[str, str | float]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column holds what: the chosen arm, and, where there are any, participant, reward, block and response time.

    Without `participant`, a file is one person's and named by it. Rows count where each column of `where` holds one of
    its entries. `keep` are columns that say something of the whole session, such as a diagnosis or a condition. A
    reward of several columns is their sum; "-NAME" is subtracted, and so is "-|NAME|", whatever its sign. `arms` has
    the entries of the choice column that are each arm, by labels, in their order; entries of `missed` are no response.
    `phases` has the entries of the column `phase` that are each phase but the main one.
    """

    choice: str
    participant: str | None = None
    session: str | None = None
    reward: str | Sequence[str] | None = None
    block: str | None = None
    rt: str | None = None
    rt_ms: float | None = None
    phase: str | None = None
    phases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    keep: Sequence[str] = ()
    arms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    missed: Sequence[str] = ()
    options: Sequence[Option] = ()

    @property
    def rewards(self) -> Sequence[str]:
        return [self.reward] if isinstance(self.reward, str) else self.reward or ()

    def names(self) -> list[str]:
        given = [self.participant, self.session, self.choice, self.block, self.rt, self.phase]
        of_options = [name for option in self.options for name in option.attributes.values() if isinstance(name, str)]
        named = [*given, *map(column_of, [*self.rewards, *of_options]), *self.where, *self.keep]
        return [name for name in named if name is not None]

    def is_missed(self, entry: str) -> bool:
        return entry == "" or entry in self.missed


def column_of(term: str) -> str:
    """The column of a term, which may be subtracted."""
    return term.removeprefix("-").removeprefix("|").removesuffix("|") if term.startswith("-") else term

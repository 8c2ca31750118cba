"""What Twinbean adds to SweetBean's list of blocks: phases, and loops that end at a condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sweetbean import Block
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.definitions.counterbalancing import (
    Arrangement,
    Conditions,
    Counterbalanced,
    checked_parts,
    conditioned,
    counterbalanced,
    in_sequence,
)
from twinbean.definitions.kinds.stimulus import Repetition
from twinbean.definitions.values import normalise
from twinbean.definitions.variables import variables_in
from twinbean.errors import EmissionError
from twinbean.sessions.session import MAIN


@dataclass(frozen=True)
class Loop:
    """Blocks that are played again until `until` is true after a pass, `most` times at most.

    `until` is a FunctionVariable of shared variables and of rows: DataVariable(name, 1) is the row before.
    """

    blocks: Sequence[Any]
    until: Any
    most: int


@dataclass(frozen=True)
class Phase:
    """Blocks, or loops of them, of one phase of a session. Measures, fits and `--after` count only "main".

    Behind the phase the shared variables of `resets` are what they were at the start, so that a practice leaves nothing
    in the score.
    """

    name: str
    blocks: Sequence[Any]
    resets: Sequence[Any] = ()


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A SweetBean block with its phase, the number of its loop, and the shared variables that start anew before it."""

    block: Block
    phase: str = MAIN
    loop: int | None = None
    resets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DefinedLoop:
    """The blocks from `first` to `last` are played until `until` is true, `most` times at most. Where it never is,
    `otherwise` may say what becomes of the participant."""

    first: int
    last: int
    until: Any
    most: int
    where: str
    otherwise: str | None = None


@dataclass(kw_only=True)
class Structure:
    """The blocks of an experiment as they are written, its loops, and the ways of going through it."""

    blocks: list[Placed] = field(default_factory=list)
    loops: list[DefinedLoop] = field(default_factory=list)
    arrangements: list[Arrangement] = field(default_factory=list)
    # What the phases before have reset, until a block starts with it.
    _resets: list[str] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    def add(self, entries: Sequence[Any], phase: str) -> list[Arrangement]:
        """The ways of going through `entries`, whose blocks are added."""
        return in_sequence([self._entry(entry, phase) for entry in entries])

    def _entry(self, entry: Any, phase: str) -> list[Arrangement]:
        if isinstance(entry, Phase):
            return self._phase(entry)
        if isinstance(entry, Counterbalanced | Conditions):
            return self._varied(entry, phase)
        first = len(self.blocks)
        if isinstance(entry, Loop):
            self._loop(entry, phase)
        else:
            self.blocks.append(_block(entry, phase, None, self._resets))
            where = f"block {len(self.blocks)}"
            if (repetition := _repetition(entry, where)) is not None:
                self.loops.append(_repeated(repetition, first, where))
        return [Arrangement(order=tuple(range(first, len(self.blocks))))]

    def _phase(self, entry: Phase) -> list[Arrangement]:
        if not isinstance(entry.name, str) or not entry.name.strip():
            raise EmissionError(f"a phase is called {entry.name!r}, expected a name such as 'practice'")
        found = self.add(entry.blocks, entry.name)
        for variable in entry.resets:
            if not isinstance(variable, SharedVariable):
                raise EmissionError(f"phase {entry.name!r} resets {variable!r}, expected a SharedVariable")
            self._resets.append(str(variable.name))
        return found

    def _varied(self, entry: Counterbalanced | Conditions, phase: str) -> list[Arrangement]:
        parts = checked_parts(entry, self._names)
        ways = {}
        for name, part in parts.items():
            self._check_no_reset(entry)
            ways[name] = self.add(part, phase)
        self._check_no_reset(entry)
        return counterbalanced(entry, ways) if isinstance(entry, Counterbalanced) else conditioned(entry, ways)

    def _check_no_reset(self, entry: Any) -> None:
        """Which block comes next differs between participants, and a reset belongs to one block."""
        if self._resets:
            raise EmissionError(
                f"a phase that resets {self._resets[0]!r} ends where {type(entry).__name__} goes on, in an order that "
                f"differs: put a block with a screen of its own between them"
            )

    def _loop(self, entry: Loop, phase: str) -> None:
        where, first = f"loop {len(self.loops) + 1}", len(self.blocks)
        self.blocks += [_block(inner, phase, len(self.loops), self._resets) for inner in entry.blocks]
        last = len(self.blocks) - 1
        if any(_repetition(placed.block, where) for placed in self.blocks[first:]):
            raise EmissionError(f"{where} holds a quiz, which repeats its own block: put it beside the loop")
        if last < first:
            raise EmissionError(f"{where} has no blocks")
        until = _checked(entry, where)
        self.loops.append(DefinedLoop(first=first, last=last, until=until, most=entry.most, where=where))


def structure(entries: Sequence[Any]) -> Structure:
    """What an experiment is made of. Raises EmissionError for what cannot be looped, ordered or chosen."""
    found = Structure()
    found.arrangements = found.add(entries, MAIN)
    return found


def _repetition(block: Block, where: str) -> Repetition | None:
    """How a block repeats itself, by the stimulus that ends it. Raises EmissionError where that does not end it."""
    found = [stimulus for stimulus in block.stimuli if getattr(stimulus, "repetition", None)]
    if not found:
        return None
    what = type(found[0]).__name__
    if found != block.stimuli[-1:] or len(block.timeline) > 1:
        raise EmissionError(
            f"{where}: a {what} is the last stimulus of its block, which has no timeline; the block is played again"
        )
    repetition: Repetition = found[0].repetition
    return repetition


def _repeated(repetition: Repetition, number: int, where: str) -> DefinedLoop:
    until = DataVariable(repetition.until, 1)
    return DefinedLoop(
        first=number, last=number, until=until, most=repetition.most, where=where, otherwise=repetition.otherwise
    )


def _block(entry: Any, phase: str, loop: int | None, resets: list[str]) -> Placed:
    if not isinstance(entry, Block):
        within = "a loop" if loop is not None else "an experiment"
        expected = "blocks" if loop is not None else "blocks, loops, phases, Counterbalanced and Conditions"
        raise EmissionError(f"{within} holds a {type(entry).__name__}, expected {expected}")
    anew = tuple(dict.fromkeys(resets))
    if entry.stimuli:
        # A block without screens is never reached on the page: the next one begins anew.
        resets.clear()
    return Placed(block=entry, phase=phase, loop=loop, resets=anew if entry.stimuli else ())


def _checked(loop: Loop, where: str) -> Any:
    if not isinstance(loop.most, int) or isinstance(loop.most, bool) or loop.most < 1:
        raise EmissionError(f"{where}: most is {loop.most!r}, expected how many times it is played at most, from 1")
    if not isinstance(loop.until, FunctionVariable):
        raise EmissionError(f"{where}: until is {loop.until!r}, expected a FunctionVariable")
    for variable in variables_in(loop.until):
        if isinstance(variable, TimelineVariable):
            raise EmissionError(
                f"{where}: until reads the TimelineVariable {variable.name!r}, and a loop has no timeline"
            )
        if isinstance(variable, DataVariable) and variable.window < 1:
            raise EmissionError(
                f"{where}: until reads DataVariable({variable.raw_name!r}, {variable.window}); the row before it is "
                f"DataVariable({variable.raw_name!r}, 1)"
            )
    normalise(loop.until.args, f"{where}, until")
    return loop.until

"""What Twinbean adds to SweetBean's list of blocks: phases, and loops that end at a condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sweetbean import Block
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable

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


def placed(entries: Sequence[Any]) -> tuple[list[Placed], list[DefinedLoop]]:
    """The blocks of an experiment in order, and its loops. Raises EmissionError for what cannot be looped."""
    blocks: list[Placed] = []
    loops: list[DefinedLoop] = []
    resets: list[str] = []
    for entry, phase in _unwrapped(entries, MAIN, resets):
        if not isinstance(entry, Loop):
            blocks.append(_block(entry, phase, None, resets))
            if (repetition := _repetition(entry, f"block {len(blocks)}")) is not None:
                loops.append(_repeated(repetition, len(blocks) - 1, f"block {len(blocks)}"))
            continue
        where = f"loop {len(loops) + 1}"
        first = len(blocks)
        blocks += [_block(inner, phase, len(loops), resets) for inner in entry.blocks]
        if any(_repetition(placed.block, where) for placed in blocks[first:]):
            raise EmissionError(f"{where} holds a quiz, which repeats its own block: put it beside the loop")
        if len(blocks) == first:
            raise EmissionError(f"{where} has no blocks")
        until = _checked(entry, where)
        loops.append(DefinedLoop(first=first, last=len(blocks) - 1, until=until, most=entry.most, where=where))
    return blocks, loops


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


def _unwrapped(entries: Sequence[Any], phase: str, resets: list[str]) -> Iterator[tuple[Any, str]]:
    """Blocks and loops with their phase; into `resets` comes what the phases before have reset."""
    for entry in entries:
        if not isinstance(entry, Phase):
            yield entry, phase
            continue
        if not isinstance(entry.name, str) or not entry.name.strip():
            raise EmissionError(f"a phase is called {entry.name!r}, expected a name such as 'practice'")
        yield from _unwrapped(entry.blocks, entry.name, resets)
        for variable in entry.resets:
            if not isinstance(variable, SharedVariable):
                raise EmissionError(f"phase {entry.name!r} resets {variable!r}, expected a SharedVariable")
            resets.append(str(variable.name))


def _block(entry: Any, phase: str, loop: int | None, resets: list[str]) -> Placed:
    if not isinstance(entry, Block):
        within = "a loop" if loop is not None else "an experiment"
        expected = "blocks" if loop is not None else "blocks, loops and phases of them"
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

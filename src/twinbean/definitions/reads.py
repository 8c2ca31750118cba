"""Whether every row that a DataVariable looks back at is there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from sweetbean.variable import DataVariable

from twinbean.definitions.blocks import DefinedBlock, Definition, Screen
from twinbean.definitions.variables import variables_in
from twinbean.errors import EmissionError


class _Row(NamedTuple):
    """The names in a row, and which of them hold nothing in a replay."""

    names: frozenset[str]
    skipped: frozenset[str]


def check_reads(definition: Definition) -> None:
    """Every row that a DataVariable looks at must be there, at every trial, and hold the name.

    With loops, after every number of passes that can make a difference to who looks back from behind them; in every
    order and condition.
    """
    windows = [variable.window for variable in definition.variables() if isinstance(variable, DataVariable)]
    passes = [range(1, min(loop.most, max(windows, default=0) + 2) + 1) for loop in definition.loops]
    for way in definition.arrangements:
        for counts in product(*passes):
            _check_played(definition, way.order, counts)


def _check_played(definition: Definition, order: Sequence[int], counts: Sequence[int]) -> None:
    rows: list[_Row] = []
    for number in order:
        block = definition.blocks[number]
        loop = next((loop for loop in definition.loops if loop.first == number), None)
        if loop is not None:
            inner = definition.blocks[loop.first : loop.last + 1]
            for _ in range(counts[definition.loops.index(loop)]):
                for one in inner:
                    _check_block(one, rows)
                for name, window in _of([loop.until]):
                    _check_read(f"{loop.where}, until", name, window, rows, len(rows) - window)
        elif not any(loop.first <= number <= loop.last for loop in definition.loops):
            _check_block(block, rows)


def _check_block(block: DefinedBlock, rows: list[_Row]) -> None:
    prepared = [(screen, _Row(screen.recorded(), screen.skipped()), *_reads(screen)) for screen in block.screens]
    for _ in block.timeline:
        for screen, row, in_arguments, in_effects in prepared:
            for name, window in in_arguments:
                if window == 0:
                    raise EmissionError(
                        f"{screen.where}: DataVariable({name!r}, 0) is the current row, which only side effects "
                        f"have; the row before is DataVariable({name!r}, 1)"
                    )
                _check_read(screen.where, name, window, rows, len(rows) - window)
            rows.append(row)
            for name, window in in_effects:
                _check_read(screen.where, name, window, rows, len(rows) - 1 - window)


def _check_read(where: str, name: str, window: int, rows: Sequence[_Row], index: int) -> None:
    if index < 0:
        raise EmissionError(
            f"{where}: DataVariable({name!r}, {window}) looks {window} rows back when there are {len(rows)}"
        )
    if name not in rows[index].names:
        raise EmissionError(
            f"{where}: DataVariable({name!r}, {window}) looks at a row without {name!r} "
            f"(it has {', '.join(sorted(rows[index].names))})"
        )
    if name in rows[index].skipped:
        raise EmissionError(
            f"{where}: DataVariable({name!r}, {window}) looks at what only people are asked, which a replay skips"
        )


def _reads(screen: Screen) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    return _of(list(screen.arguments.values())), _of([effect.get_variable for effect in screen.effects])


def _of(values: Sequence[Any]) -> set[tuple[str, int]]:
    return {(v.raw_name, v.window) for v in variables_in(values) if isinstance(v, DataVariable)}

"""Whether every row that a DataVariable looks back at is there."""

from __future__ import annotations

from collections.abc import Sequence

from sweetbean.variable import DataVariable

from twinbean.definitions.blocks import Definition, Screen
from twinbean.definitions.variables import variables_in
from twinbean.errors import EmissionError


def check_reads(definition: Definition) -> None:
    """Every row that a DataVariable looks at must be there, at every trial, and hold the name."""
    rows: list[frozenset[str]] = []
    for block in definition.blocks:
        prepared = [(screen, screen.recorded(), *_reads(screen)) for screen in block.screens]
        for _ in block.timeline:
            for screen, names, in_arguments, in_effects in prepared:
                for name, window in in_arguments:
                    if window == 0:
                        raise EmissionError(
                            f"{screen.where}: DataVariable({name!r}, 0) is the current row, which only side effects "
                            f"have; the row before is DataVariable({name!r}, 1)"
                        )
                    _check_read(screen, name, window, rows, len(rows) - window)
                rows.append(names)
                for name, window in in_effects:
                    _check_read(screen, name, window, rows, len(rows) - 1 - window)


def _check_read(screen: Screen, name: str, window: int, rows: Sequence[frozenset[str]], index: int) -> None:
    if index < 0:
        raise EmissionError(
            f"{screen.where}: DataVariable({name!r}, {window}) looks {window} rows back when there are {len(rows)}"
        )
    if name not in rows[index]:
        raise EmissionError(
            f"{screen.where}: DataVariable({name!r}, {window}) looks at a row without {name!r} "
            f"(it has {', '.join(sorted(rows[index]))})"
        )


def _reads(screen: Screen) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    effects = [effect.get_variable for effect in screen.effects]
    return tuple(  # type: ignore[return-value]
        {(v.raw_name, v.window) for v in variables_in(values) if isinstance(v, DataVariable)}
        for values in (list(screen.arguments.values()), effects)
    )

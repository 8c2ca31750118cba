"""Tables of other studies, with their own column names, as sessions."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from twinbean.errors import DataError
from twinbean.files import read_text
from twinbean.records.session import Session, Trial
from twinbean.records.table import read_parquet


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column holds what: participant, the chosen arm, and, where there are any, reward and block."""

    participant: str
    choice: str
    reward: str | None = None
    block: str | None = None


def read_foreign(path: Path, columns: Columns) -> list[Session]:
    """The sessions of a CSV or Parquet table with one row a choice, rows in the order in which they were made.

    Every distinct entry of the choice column is an arm: its label is the entry, its number the entry's place in sorted
    order. An empty choice is a missed trial. Payoffs of arms that were not chosen are unknown. Raises DataError naming
    the column or the row (counted from 1, the header not among them).
    """
    table = _read(path)
    for name in (columns.participant, columns.choice, columns.reward, columns.block):
        if name is not None and name not in table.columns:
            raise DataError(f"{path} has no column {name!r} (found {', '.join(map(repr, table.columns))})")
    labels = tuple(sorted(set(table[columns.choice]) - {""}, key=_natural))
    if len(labels) < 2:
        raise DataError(f"{path}: column {columns.choice!r} holds {list(labels)!r}, expected at least two arms")
    rewards = [_reward(path, columns.reward, row, cell) for row, cell in _cells(table, columns.reward)]
    blocks = _numbered(table, columns)
    trials: dict[str, list[Trial]] = {}
    rows = zip(table[columns.participant], table[columns.choice], rewards, blocks, strict=True)
    for participant, choice, reward, block in rows:
        made = trials.setdefault(participant, [])
        made.append(_trial(len(made), choice, reward, block, labels))
    return [
        Session(participant=participant, session=participant, task=path.name.split(".")[0], trials=tuple(made))
        for participant, made in trials.items()
    ]


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(f"{path} does not exist")
    if path.suffix == ".parquet":
        return _as_text(read_parquet(path))
    # "null" and "NA" can be real entries: nothing but the empty text is missing.
    separator = "\t" if ".tsv" in path.suffixes else ","
    try:
        # Not by pandas, which takes a header that is too short as leave to shift the columns.
        lines = io.StringIO(read_text(path), newline="")
        names, *rows = filter(None, csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise DataError(f"{path} is not a table: {error}") from None
    except ValueError:
        raise DataError(f"{path} is not a table: it is empty") from None
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise DataError(f"{path}, row {number} has {len(row)} cells, expected {len(names)} as in the first line")
    return pd.DataFrame(rows, columns=names, dtype=str)


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell as a CSV file would hold it: whole numbers without a point, nothing where something is missing."""

    def text(cell: Any) -> str:
        if cell is None or cell is pd.NA or cell != cell:
            return ""
        return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

    return table.map(text)


def _natural(label: str) -> tuple[float, str]:
    """Numbers in order of size, before words in order of the alphabet."""
    try:
        return float(label), ""
    except ValueError:
        return float("inf"), label


def _cells(table: pd.DataFrame, column: str | None) -> list[tuple[int, str]]:
    cells = [""] * len(table) if column is None else list(table[column])
    return list(enumerate(cells, start=1))


def _reward(path: Path, column: str | None, row: int, cell: str) -> float | None:
    if cell == "":
        return None
    try:
        number = float(cell)
        if math.isinf(number):
            raise ValueError
    except ValueError:
        raise DataError(f"{path}, row {row}: {column} is {cell!r}, expected a number") from None
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() else number


def _numbered(table: pd.DataFrame, columns: Columns) -> list[int]:
    """Blocks from 0 within each participant, in the order in which their names first appear."""
    if columns.block is None:
        return [0] * len(table)
    seen: dict[str, dict[str, int]] = {}
    numbers = []
    for participant, block in zip(table[columns.participant], table[columns.block], strict=True):
        names = seen.setdefault(participant, {})
        numbers.append(names.setdefault(block, len(names)))
    return numbers


def _trial(number: int, choice: str, reward: float | None, block: int, labels: tuple[str, ...]) -> Trial:
    arms = tuple(range(len(labels)))
    if choice == "":
        return Trial(trial=number, choice=None, block=block, offered=arms, labels=labels, missed=True)
    arm = labels.index(choice)
    outcomes: list[Any] = [None] * len(labels)
    outcomes[arm] = reward
    return Trial(
        trial=number,
        choice=arm,
        block=block,
        label=choice,
        reward=reward,
        outcomes=tuple(outcomes),
        offered=arms,
        labels=labels,
    )

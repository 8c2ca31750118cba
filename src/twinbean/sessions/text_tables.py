"""Tables of any kind as rows of text: CSV, tab-separated text, Parquet, and the JSON that jsPsych saves."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from twinbean import _json
from twinbean._files import read_text
from twinbean.errors import DataError
from twinbean.sessions.beh_names import is_beh
from twinbean.sessions.cells import lines_of
from twinbean.sessions.parquet import read_parquet

# What every row of jsPsych has, in version 7 and in version 8.
_OF_JSPSYCH = frozenset({"trial_type", "trial_index", "time_elapsed"})


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table's columns and rows of text; an empty text is a missing value."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, str]]

    @property
    def is_jspsych(self) -> bool:
        return _OF_JSPSYCH.issubset(self.columns)


def read_text_table(path: Path) -> TextTable:
    """The table in a file. Raises DataError naming the file, and the row (from 1, a header not among them)."""
    if path.suffix == ".parquet":
        return _from_records(read_parquet(path).to_dict("records"), path)
    text = read_text(path)
    if ".json" in path.suffixes or re.match(r"\s*\[\s*\{", text):
        return _from_json(text, path)
    return _from_text(text, path)


def _from_json(text: str, path: Path) -> TextTable:
    rows = _json.loads(text, str(path))
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise DataError(f"{path} is not jsPsych data: expected a list of rows with names and values")
    return _from_records(rows, path)


def _from_records(rows: Sequence[Mapping[Any, Any]], path: Path) -> TextTable:
    if not rows:
        raise DataError(f"{path} is not a table: it is empty")
    columns = list(dict.fromkeys(str(name) for row in rows for name in row))
    return TextTable(columns=columns, rows=[{str(name): _text(cell) for name, cell in row.items()} for row in rows])


def _from_text(text: str, path: Path) -> TextTable:
    header = text.split("\n", 1)[0]
    separator = "\t" if header.count("\t") > header.count(",") else ","
    csv.field_size_limit(2**31 - 1)
    try:
        # Not by pandas, which takes a header that is too short as leave to shift the columns.
        reader = csv.reader(lines_of(text), delimiter=separator, strict=True)
        # Most columns have few different entries: each stands once in memory.
        known: dict[str, str] = {}
        lines = [tuple(known.setdefault(cell, cell) for cell in line) for line in reader if line]
    except csv.Error as error:
        raise DataError(f"{path} is not a table: {error}") from None
    if not lines:
        raise DataError(f"{path} is not a table: it is empty")
    if is_beh(path):
        lines = [tuple("" if cell == "n/a" else cell for cell in line) for line in lines]
    columns, place = lines[0], {name: number for number, name in enumerate(lines[0])}
    rows = [_Row(place, line) for line in lines[1:]]
    for number, line in enumerate(lines[1:], start=1):
        if len(line) != len(columns):
            raise DataError(f"{path}, row {number} has {len(line)} cells, expected {len(columns)} as in the first line")
    cells = TextTable(columns=columns, rows=rows)
    if not cells.is_jspsych:
        # Elsewhere "null" and "NA" can be real entries: nothing but the empty text is missing.
        return cells
    return TextTable(
        columns=columns,
        rows=[{name: "" if cell == "null" else cell for name, cell in row.items()} for row in cells.rows],
    )


class _Row(Mapping[str, str]):
    """A row as a dict would be, in a third of its memory: the columns' places are the same for all rows."""

    __slots__ = ("_cells", "_place")

    def __init__(self, place: Mapping[str, int], cells: Sequence[str]) -> None:
        self._place = place
        self._cells = cells

    def __getitem__(self, name: str) -> str:
        return self._cells[self._place[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)


def _text(cell: Any) -> str:
    """As a CSV file would hold it: whole numbers without a point, nothing where something is missing."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, bool):
        return str(cell).lower()
    if cell is pd.NA or cell != cell:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

"""Cells of CSV files that a spreadsheet opens: it would run a text that begins like a formula.

Ids come from the address of a page, and labels, replies and conditions from others, too. Such a text is written with
an apostrophe before it, which spreadsheets take as "this is text", and read back without.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

# Apostrophes before it are part of the pattern, so that a text which has its own keeps them.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def csv_text(table: pd.DataFrame, *, header: bool = True) -> str:
    """A table as CSV, with texts that begin like a formula marked as texts; numbers, also in columns of texts, stay."""
    marked = table.copy(deep=False)
    for position in range(table.shape[1]):
        column = table.iloc[:, position]
        # A column of texts repeats itself.
        if not pd.api.types.is_numeric_dtype(column) and any(map(_is_formula, column.unique())):
            cells = [f"'{cell}" if _is_formula(cell) else cell for cell in column]
            marked.isetitem(position, pd.array(cells, dtype=object))
    text = marked.to_csv(index=False, header=header)
    if "\r" in text:
        # A reply can hold a lone carriage return, which ends a line for readers and is not quoted by writers.
        text = marked.to_csv(index=False, header=header, quoting=csv.QUOTE_ALL)
    return text


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text with their ends, whatever these are, without a copy of it all."""
    return (match[0] for match in _LINE.finditer(text))


def unmarked(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """A row of a CSV file with the texts that `csv_text` marked as they were."""
    return {name: cell[1:] if isinstance(cell, str) and _is_marked(cell) else cell for name, cell in row.items()}


def all_unmarked(rows: Iterable[Mapping[Any, Any]], text: str) -> Iterable[Mapping[Any, Any]]:
    """The rows of the CSV file with that text; in most files no cell begins with an apostrophe, and none is marked."""
    return map(unmarked, rows) if any(f"{before}'" in text for before in ',"\n\r') else rows


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and _FORMULA.match(cell) is not None and _NUMBER.fullmatch(cell) is None


def _is_marked(cell: str) -> bool:
    return cell.startswith("'") and _FORMULA.match(cell) is not None

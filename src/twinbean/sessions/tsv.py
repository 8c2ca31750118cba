"""Tab-separated tables as BIDS has them: `n/a` is missing, and a text with a tab or a line's end stands as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from twinbean import _json
from twinbean.errors import DataError

MISSING = "n/a"


def tsv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Lists and objects are JSON; so is a text that a reader could take for something else."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(_cell(row.get(name)) for name in columns) for row in rows]
    return "\n".join(lines) + "\n"


def tsv_rows(text: str, where: str) -> list[dict[str, str | None]]:
    """The rows of such a table. Raises DataError naming the row, counted from 1 without the header."""
    header, *lines = text.removesuffix("\n").replace("\r\n", "\n").split("\n")
    columns = header.split("\t")
    rows = []
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise DataError(
                f"{where}, row {number} has {len(cells)} cells, expected {len(columns)} as in the first line"
            )
        rows.append(
            {name: _text(cell, f"{where}, row {number}: {name}") for name, cell in zip(columns, cells, strict=True)}
        )
    return rows


def _cell(value: Any) -> str:
    if value is None or value != value or (isinstance(value, list | tuple) and not value):
        return MISSING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        is_plain = value not in ("", MISSING) and value[0] != '"' and not {"\t", "\n", "\r"}.intersection(value)
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _text(cell: str, where: str) -> str | None:
    if cell == MISSING:
        return None
    if not cell.startswith('"'):
        return cell
    found = _json.loads(cell, where)
    if not isinstance(found, str):
        raise DataError(f"{where} is {cell!r}, expected a text")
    return found

"""Parquet for the fuzzer: a value, or the type of a whole column, is another (see `fuzzing`)."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from fuzz_values import KINDS
from fuzzing import Case

Rows = Sequence[dict[str, Any]]


def rows_of(path: Path) -> Rows:
    return pyarrow.parquet.read_table(path).to_pylist()


def spoiled(case: Case, rows: Rows) -> bytes:
    """A column must have one type: where a value is of another, the column is text."""
    names = list(rows[0])
    columns = {name: [row[name] for row in rows] for name in names}
    if len(case.place) == 1:
        columns[str(case.place[0])] = [KINDS[case.text](number) for number in range(len(rows))]
    else:
        row, name = case.place
        columns[str(name)][int(row)] = _value(case.text)
    return _written(pa.table({name: _array(values) for name, values in columns.items()}))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _array(values: list[Any]) -> pa.Array:
    try:
        array = pa.array(values)
        _written(pa.table({"a": array}))
        return array
    except (pa.ArrowException, OverflowError, UnicodeError, RecursionError):
        return pa.array([None if value is None else _text(value) for value in values])


def _written(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    return file.getvalue()


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "backslashreplace").decode()

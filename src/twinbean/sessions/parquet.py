"""Parquet as others may have written it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean._extras import how_to_install
from twinbean._packed import most_unpacked, unpacks_to_too_much
from twinbean.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

# The least that a value takes in memory.
_CELL_BYTES = 8


def read_parquet(path: Path) -> pd.DataFrame:
    """The table in a file. Raises DataError for another kind of file, one that unpacks to far more than it is long, and
    where pyarrow is missing."""
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise DataError(f"{path} needs pyarrow: {how_to_install('parquet')}") from None
    try:
        with ParquetFile(path) as file:
            _check_unpacked(path, file.metadata)
            table = file.read()
        repeated = [name for name in table.column_names if table.column_names.count(name) > 1]
        if repeated:
            raise DataError(f"{path} has the column {repeated[0]!r} twice")
        frame: pd.DataFrame = table.to_pandas()
        return frame
    # The last of these where what pandas has noted of its own types is not what it reads.
    except (ValueError, OSError, NotImplementedError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not Parquet: {error}") from None


def _check_unpacked(path: Path, metadata: Any) -> None:
    """A column of equal values takes a few bytes of the file, however many there are."""
    groups = [metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups)]
    if max(sum(groups), metadata.num_rows * metadata.num_columns * _CELL_BYTES) > most_unpacked(path):
        raise unpacks_to_too_much(path)

"""Files that are packed, and how much of them is taken."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import IO

from twinbean.errors import DataError

# What a packed file may hold: more than any record is packed by, and without regard to that as much as hardly matters.
MOST_TIMES, SMALL_BYTES = 200, 2**26


def unpacked(path: Path, member: str) -> bytes:
    """What a `.gz` holds, or in a `.zip` the one file whose name ends so. Raises DataError where it is damaged
    or unpacks to far more than it is long."""
    try:
        return _unpacked(path, member)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path} is damaged or cut off, or no {path.suffix} file: {error}") from None


def _unpacked(path: Path, member: str) -> bytes:
    if path.suffix == ".gz":
        with gzip.open(path) as packed:
            return _bounded(packed, path)
    with zipfile.ZipFile(path) as archive:
        # A zip made on a Mac holds a second, binary entry of the same name under __MACOSX.
        names = [name for name in archive.namelist() if name.endswith(member) and not name.startswith("__MACOSX")]
        if len(names) != 1:
            raise DataError(f"{path} holds {len(names)} {member} files, expected one")
        if archive.getinfo(names[0]).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # Python unpacks the other kinds in pieces of any size.
            raise DataError(f"{path} is packed in an unusual way, expected the one that every zip program knows")
        with archive.open(names[0]) as packed:
            return _bounded(packed, path)


def _bounded(packed: IO[bytes] | gzip.GzipFile, path: Path) -> bytes:
    most = most_unpacked(path)
    content = packed.read(most + 1)
    if len(content) > most:
        raise unpacks_to_too_much(path)
    return content


def most_unpacked(path: Path) -> int:
    """How many bytes a packed file may hold. A few kilobytes can be made that unpack to more than any memory."""
    return max(SMALL_BYTES, MOST_TIMES * path.stat().st_size)


def unpacks_to_too_much(path: Path) -> DataError:
    return DataError(
        f"{path} has {path.stat().st_size:,} bytes and unpacks to more than {most_unpacked(path):,}, the most that is "
        f"taken from a packed file of its size; unpack it first if it is sound"
    )

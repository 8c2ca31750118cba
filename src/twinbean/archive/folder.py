"""A folder that is there whole or not at all, with the checksums of its files."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twinbean._files import write_text
from twinbean.errors import DataError

CHECKSUMS = "checksums.sha256"


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Where to write what becomes `folder` when all of it is written. Raises DataError where something is there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} is there already: name a folder that is new or empty")
    made = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        yield made
        write_text(made / CHECKSUMS, _checksums(made))
        if folder.exists():
            folder.rmdir()
        os.replace(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _checksums(folder: Path) -> str:
    """As `sha256sum -c` reads them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(folder).as_posix()}\n" for one in files
    )

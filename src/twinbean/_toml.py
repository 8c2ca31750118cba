"""TOML that a user keeps, such as a mapping file or a price file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from twinbean._files import read_text
from twinbean.errors import DataError


def load(path: Path) -> dict[str, Any]:
    """What a TOML file holds. Raises DataError naming the file, and the line where it is none."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path} is not TOML: {error}") from None

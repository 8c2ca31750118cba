"""Files with one JSON value a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from twinbean.errors import DataError


def json_lines(content: bytes, where: str) -> Iterator[tuple[str, Any]]:
    """Every line's place ("FILE, line 3") and its value; blank lines are left out. Raises DataError naming the line.

    Lines end at line feeds only: what a person or a model said can hold U+2028 and every other end of line that
    `str.splitlines` knows.
    """
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"{where}, line {number}"
        try:
            yield place, json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            raise DataError(f"{place} is not UTF-8 text") from None
        except (ValueError, RecursionError):
            raise DataError(f"{place} is not JSON") from None


def finished(content: bytes) -> bytes:
    """A journal without its last line where that is still being written."""
    return content[: content.rfind(b"\n") + 1]

"""Files with one JSON value a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twinbean import _json as strict_json


def json_lines(content: str | bytes, where: str) -> Iterator[tuple[str, Any]]:
    """Every line's place ("FILE, line 3") and its value; blank lines are left out. Raises DataError naming the line.

    Lines end at line feeds only: what a person or a model said can hold U+2028 and every other end of line that
    `str.splitlines` knows.
    """
    lines = content.encode() if isinstance(content, str) else content
    for number, line in enumerate(lines.split(b"\n"), start=1):
        if line.strip():
            place = f"{where}, line {number}"
            yield place, strict_json.loads(line, place)


def finished(content: bytes) -> bytes:
    """A journal without its last line where that is still being written."""
    return content[: content.rfind(b"\n") + 1]

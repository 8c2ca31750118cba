"""Results of JATOS: text in which rows stand one behind the other, some of them twice."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from twinbean import _json
from twinbean._files import read_text
from twinbean._messages import shortened
from twinbean.errors import DataError

_DATA = "data.txt"


def read_jatos(path: Path) -> list[dict[str, Any]]:
    """The rows of a result file, or of the archive that JATOS makes of several; each once, sessions in their order.

    What was appended again because its answer was lost is taken once. Line breaks may be missing, and whole lists of
    rows, as jsPsych saves them, may stand between single rows. Raises DataError where a row is there twice and not the
    same.
    """
    rows: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for place, row in _rows(path):
        if not isinstance(row, dict) or "session" not in row or type(row.get("trial_index")) is not int:
            raise DataError(f"{place} is {shortened(row)}, expected a row with 'session' and 'trial_index'")
        session = rows.setdefault((str(row.get("participant")), str(row["session"])), {})
        index = row["trial_index"]
        if session.setdefault(index, row) != row:
            raise DataError(f"{place} is row {index} of session {row['session']!r}, which is there with other content")
    return [session[index] for session in rows.values() for index in sorted(session)]


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    for name, text in _texts(path):
        for place, value in _values(text, name):
            yield from ((place, row) for row in value) if isinstance(value, list) else [(place, value)]


def _texts(path: Path) -> Sequence[tuple[str, str]]:
    if path.suffix.lower() == ".txt":
        return [(str(path), read_text(path))]
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.split("/")[-1] == _DATA)
            if not names:
                raise DataError(f"{path} holds no {_DATA}, expected an archive of results that JATOS made")
            return [(f"{path}: {name}", archive.read(name).decode("utf-8-sig")) for name in names]
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path} is damaged or cut off, or no {path.suffix} file: {error}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path} holds a {_DATA} that is not UTF-8 text: {error.reason}") from None


def _values(text: str, where: str) -> Iterator[tuple[str, Any]]:
    """Every JSON value of `text`, whatever stands between them, and the line on which it begins."""
    decoder = json.JSONDecoder()
    position, line, counted = 0, 1, 0
    while (position := _skipped(text, position)) < len(text):
        line += text.count("\n", counted, position)
        counted = position
        place = f"{where}, line {line}"
        try:
            _, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            raise DataError(f"{place} is {shortened(text[position : position + 200])}, expected JSON") from None
        yield place, _json.loads(text[position:end], place)
        position = end


def _skipped(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position

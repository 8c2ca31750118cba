"""The tidy table: one row a trial, the same columns for people and models."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from twinbean._extras import how_to_install
from twinbean._files import is_special, write_bytes, write_pieces, write_text
from twinbean.errors import DataError
from twinbean.sessions.cells import csv_text
from twinbean.sessions.columns import INTEGERS, LISTS, NUMBERS, OF_SESSION, OF_TRIAL, SCORE, columns_of, values_of
from twinbean.sessions.kept import check_free, kept_of
from twinbean.sessions.rows import as_utf_8
from twinbean.sessions.session import Session, main_scores

_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
# Rows of one piece of a table that is written, at least.
_AT_ONCE = 2_000
_COLUMNS_OF_TRIAL = tuple("shown_score" if name == SCORE else name for name in OF_TRIAL)


def to_table(sessions: Iterable[Session], *, kept: Sequence[str] | None = None) -> pd.DataFrame:
    """The tidy table of `sessions`; lists are JSON text, missing values are empty; what is kept of another study's
    table stands in columns of its own behind the others.

    `details`, a JSON object, is the same in all rows of a session. Without it a table could not be replayed: it says
    with which seed, parameters and places of the arms the session was played, and what was responded on the way.
    """
    sessions = list(sessions)
    kept = kept_of(sessions) if kept is None else kept
    names = columns_of(trial for session in sessions for trial in session.trials)
    check_free(kept, names)
    columns: dict[str, list[Any]] = {name: [] for name in (*names, *kept)}
    for session in sessions:
        n = len(session.trials)
        for name in OF_SESSION:
            columns[name] += [getattr(session, name)] * n
        for name, values in zip(_COLUMNS_OF_TRIAL, zip(*map(values_of, session.trials), strict=True), strict=n > 0):
            # What is kept can be called as a column that this table has not.
            if name in names:
                columns[name] += values
        columns["main_score"] += main_scores(session.trials)
        columns["details"] += [json.dumps(dict(session.details), ensure_ascii=False) if session.details else None] * n
        for name in kept:
            columns[name] += [session.kept.get(name)] * n
    for name in LISTS:
        columns[name] = _as_json(columns[name])
    columns["raw"] = [as_utf_8(raw) for raw in columns["raw"]]
    table = pd.DataFrame(columns)
    for name in (name for name in INTEGERS if name in names):
        table[name] = table[name].astype("Int64")
    for name in NUMBERS:
        table[name] = pd.to_numeric(table[name]).astype(float)
    return table


def _as_json(lists: Iterable[Sequence[Any]]) -> list[str | None]:
    """Each list as JSON text; a column repeats the same few. By `repr`, since to a dict 1, 1.0 and True are one key."""
    texts: dict[str, str | None] = {"()": None}
    found = []
    for values in lists:
        key = repr(values)
        if key not in texts:
            texts[key] = _AS_JSON(values)
        found.append(texts[key])
    return found


def write_table(sessions: Iterable[Session], path: Path) -> None:
    """Write the tidy table: Parquet when the file's name says so, CSV in UTF-8 otherwise."""
    _check_name(path)
    if path.suffix == ".parquet":
        save_table(to_table(sessions), path)
    else:
        write_pieces(path, _csv_pieces(list(sessions)))


def _csv_pieces(sessions: Sequence[Session]) -> Iterator[bytes]:
    """The table as CSV, some sessions at a time: as one table it takes several times the memory of the sessions."""
    kept = kept_of(sessions)
    columns = [*columns_of(trial for session in sessions for trial in session.trials), *kept]
    yield csv_text(pd.DataFrame(columns=columns)).encode()
    some: list[Session] = []
    rows = 0
    for number, session in enumerate(sessions, start=1):
        some.append(session)
        rows += len(session.trials)
        if number == len(sessions) or rows >= _AT_ONCE:
            piece = to_table(some, kept=kept).reindex(columns=columns)
            yield csv_text(piece, header=False).encode("utf-8", "backslashreplace")
            some, rows = [], 0


def save_table(table: pd.DataFrame, path: Path) -> None:
    """Parquet or CSV in UTF-8, by the file's name; a device, a pipe or standard output is sent CSV.

    Raises DataError for another name, and where pyarrow is missing.
    """
    _check_name(path)
    if path.suffix == ".parquet":
        content = io.BytesIO()
        try:
            table.to_parquet(content, index=False)
        except ImportError:
            raise DataError(f"{path} needs pyarrow: {how_to_install('parquet')}, or write a .csv") from None
        write_bytes(path, content.getvalue())
        return
    write_text(path, csv_text(table))


def _check_name(path: Path) -> None:
    if path.suffix not in (".csv", ".parquet") and not is_special(path):
        raise DataError(f"{path} ends in {path.suffix!r}, expected .csv or .parquet")

"""Reading whatever holds sessions: jsPsych JSON or CSV, results of JATOS, a tidy table, a run, a folder of these."""

from __future__ import annotations

import contextlib
import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from twinbean import _journal, _json
from twinbean._files import read_text
from twinbean._messages import names_listed, shortened
from twinbean.errors import DataError
from twinbean.sessions.bids import DESCRIPTION, is_bids, read_bids
from twinbean.sessions.cells import all_unmarked, lines_of
from twinbean.sessions.checking import check_once
from twinbean.sessions.jatos import read_jatos
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.parquet import read_parquet
from twinbean.sessions.participants import is_participants_file
from twinbean.sessions.rows import from_rows, from_table
from twinbean.sessions.session import Session


class _Declined(DataError):
    """A file that says only that its participant declined to take part."""


def read(paths: Iterable[str | Path] | str | Path) -> list[Session]:
    """All sessions in files and folders. Raises DataError for what is missing, empty or no such data."""
    sources = [paths] if isinstance(paths, str | Path) else list(paths)
    sessions = [session for source in sources for session in _read_any(Path(source))]
    check_once(sessions)
    return sessions


def _read_any(path: Path) -> list[Session]:
    if not path.exists():
        raise DataError(f"{path} does not exist")
    if not path.is_dir():
        return read_file(path)
    if (path / "run.json").exists():
        return read_run(path)
    if is_bids(path):
        return read_bids(path)
    if is_psychds(path):
        return read_psychds(path)
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in _READERS)
    # What stands beside a table of sessions says no more of the participants than the table.
    files = [file for file in found if not is_participants_file(file)]
    if not files and (runs := sorted(folder for folder in path.iterdir() if _has_trials(folder))):
        return [session for run in runs for session in read_run(run)]
    if not files:
        raise DataError(f"{path} holds no data: expected {', '.join(_READERS)} files or run.json")
    sessions = []
    for file in files:
        with contextlib.suppress(_Declined):
            sessions += read_file(file)
    if not sessions:
        raise DataError(f"{path} holds no trials: everybody declined to take part")
    return sessions


def _has_trials(folder: Path) -> bool:
    """Whether a folder is a run in which something was played, as far as it has come."""
    journal = folder / "trials.jsonl"
    is_run = (folder / "run.json").is_file() and journal.is_file()
    return is_run and any(row.get("kind") == "trial" for _, row in _journal.read(journal))


def is_psychds(folder: Path) -> bool:
    """Whether a folder is a dataset of Psych-DS."""
    path = folder / DESCRIPTION
    return path.is_file() and '"Dataset"' in read_text(path) and (folder / "data").is_dir()


def read_psychds(folder: Path) -> list[Session]:
    """The sessions of a dataset that Twinbean wrote; tables that do not say what was chosen are not of trials."""
    files = sorted((folder / "data").rglob("*_data.csv"))
    tables = [path for path in files if "choice" in next(iter(csv.reader(lines_of(read_text(path)))), ())]
    if not tables:
        raise DataError(
            f"{folder} is a Psych-DS dataset without a tidy table: name its columns with --choice or --mapping"
        )
    return [session for path in tables for session in read_file(path)]


def read_run(folder: Path) -> list[Session]:
    """The sessions of a run folder: its trials.csv, or its journal while the run is not complete."""
    if (folder / "trials.csv").exists():
        if (folder / "responses.csv").exists() and len(read_text(folder / "trials.csv").splitlines()) == 1:
            raise DataError(f"{folder} holds no choice among arms; what was responded in it is in its responses.csv")
        return read_file(folder / "trials.csv")
    return read_file(folder / "trials.jsonl")


def read_file(path: Path) -> list[Session]:
    """The sessions in one file. Raises DataError naming the file, and the row where there is one."""
    if not path.is_file():
        raise DataError(f"{path} does not exist")
    readers = {**_READERS, **_NAMED}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{path} ends in {path.suffix!r}, expected {', '.join(readers)}")
    try:
        sessions = reader(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    if not sessions:
        # Without people a replay simulates whole sessions: an empty file must not turn one into the other.
        raise DataError(f"{path} holds no trials")
    return sessions


def _from_json(path: Path) -> list[Session]:
    rows = _json_rows(path)
    if all(isinstance(row, dict) and "declined" in row for row in rows):
        raise _Declined(f"{path} holds no trials: its participant declined to take part")
    return sessions_from_rows(rows, where=str(path), participant=path.stem)


def _from_jatos(path: Path) -> list[Session]:
    rows = read_jatos(path)
    return sessions_from_rows(rows, where=str(path), participant=path.stem) if rows else []


def _json_rows(path: Path) -> list[Any]:
    rows = _json.loads(read_text(path), str(path))
    if not isinstance(rows, list) or not rows:
        found = "an empty list" if rows == [] else type(rows).__name__
        raise DataError(f"{path} is not jsPsych data: expected a list of rows, found {found}")
    return rows


def _from_journal(path: Path) -> list[Session]:
    rows: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for place, row in _journal.read(path):
        if "kind" not in row:
            raise DataError(f"{place} is {shortened(row)}, expected a line of a run's journal")
        if row["kind"] == "trial":
            # A scored session that was cut off is written again, whole: the later line stands.
            rows[str(row.get("session")), str(row.get("trial"))] = row
    return from_rows(rows.values(), where=str(path))


def _from_parquet(path: Path) -> list[Session]:
    return from_table(read_parquet(path), where=str(path))


def _from_csv(path: Path) -> list[Session]:
    # What a model wrote before its choice can be longer than csv's 131,072 characters a cell.
    csv.field_size_limit(2**31 - 1)
    text = read_text(path)
    reader = csv.DictReader(lines_of(text), strict=True)
    rows = _rows_of(reader, path)
    first = next(rows, None)
    if first is None:
        raise DataError(f"{path} holds no rows")
    rows, names = itertools.chain((first,), rows), reader.fieldnames or []
    if "bandits" in names or any(name.startswith("bean_") for name in names):
        known = [{name: cell for name, cell in row.items() if cell not in ("", None)} for row in rows]
        return sessions_from_rows(known, where=str(path), participant=path.stem)
    missing = [name for name in ("participant", "trial", "choice") if name not in names]
    if missing:
        raise DataError(
            f"{path} is neither jsPsych data (no column 'bean_bandits') nor a tidy table (no column {missing[0]!r}); "
            f"found {names_listed(names)}"
        )
    return from_rows(all_unmarked(rows, text), where=str(path))


def _rows_of(reader: csv.DictReader[str], path: Path) -> Iterator[dict[Any, Any]]:
    """One by one: as dicts, the rows of a large file would take several times the memory of its sessions."""
    try:
        for number, row in enumerate(reader, start=1):
            if None in row:
                names = reader.fieldnames or []
                raise DataError(f"{path}, row {number} has {len(names) + len(row[None])} cells, expected {len(names)}")
            yield row
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.reader.line_num} is not CSV: {error}") from None


_READERS: Mapping[str, Callable[[Path], list[Session]]] = {
    ".json": _from_json,
    ".csv": _from_csv,
    ".parquet": _from_parquet,
    ".jsonl": _from_journal,
}
# Not looked for in folders, where such a file is as often a note.
_NAMED: Mapping[str, Callable[[Path], list[Session]]] = {
    ".txt": _from_jatos,
    ".zip": _from_jatos,
    ".jrzip": _from_jatos,
}

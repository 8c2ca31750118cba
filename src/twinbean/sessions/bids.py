"""Reading BIDS datasets of behaviour: those that Twinbean wrote whole, and the files of all others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twinbean import _json
from twinbean._files import read_text
from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.columns import OF_SESSION
from twinbean.sessions.rows import from_row, from_rows
from twinbean.sessions.session import Session
from twinbean.sessions.tsv import tsv_rows

DESCRIPTION = "dataset_description.json"
# Under this name a sidecar holds what is of the whole session, as the tidy table has it.
RECORD = "Twinbean"
VERSION = 1


def is_bids(folder: Path) -> bool:
    """Whether a folder is a dataset of BIDS."""
    path = folder / DESCRIPTION
    return path.is_file() and '"BIDSVersion"' in read_text(path)


def beh_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("sub-*/**/beh/*_beh.tsv"))


def record_of(session: Session) -> dict[str, Any]:
    """What is of the whole session."""
    known = {"format": VERSION} | {name: getattr(session, name) for name in OF_SESSION}
    return known | ({"details": dict(session.details)} if session.details else {})


def read_bids(folder: Path) -> list[Session]:
    """The sessions of a dataset that Twinbean wrote. Raises DataError for any other: columns must be named then."""
    files = beh_files(folder)
    if not files:
        raise DataError(f"{folder} is a BIDS dataset without behaviour: expected files sub-*/beh/*_beh.tsv")
    return [_session(path) for path in files]


def _session(path: Path) -> Session:
    sidecar = path.with_suffix(".json")
    said = _json.loads(read_text(sidecar), str(sidecar)) if sidecar.is_file() else {}
    record = said.get(RECORD) if isinstance(said, Mapping) else None
    if record is None:
        raise DataError(
            f"{path} is not of Twinbean (no {RECORD!r} in its sidecar): name its columns with --choice or --mapping"
        )
    if not isinstance(record, Mapping) or record.get("format") != VERSION:
        raise DataError(f"{sidecar}: {RECORD} is {shortened(record)}, expected a record of format {VERSION}")
    whole = {name: record.get(name) for name in OF_SESSION}
    whole["details"] = json.dumps(record["details"]) if record.get("details") else None
    rows = [row | whole for row in tsv_rows(read_text(path), str(path))]
    if rows:
        (session,) = from_rows(rows, where=str(path))
        return session
    # Somebody who answered questions and chose nothing.
    head, _ = from_row({**whole, "trial": 0, "missed": True}, str(sidecar))
    return head

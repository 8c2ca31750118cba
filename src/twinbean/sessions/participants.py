"""What is known of a participant and is no trial: one row a session in participants.csv."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.entries import as_integer, as_name, from_json
from twinbean.sessions.parquet import read_parquet
from twinbean.sessions.session import COUNTS, OF_PARTICIPANT, Session
from twinbean.sessions.table import save_table

_OF_SESSION = ("participant", "session", "source")
# Every page records these; other columns are there where anything is known.
_ALWAYS = ("started", "finished", "consented", "resumed", "focus_losses")
# The ids that a page of format 1 took from its address unless told otherwise; later ones say which they took.
_IDS = ("study_id", "session_id")


def participants_table(sessions: Iterable[Session]) -> pd.DataFrame:
    """A row for each session, in order: `participant`, `session` and `source`, by which it is joined to other tables,
    and `Session.participant_details`, a column each; what is not known is empty."""
    rows = [{name: getattr(one, name) for name in _OF_SESSION} | _cells(one.participant_details) for one in sessions]
    others = dict.fromkeys(name for row in rows for name in row if name not in _OF_SESSION)
    columns = [*_OF_SESSION, *_ALWAYS, *(name for name in others if name not in (*_ALWAYS, "device")), "device"]
    table = pd.DataFrame(rows, columns=columns)
    for name in (name for name in COUNTS if name in table):
        table[name] = table[name].astype("Int64")
    return table


def write_participants(sessions: Iterable[Session], path: Path) -> None:
    """Parquet when the file's name says so, CSV in UTF-8 otherwise."""
    save_table(participants_table(sessions), path)


def is_participants_file(path: Path) -> bool:
    """Whether `path` is such a table, and no table of sessions under its name."""
    if path.name == "participants.parquet":
        return "trial" not in read_parquet(path).columns
    if path.name != "participants.csv":
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().startswith(",".join((*_OF_SESSION, OF_PARTICIPANT[0])))


def _cells(details: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | Mapping) else value
        for name, value in details.items()
    }


def participant_in(rows: Sequence[tuple[int, Mapping[str, Any]]], where: str) -> dict[str, Any]:
    """What a page's rows say of their participant, as entries of `Session.details`: the first row of a sitting and, of
    a session that came to its end, the last; a study's condition, and ids from the page's address, are in every row."""
    (number, first), (_, last) = rows[0], rows[-1]
    here = f"{where}, row {number}"
    said = ("started", "consented", "page_language", "device")
    found = {name: first[name] for name in said if first.get(name) not in (None, "")}
    if first.get("format") is None:
        # Whatever else stands under such names in other people's rows, it may be of the trial.
        return {"device": found["device"]} if "device" in found else {}
    found |= {"finished": last["finished"]} if last.get("finished") else {}
    for name in ("started", "consented", "finished", "page_language"):
        if not isinstance(found.get(name, ""), str):
            expected = "a language's tag" if name == "page_language" else "a time"
            raise DataError(f"{here}: {name} is {shortened(found[name])}, expected {expected}")
    if last.get("resumed") not in (None, ""):
        times = as_integer(last["resumed"])
        if times is None or times < 0:
            raise DataError(f"{where}, row {rows[-1][0]}: resumed is {shortened(last['resumed'])}, expected a number")
        found["resumed"] = times
    ids = first["ids"] if first.get("ids") else {name: first[name] for name in _IDS if first.get(name)}
    ids = from_json(ids, f"{here}: ids") if isinstance(ids, str) else ids
    if not isinstance(ids, Mapping):
        raise DataError(f"{here}: ids is {shortened(ids)}, expected names with values")
    found |= {"ids": {str(name): str(value) for name, value in ids.items()}} if ids else {}
    condition = as_name(first.get("condition"), "", f"{here}: condition")
    return found | ({"kept": {"condition": condition}} if condition else {})

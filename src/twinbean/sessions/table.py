"""The tidy table: one row a trial, the same columns for people and models."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from twinbean import _json
from twinbean._extras import how_to_install
from twinbean._files import is_special, write_bytes, write_pieces, write_text
from twinbean._messages import names_listed, shortened
from twinbean.errors import DataError
from twinbean.sessions.cells import csv_text
from twinbean.sessions.checking import check_trial
from twinbean.sessions.quizzes import check_quizzes
from twinbean.sessions.responses import is_response
from twinbean.sessions.session import COUNTS, Feedback, Origin, Session, Trial, main_scores

Names = Sequence[str]
COLUMNS: Names = (
    *("participant", "session", "task", "source", "sample", "block", "phase", "trial", "choice", "label", "reward"),
    *("shown_score", "main_score", "rt_ms", "origin", "outcomes", "offered", "position", "labels", "best_arm"),
    *("expected", "variant"),
    *("wording", "feedback", "forced", "missed", "logp", "logp_legal", "legal_mass", "p", "raw", "details"),
)
# Only in tables of trials with several choices.
STAGE_COLUMNS = ("stage", "state", "transition")
_TAKEN = "{!r} is kept of the participants, and the table has such a column: rename one"
_DETAILS = "a JSON object with a session's seed, parameters, positions, responses and what is known of the participant"
_OF_SESSION = ("participant", "session", "task", "source", "sample", "variant", "wording")
_LISTS = ("outcomes", "offered", "labels", "expected", "p")
_INTEGERS = ("sample", "block", "trial", "choice", "position", "best_arm", "stage")
_NUMBERS = ("reward", "shown_score", "main_score", "rt_ms", "logp", "logp_legal", "legal_mass")
_OF_ALL_TRIALS = ("main_score", "details")
# What files of 0.1.0 call the shown score.
_SCORE = "score"
_TRUTHS = ("forced", "missed")
_TEXTS = (
    "participant",
    "session",
    "task",
    "source",
    "variant",
    "wording",
    "phase",
    "label",
    "raw",
    "state",
    "transition",
)
_WORDS: Mapping[str, Sequence[str]] = {"origin": get_args(Origin), "feedback": get_args(Feedback)}
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
# Rows of one piece of a table that is written, at least.
_AT_ONCE = 2_000
_OF_TRIAL = tuple(field.name for field in dataclasses.fields(Trial))
_COLUMNS_OF_TRIAL = tuple("shown_score" if name == _SCORE else name for name in _OF_TRIAL)
# A trial's values, in the order of its fields.
values_of = operator.attrgetter(*_OF_TRIAL)


def trial_row(session: Session, trial: Trial) -> dict[str, Any]:
    """One row of the tidy table, but for what is of the whole session, as JSON values: lists stay lists, missing is
    None."""
    values = {name: getattr(session, name) for name in _OF_SESSION}
    values |= {name: getattr(trial, name) for name in _OF_TRIAL}
    values["shown_score"] = trial.score
    values["raw"] = _as_utf_8(trial.raw)
    columns = _columns([session] if trial.stage is not None else ())
    return {
        name: list(values[name]) if isinstance(values[name], tuple) else values[name]
        for name in columns
        if name not in _OF_ALL_TRIALS
    }


def _columns(sessions: Iterable[Session]) -> list[str]:
    """The columns of these sessions' table but for what is kept."""
    staged = any(trial.stage is not None for session in sessions for trial in session.trials)
    behind = COLUMNS.index("trial") + 1
    return [*COLUMNS[:behind], *STAGE_COLUMNS, *COLUMNS[behind:]] if staged else list(COLUMNS)


def _as_utf_8(raw: str | None) -> str | None:
    """An API can send half of a surrogate pair, which no file in UTF-8 can hold."""
    return None if raw is None else _json.escaped(raw)


def as_written(row: Mapping[str, Any]) -> Trial:
    """The trial of a row that `trial_row` made, read back from JSON; of any other, `from_row` does."""
    values: dict[str, Any] = {name: row.get(column) for name, column in zip(_OF_TRIAL, _COLUMNS_OF_TRIAL, strict=True)}
    for name in _LISTS:
        values[name] = tuple(values[name])
    return Trial(**values)


def to_table(sessions: Iterable[Session], *, kept: Names | None = None, columns: Names | None = None) -> pd.DataFrame:
    """The tidy table of `sessions`; lists are JSON text, missing values are empty; what is kept of another study's
    table stands in columns of its own behind the others.

    `details`, a JSON object, is the same in all rows of a session. Without it a table could not be replayed: it says
    with which seed, parameters and places of the arms the session was played, and what was responded on the way.
    """
    sessions = list(sessions)
    kept = _kept_of(sessions) if kept is None else kept
    columns = _columns(sessions) if columns is None else columns
    for name in (name for name in kept if name in columns):
        raise DataError(_TAKEN.format(name))
    found: dict[str, list[Any]] = {name: [] for name in (*columns, *kept)}
    for session in sessions:
        n = len(session.trials)
        for name in _OF_SESSION:
            found[name] += [getattr(session, name)] * n
        for name, values in zip(_COLUMNS_OF_TRIAL, zip(*map(values_of, session.trials), strict=True), strict=n > 0):
            if name in columns:
                found[name] += values
        found["main_score"] += main_scores(session.trials)
        found["details"] += [json.dumps(dict(session.details), ensure_ascii=False) if session.details else None] * n
        for name in kept:
            found[name] += [session.kept.get(name)] * n
    for name in _LISTS:
        found[name] = _as_json(found[name])
    found["raw"] = [_as_utf_8(raw) for raw in found["raw"]]
    table = pd.DataFrame(found)
    for name in (name for name in _INTEGERS if name in columns):
        table[name] = table[name].astype("Int64")
    for name in _NUMBERS:
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
    kept, columns = _kept_of(sessions), _columns(sessions)
    yield csv_text(to_table((), kept=kept, columns=columns)).encode()
    some: list[Session] = []
    rows = 0
    for number, session in enumerate(sessions, start=1):
        some.append(session)
        rows += len(session.trials)
        if number == len(sessions) or rows >= _AT_ONCE:
            yield csv_text(to_table(some, kept=kept, columns=columns), header=False).encode("utf-8", "backslashreplace")
            some, rows = [], 0


def _kept_of(sessions: Iterable[Session]) -> list[str]:
    return list(dict.fromkeys(name for session in sessions for name in session.kept))


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


def with_kept(table: pd.DataFrame, sessions: Iterable[Session]) -> pd.DataFrame:
    """A table that has `participant` and `source`, with what is kept of the participants behind them.

    It is empty where the sessions of one participant say different things. Raises DataError for a name that the table
    has already.
    """
    kept: dict[str, dict[tuple[str, str], str | None]] = {}
    for session in sessions:
        who = (session.participant, session.source)
        for name, entry in session.kept.items():
            entries = kept.setdefault(name, {})
            entries[who] = entry if entries.get(who, entry) == entry else None
    widened = table.copy()
    for place, (name, entries) in enumerate(kept.items(), start=list(table.columns).index("source") + 1):
        if name in table.columns:
            raise DataError(_TAKEN.format(name))
        people = zip(table["participant"], table["source"], strict=True)
        widened.insert(place, name, pd.Series([entries.get(who) for who in people], index=table.index, dtype=object))
    widened.attrs = table.attrs
    return widened


def from_table(table: pd.DataFrame, *, where: str = "the table") -> list[Session]:
    """The sessions that a tidy table holds, in the order of their first rows.

    `participant`, `trial` and `choice` must be there; other columns may be absent. Raises DataError naming the row.
    """
    missing = [name for name in ("participant", "trial", "choice") if name not in table.columns]
    if missing:
        raise DataError(
            f"{where} has no column {missing[0]!r} (found {names_listed(table.columns)}); "
            f"a tidy table needs participant, trial and choice"
        )
    return from_rows(table.to_dict("records"), where=where)


def from_rows(rows: Iterable[Mapping[Any, Any]], *, where: str) -> list[Session]:
    """The sessions in rows given as mappings; lists may be JSON text; None, NaN and the empty text are missing.

    Rows are counted from 1, a header not among them.
    """
    grouped: dict[tuple[Any, ...], dict[int, Trial]] = {}
    sessions: dict[tuple[Any, ...], Session] = {}
    for number, row in enumerate(rows, start=1):
        here = f"{where}, row {number}"
        head, trial = from_row(row, here)
        key = (head.participant, head.session, head.task, head.source, head.sample)
        sessions.setdefault(key, head)
        trials = grouped.setdefault(key, {})
        if trial.trial in trials:
            raise DataError(f"{here}: participant {head.participant!r} has trial {trial.trial} more than once")
        trials[trial.trial] = trial
    made = []
    for key, trials in grouped.items():
        numbers = sorted(trials)
        if numbers != list(range(len(numbers))):
            gap = next(number for number, found in enumerate(numbers) if number != found)
            raise DataError(
                f"{where}: participant {key[0]!r} has no trial {gap} (found {numbers[0]} to {numbers[-1]}); trials are "
                f"counted from 0 within a session, forced and missed ones too"
            )
        made.append(sessions[key].replace(trials=tuple(trials[number] for number in numbers)))
    return made


def from_row(row: Mapping[Any, Any], here: str) -> tuple[Session, Trial]:
    """One trial and, without trials, the session that it belongs to. Raises DataError, which begins with `here`."""
    details = _value("details", row.get("details"), here) or {}
    # What is kept of another study's table can have these names, such as the stage of a disease.
    others = {"details", *(details.get("kept", {}).keys() & set(STAGE_COLUMNS))}
    values = {str(name): _value(str(name), cell, here) for name, cell in row.items() if name not in others}
    for name in ("participant", "trial"):
        if values.get(name) is None:
            raise DataError(f"{here}: {name} is missing")
    participant = str(values["participant"])
    head = Session(
        participant=participant,
        session=str(values.get("session") or participant),
        task=str(values.get("task") or "unknown"),
        source=str(values.get("source") or "human"),
        sample=values.get("sample") or 0,
        variant=_text(values.get("variant")),
        wording=_text(values.get("wording")),
        details=details,
        trials=(),
    )
    if values.get("shown_score") is not None:
        values[_SCORE] = values["shown_score"]
    known = {name: values[name] for name in _OF_TRIAL if values.get(name) is not None}
    known.setdefault("missed", known.get("choice") is None)
    trial = Trial(**{"choice": None, **known})
    check_trial(trial, here)
    return head, trial


def _details(cell: Any) -> Mapping[str, Any]:
    """What a session's record holds beside its trials, in the form in which a replay needs it."""
    found = _object(cell) if isinstance(cell, str) else cell
    seed, parameters = found.get("seed", 0), found.get("parameters", {})
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0 or not isinstance(parameters, Mapping):
        raise TypeError
    # Until 0.1.0 only keys could be responses, and that was their name.
    responses = found.get("responses", found.get("keys", ()))
    if any(not isinstance(before, int) or not is_response(given) for before, given in responses):
        raise TypeError
    if not isinstance(found.get("answers", {}), Mapping):
        raise TypeError
    check_quizzes(found.get("quizzes", {}))
    if sorted(found.get("positions", ())) != list(range(len(found.get("positions", ())))):
        raise TypeError
    if not isinstance(found.get("fingerprint", ""), str):
        raise TypeError
    if any(_integer(found.get(name, 0)) < 0 for name in COUNTS):
        raise TypeError
    if not all(isinstance(found.get(name, ""), str) for name in ("started", "finished", "consented")):
        raise TypeError
    shown = found.get("shown", [0, ""])
    if not isinstance(shown, list) or [type(part) for part in shown] != [int, str]:
        raise TypeError
    for name in ("parts", "ids"):
        texts = found.get(name, {})
        if not isinstance(texts, Mapping) or not all(isinstance(text, str) for text in texts.values()):
            raise TypeError
    kept = found.get("kept", {})
    if not isinstance(kept, Mapping) or any(not isinstance(entry, str | None) for entry in kept.values()):
        raise TypeError
    read = {name: value for name, value in found.items() if name != "keys"}
    return read | ({"responses": responses} if found.keys() & {"keys", "responses"} else {})


@lru_cache(maxsize=64)
def _object(text: str) -> Mapping[str, Any]:
    """All rows of a session repeat the same one."""
    values = _json.loads(text, "it")
    if not isinstance(values, Mapping):
        raise TypeError
    return values


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _value(name: str, cell: Any, where: str) -> Any:
    if hasattr(cell, "tolist"):
        # Of numpy, as Parquet gives it.
        cell = cell.tolist()
    if cell is None or cell is pd.NA or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
        return None
    try:
        if name in _LISTS:
            return _listed(cell, name) if isinstance(cell, str) else _checked(cell, name)
        if name in _INTEGERS:
            return _integer(cell)
        if name in _NUMBERS or name == _SCORE:
            return _number(float(cell), bounded=not name.startswith("logp"))
        if name in _TRUTHS:
            return {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}[str(cell).lower()]
        if name == "details":
            return _details(cell)
        if name in _WORDS:
            return {word: word for word in _WORDS[name]}[cell]
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError, DataError):
        kind = "a JSON list" if name in _LISTS else "true or false" if name in _TRUTHS else "a number"
        kind = " or ".join(_WORDS[name]) if name in _WORDS else kind
        kind = _DETAILS if name == "details" else kind
        raise DataError(f"{where}: {name} is {shortened(cell)}, expected {kind}") from None
    written = name in ("participant", "session", "label", "raw")
    # Parquet holds dates, durations and bytes, too.
    if name in _TEXTS and (
        isinstance(cell, list | Mapping | bool) or not (written or isinstance(cell, str | int | float))
    ):
        raise DataError(f"{where}: {name} is {shortened(cell)}, expected text")
    return str(cell) if written else cell


@lru_cache(maxsize=4096)
def _listed(text: str, name: str) -> tuple[Any, ...]:
    """A table repeats the same few lists at every row."""
    return _checked(_json.loads(text, "it"), name)


def _checked(values: Any, name: str) -> tuple[Any, ...]:
    """A list whose entries are what the column `name` holds."""
    if not isinstance(values, list | tuple) or not all(_ENTRIES[name](value) for value in values):
        raise TypeError
    return tuple(values)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


_ENTRIES: Mapping[str, Callable[[Any], bool]] = {
    "outcomes": _is_number,
    "expected": _is_number,
    "p": _is_number,
    "offered": lambda value: type(value) is int and value >= 0,
    "labels": lambda value: isinstance(value, str),
}


def _number(number: float, *, bounded: bool) -> float | None:
    """The text "NaN" is missing as an empty cell is; a probability can be 0, a payoff not without end."""
    if math.isinf(number) and (bounded or number > 0):
        raise ValueError
    return None if math.isnan(number) else number


def _integer(cell: Any) -> int:
    number = int(float(cell))
    # What the table's column can hold.
    if float(cell) != number or not abs(number) < 2**63:
        raise ValueError
    return number

"""Rows of the tidy table: a trial as its row, and the sessions that rows hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from twinbean import _json
from twinbean._messages import names_listed, shortened
from twinbean.errors import DataError
from twinbean.sessions.attributes import attributes_fault
from twinbean.sessions.checking import check_trial
from twinbean.sessions.columns import (
    INTEGERS,
    LISTS,
    NUMBERS,
    OF_ALL_TRIALS,
    OF_SESSION,
    OF_TRIAL,
    SCORE,
    STAGE_COLUMNS,
    TEXTS,
    TRUTHS,
    WORDS,
    columns_of,
)
from twinbean.sessions.details import details_of, integer_of
from twinbean.sessions.session import Session, Trial

_DETAILS = "a JSON object with a session's seed, parameters, positions, responses and what is known of the participant"
_ALWAYS = tuple((name, "shown_score" if name == SCORE else name) for name in OF_TRIAL if name not in STAGE_COLUMNS)


def trial_row(session: Session, trial: Trial) -> dict[str, Any]:
    """One row of the tidy table, but for what is of the whole session, as JSON values: lists stay lists, missing is
    None."""
    values = {name: getattr(session, name) for name in OF_SESSION}
    values |= {name: getattr(trial, name) for name in OF_TRIAL}
    values["shown_score"] = trial.score
    values["raw"] = as_utf_8(trial.raw)
    columns = (name for name in columns_of([trial]) if name not in OF_ALL_TRIALS)
    return {name: list(values[name]) if isinstance(values[name], tuple) else values[name] for name in columns}


def as_utf_8(raw: str | None) -> str | None:
    """An API can send half of a surrogate pair, which no file in UTF-8 can hold."""
    return None if raw is None else _json.escaped(raw)


def as_written(row: Mapping[str, Any]) -> Trial:
    """The trial of a row that `trial_row` made, read back from JSON; of any other, `from_row` does."""
    values = {name: row[column] for name, column in _ALWAYS}
    values |= {name: row[name] for name in STAGE_COLUMNS if name in row}
    for name in LISTS:
        values[name] = tuple(values[name])
    return Trial(**values)


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
        values[SCORE] = values["shown_score"]
    known = {name: values[name] for name in OF_TRIAL if values.get(name) is not None}
    known.setdefault("missed", known.get("choice") is None)
    trial = Trial(**{"choice": None, **known})
    check_trial(trial, here)
    return head, trial


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _value(name: str, cell: Any, where: str) -> Any:
    if hasattr(cell, "tolist"):
        # Of numpy, as Parquet gives it.
        cell = cell.tolist()
    if cell is None or cell is pd.NA or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
        return None
    try:
        if name in LISTS:
            return _listed(cell, name) if isinstance(cell, str) else _checked(cell, name)
        if name in INTEGERS:
            return integer_of(cell)
        if name in NUMBERS or name == SCORE:
            return _number(float(cell), bounded=not name.startswith("logp"))
        if name in TRUTHS:
            return {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}[str(cell).lower()]
        if name == "details":
            return details_of(cell)
        if name in WORDS:
            return {word: word for word in WORDS[name]}[cell]
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError, DataError):
        kind = "a JSON list" if name in LISTS else "true or false" if name in TRUTHS else "a number"
        kind = " or ".join(WORDS[name]) if name in WORDS else kind
        kind = _DETAILS if name == "details" else kind
        raise DataError(f"{where}: {name} is {shortened(cell)}, expected {kind}") from None
    written = name in ("participant", "session", "label", "raw")
    # Parquet holds dates, durations and bytes, too.
    if name in TEXTS and (
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
    "attributes": lambda value: attributes_fault(value) is None,
}


def _number(number: float, *, bounded: bool) -> float | None:
    """The text "NaN" is missing as an empty cell is; a probability can be 0, a payoff not without end."""
    if math.isinf(number) and (bounded or number > 0):
        raise ValueError
    return None if math.isnan(number) else number

"""Tables of other studies and of other jsPsych tasks, with their own column names, as sessions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from twinbean._messages import names_listed, shortened
from twinbean.errors import DataError
from twinbean.sessions.beh_names import named_by, rt_ms_of
from twinbean.sessions.checking import check_trial
from twinbean.sessions.columns import COLUMNS
from twinbean.sessions.foreign_columns import Columns, Option, column_of
from twinbean.sessions.payoffs import as_payoff
from twinbean.sessions.session import MAIN, Session, Trial
from twinbean.sessions.text_tables import TextTable, read_text_table

_Numbered = tuple[int, Mapping[str, str]]


def read_all_foreign(paths: Sequence[Path], columns: Columns) -> list[Session]:
    """The sessions of several tables of one study, whose arms are the same."""
    if len(paths) > 1 and not (columns.arms or columns.options):
        found = [_entries_in(path, columns) for path in paths]
        entries = {entry for own in found for entry in own}
        kinds = {_kind(entry) for entry in entries}
        if len(kinds) > 1:
            raise DataError(
                f"column {columns.choice!r} holds numbers in some of the files and words in others; name the rows that "
                f"are choices with --where COLUMN=ENTRY"
            )
        columns = replace(columns, arms={entry: [entry] for entry in sorted(entries, key=_natural)})
        if len(entries) < 2:
            raise DataError(f"column {columns.choice!r} holds {shortened(sorted(entries))}, expected at least two arms")
    return [session for path in paths for session in read_foreign(path, columns)]


def _entries_in(path: Path, columns: Columns) -> set[str]:
    cells = read_text_table(path)
    _check_columns(path, cells, columns)
    rows = _chosen_rows(path, cells, columns.where)
    if not any(not columns.is_missed(row.get(columns.choice, "")) for _, row in rows):
        return set()
    return set(_labels(path, columns, rows, cells, at_least=1))


def _check_columns(path: Path, cells: TextTable, columns: Columns) -> None:
    for name in columns.names():
        if name not in cells.columns:
            raise DataError(f"{path} has no column {name!r} (found {names_listed(cells.columns)})")


def read_foreign(path: Path, columns: Columns) -> list[Session]:
    """The sessions of a table with one row a choice, rows in the order in which they were made.

    Every distinct entry of the choice column is an arm: its label is the entry, its number the entry's place in sorted
    order. An empty choice is a missed trial. Payoffs of arms that were not chosen are unknown. Raises DataError naming
    the column or the row (counted from 1, the header not among them).
    """
    cells = read_text_table(path)
    _check_columns(path, cells, columns)
    for name in columns.keep:
        if name in COLUMNS:
            raise DataError(
                f"{name!r} is a column that every table of sessions has, and cannot be kept under this name"
            )
    rows = _chosen_rows(path, cells, columns.where)
    labels = _labels(path, columns, rows, cells)
    columns = replace(columns, rt_ms=rt_ms_of(path, columns.rt) if columns.rt_ms is None else columns.rt_ms)
    people: dict[tuple[str, str], list[_Numbered]] = {}
    is_jspsych = cells.is_jspsych
    for number, row in rows:
        who, visit = named_by(path) if columns.participant is None else (row.get(columns.participant, ""), "")
        if not who:
            raise DataError(f"{path}, row {number}: {columns.participant} is empty, expected a participant")
        visit = row.get(columns.session, "") if columns.session else visit
        people.setdefault((who, visit), []).append((number, row))
    # The rows of a large table take as much memory as its sessions: each person's are let go when theirs is made.
    del cells, rows
    return [_session(path, columns, who, people.pop(who), labels, is_jspsych) for who in list(people)]


def _chosen_rows(path: Path, cells: TextTable, where: Mapping[str, Sequence[str]]) -> list[_Numbered]:
    rows = [
        (number, row)
        for number, row in enumerate(cells.rows, start=1)
        if all(row.get(name, "") in entries for name, entries in where.items())
    ]
    if not rows:
        asked = ", ".join(f"{name}={' or '.join(entries)}" for name, entries in where.items())
        raise DataError(f"{path} has no row with {asked or 'a choice'}")
    return rows


def _labels(
    path: Path, columns: Columns, rows: Sequence[_Numbered], cells: TextTable, *, at_least: int = 2
) -> tuple[str, ...]:
    """What can be chosen, in order: as it is said, or numbers by size, words by the alphabet, all of one kind."""
    name = columns.choice
    chosen = [(number, row) for number, row in rows if not columns.is_missed(row.get(name, ""))]
    if columns.arms or columns.options:
        known = columns.arms or {option.entry: [option.entry] for option in columns.options}
        entries = {entry for own in known.values() for entry in own}
        for number, row in chosen:
            if _label(row[name]) not in entries:
                raise DataError(
                    f"{path}, row {number}: {name} is {shortened(row[name])}, expected {names_listed(sorted(entries))}"
                )
        return tuple(known)
    first: tuple[int, str, str | None] | None = None
    for number, row in chosen:
        kind, screen = _kind(row[name]), row.get("trial_type") if cells.is_jspsych else None
        if kind == "JSON":
            raise DataError(f"{path}, row {number}: {name} is {shortened(row[name])}, expected a number or a word")
        first = first or (number, kind, screen)
        if kind != first[1]:
            raise DataError(
                f"{path}, row {number}: {name} is {shortened(row[name])}, a {kind}, and in row {first[0]} a "
                f"{first[1]}; name the rows that are choices with --where COLUMN=ENTRY"
            )
        if screen != first[2] and "trial_type" not in columns.where:
            raise DataError(
                f"{path}, row {number}: {name} is of a {screen}, and in row {first[0]} of a {first[2]}; "
                f"name the screens that are choices with --where trial_type=ENTRY"
            )
    labels = tuple(sorted({_label(row[name]) for _, row in chosen}, key=_natural))
    if len(labels) < at_least:
        raise DataError(f"{path}: column {name!r} holds {shortened(list(labels))}, expected at least two arms")
    return labels


def _kind(entry: str) -> Literal["number", "word", "JSON"]:
    if entry[0] in "[{":
        return "JSON"
    try:
        float(entry)
    except ValueError:
        return "word"
    return "number"


def _label(entry: str) -> str:
    """The arm that an entry names: spreadsheets write 1 as 1.0."""
    return entry.partition(".")[0] if re.fullmatch(r"-?\d+\.0+", entry) else entry


def _natural(label: str) -> tuple[float, str]:
    try:
        return float(label), ""
    except ValueError:
        return float("inf"), label


def _session(
    path: Path,
    columns: Columns,
    who: tuple[str, str],
    rows: Sequence[_Numbered],
    labels: tuple[str, ...],
    is_jspsych: bool,
) -> Session:
    participant, visit = who
    kept = {name: _same(path, name, rows) for name in columns.keep}
    if is_jspsych:
        _check_order(path, participant, rows)
    blocks: dict[str, int] = {}
    trials: list[Trial] = []
    for number, row in rows:
        name = row.get(columns.block, "") if columns.block else ""
        block = blocks.setdefault(name, len(blocks))
        trials.append(_trial(path, columns, number, row, labels, trial=len(trials), block=block))
    return Session(
        participant=participant,
        session=f"{participant}-{visit}" if visit else participant,
        task=path.name.split(".")[0],
        trials=tuple(trials),
        details={"kept": kept} if kept else {},
    )


def _same(path: Path, name: str, rows: Sequence[_Numbered]) -> str | None:
    """What a column says of a whole session."""
    first = rows[0][1].get(name, "")
    for number, row in rows:
        if row.get(name, "") != first:
            raise DataError(
                f"{path}, row {number}: {name} is {shortened(row.get(name, ''))} after {shortened(first)}; "
                f"what is kept must be the same in all rows of a participant"
            )
    return first or None


def _check_order(path: Path, participant: str, rows: Sequence[_Numbered]) -> None:
    before = -1
    for number, row in rows:
        index = _number(path, "trial_index", number, row.get("trial_index", ""))
        if index is None or index <= before:
            raise DataError(
                f"{path}, row {number}: trial_index is {index} after {before}; rows are of participant "
                f"{participant!r} twice, out of order, or of several sessions: name who they are of with --participant"
            )
        before = int(index)


def _trial(
    path: Path,
    columns: Columns,
    number: int,
    row: Mapping[str, str],
    labels: tuple[str, ...],
    *,
    trial: int,
    block: int,
) -> Trial:
    arms = tuple(range(len(labels)))
    choice = row.get(columns.choice, "")
    phase = _phase(columns, row)
    attributes = tuple(_attributes(path, option, number, row) for option in columns.options)
    place: dict[str, Any] = {"trial": trial, "block": block, "phase": phase, "offered": arms, "labels": labels}
    if attributes:
        place["attributes"] = attributes
    if columns.is_missed(choice):
        return Trial(choice=None, missed=True, **place)
    arm = _arm(columns, _label(choice), labels)
    reward = _reward(path, columns, number, row)
    rt = None if columns.rt is None else _number(path, columns.rt, number, row.get(columns.rt, ""))
    outcomes: list[Any] = [None] * len(labels)
    outcomes[arm] = reward
    made = Trial(
        choice=arm,
        label=labels[arm],
        reward=reward,
        rt_ms=rt if rt is None or columns.rt_ms in (None, 1) else rt * columns.rt_ms,
        # What options are worth is in their attributes.
        outcomes=() if attributes else tuple(outcomes),
        **place,
    )
    check_trial(made, f"{path}, row {number}")
    return made


def _arm(columns: Columns, entry: str, labels: tuple[str, ...]) -> int:
    of = next((label for label, entries in columns.arms.items() if entry in entries), entry)
    return labels.index(of)


def _phase(columns: Columns, row: Mapping[str, str]) -> str:
    entry = row.get(columns.phase, "") if columns.phase else ""
    return next((phase for phase, entries in columns.phases.items() if entry in entries), MAIN)


def _term(path: Path, term: str, number: int, row: Mapping[str, str]) -> float | None:
    name = column_of(term)
    value = _number(path, name, number, row.get(name, ""))
    if value is None or name == term:
        return value
    return -abs(value) if term.startswith("-|") else -value


def _reward(path: Path, columns: Columns, number: int, row: Mapping[str, str]) -> float | None:
    terms = [_term(path, term, number, row) for term in columns.rewards]
    return None if not terms or None in terms else sum(term for term in terms if term is not None)


def _attributes(path: Path, option: Option, number: int, row: Mapping[str, str]) -> dict[str, float]:
    found = {}
    for name, given in option.attributes.items():
        value = _term(path, given, number, row) if isinstance(given, str) else given
        if value is None:
            raise DataError(f"{path}, row {number}: {given} is empty, expected the {name} of the option {option.entry}")
        found[name] = value
    return found


def _number(path: Path, name: str, row: int, cell: str) -> float | None:
    if cell.lower() in ("true", "false"):
        return int(cell.lower() == "true")
    if cell == "" or cell.lower() == "nan":
        return None
    try:
        number = float(cell)
    except ValueError:
        number = float("inf")
    if as_payoff(number) is None:
        raise DataError(f"{path}, row {row}: {name} is {shortened(cell)}, expected a number")
    return int(number) if number.is_integer() else number

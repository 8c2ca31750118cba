"""Tables of other studies and of other jsPsych tasks, with their own column names, as sessions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from twinbean._messages import names_listed, shortened
from twinbean.errors import DataError
from twinbean.sessions.checking import check_trial
from twinbean.sessions.columns import COLUMNS
from twinbean.sessions.payoffs import as_payoff
from twinbean.sessions.session import Session, Trial
from twinbean.sessions.text_tables import TextTable, read_text_table

_Numbered = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column holds what: the chosen arm, and, where there are any, participant, reward, block and response time.

    Without `participant`, a file is one person's and named by it. Rows count where each column of `where` holds one of
    its entries. `keep` are columns that say something of the whole session, such as a diagnosis or a condition.
    """

    choice: str
    participant: str | None = None
    reward: str | None = None
    block: str | None = None
    rt: str | None = None
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    keep: Sequence[str] = ()

    def names(self) -> list[str]:
        given = [self.participant, self.choice, self.reward, self.block, self.rt, *self.where, *self.keep]
        return [name for name in given if name is not None]


def read_foreign(path: Path, columns: Columns) -> list[Session]:
    """The sessions of a table with one row a choice, rows in the order in which they were made.

    Every distinct entry of the choice column is an arm: its label is the entry, its number the entry's place in sorted
    order. An empty choice is a missed trial. Payoffs of arms that were not chosen are unknown. Raises DataError naming
    the column or the row (counted from 1, the header not among them).
    """
    cells = read_text_table(path)
    for name in columns.names():
        if name not in cells.columns:
            raise DataError(f"{path} has no column {name!r} (found {names_listed(cells.columns)})")
    for name in columns.keep:
        if name in COLUMNS:
            raise DataError(
                f"{name!r} is a column that every table of sessions has, and cannot be kept under this name"
            )
    rows = _chosen_rows(path, cells, columns.where)
    labels = _labels(path, columns, rows, cells)
    people: dict[str, list[_Numbered]] = {}
    is_jspsych = cells.is_jspsych
    for number, row in rows:
        who = path.name.split(".")[0] if columns.participant is None else row.get(columns.participant, "")
        if not who:
            raise DataError(f"{path}, row {number}: {columns.participant} is empty, expected a participant")
        people.setdefault(who, []).append((number, row))
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


def _labels(path: Path, columns: Columns, rows: Sequence[_Numbered], cells: TextTable) -> tuple[str, ...]:
    """What can be chosen, in order: numbers by size, words by the alphabet. All choices must be of one kind."""
    name = columns.choice
    chosen = [(number, row) for number, row in rows if row.get(name, "")]
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
    if len(labels) < 2:
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
    path: Path, columns: Columns, participant: str, rows: Sequence[_Numbered], labels: tuple[str, ...], is_jspsych: bool
) -> Session:
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
        session=participant,
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
    if choice == "":
        return Trial(trial=trial, choice=None, block=block, offered=arms, labels=labels, missed=True)

    def number_in(name: str | None) -> float | None:
        return None if name is None else _number(path, name, number, row.get(name, ""))

    arm = labels.index(_label(choice))
    reward = number_in(columns.reward)
    outcomes: list[Any] = [None] * len(labels)
    outcomes[arm] = reward
    made = Trial(
        trial=trial,
        choice=arm,
        block=block,
        label=labels[arm],
        reward=reward,
        rt_ms=number_in(columns.rt),
        outcomes=tuple(outcomes),
        offered=arms,
        labels=labels,
    )
    check_trial(made, f"{path}, row {number}")
    return made


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

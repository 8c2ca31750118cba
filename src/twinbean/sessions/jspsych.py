"""Rows recorded by jsPsych: ours, a stock SweetBean page's, or those that `process_js` has already been through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.checking import check_trial
from twinbean.sessions.entries import (
    as_integer,
    as_list,
    as_name,
    as_number,
    as_truth,
    from_json,
    payoff_of_arm,
    points,
)
from twinbean.sessions.observed import observed_in
from twinbean.sessions.participants import participant_in
from twinbean.sessions.quizzes import checks_in
from twinbean.sessions.responses import answers_in, is_screen, responses_in
from twinbean.sessions.session import MAIN, Response, Session, Trial
from twinbean.sessions.shown import shown_on_record
from twinbean.sessions.stages import stage_of

Row = Mapping[str, Any]
# No more than a table's integers can count.
_MOST_BLOCKS = 2**31
# Of a page's rows. The second says in which phase each was recorded.
_FORMATS = ("1", "2")
_DETAILS = ("fingerprint", "parts", "seed", "parameters", "twinbean")


def plain_row(row: Row) -> dict[str, Any]:
    """One row under SweetBean's own names: `bean_` is dropped and wins over jsPsych's field of the same name."""
    plain = {name: value for name, value in row.items() if not name.startswith("bean_")}
    beans = {name.removeprefix("bean_"): value for name, value in row.items() if name.startswith("bean_")}
    if beans.get("response", 0) is None and "bean_missed" not in row:
        # A stock page copies `choice`, which html-choice 2.0.0 calls `response`: the bean is empty, the field not.
        del beans["response"]
    return plain | beans


def is_trial(row: Row) -> bool:
    """Whether a row is a choice among arms; text and instruction screens are not."""
    return "bandits" in row or "bean_bandits" in row


def sessions_from_rows(rows: Sequence[Row], *, where: str, participant: str) -> list[Session]:
    """The sessions in jsPsych rows, split where the rows themselves name several participants or sessions.

    `participant` names the person when the rows do not. Raises DataError naming the row, counted from 1, when they are
    not rows of a bandit task.
    """
    sessions = sessions_in(rows, where=where, participant=participant)
    if not any(map(is_answered, rows)):
        raise DataError(f"{where} holds no choice and no response: expected rows with 'bean_bandits' or 'bean_choices'")
    return sessions


def is_answered(row: Row) -> bool:
    """Whether a row is of a screen that can be answered: a choice, a key, an option, a survey or a form."""
    return is_trial(row) or is_screen(plain_row(row))


def sessions_in(rows: Sequence[Row], *, where: str, participant: str) -> list[Session]:
    """The same of rows in which nothing need have been answered."""
    grouped: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise DataError(f"{where}, row {number} is {shortened(row)}, expected a jsPsych row with names and values")
        _check_format(row, f"{where}, row {number}")
        here = f"{where}, row {number}"
        who = as_name(row.get("participant"), participant, f"{here}: participant")
        grouped.setdefault((who, as_name(row.get("session"), who, f"{here}: session")), []).append((number, row))
    return [_session(who, session, numbered, where) for (who, session), numbered in grouped.items()]


def _check_format(row: Row, where: str) -> None:
    found = row.get("format")
    if found is not None and str(found) not in _FORMATS:
        read = " and ".join(_FORMATS)
        raise DataError(f"{where} has format {shortened(found)}, and this version of Twinbean reads formats {read}")


def _session(participant: str, session: str, recorded: Sequence[tuple[int, Row]], where: str) -> Session:
    rows = [(number, plain_row(row)) for number, row in recorded]
    first = rows[0][1]
    _check_order(rows, where)
    trials: list[Trial] = []
    responses: list[Response] = []
    answers: dict[str, Any] = {}
    for number, row in rows:
        here = f"{where}, row {number}"
        if is_trial(row):
            trials.append(_trial(row, len(trials), here))
        else:
            responses += [(len(trials), response) for response in responses_in(row, here, as_list)]
            answers |= answers_in(row, here, as_list)
    details: dict[str, Any] = {"responses": responses} if responses else {}
    details |= {"answers": answers} if answers else {}
    details |= checks_in([row for _, row in rows], where, as_list)
    details |= _details(first, f"{where}, row {rows[0][0]}") | participant_in(rows, where)
    positions = next((row["positions"] for _, row in rows if row.get("positions")), None)
    if positions is not None:
        details["positions"] = _places(as_list(positions, f"{where}: positions"), f"{where}: positions")
    details |= observed_in(rows, where)
    shown = shown_on_record([row for _, row in recorded])
    if shown is not None:
        details["shown"] = [shown.screens, shown.words]
    here = f"{where}, row {rows[0][0]}"
    return Session(
        participant=participant,
        session=session,
        task=as_name(first.get("task"), "unknown", f"{here}: task"),
        trials=tuple(trials),
        variant=as_name(first.get("variant"), "", f"{here}: variant") or None,
        details=details,
    )


def _check_order(rows: Sequence[tuple[int, dict[str, Any]]], where: str) -> None:
    """The screens of a session one after the other. A page of ours counts them from 0 and leaves none out; jsPsych
    counts others, too, which may have been filtered away."""
    before = -1
    for number, row in rows:
        found = row.get("trial_index")
        if found in (None, ""):
            continue
        index = as_integer(found)
        if index is None or index <= before or (row.get("format") is not None and index != before + 1):
            last = "none" if before < 0 else before
            raise DataError(
                f"{where}, row {number}: trial_index is {shortened(found)} after {last}; the rows of a session must "
                f"all be there, once, and in the order in which they were recorded"
            )
        before = index


def _details(row: Row, where: str) -> dict[str, Any]:
    """What a row of ours says of the page that recorded it."""
    details = {name: row[name] for name in _DETAILS if row.get(name) is not None}
    if "fingerprint" in details:
        details["fingerprint"] = str(details["fingerprint"])
    if "seed" in details:
        seed = as_integer(details["seed"])
        if seed is None or seed < 0:
            raise DataError(f"{where}: seed is {shortened(details['seed'])}, expected an integer from 0")
        details["seed"] = seed
    for name in ("parameters", "parts"):
        found = details.get(name, {})
        if isinstance(found, str):
            found = details[name] = from_json(found, f"{where}: {name}")
        if not isinstance(found, Mapping):
            raise DataError(f"{where}: {name} is {shortened(found)}, expected names with values")
    if not all(isinstance(part, str) for part in details.get("parts", {}).values()):
        raise DataError(f"{where}: parts is {shortened(details['parts'])}, expected names with texts")
    return details


def _trial(row: dict[str, Any], number: int, where: str) -> Trial:
    bandits = as_list(row.get("bandits"), f"{where}: bandits")
    n_arms = len(bandits)
    if not all(isinstance(bandit, Mapping) for bandit in bandits):
        raise DataError(f"{where}: bandits is {shortened(bandits)}, expected a list of {{color, value}}")
    if not bandits:
        raise DataError(f"{where}: bandits is empty, expected a list of {{color, value}}")
    outcomes = tuple(payoff_of_arm(bandit.get("value"), arm, where) for arm, bandit in enumerate(bandits))
    stage, pays = stage_of(_stage_entry(row, where), where)
    if not pays:
        outcomes = (None,) * n_arms
    choice = _choice(row, n_arms, where)
    labels = tuple(map(str, as_list(row.get("labels"), f"{where}: labels"))) or _numbers(n_arms)
    positions = _places(as_list(row.get("positions"), f"{where}: positions"), f"{where}: positions")
    positions = positions or list(range(n_arms))
    for name, values in (("labels", labels), ("positions", positions)):
        if len(values) != n_arms:
            raise DataError(f"{where}: {name} is {shortened(list(values))}, but the trial has {n_arms} arms")
    offered = tuple(as_list(row.get("offered"), f"{where}: offered")) or tuple(range(n_arms))
    if not all(type(arm) is int and arm in range(n_arms) for arm in offered):
        raise DataError(f"{where}: offered is {shortened(list(offered))}, but the trial has arms 0 to {n_arms - 1}")
    expected = tuple(
        payoff_of_arm(bandit.get("expected", outcomes[arm]), arm, where) for arm, bandit in enumerate(bandits)
    )
    trial = Trial(
        trial=number,
        block=_block(row.get("block"), where),
        phase=as_name(row.get("phase"), MAIN, f"{where}: phase"),
        choice=choice,
        label=None if choice is None else labels[choice],
        reward=as_number(points(row.get("value")), f"{where}: value") if pays and choice is not None else None,
        score=as_number(points(row.get("score")), f"{where}: score"),
        rt_ms=as_number(row.get("rt"), f"{where}: rt"),
        outcomes=outcomes,
        offered=offered,
        position=None if choice is None else positions[choice],
        labels=labels,
        best_arm=best_arm(expected),
        expected=expected,
        feedback="all" if row.get("feedback") == "all" else "chosen",
        forced=as_truth(row.get("forced"), f"{where}: forced"),
        missed=choice is None,
        **stage,
    )
    check_trial(trial, where)
    return trial


def _stage_entry(row: Row, where: str) -> Any:
    """A CSV file has it as JSON; under the same name, a page could record an effect of its author's."""
    found = row.get("stage")
    return from_json(found, f"{where}: stage") if isinstance(found, str) and found.startswith("{") else found


def _places(values: list[Any], where: str) -> list[int]:
    """The place of each arm on the screen, from 0."""
    if any(type(place) is not int for place in values) or sorted(values) != list(range(len(values))):
        raise DataError(f"{where} is {values!r}, expected the place of each arm, from 0, each once")
    return values


def _block(found: Any, where: str) -> int:
    block = 0 if found in (None, "") else as_integer(found)
    if block is None or not 0 <= block < _MOST_BLOCKS:
        raise DataError(f"{where}: block is {found!r}, expected the number of a block")
    return block


def best_arm(expected: Sequence[float | None]) -> int | None:
    """The first arm whose expected payoff is highest; None where one of them is unknown."""
    known = [value for value in expected if isinstance(value, int | float)]
    return expected.index(max(known)) if known and len(known) == len(expected) else None


def _numbers(n_arms: int) -> tuple[str, ...]:
    return tuple(str(arm + 1) for arm in range(n_arms))


def _choice(row: Row, n_arms: int, where: str) -> int | None:
    found = row.get("response", row.get("choice"))
    if found in (None, "", "null"):
        return None
    choice = as_integer(found)
    if choice is None:
        raise DataError(f"{where}: response is {shortened(found)}, expected the number of an arm")
    if not 0 <= choice < n_arms:
        raise DataError(f"{where}: response is {choice}, but the trial has arms 0 to {n_arms - 1}")
    return choice

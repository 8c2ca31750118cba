"""Arms and what they pay: checked when a task is defined, as far as that can be known, and at every trial of a play.

The page does the same (`playedBandits` in static/src/payoffs.js).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.errors import EmissionError, TaskError
from twinbean.sessions.payoffs import as_payoff

# Under this name a shared variable is the running score, which the record keeps as a number.
SCORE = "score"
EXPECTED = "expected a number (True and False count as 1 and 0)"
_UNTIL_PLAYED = object()


def check_bandits(bandits: Any, timeline: Sequence[Mapping[str, Any]], where: str, *, unknown: bool) -> None:
    """Refuse arms that pay no numbers, as far as no earlier choice decides it; None pays what is `unknown`."""
    for index, element in enumerate(timeline):
        arms = _known(bandits, element)
        if arms is _UNTIL_PLAYED:
            continue
        if not isinstance(arms, list) or len(arms) < 2:
            raise EmissionError(
                f"{where}, timeline element {index}: bandits is {arms!r}, expected a list of two or more"
            )
        for arm, given in enumerate(arms):
            bandit = _known(given, element)
            if bandit is _UNTIL_PLAYED:
                continue
            if not isinstance(bandit, dict) or "value" not in bandit:
                raise EmissionError(
                    f"{where}, timeline element {index}, arm {arm} is {bandit!r}, expected "
                    "{'color': ..., 'value': ...}"
                )
            for name in ("value", "expected"):
                value = _known(bandit.get(name), element)
                if value is _UNTIL_PLAYED or (value is None and (unknown or name == "expected")):
                    continue
                if as_payoff(value) is None:
                    raise EmissionError(
                        f"{where}, timeline element {index}, arm {arm} {_verb(name)} {value!r}, {EXPECTED}"
                    )


def check_nothing_paid(bandits: Any, timeline: Sequence[Mapping[str, Any]], where: str) -> None:
    """Refuse payoffs of a stage that does not pay, where no earlier choice decides them."""
    for index, element in enumerate(timeline):
        arms = _known(bandits, element)
        for arm, given in enumerate(() if arms is _UNTIL_PLAYED else arms):
            bandit = _known(given, element)
            value = _UNTIL_PLAYED if bandit is _UNTIL_PLAYED else _known(bandit["value"], element)
            if value is not _UNTIL_PLAYED and value != 0:
                raise EmissionError(
                    f"{where}, timeline element {index}, arm {arm} pays {value!r}, and its stage has pays=False: "
                    f"give it 0"
                )


def check_score(start: Any) -> None:
    """Refuse a running score that starts as no number; None is a score that is not there yet."""
    if start is not None and as_payoff(start) is None:
        raise EmissionError(f"shared variable {SCORE!r} starts at {start!r}, {EXPECTED}")


def played_bandits(bandits: Any, trial: int, *, unknown: bool) -> list[dict[str, Any]]:
    """The arms of a trial, what they pay as numbers. Raises TaskError naming trial and arm."""
    if not isinstance(bandits, list) or not bandits:
        raise TaskError(f"trial {trial}: bandits is {bandits!r}, expected a list of {{'color', 'value'}}")
    return [_numbered(bandit, f"trial {trial}, arm {arm}", unknown=unknown) for arm, bandit in enumerate(bandits)]


def played_score(value: Any, trial: int) -> float | None:
    """The running score after a trial; None where there is none yet. Raises TaskError for what is no number."""
    score = as_payoff(value)
    if score is None and value is not None:
        raise TaskError(f"trial {trial}: the score is {value!r}, {EXPECTED}")
    return score


def _numbered(bandit: Any, place: str, *, unknown: bool) -> dict[str, Any]:
    if not isinstance(bandit, dict) or "value" not in bandit:
        raise TaskError(f"{place} is {bandit!r}, expected {{'color', 'value'}}")
    # A copy: the element of a timeline is every play's.
    numbered = dict(bandit)
    for name in ("value", "expected"):
        value = bandit.get(name)
        if value is None and (unknown or name == "expected"):
            continue
        numbered[name] = as_payoff(value)
        if numbered[name] is None:
            raise TaskError(f"{place} {_verb(name)} {value!r}, {EXPECTED}")
    return numbered


def _verb(name: str) -> str:
    return "pays" if name == "value" else f"has {name}"


def _known(value: Any, element: Mapping[str, Any]) -> Any:
    """What `value` stands for at an element of the timeline, or that only the play will tell.

    A function of the timeline alone gives the same whenever it is called; one that raises will raise in the play,
    which names it.
    """
    # Most are no variables, and to compare with SweetBean's classes takes ten times as long.
    if value is None or isinstance(value, dict | list | str | int | float):
        return value
    if isinstance(value, TimelineVariable):
        return _known(element[value.name], element)
    if isinstance(value, DataVariable | SharedVariable):
        return _UNTIL_PLAYED
    if isinstance(value, FunctionVariable):
        arguments = [_known_in(argument, element) for argument in value.args]
        if any(argument is _UNTIL_PLAYED for argument in arguments):
            return _UNTIL_PLAYED
        try:
            return value.fct(*arguments)
        except Exception:
            return _UNTIL_PLAYED
    return value


def _known_in(value: Any, element: Mapping[str, Any]) -> Any:
    """As `_known`, but looking into lists and dicts, as a function's arguments are."""
    if not isinstance(value, list | tuple | dict):
        return _known(value, element)
    items = value.values() if isinstance(value, dict) else value
    known = [_known_in(item, element) for item in items]
    if any(item is _UNTIL_PLAYED for item in known):
        return _UNTIL_PLAYED
    return dict(zip(value, known, strict=True)) if isinstance(value, dict) else known

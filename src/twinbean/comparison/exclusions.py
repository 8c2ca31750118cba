"""Rules that leave people out, asked for by name and always counted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from twinbean.errors import DataError
from twinbean.sessions import Session

_RULE = re.compile(r"(rt|missed|focus)([<>])(\d+(?:\.\d+)?)|one-arm")
_EXPECTED = "rt<MS, rt>MS, missed>SHARE, focus>TIMES or one-arm"


def exclude_people(sessions: Sequence[Session], rules: Sequence[str]) -> tuple[list[Session], pd.DataFrame]:
    """The sessions of everybody whom no rule excludes, and a table `rule, meaning, excluded, participants`.

    rt<MS, rt>MS    the person's median response time is below or above so many milliseconds
    missed>SHARE    a larger share of the person's trials was missed
    one-arm         the person chose one arm only
    focus>TIMES     the window lost the focus more often (pages record it)

    A person's model sessions go too, so that pairs stay pairs. Raises DataError for a rule that is none of these, or
    that the data cannot answer.
    """
    people: dict[str, list[Session]] = {}
    for session in sessions:
        if session.source == "human":
            people.setdefault(session.participant, []).append(session)
    gone: set[str] = set()
    rows = []
    for rule in rules:
        meaning, test = _parse(rule)
        out = [name for name, own in people.items() if test(own)]
        gone.update(out)
        rows.append({"rule": rule, "meaning": meaning, "excluded": len(out), "participants": ", ".join(out)})
    table = pd.DataFrame(rows, columns=["rule", "meaning", "excluded", "participants"])
    return [session for session in sessions if session.participant not in gone], table


def _parse(rule: str) -> tuple[str, Callable[[list[Session]], bool]]:
    found = _RULE.fullmatch(rule.replace(" ", ""))
    if found is None or found[0].startswith(("missed<", "focus<")):
        raise DataError(f"the exclusion rule is {rule!r}, expected {_EXPECTED}")
    if found[0] == "one-arm":
        return "chose one arm only", lambda own: len({t.choice for s in own for t in s.trials if t.counts}) == 1
    value = float(found[3])
    if not math.isfinite(value):
        raise DataError(f"the exclusion rule is {rule!r}, expected {_EXPECTED}")
    if found[1] == "rt":
        way = "below" if found[2] == "<" else "above"
        sign = -1 if found[2] == "<" else 1
        return f"median response time {way} {value:g} ms", lambda own: sign * (_median_rt(own) - value) > 0
    if found[1] == "missed":
        return f"missed more than {value:g} of the trials", lambda own: _missed(own) > value
    return f"left the window more than {value:g} times", lambda own: _focus_losses(own) > value


def _median_rt(own: list[Session]) -> float:
    times = [trial.rt_ms for session in own for trial in session.trials if trial.counts and trial.rt_ms is not None]
    if not times:
        raise DataError(f"participant {own[0].participant!r} has no response times, which the exclusion rule needs")
    return float(np.median(times))


def _missed(own: list[Session]) -> float:
    trials = [trial for session in own for trial in session.trials if not trial.forced]
    return sum(trial.missed for trial in trials) / max(len(trials), 1)


def _focus_losses(own: list[Session]) -> int:
    counts = [session.details.get("focus_losses") for session in own]
    if None in counts:
        raise DataError(
            f"the data of participant {own[0].participant!r} do not say how often the window lost the focus"
        )
    return sum(int(count) for count in counts if count is not None)

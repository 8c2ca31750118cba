"""Rules that leave people out, asked for by name or by the task, and always counted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from twinbean._files import read_text
from twinbean.comparison.expressions import Expression
from twinbean.comparison.people import columns_known, median_rt, rows_of, share_missed
from twinbean.errors import DataError
from twinbean.sessions import Session, Trial

_RULE = re.compile(r"(rt|missed|focus)([<>])(\d+(?:\.\d+)?)|one-arm")
_COLUMNS = ["rule", "meaning", "excluded", "unknown", "participants"]
TASK = "the task"
# Who a rule is about: source and participant, and all sessions of theirs.
_Who = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Of a rule: what it means, whom it excludes, and of whom it cannot be told."""

    rule: str
    meaning: str
    excluded: list[_Who] = field(default_factory=list)
    unknown: list[_Who] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        counts = {"excluded": len(self.excluded), "unknown": len(self.unknown)}
        whom = ", ".join(name for _, name in self.excluded)
        return {"rule": self.rule, "meaning": self.meaning, **counts, "participants": whom}


def rules_in(path: Path) -> list[str]:
    """The rules of a file, one a line; what follows # is a comment. Raises DataError for a file without any, and for a
    line that is no rule."""
    rules = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        try:
            _parse(line)
        except DataError as error:
            raise DataError(f"{path}, line {number}: {error}") from None
        rules.append(line.strip())
    if not rules:
        raise DataError(f"{path} has no rule, expected one a line, as median_rt < 300")
    return rules


def exclude_people(sessions: Sequence[Session], rules: Sequence[str]) -> tuple[list[Session], pd.DataFrame]:
    """The sessions of everybody whom no rule excludes, and a table `rule, meaning, excluded, unknown, participants`.

    A rule is an expression over `people.columns_known`, as `quiz_attempts > 2 or median_rt < 300`, true of any session
    of a participant; of whom it is not known, they stay and are counted under `unknown`. Or it is one of these:

    rt<MS, rt>MS    the person's median response time is below or above so many milliseconds
    missed>SHARE    a larger share of the person's trials was missed
    one-arm         the person chose one arm only
    focus>TIMES     the window lost the focus more often (pages record it)

    Whom the task itself excludes, by a quiz, is left out in any case. A person's model sessions go too, so that pairs
    stay pairs; a model that played for nobody is held to the same rules. Raises DataError for a rule that is none of
    these, or that the data cannot answer.
    """
    people = {session.participant for session in sessions if session.source == "human"}
    grouped: dict[_Who, list[Session]] = {}
    for session in sessions:
        if session.source == "human" or session.participant not in people:
            grouped.setdefault((session.source, session.participant), []).append(session)
    found = [*_by_the_task(sessions, grouped), *(_found(rule, grouped) for rule in rules)]
    gone = {who for one in found for who in one.excluded}
    kept = [
        session
        for session in sessions
        if not {("human", session.participant), (session.source, session.participant)} & gone and not session.excluded
    ]
    return kept, pd.DataFrame([one.row() for one in found], columns=_COLUMNS)


def is_excluded(session: Session, rule: str) -> bool:
    """Whether a rule is known to be true of one session by itself. Raises DataError where the data cannot answer."""
    _, test = _parse(rule)
    if isinstance(test, Expression):
        (row,) = rows_of([session], test.columns)
        return test.holds(row) is True
    return test([session])


def columns_of_rule(rule: str) -> frozenset[str]:
    """What a rule asks for. Raises DataError for what is no rule."""
    _, test = _parse(rule)
    return test.columns if isinstance(test, Expression) else frozenset()


def _by_the_task(sessions: Sequence[Session], grouped: Mapping[_Who, Sequence[Session]]) -> list[_Found]:
    """What quizzes exclude, where there are any. A model's own quiz excludes that session of it alone."""
    if not any(session.details.get("quizzes") for session in sessions):
        return []
    excluded = [who for who, own in grouped.items() if any(session.excluded for session in own)]
    return [_Found(rule=TASK, meaning="a quiz was not passed that excludes", excluded=excluded)]


def _found(rule: str, grouped: Mapping[_Who, list[Session]]) -> _Found:
    meaning, test = _parse(rule)
    if not isinstance(test, Expression):
        people = [who for who in grouped if who[0] == "human"]
        return _Found(rule=rule, meaning=meaning, excluded=[who for who in people if test(grouped[who])])
    everybody = [session for own in grouped.values() for session in own]
    test.check(columns_known(everybody))
    answers = iter([test.holds(row) for row in rows_of(everybody, test.columns)])
    found = _Found(rule=rule, meaning=meaning)
    for who, own in grouped.items():
        of_sessions = [next(answers) for _ in own]
        if True in of_sessions:
            found.excluded.append(who)
        elif None in of_sessions:
            found.unknown.append(who)
    return found


def _parse(rule: str) -> tuple[str, Expression | Callable[[list[Session]], bool]]:
    found = _RULE.fullmatch(rule.replace(" ", ""))
    if found is None or found[0].startswith(("missed<", "focus<")):
        return "", Expression(rule)
    if found[0] == "one-arm":
        return "chose one arm only", lambda own: _is_one_arm([t for s in own for t in s.trials if t.counts])
    value = float(found[3])
    if not math.isfinite(value):
        raise DataError(f"the exclusion rule is {rule!r}, expected a number that a computer can hold")
    if found[1] == "rt":
        way = "below" if found[2] == "<" else "above"
        sign = -1 if found[2] == "<" else 1
        return f"median response time {way} {value:g} ms", lambda own: sign * (_median_rt(own) - value) > 0
    if found[1] == "missed":
        return f"missed more than {value:g} of the trials", lambda own: (share_missed(own) or 0) > value
    return f"left the window more than {value:g} times", lambda own: _focus_losses(own) > value


def _is_one_arm(trials: Sequence[Trial]) -> bool:
    """Where trials have several choices, one arm of each stage and state."""
    chosen = {(trial.stage, trial.state, trial.choice) for trial in trials}
    return bool(chosen) and len({place[:2] for place in chosen}) == len(chosen)


def _median_rt(own: list[Session]) -> float:
    found = median_rt(own)
    if found is None:
        raise DataError(f"participant {own[0].participant!r} has no response times, which the exclusion rule needs")
    return found


def _focus_losses(own: list[Session]) -> int:
    counts = [session.details.get("focus_losses") for session in own]
    if None in counts:
        raise DataError(
            f"the data of participant {own[0].participant!r} do not say how often the window lost the focus"
        )
    return sum(int(count) for count in counts if count is not None)

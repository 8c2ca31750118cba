"""People and models side by side: tables of measures, and curves over trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import pandas as pd

from twinbean.comparison.measures import MEASURES, is_best, score
from twinbean.errors import DataError
from twinbean.records import Session, Trial


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What was compared, as plain tables.

    `sessions` has one row a session, `groups` one a group: the sessions of one source that begin at the same trial,
    averaged from sessions to people to the group. `curves` has one row a group and trial.
    """

    sessions: pd.DataFrame
    groups: pd.DataFrame
    curves: pd.DataFrame
    n_sessions: int
    task: str


@dataclass(frozen=True)
class _Group:
    """Sessions of one source from trial `start` on: what came before was replayed, and is nobody's choice here."""

    source: str
    start: int
    sessions: tuple[Session, ...]

    @property
    def name(self) -> str:
        who = "people" if self.source == "human" else self.source
        return f"{who} from trial {self.start + 1}" if self.start else who

    def trials(self, session: Session) -> list[Trial]:
        return [trial for trial in session.trials if trial.trial >= self.start]


def compare(sessions: Sequence[Session], *, seed: int = 0) -> Comparison:
    """Compare human and model sessions of one task.

    Where a model continues people's records, it and the same people are compared from the first trial that was the
    model's; whole-session scores then say how many recorded choices they include. `seed` keys whatever is resampled.
    Raises DataError when the sessions are of several tasks, or hold no trials.
    """
    tasks = sorted({session.task for session in sessions if session.trials})
    if len(tasks) != 1:
        raise DataError(f"the data hold sessions of {len(tasks)} tasks ({', '.join(tasks) or 'none'}), expected one")
    groups = _groups([session for session in sessions if session.trials])
    return Comparison(
        sessions=pd.DataFrame([row for group in groups for row in _session_rows(group)]),
        groups=pd.DataFrame([_group_row(group) for group in groups]),
        curves=pd.DataFrame([row for group in groups for row in _curve_rows(group)]),
        n_sessions=len(sessions),
        task=tasks[0],
    )


def _start(session: Session) -> int:
    """The first trial that is the subject's own."""
    if session.source == "human":
        return 0
    own = [trial.trial for trial in session.trials if trial.origin == "subject"]
    return min(own, default=0)


def _groups(sessions: Sequence[Session]) -> list[_Group]:
    """People first; beside each continuation of people's records, the same people from the same trial on."""
    found: dict[tuple[str, int], list[Session]] = {}
    for session in sessions:
        found.setdefault((session.source, _start(session)), []).append(session)
    people = found.get(("human", 0), [])
    for source, start in list(found):
        if source != "human" and start:
            continued = {session.participant for session in found[source, start]}
            same = [session for session in people if session.participant in continued]
            if same:
                found["human", start] = same
    order = sorted(found, key=lambda key: (key[1], key[0] != "human", key[0]))
    return [_Group(source, start, tuple(found[source, start])) for source, start in order]


def _measured(trials: Sequence[Trial]) -> dict[str, float | None]:
    return {name: measure(trials) for name, measure in MEASURES.items()}


def _session_rows(group: _Group) -> list[dict[str, object]]:
    return [
        {
            "group": group.name,
            "participant": session.participant,
            "session": session.session,
            "sample": session.sample,
            "n_trials": len(session.trials),
            "n_recorded": group.start,
            "score": score(session.trials),
            "score_own": score(group.trials(session)),
            **_measured(group.trials(session)),
        }
        for session in group.sessions
    ]


def _group_row(group: _Group) -> dict[str, object]:
    people: dict[str, list[dict[str, float | None]]] = {}
    for session in group.sessions:
        row = {"score": score(session.trials), "score_own": score(group.trials(session))}
        people.setdefault(session.participant, []).append(row | _measured(group.trials(session)))
    names = ["score", "score_own", *MEASURES]
    return {
        "group": group.name,
        "people": len(people),
        "sessions": len(group.sessions),
        "from_trial": group.start,
        **{name: _mean([_mean([row[name] for row in rows]) for rows in people.values()]) for name in names},
    }


def _curve_rows(group: _Group) -> list[dict[str, object]]:
    """At each trial: the mean score so far in points won since the group begins, and shares of arms."""
    n_arms = max(len(trial.labels) for session in group.sessions for trial in session.trials)
    rows = []
    last = max(trial.trial for session in group.sessions for trial in session.trials)
    so_far = {session.session: 0.0 for session in group.sessions}
    at = {session.session: {trial.trial: trial for trial in session.trials} for session in group.sessions}
    for number in range(group.start, last + 1):
        trials = {}
        for session in group.sessions:
            trial = at[session.session].get(number)
            if trial is not None:
                trials[session.session] = trial
                so_far[session.session] += trial.reward or 0.0
        chosen = [trial for trial in trials.values() if trial.is_choice]
        shares = {f"arm_{arm}": _mean([float(trial.choice == arm) for trial in chosen]) for arm in range(n_arms)}
        rows.append(
            {
                "group": group.name,
                "trial": number,
                "sessions": len(trials),
                "score": fmean(so_far[name] for name in trials) if trials else None,
                "best_share": _mean([float(is_best(trial)) for trial in chosen if trial.best_arm is not None]),
                **shares,
            }
        )
    return rows


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None

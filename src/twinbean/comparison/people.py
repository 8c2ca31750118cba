"""What is known of each session, a row a session: what rules that leave people out can ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from twinbean.comparison.courses import binary_win, course_of
from twinbean.comparison.measures import installed, values_of
from twinbean.sessions import Session
from twinbean.sessions.session import count_arms

# What is counted of every session besides its measures, over the main phase.
_COUNTED: Mapping[str, Callable[[Session], float | None]] = {
    "n_choices": lambda session: session.n_choices,
    "median_rt": lambda session: median_rt([session]),
    "missed": lambda session: share_missed([session]),
    "shown_score": lambda session: session.shown_score,
    "main_score": lambda session: session.main_score,
}


def columns_known(sessions: Sequence[Session]) -> dict[str, None]:
    """The columns that a rule can ask for: those of the participants' table, and every measure."""
    of_participants = {name for session in sessions for name in _details(session)}
    measures, _ = installed()
    return dict.fromkeys([*sorted(of_participants), *_COUNTED, *(measure.name for measure in measures)])


def rows_of(sessions: Sequence[Session], columns: Collection[str]) -> list[dict[str, Any]]:
    """Of each session what is in `columns`; what a participant answered or is known for goes before a measure of the
    same name. None, or no entry, is what is not known."""
    chosen = [measure for measure in installed()[0] if measure.name in columns]
    n_arms, win = count_arms(sessions), binary_win(sessions)
    rows = []
    for session in sessions:
        row: dict[str, Any] = {name: count(session) for name, count in _COUNTED.items() if name in columns}
        if chosen and session.main_trials:
            row |= values_of(course_of(session, n_arms=n_arms, win=win), chosen)
        rows.append(row | {name: value for name, value in _details(session).items() if name in columns})
    return rows


def _details(session: Session) -> Mapping[str, Any]:
    """One entry a column: a device has many."""
    own = {"participant": session.participant, "session": session.session, "task": session.task}
    details = session.participant_details
    return own | {name: value for name, value in details.items() if not isinstance(value, Mapping)}


def median_rt(sessions: Sequence[Session]) -> float | None:
    """In milliseconds, of the choices that count."""
    times = [t.rt_ms for session in sessions for t in session.trials if t.counts and t.rt_ms is not None]
    return float(np.median(times)) if times else None


def share_missed(sessions: Sequence[Session]) -> float | None:
    """Of the trials of the main phase at which something could be chosen."""
    trials = [trial for session in sessions for trial in session.main_trials if not trial.forced]
    return sum(trial.missed for trial in trials) / len(trials) if trials else None

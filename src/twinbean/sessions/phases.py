"""Which phases count: "main", unless others are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twinbean._messages import names_listed
from twinbean.errors import DataError
from twinbean.sessions.session import MAIN, Session, Trial

# The phase of trials that no measure counts: no task can have it, since names of phases are no blanks.
_OTHER = " "


def counting(sessions: Sequence[Session], phases: Sequence[str]) -> list[Session]:
    """The sessions with the trials of `phases` in the place of those of the main phase, in memory alone.

    Raises DataError for a phase that no trial has.
    """
    there = dict.fromkeys(trial.phase for session in sessions for trial in session.trials)
    for phase in phases:
        if phase not in there:
            raise DataError(f"no trial is of the phase {phase!r} (found {names_listed(list(there)) or 'none'})")
    return [session.replace(trials=tuple(_among(trial, phases) for trial in session.trials)) for session in sessions]


def _among(trial: Trial, phases: Sequence[str]) -> Trial:
    return replace(trial, phase=MAIN if trial.phase in phases else _OTHER)

"""What no page and no replay can have written is refused, by whichever door it comes in: files, runs, Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.payoffs import as_payoff
from twinbean.sessions.session import Session, Trial

# Probabilities that were added up in single precision are this much above 1 at most.
_ROUNDING = 1e-3
_LISTS = ("outcomes", "labels", "expected", "p")


def checked(sessions: Iterable[Session]) -> list[Session]:
    """Sessions that did not come from a file. Raises DataError naming participant, session and trial."""
    known = list(sessions)
    for session in known:
        for number, trial in enumerate(session.trials):
            found = fault(trial)
            if found is None and trial.trial != number:
                found = f"it is number {number} of the session; trials are counted from 0, forced and missed ones too"
            if found is not None:
                raise DataError(
                    f"participant {session.participant!r}, session {session.session!r}, trial {trial.trial}: {found}"
                )
    check_once(known)
    return known


def check_once(sessions: Sequence[Session]) -> None:
    """Raises DataError where a session is there twice; a model can continue the same record from several branches."""
    seen: set[tuple[Any, ...]] = set()
    for session in sessions:
        key = (session.source, session.participant, session.session, session.sample, _branch(session))
        if key in seen:
            raise DataError(
                f"participant {session.participant!r} ({session.source}), session {session.session!r} is in the data "
                f"more than once"
            )
        seen.add(key)


def check_trial(trial: Trial, where: str) -> None:
    """Raises DataError for a trial that nobody can have played; `where` names its row."""
    found = fault(trial)
    if found is not None:
        raise DataError(f"{where}: {found}")


def fault(trial: Trial) -> str | None:
    """What is wrong with a trial by itself, as the end of a sentence; None where nothing is."""
    n_arms = 0
    for name in _LISTS:
        values = getattr(trial, name)
        if values and n_arms and len(values) != n_arms:
            return f"{name} is {shortened(values)}, but the trial has {n_arms} arms"
        n_arms = n_arms or len(values)
    return (
        _choice_fault(trial, n_arms) or _offer_fault(trial, n_arms) or _number_fault(trial) or _stage_fault(trial.stage)
    )


def _choice_fault(trial: Trial, n_arms: int) -> str | None:
    choice = trial.choice
    if trial.missed == (choice is not None):
        return f"choice is {choice!r} and missed is {trial.missed}; a missed trial has no choice"
    if trial.block < 0:
        return f"block is {trial.block}, expected a number from 0"
    if choice is None:
        return f"reward is {trial.reward!r}, and a missed trial pays nothing" if trial.reward else None
    if not _is_arm(choice, n_arms):
        return f"choice is {choice!r}, but the trial has {_arms(n_arms)}"
    for name in ("best_arm", "position"):
        arm = getattr(trial, name)
        if arm is not None and not _is_arm(arm, n_arms):
            return f"{name} is {arm!r}, but the trial has {_arms(n_arms)}"
    if trial.label is not None and trial.labels and str(trial.labels[choice]) != trial.label:
        return f"label is {shortened(trial.label)}, and arm {choice} is labelled {shortened(trial.labels[choice])}"
    return None


def _offer_fault(trial: Trial, n_arms: int) -> str | None:
    offered = trial.offered
    if not offered:
        return None
    if not all(_is_arm(arm, n_arms) for arm in offered):
        return f"offered is {shortened(offered)}, but the trial has {_arms(n_arms)}"
    if len(set(offered)) < len(offered):
        return f"offered is {shortened(offered)}, which has an arm more than once"
    if trial.choice is not None and trial.choice not in offered:
        return f"choice is {trial.choice}, and offered is {shortened(offered)}"
    if trial.forced and len(offered) > 1:
        return f"the trial is forced and offered is {shortened(offered)}, expected one arm"
    return None


def _number_fault(trial: Trial) -> str | None:
    for name in ("outcomes", "expected"):
        for value in getattr(trial, name):
            if value is not None and as_payoff(value) is None:
                return f"{name} is {shortened(getattr(trial, name))}, expected a number or null for each arm"
    for name in ("reward", "score", "rt_ms"):
        value = getattr(trial, name)
        if value is not None and as_payoff(value) is None:
            return f"{name} is {shortened(value)}, expected a number"
    if trial.rt_ms is not None and trial.rt_ms < 0:
        return f"rt_ms is {trial.rt_ms!r}, and nobody responds before the screen is there"
    for name in ("logp", "logp_legal"):
        value = getattr(trial, name)
        if value is not None and not value <= _ROUNDING:
            return f"{name} is {value!r}, and the logarithm of a probability is 0 at most"
    if trial.legal_mass is not None and not 0 <= trial.legal_mass <= 1 + _ROUNDING:
        return f"legal_mass is {trial.legal_mass!r}, expected a probability"
    if trial.p and not _are_probabilities(trial.p):
        return f"p is {shortened(trial.p)}, expected the probability of each arm, null where it was not offered"
    return None


def _stage_fault(stage: Any) -> str | None:
    if stage is None or (type(stage) is int and stage >= 1):
        return None
    return f"stage is {shortened(stage)}, expected the number of a choice within its trial, from 1"


def _is_arm(value: Any, n_arms: int) -> bool:
    """Whether it is the number of an arm; without any list of arms their number is not known."""
    is_integer = type(value) is int or isinstance(value, np.integer)
    return is_integer and value >= 0 and (value < n_arms or not n_arms)


def _arms(n_arms: int) -> str:
    return f"arms 0 to {n_arms - 1}" if n_arms else "arms numbered from 0"


def _are_probabilities(values: Sequence[Any]) -> bool:
    known = [value for value in values if value is not None]
    return all(as_payoff(value) is not None and value >= 0 for value in known) and sum(known) <= 1 + _ROUNDING


def _branch(session: Session) -> int:
    """How many trials a model was given; a person has them all from nobody."""
    if session.source == "human":
        return 0
    return next((i for i, trial in enumerate(session.trials) if trial.origin == "subject"), len(session.trials))

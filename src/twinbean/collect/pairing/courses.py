"""What a visitor is shown at the end: their own course and the model's, trial by trial."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twinbean.sessions.session import MAIN, Session, Trial


def course_of(session: Session) -> list[dict[str, Any]]:
    """The trials of the main phase (all, where it has none) as static/src/pairing/comparison.js reads them.

    What was paid is in it as far as it was shown. Where the task keeps no score, what was paid is added up.
    """
    counting = [trial for trial in session.trials if trial.phase == MAIN] or list(session.trials)
    return list(_entries(counting))


def _entries(trials: list[Trial]) -> Iterator[dict[str, Any]]:
    keeps_score = any(trial.score is not None for trial in trials)
    sum_so_far = None
    for trial in trials:
        if trial.seen_reward is not None:
            sum_so_far = (sum_so_far or 0.0) + trial.seen_reward
        score = trial.score if keeps_score else sum_so_far
        yield {
            "choice": trial.choice,
            "label": trial.label,
            "labels": list(trial.labels),
            "reward": trial.seen_reward,
            "score": None if trial.feedback == "none" else score,
            "forced": trial.forced,
        }

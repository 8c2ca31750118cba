"""The columns of the tidy table, and what each of them holds."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from twinbean.sessions.session import Feedback, Origin, Trial

COLUMNS: Sequence[str] = (
    *("participant", "session", "task", "source", "sample", "block", "phase", "trial", "choice", "label", "reward"),
    *("shown_score", "main_score", "rt_ms", "origin", "outcomes", "offered", "position", "labels", "best_arm"),
    *("expected", "variant"),
    *("wording", "feedback", "forced", "missed", "logp", "logp_legal", "legal_mass", "p", "raw", "attributes"),
    "details",
)
# Only in tables of trials with several choices.
STAGE_COLUMNS = ("stage", "state", "transition")
OF_SESSION = ("participant", "session", "task", "source", "sample", "variant", "wording")
LISTS = ("outcomes", "offered", "labels", "expected", "p", "attributes")
INTEGERS = ("sample", "block", "trial", "choice", "position", "best_arm", "stage")
NUMBERS = ("reward", "shown_score", "main_score", "rt_ms", "logp", "logp_legal", "legal_mass")
OF_ALL_TRIALS = ("main_score", "details")
# What files of 0.1.0 call the shown score.
SCORE = "score"
TRUTHS = ("forced", "missed")
TEXTS = ("participant", "session", "task", "source", "variant", "wording", "phase", "label", "raw", *STAGE_COLUMNS[1:])
WORDS: Mapping[str, Sequence[str]] = {"origin": get_args(Origin), "feedback": get_args(Feedback)}
OF_TRIAL = tuple(field.name for field in dataclasses.fields(Trial))
# A trial's values, in the order of its fields.
values_of = operator.attrgetter(*OF_TRIAL)


def columns_of(trials: Iterable[Trial]) -> Sequence[str]:
    """The columns of a table of these trials."""
    if all(trial.stage is None for trial in trials):
        return COLUMNS
    behind = COLUMNS.index("trial") + 1
    return (*COLUMNS[:behind], *STAGE_COLUMNS, *COLUMNS[behind:])

"""What changes over trials: learning, agreement and likelihoods, of each person and over persons with bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from twinbean.comparison.averages import KEYS, keys_of, met_by
from twinbean.comparison.bands import over_persons
from twinbean.comparison.courses import Course, course_of
from twinbean.comparison.grouping import Group
from twinbean.comparison.pairing import own_trials, pairs, shared_trials
from twinbean.comparison.statistics import mean_of
from twinbean.sessions import Session, Trial

# So many arms are drawn and tabulated one by one; more would not be legible.
ARMS_SHOWN = 6
OF_GROUPS = ("group", "source", "start")
OF_MODELS = ("model",)


@dataclass(frozen=True, kw_only=True)
class Curves:
    """One row a person and point: `learning` and `agreement` with the keys of a group, `along` with those of a model.

    Points are trials of a block, lags after the branch, and trials of a session.
    """

    learning: pd.DataFrame
    agreement: pd.DataFrame
    along: pd.DataFrame


def learning_table(persons: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One row a group and trial of a block, of every column of `learning_curves` the mean and its band."""
    return _sorted(over_persons(persons, keys=OF_GROUPS, along="trial", seed=seed), "trial")


def agreement_table(persons: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One row a group and lag: the mean agreement and its band, and `chance`."""
    return _sorted(over_persons(persons, keys=OF_GROUPS, along="lag", seed=seed), "lag")


def agreements(persons: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One row a group: the mean over persons of their means over lags, with its interval."""
    means = persons.groupby([*KEYS], sort=False)[["agreement", "chance"]].mean().reset_index()
    rows = []
    for (group, source, start), own in means.groupby(list(OF_GROUPS), sort=False):
        found = mean_of(own["agreement"], seed=seed, purpose=f"agreement {group}")
        row = {"group": group, "source": source, "start": start, "agreement": found.mean, "low": found.low}
        rows.append(row | {"high": found.high, "chance": own["chance"].mean(), "n_people": len(own)})
    return pd.DataFrame(rows, columns=[*OF_GROUPS, "agreement", "low", "high", "chance", "n_people"])


def _sorted(table: pd.DataFrame, along: str) -> pd.DataFrame:
    return table.sort_values(["start", "group", along], ignore_index=True)


def learning_curves(groups: Sequence[Group], *, n_arms: int, win: float | None) -> pd.DataFrame:
    """One row a person and trial of a block: mean reward, score since the first counted trial, share of best choices,
    share of each arm (up to six)."""
    rows: list[dict[str, Any]] = []
    for group in groups:
        for session, met in met_by(group):
            rows += _trial_rows(group, session, met, course_of(session, n_arms=n_arms, win=win, start=group.start))
    arms = [f"arm_{arm}" for arm in range(min(n_arms, ARMS_SHOWN))]
    values = ["reward", "score", "best", *arms]
    table = pd.DataFrame(rows, columns=[*KEYS, "session", "met", "trial", *values])
    return _by_person(table, values)


def _trial_rows(group: Group, session: Session, met: str, course: Course) -> list[dict[str, Any]]:
    rows = []
    for block in course.blocks():
        score = 0.0
        for place, t in enumerate(block):
            if not course.counted[t]:
                continue
            score += course.reward[t]
            arm = int(course.choice[t])
            rows.append(
                {
                    **keys_of(group, session),
                    "session": session.session,
                    "met": met,
                    "trial": place,
                    "reward": course.reward[t],
                    "score": score,
                    "best": float(course.best[t, arm]) if course.best[t].any() else np.nan,
                    **{f"arm_{k}": float(k == arm) for k in range(min(course.n_arms, ARMS_SHOWN)) if course.of_arms},
                }
            )
    return rows


def agreement_curves(groups: Sequence[Group]) -> pd.DataFrame:
    """One row a person and lag: the share of model choices equal to the person's at the same trial; lag 1 is the
    model's first own trial, and forced trials have none. Trials that one of the two missed are left out. `chance` is
    the mean of 1/offered."""
    rows: list[Mapping[str, Any]] = []
    for group in groups:
        for session, person in pairs(group):
            theirs = {trial.trial: trial for trial in person.trials}
            shared = shared_trials(session, person, group.start)
            for lag, mine in enumerate(own_trials(session, group.start), start=1):
                if mine.trial not in shared or not _alike(mine, theirs[mine.trial]):
                    continue
                offered = len(mine.offered) or len(mine.labels) or len(mine.outcomes)
                rows.append(
                    {
                        **keys_of(group, session),
                        "session": session.session,
                        "met": person.session,
                        "lag": lag,
                        "agreement": float(mine.choice == theirs[mine.trial].choice),
                        "chance": 1 / offered if offered else np.nan,
                    }
                )
    values = ["agreement", "chance"]
    return _by_person(pd.DataFrame(rows, columns=[*KEYS, "session", "met", "lag", *values]), values, along="lag")


def _alike(mine: Trial, theirs: Trial) -> bool:
    """Whether they could agree: where their earlier choices led elsewhere, no arm was offered to both."""
    return not (mine.offered and theirs.offered) or not set(mine.offered).isdisjoint(theirs.offered)


def _by_person(table: pd.DataFrame, values: list[str], *, along: str = "trial") -> pd.DataFrame:
    """Means over choices, then samples of a session, then sessions."""
    by_sample = table.groupby([*KEYS, "met", "session", along], sort=False)[values].mean()
    by_session = by_sample.groupby([*KEYS, "met", along], sort=False).mean()
    return by_session.groupby([*KEYS, along], sort=False).mean().reset_index()

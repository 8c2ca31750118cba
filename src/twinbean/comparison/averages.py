"""Choices become numbers of a session, sessions numbers of a person, persons numbers of a group: in this order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from twinbean.comparison import statistics
from twinbean.comparison.courses import Course, course_of
from twinbean.comparison.grouping import Group
from twinbean.comparison.measures import Measure, values_of
from twinbean.comparison.pairing import left_out, pairs, shared_trials
from twinbean.sessions import Session

KEYS = ["group", "source", "start", "participant"]


def session_table(
    groups: Sequence[Group], measures: Sequence[Measure], *, n_arms: int, win: float | None
) -> pd.DataFrame:
    """One row a session of a group: what was counted, the whole session's score, and every measure."""
    rows = [
        _session_row(group, session, met, course_of(session, n_arms=n_arms, win=win, start=group.start), measures)
        for group in groups
        for session, met in met_by(group)
    ]
    columns = [*KEYS, "session", "met", "sample", "n_choices", "n_recorded", "shown_score", "main_score"]
    columns += [*(measure.name for measure in measures), "legal_mass"]
    return pd.DataFrame(rows, columns=columns).astype({"shown_score": float, "main_score": float})


def met_by(group: Group) -> Iterator[tuple[Session, str]]:
    """The group's sessions, each with the person's session whose payoffs it met: samples of one are averaged first."""
    met = [person.session for person in group.persons] or [session.session for session in group.sessions]
    return zip(group.sessions, met, strict=True)


def _session_row(
    group: Group, session: Session, met: str, course: Course, measures: Sequence[Measure]
) -> dict[str, Any]:
    masses = [t.legal_mass for t in session.main_trials if t.origin == "subject" and t.legal_mass is not None]
    return {
        **keys_of(group, session),
        "session": session.session,
        "met": met,
        "sample": session.sample,
        "n_choices": int(course.counted.sum()),
        "n_recorded": 0 if group.is_people else group.start,
        "shown_score": session.shown_score,
        "main_score": session.main_score,
        **values_of(course, measures),
        "legal_mass": float(np.mean(masses)) if masses else np.nan,
    }


def keys_of(group: Group, session: Session) -> dict[str, Any]:
    return dict(zip(KEYS, (group.name, group.source, group.start, session.participant), strict=True))


def paired_tables(
    group: Group, measures: Sequence[Measure], *, n_arms: int, win: float | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row a session, of the model and of the person whose payoffs it met, over the trials at which both chose."""
    model: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    for session, person in pairs(group):
        only = shared_trials(session, person, group.start)
        for rows, one in ((model, session), (people, person)):
            course = course_of(one, n_arms=n_arms, win=win, start=group.start, only=only)
            rows.append(_session_row(group, one, person.session, course, measures))
    return pd.DataFrame(model), pd.DataFrame(people)


def person_table(sessions: pd.DataFrame) -> pd.DataFrame:
    """One row a person and group: means over a model's samples of one session, then over that person's sessions."""
    met = sessions.groupby([*KEYS, "met"], sort=False)[_numbers(sessions)].mean()
    table = met.groupby(KEYS, sort=False).mean()
    table.insert(0, "n_sessions", sessions.groupby(KEYS, sort=False).size())
    return table.reset_index()


def _numbers(table: pd.DataFrame) -> list[str]:
    """The columns that are averaged: the whole session's scores, the measures, the legal mass."""
    columns = [str(name) for name in table.columns]
    return columns[columns.index("shown_score") :]


def group_table(persons: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One row a group and measure: the mean over persons, its spread and its interval."""
    rows = []
    for (name, source, start), own in persons.groupby(["group", "source", "start"], sort=False):
        for measure in _numbers(persons):
            values = own[measure].dropna()
            found = statistics.mean_of(values, seed=seed, purpose=f"{name} {measure}")
            rows.append(
                {
                    "group": name,
                    "source": source,
                    "start": start,
                    "measure": measure,
                    "mean": found.mean,
                    "sd": float(values.std(ddof=1)) if len(values) > 1 else np.nan,
                    "low": found.low,
                    "high": found.high,
                    "n_people": len(values),
                    "n_sessions": int(own.loc[values.index, "n_sessions"].sum()),
                }
            )
    columns = ["group", "source", "start", "measure", "mean", "sd", "low", "high", "n_people", "n_sessions"]
    return pd.DataFrame(rows, columns=columns)


def difference_table(
    groups: Sequence[Group],
    sessions: pd.DataFrame,
    measures: Sequence[Measure],
    *,
    n_arms: int,
    win: float | None,
    seed: int,
) -> pd.DataFrame:
    """One row a model group and measure: model minus people. Where a model played for people, over the same sessions of
    theirs and the trials at which both chose: a sum over more trials is no higher score. `n_left_out` counts the
    choices that only one of the two made."""
    rows = []
    for group in groups:
        if group.is_people:
            continue
        n_left_out = 0
        if group.paired:
            own, theirs = paired_tables(group, measures, n_arms=n_arms, win=win)
            n_left_out = sum(len(left_out(session, person, group.start)) for session, person in pairs(group))
        else:
            own = sessions[sessions["group"] == group.name]
            same = [one.name for one in groups if (one.start, one.part) == (group.start, group.part)]
            theirs = sessions[(sessions["source"] == "human") & sessions["group"].isin(same)]
        model, peers = (person_table(table).set_index("participant") for table in (own, theirs))
        for measure in (one.name for one in measures):
            a, b = peers[measure].dropna(), model[measure].dropna()
            purpose = f"{group.name} {measure}"
            if group.paired:
                shared = a.index.intersection(b.index)
                a, b = a[shared], b[shared]
                found = statistics.paired_difference(a.to_numpy(), b.to_numpy(), seed=seed, purpose=purpose)
            else:
                found = statistics.unpaired_difference(a.to_numpy(), b.to_numpy(), seed=seed, purpose=purpose)
            rows.append(
                {
                    "group": group.name,
                    "start": group.start,
                    "measure": measure,
                    "paired": group.paired,
                    "people": float(a.mean()) if len(a) else np.nan,
                    "model": float(b.mean()) if len(b) else np.nan,
                    "difference": found.mean,
                    "low": found.low,
                    "high": found.high,
                    "effect": found.effect,
                    "effect_is": "d_z" if group.paired else "g",
                    "n_people": len(a),
                    "n_model": len(b),
                    "n_left_out": n_left_out,
                }
            )
    columns = ["group", "start", "measure", "paired", "people", "model", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "effect", "effect_is", "n_people", "n_model", "n_left_out"])

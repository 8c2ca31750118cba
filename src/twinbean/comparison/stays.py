"""Whether the first choice of a trial is repeated, by what the trial before paid and how likely its way there was.

Who learns by reward alone repeats a rewarded choice whatever it led to (a main effect of reward); who plans repeats it
after a common transition and leaves it after a rare one (an interaction). Source: Daw et al. 2011, Neuron 69:1204.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from twinbean.comparison.grouping import Group
from twinbean.sessions import Session, Trial
from twinbean.sessions.stages import COMMON, RARE, total, trials_of

_KEYS = ["group", "source", "start", "participant"]
_CASES = ["rewarded", "transition"]
# Of the four shares, in the order of the cases below.
CASES = tuple((rewarded, transition) for rewarded in (True, False) for transition in (COMMON, RARE))
EFFECTS = {
    "reward": (0.5, 0.5, -0.5, -0.5),
    "transition": (0.5, -0.5, 0.5, -0.5),
    "reward x transition": (1.0, -1.0, -1.0, 1.0),
}


def stays(session: Session, *, win: float, start: int = 0) -> Iterator[tuple[bool, str, bool]]:
    """Whether the trial before was rewarded, its transition, and whether its first choice was repeated, for each first
    choice from choice number `start` on. A trial that was not played to its end tells nothing to the next."""
    n_choices, numbers = 0, {}
    for row in session.trials:
        numbers[row.trial] = n_choices
        n_choices += row.counts
    for before, now in pairwise(trials_of(session)):
        first, last, again = before[0], before[-1], now[0]
        if not (first.counts and last.counts and again.counts) or first.block != again.block:
            continue
        if (
            first.stage != 1
            or again.stage != 1
            or last.transition not in (COMMON, RARE)
            or numbers[again.trial] < start
        ):
            continue
        yield total(before) == win, str(last.transition), first.choice == again.choice


def binary_total(sessions: Iterable[Session]) -> float | None:
    """The higher of the two amounts that trials paid; None where they did not pay two."""
    paid = {total(rows) for session in sessions for rows in trials_of(session) if _is_whole(rows)}
    return max(paid) if len(paid) == 2 else None  # type: ignore[type-var]


def _is_whole(rows: Sequence[Trial]) -> bool:
    return all(row.counts for row in rows) and total(rows) is not None


def stay_tables(groups: Sequence[Group], *, win: float | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """P(stay) by reward and transition, one row a group and case, and the effects, one row a group and effect: means
    over persons of the means over their sessions, with standard errors over persons."""
    rows = []
    for group in groups:
        met = [person.session for person in group.persons] or [session.session for session in group.sessions]
        for session, person in zip(group.sessions, met, strict=True):
            who = (group.name, group.source, group.start, session.participant, person, session.session)
            rows += [(*who, *one) for one in (() if win is None else stays(session, win=win, start=group.start))]
    table = pd.DataFrame(rows, columns=[*_KEYS, "met", "session", *_CASES, "stay"])
    by_sample = table.groupby([*_KEYS, "met", "session", *_CASES], sort=False)["stay"].mean()
    by_session = by_sample.groupby([*_KEYS, "met", *_CASES], sort=False).mean()
    persons = by_session.groupby([*_KEYS, *_CASES], sort=False).mean().unstack(_CASES)
    persons = persons.reindex(columns=pd.MultiIndex.from_tuples(CASES, names=_CASES))
    shares, effects = [], []
    for (name, source, start), own in persons.groupby(_KEYS[:3], sort=False):
        whose = {"group": name, "source": source, "start": start}
        for rewarded, transition in CASES:
            case = {"rewarded": rewarded, "transition": transition}
            shares.append(whose | case | _described(own[rewarded, transition], "p_stay"))
        for effect, weights in EFFECTS.items():
            contrast = pd.Series(own.to_numpy() @ np.array(weights))
            effects.append(whose | {"effect": effect} | _described(contrast, "mean"))
    columns = ["group", "source", "start"]
    return (
        pd.DataFrame(shares, columns=[*columns, *_CASES, "p_stay", "se", "n_people"]),
        pd.DataFrame(effects, columns=[*columns, "effect", "mean", "se", "n_people"]),
    )


def _described(values: pd.Series, name: str) -> dict[str, float]:
    known = values.dropna()
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan
    return {name: float(known.mean()) if len(known) else np.nan, "se": error, "n_people": len(known)}

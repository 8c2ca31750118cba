"""A model's session beside the person's whose payoffs it met, trial by trial."""

from __future__ import annotations

from collections.abc import Iterator

from twinbean.comparison.grouping import Group
from twinbean.sessions import Session, Trial
from twinbean.sessions.session import MAIN


def pairs(group: Group) -> Iterator[tuple[Session, Session]]:
    """The group's sessions with the person's; none where the group is not paired."""
    return zip(group.sessions, group.persons, strict=group.paired)


def own_trials(session: Session, start: int) -> list[Trial]:
    """The trials of the main phase from choice number `start` on, counted from 0, at which something could be chosen:
    missed ones among them, forced ones not."""
    n_choices = 0
    for place, trial in enumerate(session.trials):
        if trial.counts and n_choices == start:
            return [own for own in session.trials[place:] if not own.forced and own.phase == MAIN]
        n_choices += trial.counts
    return []


def shared_trials(session: Session, person: Session, start: int) -> set[int]:
    """The numbers of the trials from choice `start` on at which both chose."""
    mine, theirs = (_chosen(one, start) for one in (session, person))
    return mine & theirs


def left_out(session: Session, person: Session, start: int) -> set[int]:
    """The numbers of the trials from choice `start` on at which only one of the two chose."""
    mine, theirs = (_chosen(one, start) for one in (session, person))
    return mine ^ theirs


def _chosen(session: Session, start: int) -> set[int]:
    return {trial.trial for trial in own_trials(session, start) if trial.counts}

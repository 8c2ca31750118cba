"""Trials with several choices: which row belongs to which stage, and what a table of one stage is.

A screen is a row, as everywhere. Rows of one trial follow each other, with rising stages; a row whose stage does not
rise begins the next trial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.session import MAIN, Session, Trial

COMMON, RARE = "common", "rare"
# An option of one stage and state: its arms are its own, whatever number they have on the screen.
Place = tuple[int, str | None]


def stage_of(entry: Any, where: str) -> tuple[dict[str, Any], bool]:
    """What the entry `stage` of a row says, as fields of a Trial, and whether a choice there pays.

    Rows without one, and those of older pages with an effect of that name, are of a trial of one stage.
    """
    if not isinstance(entry, Mapping):
        return {}, True
    fields = {"stage": entry.get("number")}
    for name in ("state", "transition"):
        found = entry.get(name)
        if isinstance(found, bool) or not isinstance(found, str | int | None):
            raise DataError(f"{where}: {name} is {shortened(found)}, expected a name or a number")
        fields[name] = None if found is None else str(found)
    return fields, bool(entry.get("pays", True))


def stages_of(sessions: Iterable[Session]) -> tuple[int, ...]:
    """The stages that the choices of these sessions stand in; none where every trial is one choice.

    Practice may have others. Raises DataError where only some have stages: rockets and aliens would be counted as one.
    """
    found = {trial.stage for session in sessions for trial in session.trials if trial.phase == MAIN}
    if None in found and len(found) > 1:
        raise DataError(
            "some of these trials have stages and others have none: analyse them one after the other, by task"
        )
    return tuple(sorted(stage for stage in found if stage is not None))


def trials_of(session: Session) -> Iterator[list[Trial]]:
    """The rows of each trial, in the order of their stages."""
    rows: list[Trial] = []
    for row in session.trials:
        if rows and not _goes_on(rows[-1], row):
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def _goes_on(before: Trial, row: Trial) -> bool:
    same = (before.block, before.phase) == (row.block, row.phase)
    return same and before.stage is not None and row.stage is not None and row.stage > before.stage


def total(rows: Sequence[Trial]) -> float | None:
    """What the choices of these rows paid together; None where none of them paid."""
    rewards = [row.reward for row in rows if row.reward is not None]
    return sum(rewards) if rewards else None


@dataclass(frozen=True, kw_only=True)
class Arms:
    """Every option of every stage and state under a number of its own: `counts` has how many options a place has."""

    counts: Mapping[Place, int]

    @cached_property
    def firsts(self) -> Mapping[Place, int]:
        """The number of each place's first option."""
        found, number = {}, 0
        for place, count in self.counts.items():
            found[place] = number
            number += count
        return found

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    def moved(self, row: Trial) -> Trial:
        """The row as one of a trial without stages among all the arms, of which those of its state are on offer."""
        place = row.stage or 1, row.state
        first, count = self.firsts[place], self.counts[place]
        around = (None,) * first, (None,) * (self.number - first - count)

        def spread(values: tuple[Any, ...]) -> tuple[Any, ...]:
            return (*around[0], *values, *(None,) * (count - len(values)), *around[1]) if values else ()

        return replace(
            row,
            stage=None,
            state=None,
            transition=None,
            choice=None if row.choice is None else first + row.choice,
            offered=tuple(first + arm for arm in row.offered or range(count)),
            outcomes=spread(row.outcomes),
            expected=spread(row.expected),
            p=spread(row.p),
            labels=tuple(label or "" for label in spread(row.labels)),
            best_arm=None if row.best_arm is None else first + row.best_arm,
        )


def arms_of(sessions: Iterable[Session], stage: int | None = None) -> Arms:
    """The options of one stage, or of all, by stage and state in the order of their names."""
    counts: dict[Place, int] = {}
    for session in sessions:
        for row in session.trials:
            if row.stage is not None and stage in (None, row.stage):
                place = row.stage, row.state
                counts[place] = max(counts.get(place, 0), row.n_arms)
    return Arms(counts={place: counts[place] for place in sorted(counts, key=lambda place: (place[0], place[1] or ""))})


def at_stage(sessions: Sequence[Session], stage: int) -> list[Session]:
    """These sessions as a task of one choice a trial: the choices of one stage, each rewarded with what its trial paid
    from there on. Options of different states are different arms; where a later choice was missed, nobody knows what
    this one would have paid, and it is missed, too. Raises DataError for a stage that nobody met."""
    stages = stages_of(sessions)
    if stage not in stages:
        known = f"stages {', '.join(map(str, stages))}" if stages else "trials of one choice each"
        raise DataError(f"stage is {stage}, and the data have {known}")
    arms = arms_of(sessions, stage)
    return [session.replace(trials=tuple(_rows_at(session, stage, arms))) for session in sessions]


def _rows_at(session: Session, stage: int, arms: Arms) -> Iterator[Trial]:
    number = 0
    for rows in trials_of(session):
        for place, row in enumerate(rows):
            if row.stage == stage:
                seen = arms.moved(row)
                if any(later.missed for later in rows[place:]):
                    seen = replace(seen, choice=None, label=None, position=None, missed=True)
                # A chosen option's payoff is known by its trial alone, and none of the others'.
                paid = None if seen.missed else total(rows[place:])
                yield replace(seen, trial=number, reward=paid, outcomes=(), score=rows[-1].score)
                number += 1

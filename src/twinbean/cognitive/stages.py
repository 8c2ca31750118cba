"""Which models speak of trials with several choices, and what such trials look like to them.

To a model of one choice a trial, rockets and the aliens of a planet would be the same two arms; so it is fitted to one
stage that somebody asks for, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twinbean.cognitive.catalogue import MODELS, model, models_named
from twinbean.cognitive.model import TWO_STEPS, Fittable
from twinbean.errors import DataError, TwinbeanError
from twinbean.sessions import Session
from twinbean.sessions.stages import Arms, arms_of, at_stage, stages_of

# What is fitted to trials of two choices where nobody says what.
OF_TWO_STEPS = ("hybrid",)


def fitting(which: Iterable[str | Fittable] | None, sessions: Sequence[Session], stage: int | None) -> list[Fittable]:
    """The models asked for; without any, all those of Twinbean's own that speak of such trials.

    Raises TwinbeanError naming one that does not.
    """
    stages = stages_of(sessions) if stage is None else ()
    if which is None:
        return [model(name) for name in OF_TWO_STEPS] if stages else list(MODELS.values())
    chosen = models_named(which)
    for one in chosen:
        if one.stages == 1 and stages:
            raise TwinbeanError(
                f"{one.name} is a model of one choice a trial, and these trials have the stages "
                f"{', '.join(map(str, stages))}: fit {', '.join(OF_TWO_STEPS)}, or one stage alone (--stage, stage=)"
            )
        if one.stages == TWO_STEPS and not stages:
            seen = "these trials have one" if stage is None else f"only stage {stage} is asked for"
            raise TwinbeanError(f"{one.name} is a model of trials with two choices, and {seen}")
    return chosen


def seen_by_models(sessions: Sequence[Session], stage: int | None) -> list[Session]:
    """The sessions as fits see them: as they are, with one stage alone, or, where trials have several choices, with an
    arm for every option of every stage and state. Raises DataError for stages that are not those of two steps."""
    if stage is not None:
        return at_stage(sessions, stage)
    if not stages_of(sessions):
        return list(sessions)
    arms = arms_of(sessions)
    check_two_steps(arms)
    return [
        session.replace(trials=tuple(arms.moved(row) for row in session.trials if row.stage is not None))
        for session in sessions
    ]


def check_two_steps(arms: Arms) -> None:
    """Raises DataError unless there are two options, and behind them two states of two options each."""
    places = [(stage, count) for (stage, _), count in arms.counts.items()]
    if places != [(1, 2), (2, 2), (2, 2)]:
        found = ", ".join(
            f"stage {stage}{f' in {state!r}' if state is not None else ''}: {count} options"
            for (stage, state), count in arms.counts.items()
        )
        raise DataError(
            f"models of two steps are of two options that lead to two states of two options each, and the data have "
            f"{found}"
        )

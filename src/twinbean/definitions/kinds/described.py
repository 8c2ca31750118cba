"""A trial among options that are told anew each time, before it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.options import attributes_of, expected_of, outcomes_of
from twinbean.sessions import Trial
from twinbean.sessions.session import Feedback


def undecided(
    options: Sequence[Mapping[str, Any]], labels: tuple[str, ...], stage: Stage, *, feedback: Feedback = "chosen"
) -> Trial:
    """The next trial of the stage, all of whose options can be chosen."""
    return Trial(
        trial=stage.n_trials,
        choice=None,
        block=stage.block,
        phase=stage.phase,
        outcomes=outcomes_of(options),
        offered=tuple(range(len(options))),
        labels=labels,
        attributes=attributes_of(options),
        **expected_of(options),
        feedback=feedback,
        origin="subject",
    )

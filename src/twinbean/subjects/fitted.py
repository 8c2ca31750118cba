"""Fitted models that play: each participant's own parameters choose in that participant's place."""

from __future__ import annotations

from typing import Any

import pandas as pd

from twinbean.cognitive import Fittable, Model, model
from twinbean.errors import SubjectError
from twinbean.sessions.questions import Answer, Question
from twinbean.subjects.base import Subject
from twinbean.subjects.learners import Learner, open_learner


class Fitted:
    """A subject that answers for every participant with the learner that was fitted to them.

    Replays of it are posterior predictive checks (Wilson & Collins 2019, eLife 8:e49547, step 9): a model whose
    likelihood is good may still not play as people do.
    """

    def __init__(self, learners: dict[str, Learner], *, name: str, about: dict[str, Any]) -> None:
        self.name = name
        self._learners = learners
        self._about = about

    async def ask(self, question: Question) -> Answer:
        """The answer of the participant's own learner. Raises SubjectError for somebody who was not fitted."""
        if question.participant not in self._learners:
            raise SubjectError(f"{self.name} was not fitted to participant {question.participant!r}")
        return await self._learners[question.participant].ask(question)

    def describe(self) -> dict[str, Any]:
        """The model, how it was fitted, and everybody's parameters."""
        return self._about

    def end_session(self, session: str) -> None:
        """Forget what was kept for a session."""
        for learner in self._learners.values():
            learner.end_session(session)


def fitted(fits: pd.DataFrame, which: str | Fittable) -> Subject:
    """The model, or the model of that name, with each person's parameters from `fits`, the table that `fit` returned.

    `fits.attrs` must still hold the scale of the rewards. Raises SubjectError where the table has no such fits of
    people, or has lost its scale.
    """
    one = model(which)
    name = one.name
    own = fits[(fits["model"] == name) & (fits["source"] == "human") & fits["nll"].notna()]
    if own.empty:
        raise SubjectError(f"the table of fits holds no fit of {name!r} to people")
    missing = [key for key in ("method", "reward_zero", "reward_unit") if key not in fits.attrs]
    if missing:
        raise SubjectError(f"the table of fits has no {missing[0]!r} in its attrs: give it as `fit` returned it")
    parameters = {str(row["participant"]): _parameters(one, row) for row in own.to_dict("records")}
    scale = {key: fits.attrs[key] for key in ("reward_zero", "reward_unit")}
    learners = {person: open_learner(one, **scale, **values) for person, values in parameters.items()}
    about: dict[str, Any] = {"kind": "fitted", "model": name, "method": fits.attrs["method"], **scale}
    about |= {"parameters": parameters, "about": one.about}
    return Fitted(learners, name=f"{name}, own fit", about=about)


def _parameters(one: Fittable, row: dict[Any, Any]) -> dict[str, float]:
    known = {parameter.name for parameter in one.open}
    return {
        str(key): float(value)
        for key, value in row.items()
        if (key in known or (isinstance(one, Model) and one.biases and str(key).startswith("bias_")))
        and pd.notna(value)
    }

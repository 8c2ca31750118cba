"""How well models predict choices that they were not fitted to: of other people, or of the same people later on."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from twinbean._random import generator
from twinbean.cognitive.catalogue import models_for
from twinbean.cognitive.choices import Choices, Data, choices_of, sessions_of
from twinbean.cognitive.fits import STARTS, Method, can_learn, fit_one, in_parallel, scale_given
from twinbean.cognitive.likelihood import negative_log_likelihoods, trial_log_likelihoods
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import BETA_BOUND, Numbers
from twinbean.cognitive.stages import fitting, seen_by_models
from twinbean.errors import TwinbeanError

Across = Literal["people", "trials"]


def predictive(
    data: Data,
    *,
    across: Across = "people",
    models: Iterable[str | Fittable] | None = None,
    method: Method = "ml",
    folds: int = 5,
    train_share: float = 0.5,
    seed: int = 0,
    starts: int = STARTS,
    reward_zero: float = 0.0,
    reward_unit: float | None = None,
    beta_bound: float = BETA_BOUND,
    stage: int | None = None,
) -> pd.DataFrame:
    """The negative log-likelihood of each participant's held-out choices, one row for each participant and model.

    Across "people": participants are dealt into `folds` by `seed`; each fold is predicted by one set of parameters
    fitted to all other participants together. Across "trials": each participant's first `train_share` of choices fits
    the parameters and the later ones are predicted, values going on from the earlier trials. Both are done within each
    source.

    Columns: participant, source, model, across, fold (empty across trials), nll (nats, summed), n_choices (held out),
    mean_nll (a choice), second_look (the mean sum of the options' squared probabilities, which is how often the model
    expects the same choice again; nan where more than two are on offer). Other parameters and errors as in `fit`;
    TwinbeanError too where there are too few people.
    """
    sessions = sessions_of(data)
    which = fitting(models, sessions, stage)
    sessions = seen_by_models(sessions, stage)
    scale = scale_given(sessions, reward_zero, reward_unit)
    people = choices_of(sessions, scale)
    chosen = models_for(which, people, beta_bound)
    if across == "people":
        rows = _across_people(chosen, people, folds=folds, seed=seed, method=method, starts=starts)
    elif across == "trials":
        rows = _across_trials(chosen, people, share=train_share, method=method, starts=starts)
    else:
        raise TwinbeanError(f"across is {across!r}, expected 'people' or 'trials'")
    table = pd.DataFrame(rows)
    table.attrs = {"method": method, "reward_zero": scale.zero, "reward_unit": scale.unit, "beta_bound": beta_bound}
    return table


def _across_people(
    models: Sequence[Fittable], people: Sequence[Choices], *, folds: int, seed: int, method: Method, starts: int
) -> list[dict[str, Any]]:
    jobs = []
    for source in dict.fromkeys(person.source for person in people):
        own = [person for person in people if person.source == source]
        if not 2 <= folds <= len(own):
            raise TwinbeanError(
                f"{len(own)} participants ({source}) cannot be dealt into {folds} folds: "
                f"expected at least as many participants as folds, and at least 2 folds"
            )
        # Keyed by the participants, so that the order of the data deals nobody into another fold.
        draws = [generator(seed, person.participant, purpose="folds").random() for person in own]
        fold_of = {int(i): place % folds for place, i in enumerate(np.argsort(draws))}
        for fold in range(folds):
            train = [person for i, person in enumerate(own) if fold_of[i] != fold]
            test = [person for i, person in enumerate(own) if fold_of[i] == fold]
            jobs += [(model, train, test, fold) for model in models]

    def predict(job: tuple[Fittable, list[Choices], list[Choices], int]) -> list[dict[str, Any]]:
        model, train, test, fold = job
        able = [person for person in train if can_learn(model, person)]
        values = fit_one(model, able, method=method, starts=starts).values if able else None
        return [_row(model, person, values, "people", fold) for person in test]

    return [row for rows in in_parallel(predict, jobs) for row in rows]


def _across_trials(
    models: Sequence[Fittable], people: Sequence[Choices], *, share: float, method: Method, starts: int
) -> list[dict[str, Any]]:
    if not 0 < share < 1:
        raise TwinbeanError(f"train_share is {share!r}, expected a number between 0 and 1")

    def predict(job: tuple[Fittable, Choices]) -> dict[str, Any]:
        model, person = job
        early = np.cumsum(person.scored) <= share * person.n_choices
        train = dataclasses.replace(person, scored=person.scored & early)
        test = dataclasses.replace(person, scored=person.scored & ~early)
        able = can_learn(model, train)
        values = fit_one(model, [train], method=method, starts=starts).values if able else None
        return _row(model, test, values, "trials", None)

    return in_parallel(predict, [(model, person) for person in people for model in models])


def _row(model: Fittable, person: Choices, values: Numbers | None, across: Across, fold: int | None) -> dict[str, Any]:
    """Without `values`, or for somebody whom the model can learn nothing of, the likelihoods are nan."""
    nll = mean = again = math.nan
    if values is not None and can_learn(model, person):
        nll = float(negative_log_likelihoods(model, values[None], person)[0])
        trials = trial_log_likelihoods(model, values, person)
        mean = -person.mean_of_sessions(trials)
        if (person.offered.sum(axis=1) <= 2)[person.scored].all():
            chosen = np.exp(trials)
            again = person.mean_of_sessions(chosen**2 + (1 - chosen) ** 2)
    return {
        "participant": person.participant,
        "source": person.source,
        "model": model.name,
        "across": across,
        "fold": fold,
        "nll": nll,
        "n_choices": person.n_choices,
        "mean_nll": mean,
        "second_look": again,
    }

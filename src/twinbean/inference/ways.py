"""How likely each choice is to predictors that know more and less of whoever made it, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from twinbean.cognitive.choices import Choices, Data
from twinbean.cognitive.fits import can_learn, fit_one, in_parallel
from twinbean.cognitive.likelihood import trial_log_likelihoods
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import Numbers
from twinbean.inference.forecasting import POINTS, Study, named, predicted, study_of
from twinbean.inference.histories import History, at, check_history
from twinbean.inference.places import KEY, THIRDS
from twinbean.sessions import Session

# What each predictor saw of the person before a choice; the columns of `predictions`.
SAW: Mapping[str, str] = {
    "in_sample": "all of the person's choices, this one among them (maximum likelihood)",
    "population": "other people's choices (one set of parameters for all of them, MAP)",
    "own_earlier": "the person's own earlier blocks alone (MAP); nothing before the first, where it is empty",
    "prequential": "other people's choices, and the person's own earlier ones in the history",
    "scored": "the person's own earlier choices, as far as they stood in a language model's prompt",
}
WAYS = tuple(SAW)
_PLACE = ["participant", "source", "session", "block", "trial", "stage", "third", "model", "fold"]


def predictions(
    data: Data,
    *,
    train: Data | None = None,
    models: Iterable[str | Fittable] | None = None,
    mixtures: Mapping[str, Sequence[str]] | None = None,
    history: History = "session",
    folds: int = 5,
    points: int = POINTS,
    seed: int = 0,
    scored: Sequence[Session] = (),
    **options: Any,
) -> pd.DataFrame:
    """One row a choice and model, with its log-probability (nats) in a column for each way of knowing the person.

    Arguments as in `twinbean.inference.prequential`. Columns: participant, source, session, block, trial, stage, third,
    model, fold, then `in_sample`, `population`, `own_earlier`, `prequential` and `scored` (`SAW` says what each saw),
    and mc_error (nats, of the person's prequential sum). In-sample parameters are by maximum likelihood; those of other
    people and of earlier blocks by MAP, since a single choice rules out a probability of 0. Mixtures have
    `prequential` alone. `scored` are sessions whose choices a language model scored (`twinbean score`): the choices
    among them that these people made are rows with `scored` alone, whose `model` is the session's source.
    """
    check_history(history)
    study = study_of(data, train=train, models=named(models, mixtures), folds=folds, seed=seed, **options)
    found = predicted(study, mixtures=mixtures, history=history, points=points, seed=seed)
    others = _other_ways(study)
    nothing: dict[str, Any] = dict.fromkeys(("in_sample", "population", "own_earlier"), np.nan)
    rows = [
        study.places[one.person].assign(
            model=one.model,
            fold=one.fold,
            **others.get((one.model, one.person), nothing),
            prequential=one.logp,
            scored=np.nan,
            mc_error=one.mc_error,
        )
        for one in found
    ]
    rows += _scored(study, [one.person for one in found], scored)
    table = pd.concat(rows, ignore_index=True)[[*_PLACE, *WAYS, "mc_error"]]
    table.attrs.update(study.scale, history=history, points=points)
    return table


def by_person(table: pd.DataFrame) -> pd.DataFrame:
    """`predictions` as negative log-likelihoods a choice, over the choices of a session, then over sessions.

    One row a participant and model: participant, source, model, n_choices, then in_sample, population, own_earlier,
    prequential and scored (nats a choice), each also of the first, middle and last third of the session
    (`prequential_1` to `prequential_3`), nll (nats: the sum of `prequential`) and mc_error.
    """
    keys = ["participant", "source", "model"]
    people = table.groupby(keys, sort=False)
    made = people.size().rename("n_choices").to_frame()
    losses = table.assign(**{way: -table[way] for way in WAYS})
    found = [made, _means(losses, keys)]
    found += [_means(losses[losses["third"] == one], keys).add_suffix(f"_{one}") for one in range(1, THIRDS + 1)]
    sums = people["prequential"].sum(min_count=1).mul(-1).rename("nll")
    wide = pd.concat([*found, sums, people["mc_error"].first()], axis=1).reset_index()
    wide.attrs = table.attrs
    return wide


def _means(losses: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    sessions = losses.groupby([*keys, "session"], sort=False)[list(WAYS)].mean()
    return sessions.groupby(keys, sort=False).mean()


def _other_ways(study: Study) -> dict[tuple[str, int], dict[str, Numbers]]:
    jobs = [
        (model, fold.train, i)
        for fold in study.folds
        for model in study.models
        for i in fold.test
        if can_learn(model, study.people[i])
    ]
    groups = list(dict.fromkeys((model.name, train) for model, train, _ in jobs))
    models = {model.name: model for model in study.models}

    def of_others(job: tuple[str, tuple[int, ...]]) -> Numbers | None:
        name, train = job
        able = [study.people[i] for i in train if can_learn(models[name], study.people[i])]
        return fit_one(models[name], able, method="map").values if able else None

    shared = dict(zip(groups, in_parallel(of_others, groups), strict=True))

    def ways(job: tuple[Fittable, tuple[int, ...], int]) -> dict[str, Numbers]:
        model, train, i = job
        person = study.people[i]
        whole = trial_log_likelihoods(model, fit_one(model, [person]).values, person)
        values = shared[model.name, train]
        population = np.full(len(whole), np.nan) if values is None else trial_log_likelihoods(model, values, person)
        earlier = _from_earlier_blocks(model, person)
        columns = {"in_sample": whole, "population": population, "own_earlier": earlier}
        return {name: column[person.scored] for name, column in columns.items()}

    return {(model.name, i): one for (model, _, i), one in zip(jobs, in_parallel(ways, jobs), strict=True)}


def _from_earlier_blocks(model: Fittable, person: Choices) -> Numbers:
    """The log-probability of each trial's choice by parameters fitted to the blocks before it; nan in the first."""
    found = np.full(len(person.choice), np.nan)
    edges = [*np.flatnonzero(person.begins).tolist()[1:], len(person.choice)]
    for begin, end in pairwise(edges):
        before = at(person, np.arange(begin))
        if before.n_choices and can_learn(model, before):
            values = fit_one(model, [before], method="map").values
            found[begin:end] = trial_log_likelihoods(model, values, at(person, np.arange(begin, end)))
    return found


def _scored(study: Study, people: Sequence[int], sessions: Sequence[Session]) -> list[pd.DataFrame]:
    """A table for each scorer and person, of the choices that were scored."""
    logps: dict[str, dict[tuple[Any, ...], float]] = {}
    for session in sessions:
        for trial in session.main_trials:
            if trial.counts and trial.logp_legal is not None:
                key = (session.participant, session.session, trial.trial, trial.stage)
                logps.setdefault(session.source, {})[key] = trial.logp_legal
    tables = []
    for source, known in logps.items():
        for i in dict.fromkeys(people):
            place = study.places[i]
            keys = zip(*(place[name] for name in KEY), strict=True)
            own = place.assign(model=source, scored=[known.get(key, np.nan) for key in keys])
            tables.append(own[own["scored"].notna()])
    return [table.reindex(columns=[*_PLACE, *WAYS, "mc_error"]) for table in tables if len(table)]

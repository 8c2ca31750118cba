"""Prequential scores: how likely each choice is, given one's own earlier choices and what other people are like.

Source: Dawid 1984, J R Stat Soc A 147:278; the sum is the marginal likelihood of a person who is new to the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from twinbean._random import generator
from twinbean.cognitive.catalogue import models_for
from twinbean.cognitive.choices import Choices, Data, choices_of, sessions_of
from twinbean.cognitive.fits import can_learn, in_parallel, scale_given
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import BETA_BOUND, Numbers
from twinbean.cognitive.stages import fitting, seen_by_models
from twinbean.errors import DataError, TwinbeanError
from twinbean.inference.folds import Fold, dealt
from twinbean.inference.following import follow
from twinbean.inference.group import Group, Weighed, before_anybody, fitted_group
from twinbean.inference.histories import History, at, check_history, histories
from twinbean.inference.places import places

POINTS = 1024
FEWEST_POINTS = 512
COLUMNS = (
    *("participant", "source", "session", "block", "trial", "stage", "third", "model", "fold"),
    *("logp", "mc_error"),
)


@dataclass(frozen=True, kw_only=True)
class Study:
    """People as models see them, and who is predicted from whom; `places` has a table of scored choices for each."""

    people: tuple[Choices, ...]
    places: tuple[pd.DataFrame, ...]
    folds: tuple[Fold, ...]
    models: tuple[Fittable, ...]
    scale: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """The log-probability (choices,), in nats, of the scored choices of the person at a place in a study."""

    model: str
    person: int
    fold: int
    logp: Numbers
    mc_error: float


def study_of(
    data: Data,
    *,
    train: Data | None = None,
    models: Iterable[str | Fittable] | None = None,
    folds: int = 5,
    seed: int = 0,
    reward_zero: float = 0.0,
    reward_unit: float | None = None,
    beta_bound: float = BETA_BOUND,
    stage: int | None = None,
) -> Study:
    """What `prequential` and `predictions` predict, from the arguments that they take."""
    test, others = sessions_of(data), [] if train is None else sessions_of(train)
    shared = {(one.source, one.participant) for one in test} & {(one.source, one.participant) for one in others}
    if shared:
        _, who = min(shared)
        raise DataError(f"participant {who!r} is among those to learn from and among those to predict")
    which = fitting(models, [*others, *test], stage)
    sessions = seen_by_models([*others, *test], stage)
    scale = scale_given(sessions[: len(others)] or sessions, reward_zero, reward_unit)
    people = choices_of(sessions, scale)
    if train is None:
        dealings = dealt(people, folds, seed)
    else:
        learned = {(one.source, one.participant) for one in others}
        known = tuple(i for i, one in enumerate(people) if (one.source, one.participant) in learned)
        dealings = [Fold(known, tuple(i for i in range(len(people)) if i not in set(known)))]
        if len(known) < 2 or not dealings[0].test:
            raise DataError(
                f"there are {len(known)} participants with choices to learn from and {len(dealings[0].test)} to "
                f"predict, expected at least 2 and 1"
            )
    chosen = models_for(which, people, beta_bound)
    attributes = {"reward_zero": scale.zero, "reward_unit": scale.unit, "beta_bound": beta_bound}
    return Study(
        people=tuple(people),
        places=tuple(places(sessions, people)),
        folds=tuple(dealings),
        models=tuple(chosen),
        scale=attributes,
    )


def prequential(
    data: Data,
    *,
    train: Data | None = None,
    models: Iterable[str | Fittable] | None = None,
    mixtures: Mapping[str, Sequence[str]] | None = None,
    history: History = "session",
    folds: int = 5,
    points: int = POINTS,
    seed: int = 0,
    **options: Any,
) -> pd.DataFrame:
    """The log-probability of every choice of every person, given the person's own earlier choices and other people.

    A group distribution of the model's parameters is fitted to other people alone: to those of `train`, or, where it is
    None, to the other folds of the people in `data`, dealt within each source by `seed`. The probability of a choice is
    the posterior predictive over at least `points` parameter points of that group, given the person's earlier choices
    in the same block, session, or all of them, as `history` says: "block", "session" or "person". Values always begin
    anew in each block. Each choice is in units of nats; the sum over a history is its marginal likelihood.

    `mixtures` names predictors that average models, as {"wsls": ["wsls1", "wsls2"]}: the posterior predictive over
    models and points, with prior weights fitted to the training people (expectation-maximisation over their marginal
    likelihoods, as if each model had one person more). `options` are `reward_zero`, `reward_unit`, `beta_bound` and
    `stage` as in `twinbean.fit`.

    One row a scored choice and model: participant, source, session, block, trial, stage (of trials with several
    choices), third (1 to 3, of the session's choices), model, fold, logp (nats), mc_error (nats: the Monte Carlo
    standard error of the person's sum). `attrs` hold history, points, reward_zero, reward_unit, beta_bound. Choices of
    people without rewards have no rows of models that learn from them. Raises TwinbeanError for an unknown model or
    history, or fewer than 512 points; DataError where somebody is both in `train` and in `data`.
    """
    study = study_of(data, train=train, models=named(models, mixtures), folds=folds, seed=seed, **options)
    found = predicted(study, mixtures=mixtures, history=history, points=points, seed=seed)
    rows = [
        study.places[one.person].assign(model=one.model, fold=one.fold, logp=one.logp, mc_error=one.mc_error)
        for one in found
    ]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(COLUMNS))
    table.attrs.update(study.scale, history=history, points=points)
    return table


def predicted(
    study: Study, *, mixtures: Mapping[str, Sequence[str]] | None, history: History, points: int, seed: int
) -> list[Predicted]:
    """Each test person under each model, and then each mixture, fold by fold; errors as in `prequential`."""
    check_history(history)
    if points < FEWEST_POINTS:
        raise TwinbeanError(f"points is {points!r}, expected at least {FEWEST_POINTS}")
    learned = [person for fold in study.folds for person in fold.train]
    jobs = [(model, i) for model in study.models for i in dict.fromkeys(learned) if can_learn(model, study.people[i])]

    def weigh(job: tuple[Fittable, int]) -> Weighed:
        # Drawn from the priors, so that what one person's choices say is told by that person alone.
        model, i = job
        person = study.people[i]
        start = before_anybody(model.parameters(person.n_arms))
        rng = generator(seed, person.participant, purpose=f"training {model.name}")
        return follow(model, person, start, points=FEWEST_POINTS, rng=rng).known

    known = {(model.name, i): one for (model, i), one in zip(jobs, in_parallel(weigh, jobs), strict=True)}
    found = []
    for number, fold in enumerate(study.folds):
        found += _of_fold(study, known, fold, number, mixtures or {}, history, points, seed)
    return found


def _of_fold(
    study: Study,
    known: Mapping[tuple[str, int], Weighed],
    fold: Fold,
    number: int,
    mixtures: Mapping[str, Sequence[str]],
    history: History,
    points: int,
    seed: int,
) -> list[Predicted]:
    groups: dict[str, Group] = {}
    evidence: dict[str, Mapping[int, float]] = {}
    for model in study.models:
        able = [i for i in fold.train if (model.name, i) in known]
        if able:
            parameters = model.parameters(study.people[0].n_arms)
            groups[model.name], found = fitted_group(parameters, [known[model.name, i] for i in able])
            evidence[model.name] = dict(zip(able, found.tolist(), strict=True))
    jobs = [
        (model, i)
        for model in study.models
        for i in fold.test
        if model.name in groups and can_learn(model, study.people[i])
    ]

    def predict(job: tuple[Fittable, int]) -> tuple[Numbers, float]:
        model, i = job
        return _predicted(model, study.people[i], groups[model.name], history, points, seed)

    logps = dict(zip([(one.name, i) for one, i in jobs], in_parallel(predict, jobs), strict=True))
    for name, members in mixtures.items():
        weights = _weights([evidence[one] for one in members if one in evidence])
        for i in fold.test:
            if all((one, i) in logps for one in members):
                parts = np.array([logps[one, i][0] for one in members])
                error = float(np.hypot.reduce([logps[one, i][1] for one in members]))
                logps[name, i] = _mixed(parts, weights, study.people[i], history), error
    return [
        Predicted(model=name, person=i, fold=number, logp=logp, mc_error=error)
        for (name, i), (logp, error) in logps.items()
    ]


def _predicted(
    model: Fittable, person: Choices, group: Group, history: History, points: int, seed: int
) -> tuple[Numbers, float]:
    found, variance = [], 0.0
    for number, trials in enumerate(histories(person, history)):
        rng = generator(seed, person.participant, sample=number, purpose=f"prequential {model.name}")
        followed = follow(model, at(person, trials), group, points=points, rng=rng)
        found.append(followed.logp)
        variance += followed.mc_error**2
    return np.concatenate(found), float(np.sqrt(variance))


def _weights(evidence: Sequence[Mapping[int, float]]) -> Numbers:
    """The log of the share of each model (models,), from the log-likelihoods (nats) of training people under each."""
    shared = sorted(set.intersection(*(set(one) for one in evidence)))
    logs = np.array([[one[i] for i in shared] for one in evidence])
    shares = np.full(len(logs), 1 / len(logs))
    for _ in range(200):
        owned = special.softmax(np.log(shares)[:, None] + logs, axis=0)
        shares = (1 + owned.sum(axis=1)) / (len(logs) + len(shared))
    return np.asarray(np.log(shares))


def _mixed(logps: Numbers, log_weights: Numbers, person: Choices, history: History) -> Numbers:
    """The log-probability of each choice (choices,) under the mixture of predictors (models, choices)."""
    found, done = [], 0
    for trials in histories(person, history):
        own = logps[:, done : done + int(person.scored[trials].sum())]
        so_far = log_weights[:, None] + np.hstack([np.zeros((len(own), 1)), own.cumsum(axis=1)])
        found.append(np.diff(special.logsumexp(so_far, axis=0)))
        done += own.shape[1]
    return np.concatenate(found)


def named(
    models: Iterable[str | Fittable] | None, mixtures: Mapping[str, Sequence[str]] | None
) -> list[str | Fittable] | None:
    """The models asked for, and those that mixtures are of. Raises TwinbeanError for a mixture of nothing, or one
    called as a model is."""
    if models is None and not mixtures:
        return None
    every = list(models or ())
    names = [one if isinstance(one, str) else one.name for one in every]
    for mixture, members in (mixtures or {}).items():
        if len(members) < 2 or mixture in (*names, *members):
            raise TwinbeanError(
                f"mixture {mixture!r} is of {', '.join(members) or 'nothing'}, expected a name of its own and at least "
                f"two models"
            )
        every += [one for one in members if one not in names]
        names += members
    return every

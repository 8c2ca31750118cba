"""Fits of models to each participant, and to many participants together."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd

from twinbean.cognitive import rules, search
from twinbean.cognitive.catalogue import models_named
from twinbean.cognitive.choices import Choices, Data, Scale, choices_of, scale_of, sessions_of
from twinbean.cognitive.likelihood import negative_log_likelihoods, trial_log_likelihoods
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import BETA_BOUND, INVERSE_TEMPERATURES, Numbers, Parameter
from twinbean.cognitive.stages import fitting, seen_by_models
from twinbean.errors import TwinbeanError
from twinbean.sessions.table import with_kept

Method = Literal["ml", "map"]
STARTS = 3
# Half the 95% quantile of chi-square with one degree of freedom (nats): the half-width of a likelihood interval.
_SAME_LIKELIHOOD = 1.92
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One model fitted to one or more participants who share its parameters.

    `values` (n_parameters,) in the order of `parameters`; `nll` is the negative log-likelihood (nats), without priors;
    `at_bound` names the parameters that ended at a bound.
    """

    model: Fittable
    parameters: tuple[Parameter, ...]
    values: Numbers
    nll: float
    at_bound: tuple[str, ...]


def fit(
    data: Data,
    *,
    models: Iterable[str | Fittable] | None = None,
    method: Method = "ml",
    starts: int = STARTS,
    reward_zero: float = 0.0,
    reward_unit: float | None = None,
    beta_bound: float = BETA_BOUND,
    stage: int | None = None,
) -> pd.DataFrame:
    """Every model fitted to every participant: one row for each pair.

    `data` are sessions or a tidy table; `models` names or models (all of `cognitive.MODELS` by default). `method` is
    "ml" (maximum likelihood) or "map" (times the priors that the models' docstrings state). `starts` is how many points
    the search goes on from. Payoffs enter as (payoff - `reward_zero`) / `reward_unit`, by default the largest absolute
    reward in the data. `beta_bound` is the upper bound of all inverse temperatures (beta, beta_c, weight). Where trials
    have several choices, models of one choice are refused, unless `stage` says which of the choices is meant; its
    reward is then what the trial paid from there on, and options of different states are different arms.

    Columns: participant, source, what is kept of the participants (`twinbean convert --keep`), model, nll (nats,
    without priors), n_choices, mean_nll (over the choices of a session, then over sessions), n_parameters, aic = 2 nll
    + 2 n, bic = 2 nll + n ln(n_choices), at_bound (names, joined by blanks), bound_cost (nll less the nll under ten
    times `beta_bound`, where that bound holds somebody), then one column a parameter, empty where the model has none of
    that name, and alpha_beta, the product, for those of whom no more than it is identified (a tenth of alpha with ten
    times beta is as likely). Models that learn from rewards have empty fits of participants without any. `attrs` hold
    method, reward_zero, reward_unit, beta_bound, `notes` (sentences about fits left empty) and `about` (what each model
    says of itself). Raises TwinbeanError for
    an unknown model or method, DataError where there is nothing to fit.
    """
    if method not in ("ml", "map"):
        raise TwinbeanError(f"method is {method!r}, expected 'ml' or 'map'")
    sessions = sessions_of(data)
    chosen = models_named(fitting(models, sessions, stage), beta_bound)
    sessions = seen_by_models(sessions, stage)
    scale = scale_given(sessions, reward_zero, reward_unit)
    people = choices_of(sessions, scale)
    jobs = [(one, person) for person in people for one in chosen]

    def fitted_row(job: tuple[Fittable, Choices]) -> dict[str, Any]:
        one, person = job
        if not can_learn(one, person):
            return _empty_row(one, person)
        found = fit_one(one, [person], method=method, starts=starts)
        return _row(found, person, bound_cost(found, person, method=method))

    table = pd.DataFrame(in_parallel(fitted_row, jobs))
    table.attrs = {"method": method, "reward_zero": scale.zero, "reward_unit": scale.unit, "beta_bound": beta_bound}
    table.attrs["notes"] = notes_on_rewards(chosen, people)
    table.attrs["about"] = {one.name: one.about for one in chosen}
    return with_kept(table, sessions)


def fit_one(
    one: Fittable,
    people: Sequence[Choices],
    *,
    method: Method = "ml",
    starts: int = STARTS,
    known: Numbers | None = None,
) -> Fit:
    """One set of parameters for all of `people` together; found from the rows of values `known` alone, where they are
    given."""
    parameters = one.parameters(people[0].n_arms)

    def objective(values: Numbers) -> Numbers:
        nll = sum((negative_log_likelihoods(one, values, person) for person in people), start=np.zeros(len(values)))
        return nll - log_prior(parameters, values) if method == "map" else nll

    found = search.minimise(objective, parameters, starts=starts, known=known)
    nll = found.objective
    if method == "map":
        nll = float(sum(negative_log_likelihoods(one, found.values[None], person)[0] for person in people))
    return Fit(model=one, parameters=parameters, values=found.values, nll=nll, at_bound=found.at_bound)


def can_learn(one: Fittable, person: Choices) -> bool:
    """Whether there is anything to fit: a model that learns from rewards says nothing of somebody who has none."""
    return person.has_rewards or not one.learns


def notes_on_rewards(models: Sequence[Fittable], people: Sequence[Choices]) -> tuple[str, ...]:
    """A sentence about fits that were left empty, where there are any."""
    without = sum(not person.has_rewards for person in people)
    names = ", ".join(one.name for one in models if one.learns)
    if not without or not names:
        return ()
    whom = "the data hold no reward" if without == len(people) else f"{without} of {len(people)} have no reward"
    return (f"{names}: these models learn from rewards, and {whom}; their fits are left empty there.",)


def bound_cost(found: Fit, person: Choices, *, method: Method) -> float:
    """How many nats likelier the choices are under ten times the bound of inverse temperatures; nan where none of them
    lies at it."""
    held = [
        parameter.upper
        for parameter, value in zip(found.parameters, found.values, strict=True)
        if parameter.name in INVERSE_TEMPERATURES and parameter.name in found.at_bound and value > parameter.upper / 2
    ]
    if not held:
        return math.nan
    known = np.vstack([found.values, _traded(found)])
    wider = fit_one(found.model.bounded(10 * held[0]), [person], method=method, starts=1, known=known)
    # In a long flat valley one search stops short; where it did not, the second takes a step.
    wider = fit_one(wider.model, [person], method=method, starts=1, known=wider.values[None])
    return found.nll - wider.nll


def products(found: Fit, person: Choices) -> dict[str, float]:
    """`alpha_beta`, for each learning rate of a model with an inverse temperature: the product where no more than it is
    identified, else nan.

    Values that hardly move away from 0 are alpha times a sum of rewards, so that a tenth of alpha with ten times beta
    gives the same utilities; whether it does is asked of the person's choices.
    """
    rates, betas = _rates_and_betas(found)
    if not rates or not betas:
        return {}
    there = float(negative_log_likelihoods(found.model, _traded(found)[None], person)[0])
    known = there < found.nll + _SAME_LIKELIHOOD
    (beta,) = betas
    return {
        f"{found.parameters[rate].name}_{found.parameters[beta].name}": (
            float(found.values[rate] * found.values[beta]) if known else math.nan
        )
        for rate in rates
    }


def _rates_and_betas(found: Fit) -> tuple[list[int], list[int]]:
    """The places of the learning rates and of the inverse temperature among the parameters."""
    rates = [i for i, one in enumerate(found.parameters) if {rules.RATE_UP, rules.RATE_DOWN} & set(one.slots)]
    return rates, [i for i, one in enumerate(found.parameters) if rules.BETA in one.slots]


def _traded(found: Fit) -> Numbers:
    """The values with a tenth of every learning rate and ten times the inverse temperature."""
    rates, betas = _rates_and_betas(found)
    moved = found.values.copy()
    moved[rates] /= 10
    moved[betas] *= 10
    return moved


def log_prior(parameters: Sequence[Parameter], values: Numbers) -> Numbers:
    """The log-density (m,) of the models' priors at parameter values (m, n)."""
    total = np.zeros(len(values))
    for i, parameter in enumerate(parameters):
        if parameter.prior is not None:
            total += parameter.prior.log_density(values[:, i])
    return total


def scale_given(sessions: Sequence[Any], zero: float, unit: float | None) -> Scale:
    """The scale asked for, with the default unit where none is."""
    if unit is not None and not unit > 0:
        raise TwinbeanError(f"reward_unit is {unit!r}, expected a number above 0")
    return scale_of(sessions, zero=zero) if unit is None else Scale(zero=zero, unit=unit)


def in_parallel(work: Callable[[_Item], _Made], items: Sequence[_Item]) -> list[_Made]:
    """`work` done on all items, in order: the compiled rules run outside Python's lock, one thread a core."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, items))


def _row(found: Fit, person: Choices, cost: float) -> dict[str, Any]:
    n = len(found.parameters)
    return _described(found.model, person, n) | {
        "nll": found.nll,
        "mean_nll": -person.mean_of_sessions(trial_log_likelihoods(found.model, found.values, person)),
        "aic": 2 * found.nll + 2 * n,
        "bic": 2 * found.nll + n * math.log(person.n_choices),
        "at_bound": " ".join(found.at_bound),
        "bound_cost": cost,
        **{parameter.name: float(value) for parameter, value in zip(found.parameters, found.values, strict=True)},
        **products(found, person),
    }


def _empty_row(one: Fittable, person: Choices) -> dict[str, Any]:
    parameters = one.parameters(person.n_arms)
    return _described(one, person, len(parameters)) | {parameter.name: math.nan for parameter in parameters}


def _described(one: Fittable, person: Choices, n_parameters: int) -> dict[str, Any]:
    """The columns that every row has, in their order; numbers that only a fit gives are nan."""
    return {
        "participant": person.participant,
        "source": person.source,
        "model": one.name,
        "nll": math.nan,
        "n_choices": person.n_choices,
        "mean_nll": math.nan,
        "n_parameters": n_parameters,
        "aic": math.nan,
        "bic": math.nan,
        "at_bound": "",
        "bound_cost": math.nan,
    }

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

from twinbean.errors import TwinbeanError
from twinbean.fitting import search
from twinbean.fitting.choices import Choices, Data, Scale, choices_of, scale_of, sessions_of
from twinbean.fitting.likelihood import negative_log_likelihoods, trial_log_likelihoods
from twinbean.models import MODELS, Model, Parameter, model
from twinbean.models.parameters import Numbers
from twinbean.records.table import with_kept

Method = Literal["ml", "map"]
STARTS = 3
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One model fitted to one or more participants who share its parameters.

    `values` (n_parameters,) in the order of `parameters`; `nll` is the negative log-likelihood (nats), without priors;
    `at_bound` names the parameters that ended at a bound.
    """

    model: Model
    parameters: tuple[Parameter, ...]
    values: Numbers
    nll: float
    at_bound: tuple[str, ...]


def fit(
    data: Data,
    *,
    models: Iterable[str] | None = None,
    method: Method = "ml",
    starts: int = STARTS,
    reward_zero: float = 0.0,
    reward_unit: float | None = None,
) -> pd.DataFrame:
    """Every model fitted to every participant: one row for each pair.

    `data` are sessions or a tidy table; `models` names of `twinbean.models.MODELS` (all by default). `method` is "ml"
    (maximum likelihood) or "map" (times the priors that the models' docstrings state). `starts` is how many points
    the search goes on from. Payoffs enter as (payoff - `reward_zero`) / `reward_unit`, by default the largest absolute
    reward in the data.

    Columns: participant, source, what is kept of the participants (`twinbean convert --keep`), model, nll (nats,
    without priors), n_choices, mean_nll (over the choices of a session, then over sessions), n_parameters,
    aic = 2 nll + 2 n, bic = 2 nll + n ln(n_choices), at_bound (names, joined by blanks), then one column a parameter,
    empty where the
    model has none of that name. `attrs` hold method, reward_zero and reward_unit. Raises TwinbeanError for an unknown
    model or method, DataError where there is nothing to fit.
    """
    chosen = models_named(models)
    if method not in ("ml", "map"):
        raise TwinbeanError(f"method is {method!r}, expected 'ml' or 'map'")
    sessions = sessions_of(data)
    scale = scale_given(sessions, reward_zero, reward_unit)
    people = choices_of(sessions, scale)
    jobs = [(one, person) for person in people for one in chosen]
    fits = in_parallel(lambda job: fit_one(job[0], [job[1]], method=method, starts=starts), jobs)
    table = pd.DataFrame([_row(found, person) for found, (_, person) in zip(fits, jobs, strict=True)])
    table.attrs = {"method": method, "reward_zero": scale.zero, "reward_unit": scale.unit}
    return with_kept(table, sessions)


def fit_one(one: Model, people: Sequence[Choices], *, method: Method = "ml", starts: int = STARTS) -> Fit:
    """One set of parameters for all of `people` together."""
    parameters = one.parameters(people[0].n_arms)

    def objective(values: Numbers) -> Numbers:
        nll = sum((negative_log_likelihoods(one, values, person) for person in people), start=np.zeros(len(values)))
        return nll - log_prior(parameters, values) if method == "map" else nll

    found = search.least(objective, parameters, starts=starts)
    nll = found.objective
    if method == "map":
        nll = float(sum(negative_log_likelihoods(one, found.values[None], person)[0] for person in people))
    return Fit(model=one, parameters=parameters, values=found.values, nll=nll, at_bound=found.at_bound)


def log_prior(parameters: Sequence[Parameter], values: Numbers) -> Numbers:
    """The log-density (m,) of the models' priors at parameter values (m, n)."""
    total = np.zeros(len(values))
    for i, parameter in enumerate(parameters):
        if parameter.prior is not None:
            total += parameter.prior.log_density(values[:, i])
    return total


def models_named(names: Iterable[str] | None) -> list[Model]:
    """The models of these names, all by default. Raises TwinbeanError for one that is not known."""
    return [model(name) for name in names] if names is not None else list(MODELS.values())


def scale_given(sessions: Sequence[Any], zero: float, unit: float | None) -> Scale:
    """The scale asked for, with the default unit where none is."""
    if unit is not None and not unit > 0:
        raise TwinbeanError(f"reward_unit is {unit!r}, expected a number above 0")
    return scale_of(sessions, zero=zero) if unit is None else Scale(zero=zero, unit=unit)


def in_parallel(work: Callable[[_Item], _Made], items: Sequence[_Item]) -> list[_Made]:
    """`work` done on all items, in order: the compiled rules run outside Python's lock, one thread a core."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, items))


def _row(found: Fit, person: Choices) -> dict[str, Any]:
    n = len(found.parameters)
    return {
        "participant": person.participant,
        "source": person.source,
        "model": found.model.name,
        "nll": found.nll,
        "n_choices": person.n_choices,
        "mean_nll": -person.mean_of_sessions(trial_log_likelihoods(found.model, found.values, person)),
        "n_parameters": n,
        "aic": 2 * found.nll + 2 * n,
        "bic": 2 * found.nll + n * math.log(person.n_choices),
        "at_bound": " ".join(found.at_bound),
        **{parameter.name: float(value) for parameter, value in zip(found.parameters, found.values, strict=True)},
    }

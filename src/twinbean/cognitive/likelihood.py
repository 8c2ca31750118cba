"""Log-likelihoods of choices under a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twinbean.cognitive.choices import Choices
from twinbean.cognitive.expected_utility import LotteryModel
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import Numbers


def trial_log_likelihoods(model: Fittable, values: Sequence[float] | Numbers, choices: Choices) -> Numbers:
    """The log-probability (nats) of each trial's choice, shape (T,); nan where the trial is not scored.

    `values` are the model's parameters, in the order of `model.parameters(choices.n_arms)`.
    """
    if isinstance(model, LotteryModel):
        return np.asarray(_of_lotteries(model, np.asarray(values, dtype=float)[None], choices)[0])
    settings = model.settings(np.asarray(values, dtype=float), choices.n_arms)
    trials = np.empty(len(choices.choice))
    model.loops.replay(_arrays(model, choices), settings, room(model, choices.n_arms), trials)
    return trials


def negative_log_likelihoods(model: Fittable, values: Numbers, choices: Choices) -> Numbers:
    """The negative log-likelihood (nats) of all scored choices, shape (m,), for each row of `values`, shape (m, n)."""
    if isinstance(model, LotteryModel):
        return np.asarray(-np.nansum(_of_lotteries(model, values, choices), axis=1))
    from twinbean.cognitive import delta_softmax, win_stay_counts

    if delta_softmax.knows(model):
        return -delta_softmax.log_likelihoods(model, values, choices)
    if win_stay_counts.knows(model):
        return -win_stay_counts.log_likelihoods(model, values, choices)
    totals = np.empty(len(values))
    settings = model.settings(values, choices.n_arms)
    trials = np.empty(len(choices.choice))
    model.loops.totals(_arrays(model, choices), settings, room(model, choices.n_arms), trials, totals)
    return -totals


def rows_of_log_likelihoods(model: Fittable, values: Numbers, choices: Choices) -> Numbers:
    """The log-probability (nats) of each scored choice, shape (m, n_choices), for each row of `values` (m, n)."""
    if isinstance(model, LotteryModel):
        return _of_lotteries(model, values, choices)[:, choices.scored]
    found = np.empty((len(values), choices.n_choices))
    arrays, working, trials = _arrays(model, choices), room(model, choices.n_arms), np.empty(len(choices.choice))
    for row, settings in zip(found, model.settings(values, choices.n_arms), strict=True):
        model.loops.replay(arrays, settings, working, trials)
        row[:] = trials[choices.scored]
    return found


def _of_lotteries(model: LotteryModel, values: Numbers, choices: Choices) -> Numbers:
    """The log-probability of each trial's choice, (m, T), for each row of `values`; nan where it is not scored."""
    assert choices.lotteries is not None
    found = np.full((len(values), len(choices.choice)), np.nan)
    (scored,) = np.nonzero(choices.scored)
    logps = model.log_probabilities(values, choices.lotteries.at(scored), choices.offered[scored], choices.scale)
    found[:, scored] = logps[:, np.arange(len(scored)), choices.choice[scored]]
    return found


def _arrays(model: Fittable, choices: Choices) -> tuple[NDArray[Any], ...]:
    seen = choices.choice, choices.rewards, choices.won
    return *seen, choices.offered, choices.scored, choices.begins, choices.features(model.reads)


def room(model: Fittable, n_arms: int) -> tuple[Any, Numbers, NDArray[np.bool_], Numbers]:
    """What the compiled rules work in: a state, payoffs seen, arms on offer, log-probabilities."""
    return np.asarray(model.state(n_arms)), np.empty(n_arms), np.empty(n_arms, dtype=bool), np.empty(n_arms)

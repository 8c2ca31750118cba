"""The likelihood of the models that most fits are of, for many parameter points in one pass over the trials.

Delta rule or no values, choice trace, biases, softmax: what rules.py says, which keeps one state and goes through the
trials anew for every point. Here the points stand side by side, so that what a trial asks (does a block begin, which
arms are on offer) is asked once for all of them, and of two arms on offer one exponential is computed and no logarithm.
`tests/cognitive/test_likelihood.py` holds both to the same numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from twinbean.cognitive import rules
from twinbean.cognitive.bandits import Model
from twinbean.cognitive.choices import Choices
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import Numbers

# So many points are followed together: their states stay in the processor's nearest memory.
_TOGETHER = 64
# A product of probabilities is kept as it is until its logarithm must be taken, at the latest here.
_FULL = 1e200
# Beyond, 1 + exp(x) is exp(x) to the last digit, and products would overflow.
_FAR = 40.0


def knows(model: Fittable) -> bool:
    """Whether a model is of this kind."""
    if not isinstance(model, Model):
        return False
    slots = {*model.fixed, *(slot for parameter in model.open for slot in parameter.slots)}
    return (
        model.choices == rules.SOFTMAX
        and model.values in (rules.NO_VALUES, rules.DELTA)
        and not slots & {rules.LAPSE, rules.BONUS}
    )


def log_likelihoods(model: Fittable, values: Numbers, choices: Choices) -> Numbers:
    """The log-likelihood (nats) of all scored choices, shape (m,), for each row of `values`, shape (m, n)."""
    made = choices.choice, choices.rewards, choices.offered, choices.scored, choices.begins
    totals = np.empty(len(values))
    settings = np.ascontiguousarray(model.settings(values, choices.n_arms).T)
    for first in range(0, len(values), _TOGETHER):
        part = slice(first, first + _TOGETHER)
        _followed(made, np.ascontiguousarray(settings[:, part]), totals[part])
    return totals


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _followed(made: Any, settings: Any, totals: Any) -> None:
    choices, rewards, all_offered, scored, begins = made
    n_trials, n_arms = rewards.shape
    points = settings.shape[1]
    up, down, fading = settings[rules.RATE_UP], settings[rules.RATE_DOWN], settings[rules.FORGETTING]
    rate, beta, kappa = settings[rules.TRACE_RATE], settings[rules.BETA], settings[rules.KAPPA]
    learns, traces = settings[rules.VALUES, 0] == rules.DELTA, rate.max() > 0
    values, trace = np.zeros((n_arms, points)), np.zeros((n_arms, points))
    utilities, products = np.empty((n_arms, points)), np.ones(points)
    totals[:] = 0.0
    for t in range(n_trials):
        if begins[t]:
            values[:] = 0.0
            trace[:] = 0.0
        choice = choices[t]
        if choice < 0:
            continue
        if scored[t]:
            n_offered, other = 0, -1
            for arm in range(n_arms):
                if all_offered[t, arm]:
                    n_offered += 1
                    if arm != choice:
                        other = arm
            if n_offered == 2:
                for i in range(points):
                    less = (
                        beta[i] * (values[other, i] - values[choice, i])
                        + kappa[i] * (trace[other, i] - trace[choice, i])
                        + settings[rules.BIAS + other, i]
                        - settings[rules.BIAS + choice, i]
                    )
                    if less > _FAR:
                        totals[i] -= less
                    else:
                        products[i] *= 1.0 + math.exp(less)
                        if products[i] > _FULL:
                            totals[i] -= math.log(products[i])
                            products[i] = 1.0
            elif n_offered > 2:
                for arm in range(n_arms):
                    if all_offered[t, arm]:
                        for i in range(points):
                            utilities[arm, i] = (
                                beta[i] * values[arm, i] + kappa[i] * trace[arm, i] + settings[rules.BIAS + arm, i]
                            )
                for i in range(points):
                    highest = -math.inf
                    for arm in range(n_arms):
                        if all_offered[t, arm]:
                            highest = max(highest, utilities[arm, i])
                    total = 0.0
                    for arm in range(n_arms):
                        if all_offered[t, arm]:
                            total += math.exp(utilities[arm, i] - highest)
                    totals[i] += utilities[choice, i] - highest - math.log(total)
        if traces:
            for arm in range(n_arms):
                here = 1.0 if arm == choice else 0.0
                for i in range(points):
                    trace[arm, i] += rate[i] * (here - trace[arm, i])
        if learns:
            for arm in range(n_arms):
                reward = rewards[t, arm]
                if reward != reward:
                    for i in range(points):
                        values[arm, i] -= fading[i] * values[arm, i]
                else:
                    for i in range(points):
                        error = reward - values[arm, i]
                        values[arm, i] += (up[i] if error >= 0 else down[i]) * error
    for i in range(points):
        totals[i] -= math.log(products[i])

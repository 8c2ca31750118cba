"""Pearce-Hall learning with lapses: a value rule and a choice rule, compiled by numba where they are fitted.

`twinbean fit DATA --models pearce_hall -o fits.csv` fits it; `--model pearce_hall:eta=0.3` plays it.
"""

import math

from twinbean import CognitiveModel, Parameter
from twinbean.cognitive import Beta, Gamma, softmax

VALUE, ASSOCIABILITY = range(2)


def begin(state, parameters):
    for arm in range(state.shape[1]):
        state[ASSOCIABILITY, arm] = 1.0


def observe(state, parameters, choice, rewards):
    kappa, eta = parameters[0], parameters[1]
    for arm in range(len(rewards)):
        error = rewards[arm] - state[VALUE, arm]
        if not math.isnan(error):
            state[VALUE, arm] += kappa * state[ASSOCIABILITY, arm] * error
            state[ASSOCIABILITY, arm] = eta * abs(error) + (1 - eta) * state[ASSOCIABILITY, arm]


def utilities(state, parameters, out):
    for arm in range(len(out)):
        out[arm] = parameters[2] * state[VALUE, arm]


def lapsing(out, offered, parameters):
    softmax(out, offered, parameters)
    n, lapse = offered.sum(), parameters[3]
    for arm in range(len(out)):
        if offered[arm]:
            out[arm] = math.log((1 - lapse) * math.exp(out[arm]) + lapse / n)


MODEL = CognitiveModel(
    name="pearce_hall",
    free=(
        Parameter(name="kappa", lower=0, upper=1, default=0.5, prior=Beta(1.1, 1.1)),
        Parameter(name="eta", lower=0, upper=1, default=0.3, prior=Beta(1.1, 1.1)),
        Parameter(name="beta", lower=0, upper=50, default=5, prior=Gamma(2, 5)),
        Parameter(name="lapse", lower=0, upper=1, default=0.05, prior=Beta(1.1, 10)),
    ),
    cells=2,
    begin=begin,
    observe=observe,
    utilities=utilities,
    choice_rule=lapsing,
    about="Pearce-Hall: Q <- Q + kappa a (r - Q), a <- eta |r - Q| + (1 - eta) a; softmax with lapses.",
)

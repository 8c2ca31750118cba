"""The hybrid of model-based and model-free learning in the two-step task, as functions that numba can compile.

Its arms are those of both stages: 0 and 1 are the first choice, 2 and 3 the options of one state, 4 and 5 those of the
other. Row VALUE of the state holds their values, COUNTS how often a first choice led to its state (the first option to
the first state, or the second to the second), and how often to the other's; of ROUTE the two cells are the first choice
of this trial and of the last one, as one more than the arm, 0 for none.
"""

from __future__ import annotations

from typing import Any

from twinbean.cognitive.model import TWO_STEPS, CognitiveModel
from twinbean.cognitive.parameters import Beta, Gamma, Normal, Parameter

VALUE, COUNTS, ROUTE, CELLS = range(4)
NOW, BEFORE = 0, 1
W, LAM, ALPHA_1, ALPHA_2, BETA_1, BETA_2, STICKINESS = range(7)
# What people are taken to know of the transitions, but for which state is whose.
KNOWN = 0.7

ABOUT = """The hybrid of model-based and model-free learning in the two-step task.

Model-free, SARSA(lambda): at the second choice Q(s, b) <- Q(s, b) + alpha2 d2 with d2 = r - Q(s, b); of the first
Q(a) <- Q(a) + alpha1 (d1 + lam d2) with d1 = Q(s, b) - Q(a), Q(s, b) being what it was before. Model-based: M(a) =
sum_s P(s | a) max_b Q(s, b), with P = .7 for the state that a led to more often so far, of both first choices together,
.3 for the other, and .5 while they are even. The first choice: softmax of beta1 (w M(a) + (1 - w) Q(a) + stickiness
[a = last first choice]); the second: softmax of beta2 Q(s, b). Values begin at 0.
Parameters: w, weight of the model-based values, lam, eligibility trace, alpha1 and alpha2, learning rates, in [0, 1],
prior Beta(1.1, 1.1); beta1 and beta2, inverse temperatures, in [0, 50], prior Gamma(2, scale 5); stickiness, in
[-10, 10], prior N(0, 1).
Source: Daw, Gershman, Seymour, Dayan & Dolan 2011, Neuron 69:1204, supplemental experimental procedures."""


def observe(state: Any, parameters: Any, choice: int, rewards: Any) -> None:
    if choice < 2:
        state[ROUTE, NOW] = choice + 1
        state[ROUTE, BEFORE] = choice + 1
        return
    value = state[VALUE, choice]
    error = rewards[choice] - value
    if error != error:
        error = 0.0
    first = int(state[ROUTE, NOW]) - 1
    if first >= 0:
        led_to = (choice - 2) // 2
        state[COUNTS, 0 if led_to == first else 1] += 1
        # The first value is drawn to the second as that was before the reward, then along the trace to the reward.
        moved = value - state[VALUE, first] + parameters[LAM] * error
        state[VALUE, first] += parameters[ALPHA_1] * moved
    state[VALUE, choice] += parameters[ALPHA_2] * error


def utilities(state: Any, parameters: Any, out: Any) -> None:
    known = 0.5
    if state[COUNTS, 0] > state[COUNTS, 1]:
        known = KNOWN
    elif state[COUNTS, 0] < state[COUNTS, 1]:
        known = 1.0 - KNOWN
    one = max(state[VALUE, 2], state[VALUE, 3])
    other = max(state[VALUE, 4], state[VALUE, 5])
    w = parameters[W]
    for arm in range(2):
        own = known if arm == 0 else 1.0 - known
        value = w * (own * one + (1.0 - own) * other) + (1.0 - w) * state[VALUE, arm]
        if arm + 1 == state[ROUTE, BEFORE]:
            value += parameters[STICKINESS]
        out[arm] = parameters[BETA_1] * value
    for arm in range(2, 6):
        out[arm] = parameters[BETA_2] * state[VALUE, arm]


def forget_route(state: Any) -> None:
    """Without a response there is no way from this trial's first choice to a second one, nor to that of the next."""
    state[ROUTE, NOW] = 0


def _share(name: str, default: float) -> Parameter:
    return Parameter(name=name, lower=0, upper=1, default=default, prior=Beta(1.1, 1.1))


def _temperature(name: str) -> Parameter:
    return Parameter(name=name, lower=0, upper=50, default=5, prior=Gamma(2.0, 5.0))


HYBRID = CognitiveModel(
    name="hybrid",
    free=(
        _share("w", 0.5),
        _share("lam", 0.5),
        _share("alpha1", 0.5),
        _share("alpha2", 0.5),
        _temperature("beta1"),
        _temperature("beta2"),
        Parameter(name="stickiness", lower=-10, upper=10, default=0.1, prior=Normal(0.0, 1.0)),
    ),
    observe=observe,
    utilities=utilities,
    miss=forget_route,
    cells=CELLS,
    stages=TWO_STEPS,
    about=ABOUT,
)

"""The likelihood of win-stay-lose-shift, for many parameter points at once, from a few counts.

What rules.py says goes through the trials anew for every point. Here stays and shifts, after wins and after losses, are
counted once, apart by how many arms were on offer. `tests/cognitive/test_likelihood.py` holds both to the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from scipy.special import xlogy

from twinbean.cognitive import rules
from twinbean.cognitive.bandits import Model
from twinbean.cognitive.choices import Choices
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import Numbers

_STAY, _SHIFT = range(2)


def knows(model: Fittable) -> bool:
    """Whether a model is of this kind."""
    return isinstance(model, Model) and model.choices == rules.WIN_STAY


def log_likelihoods(model: Fittable, values: Numbers, choices: Choices) -> Numbers:
    """The log-likelihood (nats) of all scored choices, shape (m,), for each row of `values`, shape (m, n)."""
    n_arms = choices.n_arms
    counts, free = np.zeros((2, 2, n_arms + 1)), np.zeros(n_arms + 1)
    made = choices.choice, choices.won, choices.offered, choices.scored, choices.begins
    _counted(made, counts, free)
    settings = model.settings(values, n_arms)
    offered = np.arange(2, n_arms + 1)
    lapse = settings[:, rules.LAPSE, None]
    totals = np.full(len(values), -free[2:] @ np.log(offered))
    for won, stay in enumerate((1.0 - settings[:, rules.SHIFT, None], settings[:, rules.STAY, None])):
        for what, p in ((_STAY, stay), (_SHIFT, (1.0 - stay) / (offered - 1))):
            totals += xlogy(counts[won, what, 2:], (1.0 - lapse) * p + lapse / offered).sum(axis=1)
    return totals


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _counted(made: Any, counts: Any, free: Any) -> None:
    """Add to `counts[won, what, n_offered]` what followed the last choice, and to `free[n_offered]` the choices that
    followed none, or one that was not on offer any more."""
    choices, all_won, all_offered, scored, begins = made
    last, won = -1, 0
    for t in range(len(choices)):
        if begins[t]:
            last, won = -1, 0
        choice = choices[t]
        if choice < 0:
            continue
        if scored[t]:
            n_offered = all_offered[t].sum()
            if last < 0 or n_offered < 2 or not all_offered[t, last]:
                free[n_offered] += 1
            else:
                counts[won, _STAY if choice == last else _SHIFT, n_offered] += 1
        last = choice
        if all_won[t] == all_won[t]:
            won = 1 if all_won[t] > 0 else 0

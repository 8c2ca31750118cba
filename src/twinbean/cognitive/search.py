"""The parameters that minimise a function, within their bounds, from several starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from twinbean.cognitive.parameters import Numbers, Parameter, positions, stretched

Objective = Callable[[Numbers], Numbers]
End = tuple[Numbers, float]

# A fitted parameter counts as at a bound within this share of the range between its bounds, or where the bound itself
# is as likely (nats): a learning rate that nothing was learned with is no estimate, wherever the search gave up.
AT_BOUND = 1e-4
AS_LIKELY = 0.01
_HUGE = 1e10
_ITERATIONS = 100
_ENOUGH = 1e-6
_SAME = 0.01
_DAMPINGS = np.array([0.1, 1.0, 100.0])
_STIFF = 100.0


@dataclass(frozen=True)
class Found:
    """The best parameter values (n,), the objective there, and the names of parameters at a bound."""

    values: Numbers
    objective: float
    at_bound: tuple[str, ...]


def minimise(
    objective: Objective, parameters: tuple[Parameter, ...], *, starts: int, known: Numbers | None = None
) -> Found:
    """Where `objective`, which takes values of shape (m, n) and gives (m,) nats, has its minimum.

    An even grid of points is tried first; from the `starts` best of them a projected Newton method goes on, in
    coordinates from 0 to 1 between the bounds. From the rows of values (m, n) `known` alone, where they are given.
    """
    if not parameters:
        return Found(np.empty(0), float(objective(np.empty((1, 0)))[0]), ())

    def of_unit(unit: Numbers) -> Numbers:
        # Infinite where a recorded choice is impossible: the search needs a number to turn back from.
        values = objective(stretched(unit, parameters))
        return np.where(np.isfinite(values), values, _HUGE)

    net = _net(len(parameters)) if known is None else positions(known, parameters)
    values = of_unit(net)
    ends: list[End] = []
    for i in np.argsort(values, kind="stable")[:starts]:
        ends.append(_descend(of_unit, net[i], float(values[i]), ends))
    unit, value = min(ends, key=lambda end: end[1])
    near = (unit < AT_BOUND) | (unit > 1 - AT_BOUND) | _as_likely_at_bound(of_unit, unit, value)
    names = tuple(parameter.name for parameter, hit in zip(parameters, near, strict=True) if hit)
    return Found(stretched(unit, parameters), value, names)


def _as_likely_at_bound(of_unit: Objective, unit: Numbers, value: float) -> NDArray[np.bool_]:
    """Whether each parameter could be moved to one of its bounds, the others staying, at next to no cost."""
    n = len(unit)
    moved = np.repeat(unit[None], 2 * n, axis=0)
    moved[np.arange(n), np.arange(n)] = 0
    moved[n + np.arange(n), np.arange(n)] = 1
    return np.asarray((of_unit(moved).reshape(2, n) < value + AS_LIKELY).any(axis=0))


@cache
def _net(n: int) -> Numbers:
    """Points spread evenly over the unit cube, denser towards 0, where learning rates of long sessions lie."""
    points = qmc.Halton(n, scramble=False).random(16 * n + 1)[1:]
    return np.asarray(points**2)


def _descend(of_unit: Objective, unit: Numbers, value: float, known: list[End]) -> End:
    """Newton steps with Levenberg's damping, several dampings tried at once, held within the unit cube.

    A way that leads where an earlier one ended is not gone to its end.
    """
    from twinbean.cognitive import newton

    damping = 1e-3
    for _ in range(_ITERATIONS):
        if any(value >= lowest and np.abs(unit - end).max() < _SAME for end, lowest in known):
            break
        points, steps = newton.around(unit)
        dampings = damping * _DAMPINGS
        trials = newton.stepped(unit, *newton.derivatives(of_unit(points), steps), dampings)
        if not len(trials):
            break
        values = of_unit(trials)
        best = int(values.argmin())
        gain = value - float(values[best])
        if gain > 0:
            unit, value = trials[best], float(values[best])
        if gain < _ENOUGH and ((best == 0 and gain >= 0) or damping > _STIFF):
            break
        damping = max(float(dampings[best]), 1e-9) if gain > 0 else 1e3 * damping
    return unit, value

"""What a step of the search in search.py computes of the objective's values, compiled.

Of two or three parameters numpy spends more time on its calls than on the numbers, and some of them (indices by arrays,
eigenvectors) let go of Python's lock: threads that fit one person each then wait for it most of their time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_compiled = njit(cache=True, error_model="numpy")


@_compiled  # type: ignore[untyped-decorator]
def around(unit: Any) -> Any:
    """The points (1 + 2n + n (n - 1) / 2, n) whose values tell gradient and Hessian at `unit` (n,), and their distances
    (n,), small where a bound is near: the middle, each coordinate up, then down, then each two of them up."""
    n = len(unit)
    steps, points = np.empty(n), np.empty((1 + 2 * n + n * (n - 1) // 2, n))
    for i in range(n):
        steps[i] = min(max(1e-3 * min(unit[i], 1.0 - unit[i]), 1e-6), 1e-4)
        points[:, i] = min(max(unit[i], steps[i]), 1.0 - steps[i])
    both = 1 + 2 * n
    for i in range(n):
        points[1 + i, i] += steps[i]
        points[1 + n + i, i] -= steps[i]
        for j in range(i + 1, n):
            points[both, i] += steps[i]
            points[both, j] += steps[j]
            both += 1
    return points, steps


@_compiled  # type: ignore[untyped-decorator]
def derivatives(values: Any, steps: Any) -> Any:
    """Gradient (n,) and Hessian (n, n) by differences, from the values at the points of `around`."""
    n = len(steps)
    gradient, hessian = np.empty(n), np.empty((n, n))
    both = 1 + 2 * n
    for i in range(n):
        up, down = values[1 + i], values[1 + n + i]
        gradient[i] = (up - down) / (2.0 * steps[i])
        hessian[i, i] = (up - 2.0 * values[0] + down) / steps[i] ** 2
        for j in range(i + 1, n):
            mixed = values[both] - up - values[1 + j] + values[0]
            hessian[i, j] = hessian[j, i] = mixed / (steps[i] * steps[j])
            both += 1
    return gradient, hessian


@_compiled  # type: ignore[untyped-decorator]
def stepped(unit: Any, gradient: Any, hessian: Any, dampings: Any) -> Any:
    """Where a damped Newton step from `unit` (n,) leads, within the unit cube, one row (k, n) a damping; no row where
    every coordinate is held by a bound.

    Negative curvature is taken as positive, so that a saddle is left and not approached.
    """
    n = len(unit)
    free = np.empty(n, dtype=np.int64)
    m = 0
    for i in range(n):
        if not ((unit[i] <= 0 and gradient[i] > 0) or (unit[i] >= 1 and gradient[i] < 0)):
            free[m] = i
            m += 1
    if m == 0:
        return np.empty((0, n))
    inner = np.empty((m, m))
    for i in range(m):
        for j in range(m):
            inner[i, j] = hessian[free[i], free[j]]
    curvature, axes = np.linalg.eigh(inner)
    steepest = np.abs(curvature).max()
    tried = np.empty((len(dampings), n))
    for k in range(len(dampings)):
        tried[k] = unit
        for a in range(m):
            along = 0.0
            for i in range(m):
                along += axes[i, a] * gradient[free[i]]
            along /= abs(curvature[a]) + dampings[k] * (steepest + 1e-12)
            for i in range(m):
                tried[k, free[i]] -= along * axes[i, a]
        for i in range(n):
            tried[k, i] = min(max(tried[k, i], 0.0), 1.0)
    return tried

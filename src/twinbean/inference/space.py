"""Parameters without bounds: the coordinates in which people differ by a normal distribution."""

from __future__ import annotations

import numpy as np

from twinbean.cognitive.parameters import Numbers, Parameter, positions, stretched

# The log-odds of a position so near its bound that no likelihood tells it from the bound.
_FARTHEST = 30.0
_GRID = 4001


def unbounded(values: Numbers, parameters: tuple[Parameter, ...]) -> Numbers:
    """Log-odds of where parameter values, shape (..., n), lie between their bounds; of the same shape."""
    with np.errstate(divide="ignore"):
        unit = positions(values, parameters)
        return np.asarray(np.clip(np.log(unit) - np.log1p(-unit), -_FARTHEST, _FARTHEST))


def within_bounds(z: Numbers, parameters: tuple[Parameter, ...]) -> Numbers:
    """Parameter values, shape (..., n), at log-odds of the same shape: what `unbounded` undoes."""
    return stretched(1 / (1 + np.exp(-z)), parameters)


def prior_moments(parameters: tuple[Parameter, ...]) -> tuple[Numbers, Numbers]:
    """Mean and variance (n,) of the log-odds under the models' priors; of an even density where there is none."""
    means, variances = np.empty(len(parameters)), np.empty(len(parameters))
    z = np.linspace(-15, 15, _GRID)
    unit = 1 / (1 + np.exp(-z))
    for i, parameter in enumerate(parameters):
        values = stretched(unit[:, None], (parameter,))[:, 0]
        # dx/dz: of the position, times of the value by the position.
        log_density = np.log(unit) + np.log1p(-unit) + (np.log(values) if parameter.log else 0.0)
        if parameter.prior is not None:
            log_density = log_density + parameter.prior.log_density(values)
        weights = np.exp(log_density - log_density.max())
        weights /= weights.sum()
        means[i] = weights @ z
        variances[i] = weights @ (z - means[i]) ** 2
    return means, variances

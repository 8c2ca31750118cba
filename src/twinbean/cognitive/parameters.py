"""A model's parameters: what they mean, their bounds and their priors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# The parameters that multiply a value: only a bound keeps the search from following them for ever where somebody always
# chooses what is worth more. One bound holds for all of them, whatever the model.
INVERSE_TEMPERATURES = ("beta", "beta_c", "weight", "beta1", "beta2")
BETA_BOUND = 50.0


class Prior(Protocol):
    """A density over one parameter."""

    def log_density(self, x: Numbers) -> Numbers: ...


@dataclass(frozen=True)
class Beta:
    """Beta(a, b) on [0, 1]."""

    a: float
    b: float

    def log_density(self, x: Numbers) -> Numbers:
        norm = math.lgamma(self.a + self.b) - math.lgamma(self.a) - math.lgamma(self.b)
        with np.errstate(divide="ignore"):
            return np.asarray((self.a - 1) * np.log(x) + (self.b - 1) * np.log1p(-x) + norm)


@dataclass(frozen=True)
class Gamma:
    """Gamma with `shape` and `scale` (mean shape * scale), from 0."""

    shape: float
    scale: float

    def log_density(self, x: Numbers) -> Numbers:
        norm = math.lgamma(self.shape) + self.shape * math.log(self.scale)
        with np.errstate(divide="ignore"):
            return np.asarray((self.shape - 1) * np.log(x) - x / self.scale - norm)


@dataclass(frozen=True)
class Normal:
    """Normal with `mean` and standard deviation `sd`."""

    mean: float
    sd: float

    def log_density(self, x: Numbers) -> Numbers:
        return -0.5 * ((x - self.mean) / self.sd) ** 2 - math.log(self.sd * math.sqrt(2 * math.pi))


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number that a model leaves open.

    `default` is what a learner plays with; `slots` are the settings of `twinbean.cognitive.rules` that it fills. Fits
    stay within `lower` and `upper`, and search on a logarithmic scale where `log` is true. `prior` is used by MAP fits;
    None is flat.
    """

    name: str
    lower: float
    upper: float
    default: float
    slots: tuple[int, ...] = ()
    prior: Prior | None = None
    log: bool = False


def stretched(unit: Numbers, parameters: tuple[Parameter, ...]) -> Numbers:
    """Parameter values, shape (..., n), for positions between their bounds, 0 to 1, of the same shape."""
    values = np.empty_like(unit)
    for i, parameter in enumerate(parameters):
        low, high = parameter.lower, parameter.upper
        if parameter.log:
            # Clipped, since exp(log(upper)) can miss upper by a rounding.
            values[..., i] = np.clip(low * (high / low) ** unit[..., i], low, high)
        else:
            values[..., i] = low + (high - low) * unit[..., i]
    return values


def positions(values: Numbers, parameters: tuple[Parameter, ...]) -> Numbers:
    """Where parameter values, shape (..., n), lie between their bounds, from 0 to 1: what `stretched` undoes."""
    unit = np.empty_like(values)
    for i, parameter in enumerate(parameters):
        low, high = parameter.lower, parameter.upper
        if parameter.log:
            unit[..., i] = np.log(values[..., i] / low) / math.log(high / low)
        else:
            unit[..., i] = (values[..., i] - low) / (high - low)
    return np.clip(unit, 0, 1)

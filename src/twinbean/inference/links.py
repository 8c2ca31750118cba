"""How a parameter of a person follows from a normal one, and what is believed of the group beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from twinbean.cognitive.parameters import INVERSE_TEMPERATURES, Numbers, Parameter

Link = Literal["probit", "log", "identity"]


@dataclass(frozen=True, kw_only=True)
class GroupPrior:
    """A parameter's link and the priors of its group, on the scale of the link.

    A person's value is Phi(z), exp(z) or z, where z is normal over people with the group's mean, for which the prior
    is N(`mean`, `mean_sd`), and standard deviation, half-normal with `sd`. A difference between groups is N(0, 1).
    """

    parameter: str
    link: Link
    mean: float
    mean_sd: float
    sd: float


# Probabilities and rates are even a priori; the median inverse temperature is 4 per unit of reward, between about 1 and
# 18 for 19 groups of 20; repeating is worth up to some 3 units of utility either way.
_OF_LINK: dict[Link, tuple[float, float, float]] = {
    "probit": (0.0, 1.0, 0.75),
    "log": (1.4, 0.75, 0.75),
    "identity": (0.0, 1.5, 1.0),
}
# Of the Kalman filter, in units of the variance before the first trial.
_OF_PARAMETER: dict[str, tuple[float, float, float]] = {"noise": (-1.0, 1.0, 0.5), "drift": (-1.5, 0.75, 0.5)}


def group_prior(parameter: Parameter) -> GroupPrior:
    """The link of a parameter, and the priors of its group."""
    link: Link = "identity"
    if (parameter.lower, parameter.upper) == (0, 1):
        link = "probit"
    elif parameter.name in INVERSE_TEMPERATURES or parameter.log:
        link = "log"
    mean, mean_sd, sd = _OF_PARAMETER.get(parameter.name, _OF_LINK[link])
    return GroupPrior(parameter=parameter.name, link=link, mean=mean, mean_sd=mean_sd, sd=sd)


def natural(z: Numbers, priors: Sequence[GroupPrior]) -> Numbers:
    """Parameter values for normal ones, both of shape (..., n)."""
    values = np.empty_like(z)
    for i, prior in enumerate(priors):
        own = z[..., i]
        values[..., i] = special.ndtr(own) if prior.link == "probit" else np.exp(own) if prior.link == "log" else own
    return values

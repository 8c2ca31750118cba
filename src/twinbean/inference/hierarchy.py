"""The hierarchical model: people's parameters are normal around their group's mean, on the scale of their links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import numpyro
from jax.scipy.special import ndtr
from numpyro import distributions as dist

from twinbean.cognitive.bandits import Model
from twinbean.inference.jax_rules import log_likelihoods
from twinbean.inference.links import GroupPrior

# A difference between groups, in units of the link's scale.
EFFECT_SD = 1.0


def hierarchy(model: Model, priors: Sequence[GroupPrior], *, n_groups: int, own_spreads: bool) -> Callable[..., None]:
    """The model for numpyro, a function of data (`Arrays.tree()`), group (people,), from 0, and centred (people, n).

    Sites: `mean` (n,), of the first group; `effect` (groups - 1, n), how far the others' means are from it, where there
    are several; `sd` (n,), or (groups, n) with `own_spreads`; and `raw` (people, n), from which `own` makes a person's
    parameters on the scale of the link, normal with the group's mean and sd.
    """
    means = jnp.array([prior.mean for prior in priors])
    mean_sds = jnp.array([prior.mean_sd for prior in priors])
    sds = jnp.array([prior.sd for prior in priors])

    def sampled(data: dict[str, Any], group: Any, centred: Any) -> None:
        n = len(priors)
        mean = numpyro.sample("mean", dist.Normal(means, mean_sds).to_event(1))
        of_groups = mean[None]
        if n_groups > 1:
            scale = jnp.full((n_groups - 1, n), EFFECT_SD)
            effect = numpyro.sample("effect", dist.Normal(0.0, scale).to_event(2))
            of_groups = jnp.concatenate([of_groups, mean + effect])
        rows = n_groups if own_spreads else 1
        spread = dist.HalfNormal(jnp.broadcast_to(sds, (rows, n))).to_event(2)
        sd = numpyro.sample("sd", spread)
        mean_of_own, sd_of_own = of_groups[group], sd[group if own_spreads else jnp.zeros_like(group)]
        raw = numpyro.sample("raw", dist.Normal(centred * mean_of_own, sd_of_own**centred).to_event(2))
        z = own(raw, mean_of_own, sd_of_own, centred)
        numpyro.factor("choices", log_likelihoods(model, values_of(z, priors), data).sum())

    return sampled


def own(raw: Any, mean: Any, sd: Any, centred: Any) -> Any:
    """People's parameters (..., people, n) on the scale of the link, of what is sampled: `raw` ~ N(c mean, sd^c) for
    `centred` c. With c = 0 it is standard normal, with c = 1 the parameters themselves (centring.py says why)."""
    return mean + sd ** (1 - centred) * (raw - centred * mean)


def values_of(z: Any, priors: Sequence[GroupPrior]) -> Any:
    """Parameter values for normal ones, both of shape (..., n), as `links.natural` has them, for jax."""
    links = {"probit": ndtr, "log": jnp.exp, "identity": lambda x: x}
    return jnp.stack([links[prior.link](z[..., i]) for i, prior in enumerate(priors)], axis=-1)

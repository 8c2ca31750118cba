"""How much of a person's parameters the person's own choices say, which decides how they are sampled best.

Where choices say little, a person's distance from the group's mean is what is sampled (non-centred: Betancourt &
Girolami 2015); where they say a lot, so that the mean follows from the persons, it is the parameter itself (centred).
Either way is slow for the other's data, hence one in between for each person and parameter (Papaspiliopoulos, Roberts &
Sköld 2007, Stat Sci 22:59). The posterior is the same by all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from twinbean.cognitive.bandits import Model
from twinbean.inference.hierarchy import values_of
from twinbean.inference.jax_rules import log_likelihoods
from twinbean.inference.links import GroupPrior

_ITERATIONS = 30
# Standard deviations of a group that are tried, in units of their prior's, and the share of the posterior below the one
# that is reckoned with: where people may be as alike as that, what is centred has no room to move.
_SPREADS = np.linspace(0.01, 3.0, 100)
_LOW = 1e-4
# Precision of a person whose choices say nothing.
_NONE = 1e-9


def centring(
    model: Model, priors: Sequence[GroupPrior], *, n_groups: int, own_spreads: bool
) -> Callable[[dict[str, Any], Any], Any]:
    """A function of data (`Arrays.tree()`) and group (people,) that gives shares (people, n), 0 where non-centred.

    A share is L / (L + 1 / sd^2). L is the precision that a person's choices add to what the priors know of a
    parameter, by Laplace's approximation at the person's most probable values; sd is a very low quantile (1e-4) of the
    group's, given all of these approximations.
    """
    n = len(priors)
    means = jnp.array([prior.mean for prior in priors])
    variances = jnp.array([prior.mean_sd**2 + prior.sd**2 for prior in priors])
    sds = jnp.array([prior.sd for prior in priors])

    def shares(data: dict[str, Any], group: Any) -> Any:
        people = data["weight"].shape[1]

        def log_posterior(z: Any) -> Any:
            prior = -0.5 * ((z - means) ** 2 / variances).sum(axis=-1)
            return log_likelihoods(model, values_of(z, priors), data) + prior

        gradient = jax.grad(lambda z: log_posterior(z).sum())

        def curvature(z: Any) -> Any:
            # Of one person by another's parameters it is 0, so that one direction serves everybody.
            along = [jnp.broadcast_to(jnp.eye(n)[k], z.shape) for k in range(n)]
            return -jnp.stack([jax.jvp(gradient, (z,), (one,))[1] for one in along], axis=-1)

        def precision(z: Any) -> Any:
            size, axes = jnp.linalg.eigh(curvature(z))
            # Never less than the priors know, also where the posterior is not yet curved as at its top.
            size = jnp.maximum(jnp.abs(size), 1 / variances.max())
            return (axes * size[:, None]) @ jnp.swapaxes(axes, 1, 2)

        def step(_: int, at: tuple[Any, Any]) -> tuple[Any, Any]:
            z, length = at
            there = z + length[:, None] * jnp.linalg.solve(precision(z), gradient(z)[..., None])[..., 0]
            is_higher = log_posterior(there) > log_posterior(z)
            z = jnp.where(is_higher[:, None], there, z)
            return z, jnp.where(is_higher, jnp.minimum(2 * length, 1.0), length / 2)

        start = jnp.broadcast_to(means, (people, n)), jnp.ones(people)
        z, _ = jax.lax.fori_loop(0, _ITERATIONS, step, start)
        known = 1 / jnp.diagonal(jnp.linalg.inv(precision(z)), axis1=1, axis2=2)
        added = jnp.maximum(known - 1 / variances, _NONE)
        # By the choices alone: the posterior's mean less the part of the prior's.
        alone = (known * z - means / variances) / added
        least = lowest_spreads(alone, added, group)
        return jnp.where(added > _NONE, added / (added + 1 / least**2), 0.0)

    def lowest_spreads(alone: Any, added: Any, group: Any) -> Any:
        """Of everybody's group (people, n), of whom `alone` is known with precision `added`."""
        tried = jnp.asarray(_SPREADS)[:, None] * sds
        by_group = jnp.stack([log_likelihood(alone, added, group == one, tried) for one in range(n_groups)])
        if not own_spreads:
            by_group = jnp.broadcast_to(by_group.sum(axis=0), by_group.shape)
        logs = by_group - 0.5 * jnp.asarray(_SPREADS)[:, None] ** 2
        cumulated = jnp.cumsum(jnp.exp(logs - logs.max(axis=1, keepdims=True)), axis=1)
        place = (cumulated < _LOW * cumulated[:, -1:]).sum(axis=1)
        return jnp.take_along_axis(tried[None], place[:, None], axis=1)[:, 0][group]

    def log_likelihood(alone: Any, added: Any, belongs: Any, tried: Any) -> Any:
        """Of standard deviations (tried, n), the group's mean integrated out."""
        weight = belongs[:, None] / (tried[:, None] ** 2 + 1 / added)
        mean_weight = weight.sum(axis=1) + 1 / variances
        mean = ((weight * alone).sum(axis=1) + means / variances) / mean_weight
        scaled = jnp.where(belongs[:, None], jnp.log(jnp.maximum(weight, 1e-300)), 0.0).sum(axis=1)
        return 0.5 * (scaled - jnp.log(mean_weight) - (weight * alone**2).sum(axis=1) + mean_weight * mean**2)

    compiled: Callable[[dict[str, Any], Any], Any] = jax.jit(shares)
    return compiled

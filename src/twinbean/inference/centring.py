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

from twinbean.cognitive.bandits import Model
from twinbean.inference.hierarchy import values_of
from twinbean.inference.jax_rules import log_likelihoods
from twinbean.inference.links import GroupPrior

_ITERATIONS = 30
# Lower, of a half-normal distribution, in units of its scale.
_QUARTILE = 0.3186


def centring(model: Model, priors: Sequence[GroupPrior]) -> Callable[[dict[str, Any]], Any]:
    """A function of data (`Arrays.tree()`) that gives a share (people, n) from 0, nothing, to 1, everything.

    It is L / (L + 1 / sd^2), L being the precision that a person's choices add to what the priors know of a parameter,
    by Laplace's approximation at the person's most probable values, and sd the lower quartile of the group's prior: in
    a group whose people are alike, what is centred has no room to move.
    """
    n = len(priors)
    means = jnp.array([prior.mean for prior in priors])
    variances = jnp.array([prior.mean_sd**2 + prior.sd**2 for prior in priors])
    small = jnp.array([(_QUARTILE * prior.sd) ** 2 for prior in priors])

    def shares(data: dict[str, Any]) -> Any:
        people = data["weight"].shape[1]

        def log_posterior(z: Any) -> Any:
            return log_likelihoods(model, values_of(z, priors), data) - 0.5 * ((z - means) ** 2 / variances).sum(
                axis=-1
            )

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
            return jnp.where(is_higher[:, None], there, z), jnp.where(
                is_higher, jnp.minimum(2 * length, 1.0), length / 2
            )

        start = jnp.broadcast_to(means, (people, n)), jnp.ones(people)
        z, _ = jax.lax.fori_loop(0, _ITERATIONS, step, start)
        known = 1 / jnp.diagonal(jnp.linalg.inv(precision(z)), axis1=1, axis2=2)
        added = jnp.maximum(known - 1 / variances, 0.0)
        return added / (added + 1 / small)

    compiled: Callable[[dict[str, Any]], Any] = jax.jit(shares)
    return compiled

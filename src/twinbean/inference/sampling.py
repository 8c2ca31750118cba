"""Draws from the posterior of the hierarchical model, by the No-U-Turn Sampler.

Source: Hoffman & Gelman 2014, JMLR 15:1593, as numpyro has it (Phan, Pradhan & Jankowiak 2019, arXiv:1912.11554).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray
from numpyro.infer import MCMC, NUTS, init_to_median

from twinbean.cognitive.bandits import Model
from twinbean.cognitive.parameters import Numbers
from twinbean.inference.arrays import Arrays
from twinbean.inference.centring import centring
from twinbean.inference.hierarchy import hierarchy, own
from twinbean.inference.links import GroupPrior, group_prior, natural

_PIECE = 500
# Called with the draws done and in all, those of the warm-up among them.
OnDraws = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How many draws: `draws` kept of each of `chains` after `warmup` others. `target` is the acceptance rate that the
    step size is tuned to; a higher one takes smaller steps, which leave fewer divergences."""

    chains: int = 4
    warmup: int = 750
    draws: int = 1500
    target: float = 0.9


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """Draws on the scale of the links, each of shape (chains, draws, ...).

    `mean` and `sd` (..., groups, n) are of the groups, in the order of `groups`; `z` (..., people, n) are the people's,
    each of whom is of `group` (people,). `diverging` is how many of the draws ended a diverging trajectory.
    """

    model: Model
    priors: tuple[GroupPrior, ...]
    groups: tuple[str, ...]
    group: NDArray[np.int64]
    mean: Numbers
    sd: Numbers
    z: Numbers
    diverging: int

    @property
    def values(self) -> Numbers:
        """The people's parameters (chains, draws, people, n)."""
        return natural(self.z, self.priors)

    @property
    def center(self) -> Numbers:
        """The groups' median person (chains, draws, groups, n): the link's inverse at the mean."""
        return natural(self.mean, self.priors)


class Sampler:
    """A sampler of one model for people of one shape; compiled by the first of its runs alone."""

    def __init__(
        self, model: Model, *, n_arms: int, groups: Sequence[str], own_spreads: bool = False, sampling: Sampling
    ) -> None:
        self.model, self.groups, self.sampling = model, tuple(groups), sampling
        self.priors = tuple(group_prior(parameter) for parameter in model.parameters(n_arms))
        self._own_spreads = own_spreads
        target = hierarchy(model, self.priors, n_groups=len(groups), own_spreads=own_spreads)
        self._centring = centring(model, self.priors, n_groups=len(groups), own_spreads=own_spreads)
        kernel = NUTS(target, target_accept_prob=sampling.target, init_strategy=init_to_median(num_samples=10))
        pieces = [min(_PIECE, sampling.draws - done) for done in range(0, sampling.draws, _PIECE)]
        self._pieces = pieces
        self._mcmc = MCMC(
            kernel,
            num_warmup=sampling.warmup,
            num_samples=pieces[0],
            num_chains=sampling.chains,
            chain_method="vectorized",
            progress_bar=False,
            jit_model_args=True,
        )

    def run(self, data: Arrays, group: NDArray[np.int64], *, seed: int, on_draws: OnDraws | None = None) -> Posterior:
        """The posterior of these people, of whom each is of one of the groups (people,), from 0."""
        total, done = self.sampling.warmup + self.sampling.draws, self.sampling.warmup
        arrays = {name: jax.numpy.asarray(one) for name, one in data.tree().items()}
        of_whom = jax.numpy.asarray(group)
        centred = self._centring(arrays, of_whom)
        arguments = arrays, of_whom, centred
        mcmc = self._mcmc
        found: list[dict[str, Any]] = []
        diverging = 0
        key, mcmc.post_warmup_state = jax.random.PRNGKey(seed), None
        for piece in self._pieces:
            if on_draws is not None:
                on_draws(done if found else 0, total)
            mcmc.num_samples = piece
            mcmc.run(key, *arguments)
            key, mcmc.post_warmup_state = mcmc.last_state.rng_key, mcmc.last_state
            found.append({name: np.asarray(one) for name, one in mcmc.get_samples(group_by_chain=True).items()})
            diverging += int(np.asarray(mcmc.get_extra_fields()["diverging"]).sum())
            done += piece
        if on_draws is not None:
            on_draws(done, total)
        draws = {name: np.concatenate([one[name] for one in found], axis=1) for name in found[0]}
        return self._posterior(draws, group, np.asarray(centred), diverging)

    def _posterior(
        self, draws: dict[str, Numbers], group: NDArray[np.int64], centred: Numbers, diverging: int
    ) -> Posterior:
        mean = draws["mean"][:, :, None]
        if "effect" in draws:
            mean = np.concatenate([mean, mean + draws["effect"]], axis=2)
        sd = np.broadcast_to(draws["sd"], (*mean.shape[:2], len(self.groups), mean.shape[3]))
        return Posterior(
            model=self.model,
            priors=self.priors,
            groups=self.groups,
            group=group,
            mean=mean,
            sd=sd,
            z=own(draws["raw"], mean[:, :, group], sd[:, :, group], centred),
            diverging=diverging,
        )

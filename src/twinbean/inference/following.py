"""One person followed from choice to choice: how likely each is, given the earlier ones and a group of other people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from twinbean.cognitive.choices import Choices
from twinbean.cognitive.likelihood import rows_of_log_likelihoods
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.parameters import Numbers
from twinbean.inference.group import Bell, Group, Weighed
from twinbean.inference.space import within_bounds

# New points are drawn once those that there are count for less than this share of the first ones.
_FEWEST = 1 / 8
_TRIES = 4
_FREEDOM = 5.0
_WIDER = 1.5


@dataclass(frozen=True, kw_only=True)
class Followed:
    """`logp` (choices,) is the log-probability (nats) of each scored choice given the earlier ones; their sum is the
    person's marginal likelihood, and `mc_error` (nats) its Monte Carlo standard error. `known` is what all of the
    choices say."""

    logp: Numbers
    mc_error: float
    known: Weighed


def follow(model: Fittable, choices: Choices, group: Group, *, points: int, rng: np.random.Generator) -> Followed:
    """The posterior predictive of every choice, over at least `points` parameter points of the group.

    Importance sampling that goes along with the choices: points are weighed by the likelihood of the choices so far,
    and where few of them are left that count, as many again as half of `points` are drawn from a t distribution with
    the moments of the weighed ones; all of them then count as draws of the mixture (Cornuet et al. 2012, Scand J Stat
    39:798). No draw knows of a later choice.
    """
    bells: list[tuple[Bell | Group, int]] = [(group, points)]
    z = group.points(points, rng)
    total = _totals(model, z, choices)
    n_choices = total.shape[1] - 1
    logp, variance = np.empty(n_choices), 0.0
    done, tries = 0, 0
    while True:
        density = _mixture(bells, z)
        weights = (group.log_density(z) - density)[:, None] + total[:, done:]
        sums = special.logsumexp(weights, axis=0)
        effective = np.exp(2 * sums - special.logsumexp(2 * weights, axis=0))
        low = np.flatnonzero(effective < _FEWEST * points)
        # As far as there are enough points; where there are too few from the start, after some tries all the same.
        stop = int(low[0]) if len(low) else len(sums) - 1
        if stop == 0 and tries >= _TRIES:
            stop = int(low[1]) if len(low) > 1 else len(sums) - 1
        logp[done : done + stop] = np.diff(sums[: stop + 1])
        if stop:
            variance += 1 / float(effective[stop])
            tries = 0
        done += stop
        if done == n_choices and (not len(low) or tries >= _TRIES):
            break
        tries += 1
        bells.append((_bell(z, weights[:, stop], points), points // 2))
        fresh = bells[-1][0].points(points // 2, rng)
        z = np.vstack([z, fresh])
        total = np.vstack([total, _totals(model, fresh, choices)])
    known = Weighed(points=z, log_likelihood=total[:, -1], log_density=density)
    return Followed(logp=logp, mc_error=float(np.sqrt(variance)), known=known)


def _totals(model: Fittable, z: Numbers, choices: Choices) -> Numbers:
    """The log-likelihood of none, one, two ... and all scored choices at each point: (points, choices + 1)."""
    values = within_bounds(z, model.parameters(choices.n_arms))
    with np.errstate(invalid="ignore"):
        each = rows_of_log_likelihoods(model, values, choices)
    return np.hstack([np.zeros((len(z), 1)), np.maximum(each, -1e4).cumsum(axis=1)])


def _mixture(bells: list[tuple[Bell | Group, int]], z: Numbers) -> Numbers:
    """The log-density of the mixture that all points are draws of."""
    logs = [np.log(number / len(z)) + bell.log_density(z) for bell, number in bells]
    return np.asarray(np.logaddexp.reduce(logs))


def _bell(z: Numbers, log_weights: Numbers, points: int) -> Bell:
    """A t distribution with the moments of the weighed points, which are tempered until enough of them count."""
    heat = 1.0
    while True:
        weights = special.softmax(heat * log_weights)
        if 1 / (weights**2).sum() >= min(64.0, points / 16) or heat < 1e-3:
            break
        heat *= 0.8
    mean = weights @ z
    away = z - mean
    spread = (weights[:, None] * away).T @ away
    return Bell(mean=mean, scale=_WIDER * spread + 1e-8 * np.eye(len(mean)), freedom=_FREEDOM)

"""How parameters are spread over people: a distribution fitted to some of them, for somebody who is not among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from twinbean.cognitive.parameters import Numbers, Parameter
from twinbean.inference.space import prior_moments

# The share of the distribution that stays as wide as the models' priors: nobody is impossible.
WIDE = 0.05
_WIDE_FREEDOM = 5.0
_ITERATIONS = 200
_ENOUGH = 1e-3


@dataclass(frozen=True, kw_only=True)
class Bell:
    """A multivariate t distribution over log-odds: `mean` (n,), `scale` (n, n), `freedom`."""

    mean: Numbers
    scale: Numbers
    freedom: float

    def log_density(self, z: Numbers) -> Numbers:
        """At points (m, n): (m,), in nats."""
        n = len(self.mean)
        root = np.linalg.cholesky(self.scale)
        away = np.linalg.solve(root, (z - self.mean).T)
        norm = special.gammaln((self.freedom + n) / 2) - special.gammaln(self.freedom / 2)
        norm -= n / 2 * np.log(self.freedom * np.pi) + np.log(np.diag(root)).sum()
        return np.asarray(norm - (self.freedom + n) / 2 * np.log1p((away**2).sum(axis=0) / self.freedom))

    def points(self, number: int, rng: np.random.Generator) -> Numbers:
        """Evenly spread draws (number, n): a scrambled Halton sequence through the quantiles."""
        n = len(self.mean)
        unit = np.clip(stats.qmc.Halton(n + 1, rng=rng).random(number), 1e-12, 1 - 1e-12)
        squared = stats.chi2.ppf(unit[:, n], self.freedom) / self.freedom
        return np.asarray(
            self.mean + special.ndtri(unit[:, :n]) / np.sqrt(squared)[:, None] @ np.linalg.cholesky(self.scale).T
        )


@dataclass(frozen=True, kw_only=True)
class Group:
    """A person's parameters, before anything is known of the person: `own` in 19 of 20 cases, else `wide`."""

    own: Bell
    wide: Bell

    def log_density(self, z: Numbers) -> Numbers:
        parts = np.log1p(-WIDE) + self.own.log_density(z), np.log(WIDE) + self.wide.log_density(z)
        return np.asarray(np.logaddexp(*parts))

    def points(self, number: int, rng: np.random.Generator) -> Numbers:
        wide = round(WIDE * number)
        return np.vstack([self.own.points(number - wide, rng), self.wide.points(wide, rng)])


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Points (m, n) that stand for what one person's choices say: `log_likelihood` (m,) of all of them, in nats, and
    `log_density` (m,) by which the points were drawn."""

    points: Numbers
    log_likelihood: Numbers
    log_density: Numbers


def before_anybody(parameters: tuple[Parameter, ...]) -> Group:
    """The group as the models' priors have it."""
    mean, variance = prior_moments(parameters)
    wide = Bell(mean=mean, scale=np.diag(variance), freedom=_WIDE_FREEDOM)
    return Group(own=wide, wide=wide)


def fitted_group(parameters: tuple[Parameter, ...], people: Sequence[Weighed]) -> tuple[Group, Numbers]:
    """The group that these people are of, and the log-likelihood (nats) of each one's choices in it.

    Empirical Bayes: expectation-maximisation over a normal distribution of log-odds with full covariance, under a
    normal-inverse-Wishart prior worth one person, centred on the models' priors. What is given back is the predictive
    distribution of another person (multivariate t), which is wider the fewer people there were (Gelman et al. 2013,
    Bayesian Data Analysis, section 3.6), with a share of `WIDE` as wide as the priors.
    """
    prior_mean, prior_variance = prior_moments(parameters)
    n, number = len(parameters), len(people)
    z = np.vstack([one.points for one in people])
    starts = np.cumsum([0, *(len(one.points) for one in people[:-1])])
    known = np.concatenate([one.log_likelihood - one.log_density for one in people])
    freedom = n + 2 + number
    mean, spread = prior_mean, np.diag(prior_variance)
    for _ in range(_ITERATIONS):
        weights = _shares(known + _log_normal(z, mean, spread), starts)
        middle = weights @ z / number
        scatter = (weights[:, None] * (z - middle)).T @ (z - middle)
        moved = (prior_mean + number * middle) / (number + 1)
        away = (middle - prior_mean)[:, None]
        total = np.diag(prior_variance) + scatter + number / (number + 1) * away @ away.T
        step = np.abs(moved - mean) / np.sqrt(np.diag(spread))
        shrunk = np.abs(np.log(np.diag(total) / (freedom + n + 2) / np.diag(spread)))
        mean, spread = moved, total / (freedom + n + 2)
        if max(step.max(initial=0), shrunk.max(initial=0)) < _ENOUGH:
            break
    left = freedom - n + 1
    own = Bell(mean=mean, scale=total * (number + 2) / ((number + 1) * left), freedom=left)
    found = Group(own=own, wide=before_anybody(parameters).wide)
    return found, evidences(found, people)


def evidences(group: Group, people: Sequence[Weighed]) -> Numbers:
    """The log-likelihood (nats) of each person's choices, integrated over the group: (people,)."""
    return np.array(
        [
            special.logsumexp(one.log_likelihood + group.log_density(one.points) - one.log_density)
            - np.log(len(one.points))
            for one in people
        ]
    )


def _log_normal(z: Numbers, mean: Numbers, spread: Numbers) -> Numbers:
    """Up to a constant: the weights of each person are divided by their sum."""
    away = np.linalg.solve(np.linalg.cholesky(spread), (z - mean).T)
    return np.asarray(-0.5 * (away**2).sum(axis=0))


def _shares(log_weights: Numbers, starts: NDArray[np.int64]) -> Numbers:
    """Weights that sum to 1 for each person, whose points begin at `starts`."""
    sizes = np.diff([*starts, len(log_weights)])
    highest = np.repeat(np.maximum.reduceat(log_weights, starts), sizes)
    weights = np.exp(log_weights - highest)
    return np.asarray(weights / np.repeat(np.add.reduceat(weights, starts), sizes))

"""Bandit algorithms that play but are not fitted to people: the yardsticks of the bandit literature."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twinbean.cognitive import rules
from twinbean.cognitive.bandits import Model, described
from twinbean.cognitive.parameters import Parameter


def random() -> Model:
    """Every arm on offer alike: p = 1/n. No parameters; the same as `uniform`."""
    return Model(name="random", values=rules.NO_VALUES, choices=rules.SOFTMAX)


def greedy() -> Model:
    """Each arm once, then an arm with the highest mean payoff so far; ties are broken uniformly. No parameters.

    Source: Krishnamurthy et al. 2024, arXiv:2403.15371, baseline Greedy.
    """
    return Model(name="greedy", values=rules.SAMPLE_MEAN, choices=rules.HIGHEST)


def epsilon_greedy() -> Model:
    """As `greedy`, but with probability epsilon any arm on offer alike.

    Parameters: epsilon, in [0, 1].
    Source: Sutton & Barto 2018, section 2.2.
    """
    epsilon = Parameter(name="epsilon", lower=0, upper=1, default=0.1, slots=(rules.LAPSE,))
    return Model(name="epsilon_greedy", values=rules.SAMPLE_MEAN, choices=rules.HIGHEST, open=(epsilon,))


def ucb() -> Model:
    """Each arm once, then an arm with the highest mean + sqrt(c / n), n being how often it paid; ties uniformly.

    Parameters: c, squared bonus of an arm seen once, from 0, in squared units of reward.
    Source: Krishnamurthy et al. 2024, arXiv:2403.15371, baseline UCB with c = 1 (no logarithm).
    """
    bonus = Parameter(name="c", lower=0, upper=1e6, default=1, slots=(rules.BONUS,))
    return Model(name="ucb", values=rules.SAMPLE_MEAN, choices=rules.HIGHEST, open=(bonus,))


def thompson() -> Model:
    """Thompson sampling for payoffs in [0, 1] from Beta(1, 1): the probability that an arm's posterior draw is highest.

    No parameters. Source: Thompson 1933, Biometrika 25:285; Chapelle & Li 2011, NIPS 24.
    """
    return Model(name="thompson", values=rules.SAMPLE_MEAN, choices=rules.BETA_BEST)


def thompson_gaussian() -> Model:
    """Thompson sampling for normal payoffs with known noise, from the prior N(0, 1) in units of the scaled reward.

    Parameters: noise, variance of the payoff around the arm's mean over the prior's variance, in [0.001, 100].
    Source: Gershman 2018, Cognition 173:34; it is `kalman_thompson` with weight 1 and no drift.
    """
    noise = Parameter(name="noise", lower=0.001, upper=100, default=0.1, slots=(rules.NOISE,), log=True)
    fixed = {rules.BETA: 1.0}
    return Model(name="thompson_gaussian", values=rules.KALMAN, choices=rules.BEST, open=(noise,), fixed=fixed)


_DEFINITIONS: tuple[Callable[[], Model], ...] = (random, greedy, epsilon_greedy, ucb, thompson, thompson_gaussian)

ALGORITHMS: Mapping[str, Model] = {definition.__name__: described(definition) for definition in _DEFINITIONS}

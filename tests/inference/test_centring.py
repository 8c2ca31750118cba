"""However a person's parameters are sampled, they have one distribution; how they are follows from what choices say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special, stats

from twinbean.cognitive import Scale, model
from twinbean.cognitive.simulation import environment, simulate
from twinbean.inference.arrays import arrays_of
from twinbean.inference.centring import centring
from twinbean.inference.hierarchy import own
from twinbean.inference.links import group_prior


def people(name, lengths, values):
    rng = np.random.default_rng(0)
    met = [environment((rng.random((n, 2)) < 0.5).astype(float)) for n in lengths]
    return [simulate(model(name), np.array(values), one, Scale(), rng) for one in met]


def shares_of(name, arrays):
    priors = [group_prior(one) for one in model(name).parameters(2)]
    return np.asarray(centring(model(name), priors)(arrays.tree()))


@pytest.mark.parametrize("centred", [0.0, 0.3, 1.0])
def test_what_is_sampled_makes_parameters_with_the_groups_mean_and_sd(centred):
    mean, sd = 1.3, 0.4
    z = np.linspace(0, 3, 7)
    raw = centred * mean + (z - mean) / sd ** (1 - centred)
    assert own(raw, mean, sd, centred) == pytest.approx(z)
    # By the density of what is sampled, and by how far the one is stretched to the other.
    found = stats.norm.logpdf(raw, centred * mean, sd**centred) - (1 - centred) * np.log(sd)
    assert found == pytest.approx(stats.norm.logpdf(z, mean, sd))


def test_shares_are_those_of_a_formula_for_a_preference():
    (person,) = people("base_rate", [80], [0.7])
    (prior,) = (group_prior(one) for one in model("base_rate").parameters(2))
    variance, n, ones = prior.mean_sd**2 + prior.sd**2, 80, int((person.choice == 1).sum())
    top = optimize.brentq(lambda z: ones - n * special.expit(z) - (z - prior.mean) / variance, -5, 5)
    added = n * special.expit(top) * special.expit(-top)
    small = prior.sd * stats.halfnorm.ppf(0.25)
    assert shares_of("base_rate", arrays_of([person])) == pytest.approx(added / (added + 1 / small**2), rel=1e-3)


def test_whose_choices_say_nothing_is_sampled_around_the_mean_and_who_chose_long_is_not():
    arrays = arrays_of(people("rw", [20, 2000, 20], [0.3, 5.0]))
    alpha, beta = shares_of("rw", arrays.without(2)).T
    assert (alpha[2], beta[2]) == (0, 0)
    assert alpha[0] < 0.3 < 0.6 < alpha[1]
    assert beta[0] < 0.3 < 0.6 < beta[1]

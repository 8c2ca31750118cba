"""However a person's parameters are sampled, they have one distribution; how they are follows from what choices say."""

from __future__ import annotations

import numpy as np
import pytest
from numpyro.infer.util import log_density
from scipy import optimize, special, stats

from twinbean.cognitive import Scale, model, negative_log_likelihoods
from twinbean.cognitive.simulation import environment, simulate
from twinbean.inference.arrays import arrays_of
from twinbean.inference.centring import centring
from twinbean.inference.hierarchy import hierarchy, own
from twinbean.inference.links import group_prior, natural


def people(name, lengths, values):
    """One for each length, and row of parameter values."""
    rng = np.random.default_rng(0)
    met = [environment((rng.random((n, 2)) < 0.5).astype(float)) for n in lengths]
    return [simulate(model(name), np.array(own), one, Scale(), rng) for one, own in zip(met, values, strict=True)]


def shares_of(name, arrays, group, *, own_spreads=False):
    priors = [group_prior(one) for one in model(name).parameters(2)]
    shares = centring(model(name), priors, n_groups=max(group) + 1, own_spreads=own_spreads)
    return np.asarray(shares(arrays.tree(), np.array(group)))


@pytest.mark.parametrize("centred", [0.0, 0.3, 1.0])
def test_what_is_sampled_makes_parameters_with_the_groups_mean_and_sd(centred):
    mean, sd = 1.3, 0.4
    z = np.linspace(0, 3, 7)
    raw = centred * mean + (z - mean) / sd ** (1 - centred)
    assert own(raw, mean, sd, centred) == pytest.approx(z)
    # By the density of what is sampled, and by how far the one is stretched to the other.
    found = stats.norm.logpdf(raw, centred * mean, sd**centred) - (1 - centred) * np.log(sd)
    assert found == pytest.approx(stats.norm.logpdf(z, mean, sd))


@pytest.mark.parametrize("own_spreads", [True, False])
def test_the_density_that_is_sampled_is_that_of_people_and_groups_however_they_are_centred(own_spreads):
    rng, group = np.random.default_rng(1), np.array([0, 1, 0, 1])
    chosen = people("rw", [30] * 4, [[0.3, 5.0]] * 4)
    priors = [group_prior(one) for one in model("rw").parameters(2)]
    mean, effect, z = rng.normal(size=2), rng.normal(size=(1, 2)), rng.normal(size=(4, 2))
    sd = rng.uniform(0.2, 1, size=(2 if own_spreads else 1, 2))
    of_people, sd_of_people = np.vstack([mean, mean + effect])[group], np.broadcast_to(sd, (2, 2))[group]
    expected = sum(
        stats.norm.logpdf(mean[i], one.mean, one.mean_sd)
        + stats.norm.logpdf(effect[0, i])
        + stats.halfnorm.logpdf(sd[:, i], scale=one.sd).sum()
        for i, one in enumerate(priors)
    )
    expected += stats.norm.logpdf(z, of_people, sd_of_people).sum()
    expected -= sum(
        negative_log_likelihoods(model("rw"), values[None], one)[0]
        for values, one in zip(natural(z, priors), chosen, strict=True)
    )
    sampled = hierarchy(model("rw"), priors, n_groups=2, own_spreads=own_spreads)
    for centred in (np.zeros((4, 2)), np.ones((4, 2)), rng.uniform(size=(4, 2))):
        raw = centred * of_people + (z - of_people) / sd_of_people ** (1 - centred)
        sites = {"mean": mean, "effect": effect, "sd": sd, "raw": raw}
        found, _ = log_density(sampled, (arrays_of(chosen).tree(), group, centred), {}, sites)
        # Per unit of what is sampled, not of the parameters.
        assert float(found) - ((1 - centred) * np.log(sd_of_people)).sum() == pytest.approx(expected, abs=1e-6)


def low_quantile(alone, precision, prior):
    """Of the group's sd, whose mean is integrated out: by the density of everybody together."""
    tried = prior.sd * np.linspace(0.01, 3, 2_000)
    shared = np.full((len(alone), len(alone)), prior.mean_sd**2 + prior.sd**2)
    means = np.full(len(alone), prior.mean)
    logs = [
        stats.multivariate_normal.logpdf(alone, means, np.diag(sd**2 + 1 / precision) + shared)
        + stats.halfnorm.logpdf(sd, scale=prior.sd)
        for sd in tried
    ]
    below = np.cumsum(np.exp(logs - np.max(logs)))
    return tried[np.searchsorted(below, 1e-4 * below[-1])]


@pytest.mark.parametrize("own_spreads", [True, False])
def test_shares_are_those_of_a_formula_for_a_preference(own_spreads):
    group = [0, 1] * 8
    values = [[0.5 * number] for number in range(-8, 8)]
    chosen = people("base_rate", [60] * 16, values)
    (prior,) = (group_prior(one) for one in model("base_rate").parameters(2))
    variance, n = prior.mean_sd**2 + prior.sd**2, 60
    ones = np.array([int((one.choice == 1).sum()) for one in chosen])
    tops = [optimize.brentq(lambda z, k=k: k - n * special.expit(z) - (z - prior.mean) / variance, -9, 9) for k in ones]
    added = n * special.expit(tops) * special.expit(-np.array(tops))
    alone = np.array(tops) + (np.array(tops) - prior.mean) / variance / added
    found = shares_of("base_rate", arrays_of(chosen), group, own_spreads=own_spreads)[:, 0]
    assert np.ptp(found) > 0.05
    if own_spreads:
        for one in (0, 1):
            of_one = np.array(group) == one
            least = low_quantile(alone[of_one], added[of_one], prior)
            assert found[of_one] == pytest.approx(added[of_one] / (added[of_one] + 1 / least**2), abs=0.02)
    else:
        # By both groups together one sd is known better than by either.
        assert found.mean() > shares_of("base_rate", arrays_of(chosen), group, own_spreads=True).mean()


def test_who_is_left_out_and_people_who_are_alike_are_sampled_around_the_mean_and_who_differ_are_not():
    differ = people("rw", [400] * 10, [[alpha, 5.0] for alpha in np.linspace(0.05, 0.95, 10)])
    alike = people("rw", [20] * 10, [[0.3, 5.0]] * 10)
    apart = shares_of("rw", arrays_of(differ).without(4), [0] * 10)[:, 0]
    assert apart[4] == 0
    assert apart[0] > 0.6
    assert shares_of("rw", arrays_of(alike), [0] * 10).max() < 0.05

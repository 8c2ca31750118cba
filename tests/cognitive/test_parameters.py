"""Priors are the densities that they are named after, and the search stays within the bounds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from twinbean.cognitive import MODELS, Beta, Gamma, Normal
from twinbean.cognitive.parameters import stretched


@pytest.mark.parametrize(
    ("prior", "independent", "x"),
    [
        (Beta(1.1, 1.1), stats.beta(1.1, 1.1), np.array([0.01, 0.3, 0.99])),
        (Gamma(2, 5), stats.gamma(2, scale=5), np.array([0.01, 5.0, 40.0])),
        (Normal(0, 3), stats.norm(0, 3), np.array([-7.0, 0.0, 2.5])),
    ],
)
def test_a_prior_is_the_density_of_its_name(prior, independent, x):
    assert prior.log_density(x) == pytest.approx(independent.logpdf(x), abs=1e-12)


def test_a_prior_that_excludes_a_bound_says_so():
    assert Beta(1.1, 1.1).log_density(np.array([0.0, 1.0])).tolist() == [-np.inf, -np.inf]
    assert Gamma(2, 5).log_density(np.array([0.0])).tolist() == [-np.inf]


@pytest.mark.parametrize("name", MODELS)
def test_the_unit_cube_is_stretched_to_the_bounds(name):
    parameters = MODELS[name].parameters(3)
    corners = stretched(np.array([[0.0] * len(parameters), [1.0] * len(parameters)]), parameters)
    assert corners[0] == pytest.approx([parameter.lower for parameter in parameters])
    assert corners[1] == pytest.approx([parameter.upper for parameter in parameters])


def test_a_logarithmic_parameter_has_the_geometric_mean_in_its_middle():
    (noise,) = [parameter for parameter in MODELS["kalman_softmax"].open if parameter.name == "noise"]
    assert stretched(np.array([[0.5]]), (noise,))[0, 0] == pytest.approx(np.sqrt(0.001 * 100))

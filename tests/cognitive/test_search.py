"""The search finds minima inside, at bounds, and among several."""

from __future__ import annotations

import numpy as np
import pytest

from twinbean.cognitive import Parameter
from twinbean.cognitive.search import minimise


def parameters(*bounds):
    return tuple(
        Parameter(name=f"x{i}", lower=low, upper=high, default=low, slots=()) for i, (low, high) in enumerate(bounds)
    )


def test_a_minimum_inside_is_found():
    found = minimise(
        lambda x: (x[:, 0] - 3) ** 2 + 10 * (x[:, 1] + x[:, 0]) ** 2, parameters((0, 50), (-10, 10)), starts=3
    )
    assert found.values == pytest.approx([3, -3], abs=0.05)
    assert found.at_bound == ()


def test_a_minimum_at_a_bound_is_named():
    found = minimise(lambda x: x[:, 0] + (x[:, 1] - 0.5) ** 2, parameters((-2, 2), (0, 1)), starts=3)
    assert found.values == pytest.approx([-2, 0.5], abs=0.01)
    assert found.at_bound == ("x0",)


def test_the_lower_of_two_minima_is_found():
    def two(x):
        return np.minimum((x[:, 0] - 0.1) ** 2 + 0.01, (x[:, 0] - 0.8) ** 2)

    assert minimise(two, parameters((0, 1)), starts=3).values[0] == pytest.approx(0.8, abs=0.01)


def test_a_curved_valley_is_followed_to_its_end():
    def rosenbrock(x):
        return (1 - x[:, 0]) ** 2 + 100 * (x[:, 1] - x[:, 0] ** 2) ** 2

    assert minimise(rosenbrock, parameters((-2, 2), (-1, 3)), starts=3).objective < 1e-4


def test_impossible_parameters_are_turned_back_from():
    found = minimise(lambda x: np.where(x[:, 0] < 0.2, np.inf, (x[:, 0] - 0.3) ** 2 + 1), parameters((0, 1)), starts=3)
    assert found.values[0] == pytest.approx(0.3, abs=0.01)


def test_without_parameters_there_is_nothing_to_search():
    found = minimise(lambda x: np.full(len(x), 7.0), (), starts=3)
    assert (found.values.size, found.objective) == (0, 7.0)

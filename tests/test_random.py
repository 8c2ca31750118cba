"""A draw belongs to its key."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from twinbean._random import generator, pick

KEY = {"seed": 1, "participant": "p", "sample": 2, "trial": 3, "purpose": "choice"}


def draw(**changes):
    key = KEY | changes
    return generator(key.pop("seed"), key.pop("participant"), **key).random()


def test_the_same_key_draws_the_same_and_any_other_differs():
    others = [{"seed": 2}, {"participant": "q"}, {"sample": 0}, {"trial": 0}, {"purpose": "labels"}]
    draws = [draw(), *(draw(**other) for other in others)]
    assert draw() == draws[0]
    assert len(set(draws)) == 6


def test_draws_of_neighbouring_keys_are_uniform():
    draws = [draw(seed=seed, trial=trial) for seed in range(20) for trial in range(100)]
    assert stats.kstest(draws, "uniform").pvalue > 0.01


def test_global_state_is_neither_read_nor_changed():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    draw()
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize(
    ("probabilities", "uniform", "index"),
    [
        ([0.25, 0.75], 0.0, 0),
        ([0.25, 0.75], 0.25, 1),
        ([0, 1, 0], 0.0, 1),
        ([0, 1, 0], 1 - 2**-53, 1),
        ([0.1] * 10, 0.95, 9),
        ([2, 6], 0.24, 0),
    ],
)
def test_an_arm_is_picked_where_the_uniform_number_falls(probabilities, uniform, index):
    assert pick(probabilities, uniform) == index

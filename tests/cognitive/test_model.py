"""A model written outside is the model that it says: the same numbers, about as fast, and refused where it is none."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from twinbean.cognitive import (
    MODELS,
    CognitiveModel,
    Parameter,
    Scale,
    fit,
    negative_log_likelihoods,
    trial_log_likelihoods,
)
from twinbean.cognitive.simulation import environment, simulate
from twinbean.errors import TwinbeanError


def observe(state, parameters, choice, rewards):
    for arm in range(len(rewards)):
        if not math.isnan(rewards[arm]):
            state[0, arm] += parameters[0] * (rewards[arm] - state[0, arm])


def utilities(state, parameters, out):
    for arm in range(len(out)):
        out[arm] = parameters[1] * state[0, arm]


ALPHA = Parameter(name="alpha", lower=0, upper=1, default=0.3)
BETA = Parameter(name="beta", lower=0, upper=50, default=5)


def rescorla_wagner(**changes):
    given = {"name": "mine", "free": (ALPHA, BETA), "observe": observe, "utilities": utilities}
    return CognitiveModel(**(given | changes))


@pytest.fixture(scope="module")
def choices():
    rng = np.random.default_rng(0)
    met = environment((rng.random((500, 3)) < [0.2, 0.5, 0.8]).astype(float).tolist())
    return simulate(MODELS["rw"], np.array([0.3, 5.0]), met, Scale(), rng)


def test_rescorla_wagner_from_outside_has_the_likelihood_of_the_one_inside(choices):
    values = np.column_stack([np.linspace(0, 1, 50), np.linspace(0, 50, 50)])
    expected = negative_log_likelihoods(MODELS["rw"], values, choices)
    assert negative_log_likelihoods(rescorla_wagner(), values, choices) == pytest.approx(expected, abs=1e-9)


def test_and_takes_about_as_long(choices):
    # Trial by trial: for sums over trials, most of Twinbean's own models have a faster way.
    own = rescorla_wagner()

    def seconds(one):
        times = []
        for _ in range(5):
            before = time.process_time()
            for _ in range(500):
                trial_log_likelihoods(one, (0.3, 5.0), choices)
            times.append(time.process_time() - before)
        return min(times[1:])

    assert seconds(own) < 1.5 * seconds(MODELS["rw"])


def test_a_model_plays_as_the_one_inside_does():
    met = environment(np.random.default_rng(1).random((200, 2)).tolist())
    played = [
        simulate(one, np.array([0.3, 5.0]), met, Scale(), np.random.default_rng(2)).choice.tolist()
        for one in (rescorla_wagner(), MODELS["rw"])
    ]
    assert played[0] == played[1]


def test_two_models_of_one_name_cannot_be_told_apart():
    with pytest.raises(TwinbeanError, match="two of the models are called 'rw'"):
        fit([], models=["rw", rescorla_wagner(name="rw")])


def too_much(out, offered, parameters):
    for arm in range(len(out)):
        out[arm] = 0.0


def not_compilable(state, parameters, choice, rewards):
    state[0, 0] = float(str(choice) + repr(parameters)[:0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"choice_rule": too_much}, "model 'mine': its probabilities sum to 2 at trial 0 of 2 arms, expected 1"),
        ({"free": (ALPHA,)}, "model 'mine': its rules raised IndexError"),
        ({"free": (ALPHA, ALPHA)}, "model 'mine' has a parameter 'alpha', expected a name of its own"),
        ({"free": (ALPHA, Parameter(name="nll", lower=0, upper=1, default=0))}, "has a parameter 'nll'"),
        ({"free": (ALPHA, Parameter(name="b", lower=0, upper=1, default=2))}, "'b' is from 0 to 1 with the default 2"),
        ({"free": (ALPHA, Parameter(name="w_beta", lower=0, upper=1, default=0))}, "'w_beta', and names that end in"),
        ({"name": "my model"}, "a model is called 'my model', expected letters, digits and underscores"),
        ({"cells": 0}, "model 'mine' has 0 cells an arm, expected at least 1"),
        ({"needs": "bottles"}, "needs 'bottles', expected one of arms, cues, lights, contexts, balloons"),
        ({"reads": ("cue",)}, "model 'mine' reads 'cue', and arms have no attributes"),
        ({"needs": "cues", "reads": ("side",)}, "reads 'side', and cues have cue, go, win, correct"),
        ({"needs": "cues", "reads": ("cue",), "stages": 2}, "needs cues, and of these no trial has several stages"),
    ],
)
def test_what_is_no_model_is_refused_when_it_is_made(changes, message):
    with pytest.raises(TwinbeanError, match=message):
        rescorla_wagner(**changes)


def test_a_rule_that_numba_cannot_compile_is_named(choices):
    with pytest.raises(TwinbeanError, match="model 'mine': numba cannot compile its observe"):
        negative_log_likelihoods(rescorla_wagner(observe=not_compilable), np.array([[0.3, 5.0]]), choices)

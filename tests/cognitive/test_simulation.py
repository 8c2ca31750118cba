"""Simulated participants play by their model's probabilities, on the payoffs that people would meet."""

from __future__ import annotations

import numpy as np
import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.cognitive import MODELS, Scale, trial_log_likelihoods
from twinbean.cognitive.rules import drawn
from twinbean.cognitive.simulation import environment, scale_of_environments, simulate
from twinbean.definitions.stimuli import SlotMachines
from twinbean.errors import TaskError
from twinbean.play.payoffs import environments
from twinbean.tasks.schedules import Bernoulli
from twinbean.tasks.task import Task, load


def coins(n, p=(0.3, 0.7)):
    return environment(Bernoulli(p).draw(np.random.default_rng(2), n).outcomes)


def test_an_arm_is_drawn_where_the_cumulative_probability_first_exceeds_the_uniform_number():
    halves, last = np.log([0.5, 0.5]), np.array([-np.inf, 0.0, -np.inf])
    assert [drawn(halves, 2, uniform) for uniform in (0.0, 0.25, 0.5, 0.75)] == [0, 0, 1, 1]
    assert [drawn(last, 3, uniform) for uniform in (0.0, 0.5, 0.999)] == [1, 1, 1]


def test_choices_are_made_as_often_as_the_model_says():
    rng = np.random.default_rng(5)
    met = coins(20_000)
    played = simulate(MODELS["wsls2"], np.array([0.9, 0.6]), met, Scale(), rng)
    won = played.payoffs[np.arange(20_000), played.choice] == 1
    stayed = np.diff(played.choice) == 0
    assert stayed[won[:-1]].mean() == pytest.approx(0.9, abs=0.01)
    assert stayed[~won[:-1]].mean() == pytest.approx(0.4, abs=0.015)


@pytest.mark.parametrize(
    ("name", "values"), [("rw", (0.3, 2)), ("ck", (0.3, 2)), ("kalman_ucb", (1, 0.5, 1, 0.1)), ("base_rate", (0.7,))]
)
def test_what_is_simulated_is_as_likely_as_its_model_expects(name, values):
    """The mean log-likelihood of simulated choices is minus the mean entropy of the choice probabilities."""
    played = simulate(MODELS[name], np.array(values), coins(4_000), Scale(), np.random.default_rng(6))
    logs = trial_log_likelihoods(MODELS[name], np.array(values), played)
    # For two arms the probability of the other choice is the complement.
    p, other = np.exp(logs), np.log1p(-np.exp(logs))
    entropy = -(p * logs + (1 - p) * other)
    error = np.sqrt((p * (1 - p) * (logs - other) ** 2).mean() / len(logs))
    assert -logs.mean() == pytest.approx(entropy.mean(), abs=4 * error)


def test_only_what_is_shown_is_seen():
    met = coins(50)
    played = simulate(MODELS["rw"], np.array([0.3, 5.0]), met, Scale(), np.random.default_rng(1))
    assert np.isnan(played.payoffs).sum(axis=1).tolist() == [1] * 50
    shown = type(met)(**(vars(met) | {"shown": np.ones(50, dtype=bool)}))
    played = simulate(MODELS["rw"], np.array([0.3, 5.0]), shown, Scale(unit=2), np.random.default_rng(1))
    assert played.rewards.tolist() == (met.payoffs / 2).tolist()


def test_a_tasks_payoffs_are_those_that_people_meet():
    (met,) = environments(load("two_armed_bandit"), number=1)
    assert met.payoffs.tolist() == [[10 - t, t] for t in range(11)]
    assert met.begins.tolist() == [True] + [False] * 10
    assert met.offered.all()
    assert not met.shown.any()
    assert scale_of_environments([met]) == Scale(unit=10)


def build_forced(*, rng):
    timeline = [{"offered": [1], "forced": True}, {"offered": [0, 1], "forced": False}]
    arms = [{"color": "red", "value": float(rng.random())}, {"color": "blue", "value": 2}]
    machines = SlotMachines(
        bandits=arms, offered=TimelineVariable("offered"), forced=TimelineVariable("forced"), feedback="all"
    )
    return Experiment([Block([machines], timeline=timeline), Block([machines], timeline=timeline)])


def test_forced_trials_blocks_and_foregone_payoffs_are_kept_and_every_variant_is_drawn_anew():
    first, second = environments(Task("forced", build_forced), number=2)
    assert first.forced.tolist() == [True, False, True, False]
    assert first.begins.tolist() == [True, False, True, False]
    assert first.shown.all()
    assert first.n_choices == 2
    assert first.payoffs[0, 0] != second.payoffs[0, 0]
    played = simulate(MODELS["uniform"], np.empty(0), first, Scale(), np.random.default_rng(0))
    assert played.choice[[0, 2]].tolist() == [1, 1]
    assert played.scored.tolist() == [False, True, False, True]


def build_contingent(*, rng):
    """Arm 1 pays one more each time that it is chosen."""
    count = SharedVariable("count", 0)
    pays = FunctionVariable("pays", lambda n: [{"color": "red", "value": 0}, {"color": "blue", "value": n}], [count])
    add = FunctionVariable("add", lambda n, r: n + r, [count, DataVariable("response", 0)])
    return Experiment([Block([Bandit(bandits=pays, side_effects=[SideEffect(count, add)])], timeline=[{}] * 12)])


def test_a_task_whose_payoffs_depend_on_choices_is_refused():
    with pytest.raises(TaskError, match="'contingent': what an arm pays depends on earlier choices"):
        environments(Task("contingent", build_contingent), number=2)

"""Likelihoods of every model equal those of a second implementation, written from the formulas in the literature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import log_softmax

from twinbean.cognitive import MODELS, Choices, negative_log_likelihoods, trial_log_likelihoods
from twinbean.cognitive.parameters import stretched


def log_probabilities(name, v, state, offered):
    """Each offered arm's log-probability, by the model's formula."""
    n = len(offered)
    q, sd, last = state["q"][offered], np.sqrt(state["s"][offered]), state["last"]
    repeated = np.array([arm == last for arm in offered], dtype=float)
    if name.startswith("wsls"):
        if last not in offered or n == 1:
            return np.full(n, -np.log(n))
        if name == "wsls1":
            stay = 1 - v["eps"] + v["eps"] / n if state["won"] else v["eps"] / n
        else:
            stay = v["p_stay_win"] if state["won"] else 1 - v["p_shift_lose"]
        return np.log(np.where(repeated == 1, stay, (1 - stay) / (n - 1)))
    if name == "kalman_thompson" and n > 1:
        sd = sd / v["weight"]
        if n == 2:
            z = (q[0] - q[1]) / np.hypot(*sd)
            return stats.norm.logcdf([z, -z])
        x = np.linspace((q - 9 * sd).min(), (q + 9 * sd).max(), 10_001)[:, None]
        density, below = stats.norm.pdf(x, q, sd), stats.norm.cdf(x, q, sd)
        others = [np.delete(below, k, axis=1).prod(axis=1) for k in range(n)]
        p = [integrate.trapezoid(density[:, k] * others[k], x[:, 0]) for k in range(n)]
        return np.log(np.maximum(p, 1e-300))
    utility = np.zeros(n)
    if name == "base_rate":
        utility += [v.get(f"bias_{arm}", 0.0) for arm in offered]
    if "beta" in v:
        utility += v["beta"] * q
    if "kappa" in v:
        utility += v["kappa"] * repeated
    if "beta_c" in v:
        utility += v["beta_c"] * state["c"][offered]
    if "bonus" in v:
        utility += v["bonus"] * sd
    if name.startswith("kalman") and n == 2:
        return stats.norm.logcdf([utility[0] - utility[1], utility[1] - utility[0]])
    return log_softmax(utility)


def learn(name, v, state, choice, seen, n_arms):
    for arm in range(n_arms):
        if name.startswith("kalman"):
            if arm in seen:
                gain = state["s"][arm] / (state["s"][arm] + v["noise"])
                state["q"][arm] = (1 - gain) * state["q"][arm] + gain * seen[arm]
                state["s"][arm] = state["s"][arm] * v["noise"] / (state["s"][arm] + v["noise"])
            state["s"][arm] += v["drift"]
        elif arm in seen:
            up = seen[arm] >= state["q"][arm]
            rate = v.get("alpha", v.get("alpha_positive" if up else "alpha_negative", 0))
            state["q"][arm] = (1 - rate) * state["q"][arm] + rate * seen[arm]
        else:
            state["q"][arm] *= 1 - v.get("phi", 0)
        state["c"][arm] = (1 - v.get("alpha_c", 0)) * state["c"][arm] + v.get("alpha_c", 0) * (arm == choice)
    if choice in seen:
        mean = np.mean(state["rewards"]) if state["rewards"] else 0
        reward = seen[choice]
        state["won"] = reward > mean or (reward == mean and reward > 0)
        state["rewards"].append(reward)
    state["last"] = choice


def independent(name, v, choices):
    logs = np.full(len(choices.choice), np.nan)
    for t, choice in enumerate(choices.choice):
        if choices.begins[t]:
            n = choices.n_arms
            state = {"q": np.zeros(n), "s": np.ones(n), "c": np.zeros(n), "last": None, "won": False, "rewards": []}
        if choice < 0:
            continue
        offered = list(np.flatnonzero(choices.offered[t]))
        if choices.scored[t]:
            logs[t] = log_probabilities(name, v, state, offered)[offered.index(choice)]
        seen = {arm: x for arm, x in enumerate(choices.payoffs[t]) if not np.isnan(x)}
        learn(name, v, state, choice, seen, choices.n_arms)
    return logs


def messy(n_arms, seed, n=60):
    """Choices with everything that data hold: blocks, arms not offered, forced and missed trials, foregone payoffs."""
    rng = np.random.default_rng(seed)
    choice = rng.integers(0, n_arms, n)
    payoffs = rng.normal(0.3, 1, (n, n_arms)).round(1)
    payoffs[rng.random(n) < 0.5] = rng.integers(0, 2)
    unseen = rng.random((n, n_arms)) < 0.8
    unseen[np.arange(n), choice] = False
    payoffs[unseen] = np.nan
    offered = rng.random((n, n_arms)) < 0.8
    offered[np.arange(n), choice] = True
    forced = rng.random(n) < 0.1
    offered[forced] = np.eye(n_arms, dtype=bool)[choice[forced]]
    choice[rng.random(n) < 0.1] = -1
    return Choices(
        participant="p",
        source="human",
        choice=choice,
        payoffs=payoffs,
        offered=offered,
        scored=(choice >= 0) & ~forced,
        begins=np.isin(np.arange(n), [0, 20, 45]),
        session=np.zeros(n, dtype=np.int64),
    )


@pytest.mark.parametrize("n_arms", [2, 4])
@pytest.mark.parametrize("name", MODELS)
def test_every_trial_has_the_likelihood_of_the_second_implementation(name, n_arms):
    parameters = MODELS[name].parameters(n_arms)
    choices = messy(n_arms, seed=n_arms)
    for unit in np.random.default_rng(1).uniform(0.05, 0.6, (3, len(parameters))):
        values = stretched(unit[None], parameters)[0]
        named = {parameter.name: value for parameter, value in zip(parameters, values, strict=True)}
        expected = independent(name, named, choices)
        # The integral over three and more arms is numerical on both sides: its far tails are not compared.
        integrated = name == "kalman_thompson" and n_arms > 2
        likely = np.isnan(expected) | (expected > (-8 if integrated else -700))
        found = trial_log_likelihoods(MODELS[name], values, choices)
        assert found[likely] == pytest.approx(expected[likely], rel=1e-8, abs=1e-3 if integrated else 1e-9, nan_ok=True)


@pytest.mark.parametrize("n_arms", [2, 4])
def test_a_parameter_of_exactly_one_is_a_number_like_others(n_arms):
    parameters, choices = MODELS["kalman_ucb"].parameters(n_arms), messy(n_arms, seed=3)
    expected = independent("kalman_ucb", {parameter.name: 1.0 for parameter in parameters}, choices)
    found = trial_log_likelihoods(MODELS["kalman_ucb"], np.ones(len(parameters)), choices)
    assert found == pytest.approx(expected, rel=1e-8, nan_ok=True)


@pytest.mark.parametrize("n_arms", [2, 4])
@pytest.mark.parametrize("name", MODELS)
def test_many_parameter_values_are_summed_at_once(name, n_arms):
    parameters, choices = MODELS[name].parameters(n_arms), messy(n_arms, seed=7)
    # More than are followed together, corners of the bounds among them.
    unit = np.random.default_rng(2).integers(0, 5, (70, len(parameters))) / 4
    values = stretched(unit, parameters)
    expected = [-np.nansum(trial_log_likelihoods(MODELS[name], row, choices)) for row in values]
    assert negative_log_likelihoods(MODELS[name], values, choices) == pytest.approx(expected, abs=1e-8)


def test_an_impossible_choice_has_no_likelihood():
    choices = messy(2, seed=7)
    assert negative_log_likelihoods(MODELS["wsls1"], np.array([[0.0]]), choices)[0] == np.inf

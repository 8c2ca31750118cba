"""Fits find the maximum: of closed forms, of a fine grid, and of independent fits of published data."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinbean.cognitive import MODELS, Scale, choices_of, fit, fit_one, negative_log_likelihoods
from twinbean.errors import TwinbeanError
from twinbean.sessions import Session, Trial
from twinbean.sessions.foreign import Columns, read_foreign

DEZFOULI = Path(__file__).parents[2] / ".." / "shared" / "data" / "dezfouli2019"
NAMES = {
    "wsls1": ["eps"],
    "wsls2": ["p_stay_win", "p_shift_lose"],
    "rw": ["alpha", "beta"],
    "rw_stick": ["s_alpha", "s_beta", "s_kappa"],
}
# The reference's search stopped short of the maximum for these; the test shows better parameters.
STUCK = {("s_021_", "rw"), ("s_025_", "rw"), ("s_037_", "rw"), ("s_159_", "rw_stick")}


def person(n=120, seed=0, participant="p", source="human", n_arms=2):
    """Someone who mostly stays after a 1 and leaves after a 0."""
    rng = np.random.default_rng(seed)
    trials, last, won = [], 0, True
    for t in range(n):
        choice = last if rng.random() < (0.85 if won else 0.4) else int(rng.integers(n_arms))
        reward = float(rng.random() < (0.7, 0.3, 0.5)[choice])
        offered = tuple(range(n_arms))
        origin = "recorded" if source == "human" else "subject"
        trials.append(Trial(trial=t, choice=choice, reward=reward, offered=offered, origin=origin))
        last, won = choice, reward > 0
    return Session(participant=participant, session=participant, task="t", trials=tuple(trials), source=source)


def row(table, **where):
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_win_stay_lose_shift_is_fitted_by_counting():
    session = person()
    found = row(fit([session], models=["wsls2"]))
    pairs = [(a.reward == 1, a.choice == b.choice) for a, b in pairwise(session.trials)]
    assert found["p_stay_win"] == pytest.approx(np.mean([stayed for won, stayed in pairs if won]), abs=2e-4)
    assert found["p_shift_lose"] == pytest.approx(np.mean([not stayed for won, stayed in pairs if not won]), abs=2e-4)


def test_base_rates_are_fitted_by_counting():
    session = person(n_arms=3)
    found = row(fit([session], models=["base_rate"]))
    shares = np.bincount([trial.choice for trial in session.trials]) / len(session.trials)
    assert [found["bias_1"], found["bias_2"]] == pytest.approx(np.log(shares[1:] / shares[0]).tolist(), abs=1e-3)
    assert found["nll"] == pytest.approx(-len(session.trials) * (shares * np.log(shares)).sum(), abs=1e-5)


def test_criteria_count_the_parameters():
    found = row(fit([person()], models=["rw"]))
    assert found["aic"] == pytest.approx(2 * found["nll"] + 4)
    assert found["bic"] == pytest.approx(2 * found["nll"] + 2 * np.log(120))
    assert (found["n_parameters"], found["n_choices"]) == (2, 120)


@pytest.mark.parametrize("method", ["ml", "map"])
def test_no_point_of_a_fine_grid_is_better_than_the_fit(method):
    (choices,) = choices_of([person()], Scale())
    alphas, betas = np.meshgrid(np.linspace(0, 1, 101)[1:-1], np.linspace(0, 50, 251)[1:])
    grid = np.stack([alphas.ravel(), betas.ravel()], axis=1)
    objective = negative_log_likelihoods(MODELS["rw"], grid, choices)
    found = fit_one(MODELS["rw"], [choices], method=method)
    reached = found.nll
    if method == "map":
        prior = stats.beta(1.1, 1.1).logpdf, stats.gamma(2, scale=5).logpdf
        objective = objective - prior[0](grid[:, 0]) - prior[1](grid[:, 1])
        reached -= prior[0](found.values[0]) + prior[1](found.values[1])
    assert objective.min() - 0.1 < reached <= objective.min() + 1e-5
    assert found.values == pytest.approx(grid[objective.argmin()], rel=0.1)


def test_a_parameter_at_its_bound_is_named():
    always = [Trial(trial=t, choice=0, reward=1.0, offered=(0, 1)) for t in range(30)]
    found = row(fit([Session(participant="p", session="p", task="t", trials=tuple(always))], models=["sticky"]))
    assert found["at_bound"] == "kappa"
    assert found["kappa"] == pytest.approx(10)


def test_parameters_that_are_shared_maximise_the_sum():
    people = choices_of([person(seed=s, participant=str(s)) for s in range(3)], Scale())
    together = fit_one(MODELS["wsls2"], people)
    rates = np.array([[p, q] for p in np.linspace(0.01, 0.99, 99) for q in np.linspace(0.01, 0.99, 99)])
    summed = sum(negative_log_likelihoods(MODELS["wsls2"], rates, one) for one in people)
    assert together.nll <= summed.min() + 1e-6
    assert together.values == pytest.approx(rates[summed.argmin()], abs=0.01)


def test_models_are_fitted_to_people_and_to_language_models_alike():
    table = fit([person(), person(source="m")], models=["rw"])
    assert list(table["source"]) == ["human", "m"]
    assert table["beta"][0] == table["beta"][1]


def test_parameters_are_per_unit_of_reward():
    session = person()
    tenfold = tuple(Trial(trial=t.trial, choice=t.choice, reward=t.reward * 10, offered=(0, 1)) for t in session.trials)
    table = fit([session, session.replace(participant="q", trials=tenfold)], models=["rw"], reward_unit=1)
    assert table["nll"][0] == pytest.approx(table["nll"][1], abs=1e-3)
    assert table["beta"][0] == pytest.approx(10 * table["beta"][1], rel=0.01)
    assert fit([session.replace(trials=tenfold)], models=["rw"])["beta"][0] == pytest.approx(table["beta"][0], rel=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": ["q"]}, "model 'q' is not known"),
        ({"method": "bayes"}, "method is 'bayes', expected 'ml' or 'map'"),
        ({"reward_unit": 0}, "reward_unit is 0, expected a number above 0"),
    ],
)
def test_what_cannot_be_done_is_refused(options, message):
    with pytest.raises(TwinbeanError, match=message):
        fit([person()], **options)


@pytest.fixture(scope="module")
def dezfouli():
    if not DEZFOULI.is_dir():
        pytest.skip("the data of Dezfouli et al. 2019 are not beside this checkout")
    columns = Columns(participant="ID", choice="key", reward="reward", block="trial")
    reference = pd.read_csv(DEZFOULI / "reference_dezfouli2019_key_participants.csv").set_index("pid")
    settings = json.loads((DEZFOULI / "reference_dezfouli2019_key.json").read_text())["fit_settings"]
    assert settings["alpha_bounds"] + settings["beta_bounds"] + settings["kappa_bounds"] == [0, 1, 0, 50, -10, 10]
    return read_foreign(DEZFOULI / "choices_diagno.csv.gz", columns), reference


def test_the_likelihood_at_the_references_parameters_is_the_references(dezfouli):
    sessions, reference = dezfouli
    people = choices_of(sessions, Scale())
    assert (len(people), sum(one.n_choices for one in people)) == (101, 132_251)
    for name, columns in NAMES.items():
        for one in people:
            there = reference.loc[one.participant]
            values = there[columns].to_numpy(dtype=float)[None]
            assert negative_log_likelihoods(MODELS[name], values, one)[0] == pytest.approx(there[name], abs=1e-4)


def test_fits_of_published_data_are_those_of_an_independent_search(dezfouli):
    sessions, reference = dezfouli
    # Those for whom the two searches differ, and every 25th.
    stuck = {participant for participant, _ in STUCK}
    some = [session for i, session in enumerate(sessions) if i % 25 == 0 or session.participant in stuck]
    for _, found in fit(some, models=NAMES, reward_unit=1).iterrows():
        difference = found["nll"] - reference.loc[found["participant"], found["model"]]
        if (found["participant"], found["model"]) in STUCK:
            assert difference < -0.05
        else:
            assert abs(difference) < 0.05


def test_the_mean_is_over_choices_then_sessions():
    def session(name, arms, n):
        trials = tuple(
            Trial(trial=t, choice=0, reward=1, outcomes=(1,) * arms, offered=tuple(range(arms))) for t in range(n)
        )
        return Session(participant="p", session=name, task="t", trials=trials)

    found = fit([session("a", 2, 90), session("b", 4, 10)], models=["uniform"]).iloc[0]
    assert found["nll"] == pytest.approx(90 * np.log(2) + 10 * np.log(4))
    assert found["mean_nll"] == pytest.approx((np.log(2) + np.log(4)) / 2)


def learner(alpha, beta, seed, n=400, participant="p"):
    """Choices of Rescorla-Wagner between arms that pay with .3 and .7."""
    rng = np.random.default_rng(seed)
    values, trials = np.zeros(2), []
    for t in range(n):
        choice = int(rng.random() < 1 / (1 + np.exp(-beta * (values[1] - values[0]))))
        reward = float(rng.random() < (0.3, 0.7)[choice])
        values[choice] += alpha * (reward - values[choice])
        trials.append(Trial(trial=t, choice=choice, reward=reward, offered=(0, 1)))
    return Session(participant=participant, session=participant, task="t", trials=tuple(trials))


def test_a_bound_of_the_inverse_temperature_says_what_it_cost():
    # Whoever turns to the better arm at once and for ever has no highest inverse temperature.
    session = learner(0.02, 400, seed=3)
    low, high = (row(fit([session], models=["rw"], reward_unit=1, beta_bound=bound)) for bound in (5, 50))
    assert "beta" in low["at_bound"]
    assert low["beta"] == pytest.approx(5)
    assert low["bound_cost"] == pytest.approx(low["nll"] - high["nll"], abs=0.01)
    assert low["bound_cost"] > 0.1
    assert np.isnan(row(fit([learner(0.3, 3, seed=0)], models=["rw"]))["bound_cost"])


def test_one_bound_holds_for_the_inverse_temperatures_of_all_models():
    for name in ("rw", "rw_ck", "kalman_softmax", "kalman_thompson"):
        bounds = {p.name: p.upper for p in MODELS[name].bounded(7).open}
        assert {bounds.get(parameter, 7) for parameter in ("beta", "beta_c", "weight")} == {7}
        assert bounds.get("alpha", 1) == 1
    with pytest.raises(TwinbeanError, match="beta_bound is 0, expected a finite number above 0"):
        fit([person()], models=["rw"], beta_bound=0)


def test_where_only_the_product_is_identified_it_is_reported():
    apart = row(fit([learner(0.3, 4, seed=1)], models=["rw"], reward_unit=1))
    assert np.isnan(apart["alpha_beta"])
    together = row(fit([learner(0.0005, 60, seed=1, n=150)], models=["rw"], reward_unit=1))
    assert together["alpha_beta"] == pytest.approx(together["alpha"] * together["beta"])


def test_a_learning_rate_that_learned_nothing_is_at_its_bound():
    # Arms are chosen in turn: no learning rate does better than none.
    trials = tuple(Trial(trial=t, choice=t % 2, reward=float(t % 2), offered=(0, 1)) for t in range(60))
    found = row(fit([Session(participant="p", session="p", task="t", trials=trials)], models=["rw"]))
    assert found["nll"] == pytest.approx(60 * np.log(2), abs=0.02)
    assert "alpha" in found["at_bound"].split()


def test_without_rewards_models_that_learn_from_them_have_empty_fits():
    def without(session):
        return session.replace(trials=tuple(replace(trial, reward=None) for trial in session.trials))

    table = fit([person(), without(person(participant="q"))], models=["rw", "wsls2", "sticky"])
    empty = table[(table["participant"] == "q") & (table["model"] != "sticky")]
    assert empty[["nll", "aic", "bic", "alpha", "beta", "p_stay_win"]].isna().all(axis=None)
    assert table[table["model"] == "sticky"]["nll"].notna().all()
    assert row(table, participant="p", model="rw")["nll"] > 0
    (note,) = table.attrs["notes"]
    assert note.startswith("rw, wsls2: these models learn from rewards, and 1 of 2 have no reward")
    (nobody,) = fit([without(person())], models=["rw", "sticky"]).attrs["notes"]
    assert "the data hold no reward" in nobody
    assert fit([person()], models=["rw"]).attrs["notes"] == ()

"""Each choice is predicted from other people and from one's own earlier choices, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from twinbean.cognitive import Scale, model, trial_log_likelihoods
from twinbean.cognitive.simulation import environment, simulate
from twinbean.errors import TwinbeanError
from twinbean.inference import by_person, predictions, prequential
from twinbean.inference.following import follow
from twinbean.inference.group import before_anybody, fitted_group
from twinbean.inference.space import unbounded, within_bounds
from twinbean.sessions import Session, Trial

RW = model("rw")


def learner(rng, alpha, beta, n=40):
    payoffs = (rng.random((n, 2)) < (0.3, 0.7)).astype(float)
    return simulate(RW, np.array([alpha, beta]), environment(payoffs), Scale(), rng)


def session(participant, rng, *, n=30, blocks=1, stay=0.8):
    choices = (rng.random(n * blocks) > stay).cumsum() % 2
    trials = tuple(
        Trial(trial=t, block=t // n, choice=int(c), reward=float(rng.random() < 0.3 + 0.4 * c), offered=(0, 1))
        for t, c in enumerate(choices)
    )
    return Session(participant=participant, session=f"s-{participant}", task="t", trials=trials)


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(1)
    return [session(str(i), rng, blocks=2, stay=0.6 + i / 20) for i in range(6)]


def test_the_sum_is_the_marginal_likelihood_as_a_grid_over_both_parameters_has_it():
    rng = np.random.default_rng(2)
    parameters = RW.parameters(2)
    start = before_anybody(parameters)
    others = [learner(rng, rng.beta(3, 4), rng.gamma(8, 0.6)) for _ in range(8)]
    known = [follow(RW, one, start, points=512, rng=np.random.default_rng(0)).known for one in others]
    group, evidence = fitted_group(parameters, known)
    person = learner(rng, 0.4, 6)

    axis = np.linspace(-10, 10, 161)
    z = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    weights = group.log_density(z) + 2 * np.log(axis[1] - axis[0])

    def exact(choices):
        each = np.array([trial_log_likelihoods(RW, values, choices) for values in within_bounds(z, parameters)])
        return special.logsumexp(weights[:, None] + np.cumsum(np.hstack([0 * each[:, :1], each]), axis=1), axis=0)

    followed = follow(RW, person, group, points=2**14, rng=np.random.default_rng(3))
    assert followed.logp.sum() == pytest.approx(np.diff(exact(person)).sum(), abs=1e-3)
    assert followed.logp == pytest.approx(np.diff(exact(person)), abs=2e-3)
    # What people were learned from has the same integral, up to the noise of 512 points.
    assert evidence[0] == pytest.approx(exact(others[0])[-1], abs=0.1)


def test_log_odds_lead_back_to_the_values():
    for one in (RW, model("kalman_ucb")):
        parameters = one.parameters(2)
        values = np.array([[(2 * p.lower + p.upper) / 3 for p in parameters]])
        assert within_bounds(unbounded(values, parameters), parameters) == pytest.approx(values)


def test_long_sessions_leave_enough_points_and_little_noise():
    rng = np.random.default_rng(4)
    group = before_anybody(RW.parameters(2))
    person = learner(rng, 0.2, 4, n=800)
    sums = [follow(RW, person, group, points=512, rng=np.random.default_rng(i)) for i in range(4)]
    assert np.ptp([one.logp.sum() for one in sums]) < 0.5
    assert all(one.mc_error < 0.5 for one in sums)


def test_no_choice_is_predicted_from_a_later_one(people):
    *others, person = people
    turned = person.replace(
        trials=tuple(trial if trial.trial < 40 else replace(trial, choice=1 - trial.choice) for trial in person.trials)
    )
    options = {"train": others, "models": ["rw", "sticky"], "mixtures": {"both": ["rw", "sticky"]}, "points": 512}
    first, second = prequential([person], **options), prequential([turned], **options)
    early, late = first["trial"] < 40, first["trial"] >= 40
    assert (first["logp"][early] == second["logp"][early]).all()
    assert (first["logp"][late] != second["logp"][late]).any()


def test_a_history_of_blocks_knows_nothing_of_earlier_blocks(people):
    *others, person = people

    def first_choices(history):
        table = prequential([person], train=others, models=["base_rate"], history=history, points=4096)
        return np.exp(table.groupby("block")["logp"].first()), table["logp"].sum()

    (first, second), blocks = first_choices("block")
    arms = [next(trial.choice for trial in person.trials if trial.block == block) for block in (0, 1)]
    assert second == pytest.approx(first if arms[0] == arms[1] else 1 - first, abs=0.01)
    (_, known), session = first_choices("session")
    assert known != pytest.approx(second, abs=0.01)
    assert first_choices("person")[1] == pytest.approx(session, abs=0.1)
    assert blocks != pytest.approx(session, abs=0.1)


def test_a_mixture_goes_over_to_the_model_that_predicts_better(people):
    table = prequential(people, models=["uniform", "sticky"], mixtures={"both": ["uniform", "sticky"]}, folds=3)
    wide = table.pivot(index=["participant", "trial"], columns="model", values="logp")
    sums = wide.groupby("participant").sum()
    odds = (sums["both"] - sums["uniform"]).map(np.exp), (sums["both"] - sums["sticky"]).map(np.exp)
    # The mixture's likelihood is w L1 + (1 - w) L2 for one w a fold, which is between 0 and 1.
    for _, own in table.groupby("fold"):
        who = own["participant"].unique()
        logs = sums.loc[who]
        w = (np.exp(logs["both"] - logs["sticky"]) - 1) / (np.exp(logs["uniform"] - logs["sticky"]) - 1)
        assert np.ptp(w) < 1e-6
        assert 0 < w.iloc[0] < 1
    assert all((one > 0).all() for one in odds)


def test_what_each_way_saw_stands_in_a_column_of_its_own(people):
    scorer = people[0].replace(source="lm", trials=tuple(replace(trial, logp_legal=-0.5) for trial in people[0].trials))
    table = predictions(people, models=["wsls2"], folds=3, points=512, scored=[scorer])
    own, lm = table[table["model"] == "wsls2"], table[table["model"] == "lm"]
    assert len(own) == 6 * 60
    assert own["own_earlier"].isna().to_numpy().sum() == 6 * 30
    assert own[["in_sample", "population", "prequential"]].notna().all(axis=None)
    assert own["in_sample"].sum() > own["prequential"].sum()
    assert len(lm) == 60
    assert (lm["scored"] == -0.5).all()
    persons = by_person(table).set_index(["participant", "model"])
    row = persons.loc[("0", "wsls2")]
    assert row["nll"] == pytest.approx(60 * row["prequential"])
    assert row["prequential"] == pytest.approx(np.mean([row[f"prequential_{third}"] for third in (1, 2, 3)]))
    assert persons.loc[("0", "lm"), "scored"] == 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"history": "game"}, "history is 'game'"),
        ({"points": 100}, "points is 100, expected at least 512"),
        ({"folds": 7}, "6 participants"),
        ({"mixtures": {"rw": ["rw", "ck"]}}, "expected a name of its own"),
        ({"mixtures": {"one": ["rw"]}}, "at least two models"),
    ],
)
def test_what_cannot_be_is_said(people, options, message):
    with pytest.raises(TwinbeanError, match=message):
        prequential(people, **({"models": ["uniform"]} | options))


def test_nobody_is_predicted_from_himself(people):
    with pytest.raises(TwinbeanError, match="participant '0' is among those to learn from"):
        prequential(people[:2], train=people, models=["uniform"])

"""Expected utility, against a second implementation written from its formula, and recovered from its own choices."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from twinbean.cognitive import fit
from twinbean.cognitive.catalogue import OWN
from twinbean.cognitive.choices import Scale, choices_of, scale_of
from twinbean.cognitive.likelihood import negative_log_likelihoods, trial_log_likelihoods
from twinbean.cognitive.recovery import parameter_recovery, recover, summarise
from twinbean.errors import DataError, TwinbeanError
from twinbean.play.payoffs import environments
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_simulated
from twinbean.sessions import Session, Trial
from twinbean.subjects.fitted import fitted
from twinbean.subjects.learners import open_learner
from twinbean.tasks.task import load


@cache
def sessions(learner="random", samples=2, **given):
    subject = open_learner(learner, reward_unit=200.0) if learner != "random" else open_learner(learner)
    seatings = seat_simulated(load("risky_choice"), subject.name, samples=samples, seed=3, given=given)
    return [played.session for played in play_all(seatings, subject)]


def probability(trial, *, theta, rho=1.0, loss_aversion=1.0, unit=200.0):
    """That of the chosen option, from the formula, outcome by outcome."""
    strengths = []
    for option in trial.attributes:
        total = 0.0
        for i in (1, 2):
            if f"x{i}" in option:
                x, p = option[f"x{i}"] / unit, option[f"p{i}"]
                total += p * (math.pow(x, rho) if x >= 0 else -loss_aversion * math.pow(-x, rho))
        strengths.append(math.exp(theta * total))
    return strengths[trial.choice] / sum(strengths)


VALUES = {
    "ev": [{"theta": 12.0}, {"theta": 0.0}],
    "eu": [{"rho": 0.6, "theta": 30.0}, {"rho": 1.7, "theta": 4.0}],
    "eu_loss": [{"rho": 0.8, "loss_aversion": 2.25, "theta": 20.0}, {"rho": 1.2, "loss_aversion": 0.3, "theta": 45.0}],
}


@pytest.mark.parametrize(("name", "values"), [(name, values) for name in VALUES for values in VALUES[name]], ids=str)
@pytest.mark.parametrize("losses", [False, True])
def test_every_choice_has_the_likelihood_of_the_formula(name, values, losses):
    for session in sessions(losses=losses, trials=60):
        (person,) = choices_of([session], Scale(unit=200.0))
        expected = [math.log(probability(trial, **values)) for trial in session.trials]
        given = [values[parameter.name] for parameter in OWN[name].parameters(2)]
        found = trial_log_likelihoods(OWN[name], given, person)
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
        total = negative_log_likelihoods(OWN[name], np.array([given, given]), person)
        np.testing.assert_allclose(total, [-sum(expected)] * 2, rtol=1e-10)


def test_the_unit_of_reward_is_the_largest_outcome_of_any_lottery():
    data = sessions(trials=60)
    largest = max(abs(v) for s in data for t in s.trials for o in t.attributes for n, v in o.items() if n[0] == "x")
    assert scale_of(data) == Scale(unit=largest)
    assert largest > max(trial.reward for session in data for trial in session.trials) - 1e-9


def test_parameters_are_recovered():
    met = environments(load("risky_choice"), number=20, parameters={"losses": True})
    table = parameter_recovery(met, [OWN["eu_loss"]], simulations=40, methods=["map"], seed=1)
    r = summarise(table).set_index("parameter")["spearman"]
    assert r["rho"] > 0.8
    assert r["loss_aversion"] > 0.8
    assert r["theta"] > 0.7


def test_models_of_lotteries_are_recovered_by_default_and_those_of_arms_refused():
    met = environments(load("risky_choice"), number=2, parameters={"trials": 20})
    assert [one.name for one in recover(met, simulations=2).models] == ["ev", "eu"]
    with pytest.raises(TwinbeanError, match="rw is a model of choices among arms, and this task's options are lotter"):
        recover(met, models=["rw"], simulations=2)
    with pytest.raises(
        TwinbeanError, match="eu is a model of choices among lotteries, and this task's options are arm"
    ):
        recover(environments(load("two_armed_bandit"), number=2), models=["eu"], simulations=2)


def test_a_fit_has_the_models_that_can_say_something_and_names_one_that_cannot():
    people = [session.replace(source="human") for session in sessions(trials=60)]
    assert list(fit(people)["model"].unique()) == ["uniform", "ev", "eu"]
    losing = [session.replace(source="human") for session in sessions(losses=True, trials=60)]
    assert list(fit(losing)["model"].unique()) == ["uniform", "ev", "eu", "eu_loss"]
    with pytest.raises(DataError, match=r"'simulated-0000': rw is a model of choices among arms, which are the same"):
        fit(people, models=["eu", "rw"])
    arms = Session(
        participant="p", session="p", task="t", trials=(Trial(trial=0, choice=1, outcomes=(0, 1), reward=1),)
    )
    assert "eu" not in set(fit([arms])["model"])
    with pytest.raises(DataError, match="eu is a model of choices among lotteries, whose attributes are x1, p1"):
        fit([arms], models=["eu"])


def test_a_fit_of_people_plays_in_their_place():
    people = [session.replace(source="human") for session in sessions("eu", trials=60)]
    table = fit(people, models=["eu"])
    subject = fitted(table, "eu")
    seatings = seat_simulated(load("risky_choice"), "eu", samples=2, seed=3, given={"trials": 60})
    for session in (played.session for played in play_all(seatings, subject)):
        row = table.set_index("participant").loc[session.participant]
        own = {"rho": row["rho"], "theta": row["theta"], "unit": table.attrs["reward_unit"]}
        assert [trial.logp for trial in session.trials] == pytest.approx(
            [math.log(probability(trial, **own)) for trial in session.trials]
        )


@pytest.mark.parametrize(
    ("learner", "task", "sentence"),
    [
        ("rw", "risky_choice", "learner 'rw' learns what arms pay, and these options are no arms"),
        ("ucb", "risky_choice", "learner 'ucb' learns what arms pay, and these options are no arms"),
        ("eu", "two_armed_bandit", "learner 'eu' chooses among lotteries, and these options have no attributes x1, p1"),
    ],
)
def test_a_learner_of_other_choices_says_so(learner, task, sentence):
    (failed,) = play_all(seat_simulated(load(task), learner, samples=1, seed=0, given=None), open_learner(learner))
    assert sentence in failed.reason


def test_probabilities_above_one_are_no_lottery():
    options = ({"x1": 10, "p1": 0.8, "x2": 5, "p2": 0.4}, {"x1": 3, "p1": 1})
    trial = Trial(trial=0, choice=0, attributes=options, labels=("A", "B"))
    with pytest.raises(DataError, match=r"'p', trial 0: the probabilities of a lottery are \[0\.8, 0\.4\]"):
        fit([Session(participant="p", session="p", task="t", trials=(trial,))])

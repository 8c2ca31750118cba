"""Discounting of delayed outcomes, against its formula, and recovered from its own choices."""

from __future__ import annotations

import math

import numpy as np
import pytest

from task_rules import kirby_items
from twinbean.cognitive import fit
from twinbean.cognitive.catalogue import OWN
from twinbean.cognitive.choices import Scale, choices_of
from twinbean.cognitive.likelihood import trial_log_likelihoods
from twinbean.cognitive.recovery import parameter_recovery, recover, summarise
from twinbean.comparison import compare, fit_models
from twinbean.errors import DataError, TwinbeanError
from twinbean.play.payoffs import environments
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_simulated
from twinbean.sessions import Session, Trial
from twinbean.subjects.learners import open_learner
from twinbean.tasks.schedules import KIRBY
from twinbean.tasks.task import load

LEFT = {"hyperbolic": lambda k, d: 1 / (1 + k * d), "exponential": lambda k, d: math.exp(-k * d)}


def sessions(learner="random", **given):
    subject = open_learner(learner)
    seatings = seat_simulated(load("delay_discounting"), subject.name, samples=2, seed=3, given=given)
    return [played.session for played in play_all(seatings, subject)]


def session(chosen, *, delays=(0, 30)):
    """Each time 40 after the first delay, or 60 after the other."""
    options = tuple({"x1": x, "p1": 1, "d1": d} for x, d in zip((40, 60), delays, strict=True))
    trials = tuple(
        Trial(trial=t, choice=arm, attributes=options, labels=("F", "J"), offered=(0, 1), origin="recorded")
        for t, arm in enumerate(chosen)
    )
    return Session(participant="p", session="p", task="t", source="human", trials=trials)


def test_the_items_of_the_questionnaire_have_the_discount_rates_that_are_printed():
    assert [items[:3] for _, items in sorted(kirby_items().items())] == list(KIRBY)
    for now, later, days, rate in kirby_items().values():
        assert (later / now - 1) / days == pytest.approx(rate, rel=0.04)


@pytest.mark.parametrize("name", LEFT)
@pytest.mark.parametrize(("k", "theta"), [(0.002, 8.0), (0.15, 30.0)])
def test_every_choice_has_the_likelihood_of_the_formula(name, k, theta):
    for played in sessions(kirby=True):
        expected = []
        for trial in played.trials:
            strengths = [math.exp(theta * one["x1"] / 85 * LEFT[name](k, one["d1"])) for one in trial.attributes]
            expected.append(math.log(strengths[trial.choice] / sum(strengths)))
        (person,) = choices_of([played], Scale(unit=85.0))
        np.testing.assert_allclose(
            trial_log_likelihoods(OWN[name], [k, theta], person), expected, rtol=1e-10, atol=1e-12
        )


def test_parameters_are_recovered():
    met = environments(load("delay_discounting"), number=20)
    table = parameter_recovery(met, [OWN["hyperbolic"]], simulations=40, methods=["map"], seed=1)
    r = summarise(table).set_index("parameter")["spearman"]
    assert r["k"] > 0.9
    assert r["theta"] > 0.6


def test_by_default_there_are_the_models_of_delays_and_others_are_refused_by_name():
    played = sessions()
    assert list(fit([one.replace(source="human") for one in played])["model"].unique()) == [
        *("uniform", "hyperbolic", "exponential")
    ]
    with pytest.raises(DataError, match="eu takes no notice of delays, and these options have some"):
        fit(played, models=["eu"])
    at_once = session([0, 1], delays=(0, 0))
    with pytest.raises(
        DataError, match="hyperbolic is a model of choices among delayed outcomes, whose attributes are"
    ):
        fit([at_once], models=["hyperbolic"])
    met = environments(load("delay_discounting"), number=2, parameters={"trials": 20})
    assert [one.name for one in recover(met, simulations=2).models] == ["hyperbolic", "exponential"]
    with pytest.raises(
        TwinbeanError, match="eu is a model of choices among lotteries, and this task's options are del"
    ):
        recover(met, models=["eu"], simulations=2)


@pytest.mark.parametrize(
    ("learner", "task", "sentence"),
    [
        (
            "eu",
            "delay_discounting",
            "chooses among lotteries, and of delays these options have some, of which it takes",
        ),
        ("hyperbolic", "risky_choice", "chooses among delays, and of delays these options have none"),
    ],
)
def test_a_learner_of_other_options_says_so(learner, task, sentence):
    (failed,) = play_all(seat_simulated(load(task), learner, samples=1, seed=0, given=None), open_learner(learner))
    assert sentence in failed.reason


def test_a_delay_below_zero_is_none():
    with pytest.raises(
        DataError, match=r"'p', trial 0: the delays of an option are \[-1\.0\], expected numbers from 0"
    ):
        fit([session([0], delays=(-1, 5))])


def test_the_share_of_delayed_outcomes_is_counted_and_its_models_reported():
    people = [session([1, 1, 0, 1]), session([0, 0, 0, 1]).replace(participant="q", session="q")]
    found = compare(people).groups.set_index("measure")["mean"]
    assert found["delayed_share"] == pytest.approx((3 / 4 + 1 / 4) / 2)
    assert set(fit_models(people).in_sample["model"]) == {"hyperbolic", "exponential"}
    at_once = compare([session([0, 1], delays=(0, 0))])
    assert "delayed_share" not in set(at_once.groups["measure"])

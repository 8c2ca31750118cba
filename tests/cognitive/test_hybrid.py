"""The hybrid of model-based and model-free learning, against its formulas written out a second time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twinbean.cognitive import Scale, choices_of, fit, model, predictive, trial_log_likelihoods
from twinbean.cognitive.fits import fit_one
from twinbean.cognitive.stages import seen_by_models
from twinbean.cognitive.two_steps import TwoSteps, simulate
from twinbean.errors import DataError, SubjectError, TwinbeanError
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_simulated
from twinbean.sessions import Session, Trial
from twinbean.subjects.fitted import fitted
from twinbean.subjects.learners import open_learner
from twinbean.tasks.task import load

HYBRID = model("hybrid")
NAMES = [parameter.name for parameter in HYBRID.parameters(6)]
ROCKETS, PLANETS = ("U", "V"), ("blue", "red")


def session(rows, participant="p"):
    """A session of (first choice, planet, second choice, reward) a trial; None is a missed choice."""
    trials = []
    for first, planet, second, reward in rows:
        for stage, state, choice, paid in ((1, None, first, None), (2, planet, second, reward)):
            trials.append(
                Trial(
                    trial=len(trials), choice=choice, missed=choice is None, stage=stage, state=state, reward=paid,
                    offered=(0, 1), labels=("A", "B"), block=2,
                )
            )  # fmt: skip
    return Session(participant=participant, session=participant, task="two_step", trials=tuple(trials))


def messy(seed, n=300, missing=0.1):
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        first, second = (None if rng.random() < missing else int(rng.integers(2)) for _ in range(2))
        reward = None if second is None else float(rng.integers(2))
        rows.append((first, PLANETS[int(rng.integers(2))], second, reward))
    return rows


def by_hand(rows, values):
    """Daw et al. 2011, supplement, with dictionaries: the log-probability of each choice, nan where there is none."""
    w, lam, alpha1, alpha2, beta1, beta2, stickiness = values
    q_first = dict.fromkeys((0, 1), 0.0)
    q_second = {(planet, option): 0.0 for planet in PLANETS for option in (0, 1)}
    flown = {(rocket, planet): 0 for rocket in (0, 1) for planet in PLANETS}
    last, found = None, []
    for first, planet, second, reward in rows:
        one_way = flown[0, "blue"] + flown[1, "red"]
        other_way = flown[0, "red"] + flown[1, "blue"]
        chance = {True: 0.7, False: 0.3}
        net = []
        for rocket in (0, 1):
            planned = 0.0
            for where in PLANETS:
                straight = (rocket == 0) == (where == "blue")
                p = 0.5 if one_way == other_way else chance[straight == (one_way > other_way)]
                planned += p * max(q_second[where, 0], q_second[where, 1])
            net.append(w * planned + (1 - w) * q_first[rocket] + stickiness * (rocket == last))
        found.append(math.nan if first is None else log_softmax([beta1 * value for value in net], first))
        options = [beta2 * q_second[planet, option] for option in (0, 1)]
        found.append(math.nan if second is None else log_softmax(options, second))
        if first is not None:
            last = first
        if second is None:
            continue
        before = q_second[planet, second]
        delta2 = reward - before
        if first is not None:
            flown[first, planet] += 1
            delta1 = before - q_first[first]
            q_first[first] += alpha1 * delta1 + alpha1 * lam * delta2
        q_second[planet, second] += alpha2 * delta2
    return found


def log_softmax(values, chosen):
    return values[chosen] - math.log(sum(math.exp(value) for value in values))


@pytest.mark.parametrize("seed", range(5))
def test_every_choice_is_as_likely_as_by_a_second_implementation(seed):
    rows = messy(seed)
    rng = np.random.default_rng(seed)
    values = [*rng.uniform(0, 1, 4), *rng.uniform(0, 9, 2), rng.normal()]
    (choices,) = choices_of(seen_by_models([session(rows)], None), Scale())
    np.testing.assert_allclose(trial_log_likelihoods(HYBRID, values, choices), by_hand(rows, values), atol=1e-10)


def test_the_order_of_the_states_does_not_matter():
    rows = messy(3)
    turned = [(first, PLANETS[planet == "blue"], second, reward) for first, planet, second, reward in rows]
    values = [0.6, 0.4, 0.3, 0.5, 4, 3, 0.2]
    one, other = (
        trial_log_likelihoods(HYBRID, values, choices_of(seen_by_models([session(own)], None), Scale())[0])
        for own in (rows, turned)
    )
    np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.fixture(scope="module")
def played():
    """Two sessions of the hybrid, of the task itself."""
    seatings = seat_simulated(load("two_step"), "hybrid", samples=2, seed=4, given={"trials": 60})
    return [result.session for result in play_all(seatings, open_learner("hybrid", w=0.8, beta1=6.0))]


def test_a_learner_gives_its_choices_the_probabilities_of_the_fitted_model(played):
    values = [{"w": 0.8, "beta1": 6.0}.get(one.name, one.default) for one in HYBRID.parameters(6)]
    for own in played:
        (choices,) = choices_of(seen_by_models([own], None), Scale())
        expected = trial_log_likelihoods(HYBRID, values, choices)
        np.testing.assert_allclose([trial.logp for trial in own.trials], expected, atol=1e-10)
        assert len({trial.logp for trial in own.trials}) > 20


def test_fits_of_two_steps_are_by_default_of_the_hybrid_and_count_both_choices(played):
    people = [own.replace(source="human") for own in played]
    table = fit(people)
    assert list(table["model"]) == ["hybrid"] * 2
    assert list(table["n_choices"]) == [120, 120]
    assert set(NAMES) <= set(table.columns)
    (choices,) = choices_of(seen_by_models(people[:1], None), Scale())
    found = -np.nansum(trial_log_likelihoods(HYBRID, table.loc[0, NAMES].to_numpy(dtype=float), choices))
    assert table.loc[0, "nll"] == pytest.approx(found)
    assert found < 120 * math.log(2)
    seatings = seat_simulated(load("two_step"), "fit", samples=2, seed=4, given={"trials": 5})
    again = play_all(seatings, fitted(table, "hybrid"))
    assert [len(one.session.trials) for one in again] == [10, 10]


def test_models_of_one_choice_refuse_trials_with_two(played):
    with pytest.raises(
        TwinbeanError, match=r"rw is a model of one choice a trial, and these trials have the stages 1, 2"
    ):
        fit(played, models=["hybrid", "rw"])
    with pytest.raises(TwinbeanError, match="wsls2 is a model of one choice a trial"):
        predictive(played, models=["wsls2"], across="trials")
    for name in ("rw", "kalman_ucb", "wsls1", "ucb", "thompson", "ck", "base_rate"):
        (result,) = play_all(seat_simulated(load("two_step"), name, samples=1, seed=0, given=None), open_learner(name))
        assert f"learner '{name}' makes one choice a trial" in result.reason


def test_the_hybrid_refuses_trials_of_one_choice():
    plain = Session(
        participant="p", session="s", task="t", trials=(Trial(trial=0, choice=1, reward=1.0, offered=(0, 1)),)
    )
    with pytest.raises(TwinbeanError, match="hybrid is a model of trials with two choices, and these trials have one"):
        fit([plain], models=["hybrid"])
    with pytest.raises(TwinbeanError, match="hybrid is a model of trials with two choices, and only stage 1 is asked"):
        fit([session(messy(0))], models=["hybrid"], stage=1)
    (result,) = play_all(
        seat_simulated(load("leapfrog"), "hybrid", samples=1, seed=0, given=None), open_learner("hybrid")
    )
    assert "learner 'hybrid' plays two-step tasks" in result.reason


def test_stages_of_another_shape_are_refused():
    rows = [(0, "blue", 0, 1.0), (1, "green", 1, 0.0), (1, "red", 1, 0.0)]
    with pytest.raises(DataError, match="two options that lead to two states .* stage 2 in 'green': 2 options"):
        fit([session(rows)])


def test_one_stage_alone_is_fitted_as_trials_of_one_choice():
    """At the first stage the reward is the trial's; at the second, four aliens are four arms."""
    rows = [(0, "blue", 1, 1.0), (0, "red", 0, 0.0), (1, "red", 0, 1.0), (0, "blue", 1, 0.0)]
    by_stage = {stage: fit([session(rows)], models=["wsls2", "uniform"], stage=stage) for stage in (1, 2)}
    plain = [Trial(trial=t, choice=a, reward=r, offered=(0, 1)) for t, (a, _, _, r) in enumerate(rows)]
    expected = fit([Session(participant="p", session="p", task="t", trials=tuple(plain))], models=["wsls2", "uniform"])
    assert by_stage[1]["nll"].tolist() == pytest.approx(expected["nll"].tolist())
    assert by_stage[2].loc[1, "nll"] == pytest.approx(4 * math.log(2))
    # The red alien that was asked twice is one arm, the blue one another.
    (choices,) = choices_of(seen_by_models([session(rows)], 2), Scale())
    assert choices.choice.tolist() == [1, 2, 2, 1]


def flights(rng, trials, common=0.7):
    leads = np.where(rng.random(trials) < common, 0, 1)
    return TwoSteps(
        payoffs=(rng.random((trials, 4)) < (0.2, 0.7, 0.5, 0.3)).astype(float), leads=np.stack([leads, 1 - leads], 1)
    )


def test_a_long_session_gives_the_parameters_back():
    """Seven at once; `make recover` does the same at the length of a study."""
    rng = np.random.default_rng(8)
    true = np.array([0.6, 0.5, 0.5, 0.4, 5.0, 4.0, 0.15])
    met = flights(rng, 4_000)
    walk = 0.5 + 0.25 * np.sin(np.arange(4_000)[:, None] / np.array([37, 53, 71, 97]))
    met = TwoSteps(payoffs=(rng.random(walk.shape) < walk).astype(float), leads=met.leads)
    found = fit_one(HYBRID, [simulate(HYBRID, true, met, Scale(), rng)], starts=1)
    assert found.at_bound == ()
    np.testing.assert_allclose(found.values, true, rtol=0.25, atol=0.02)


def test_simulated_choices_are_those_that_the_model_finds_likely():
    """What plays and what is fitted are two loops: the mean log-likelihood of simulated choices is their entropy."""
    rng = np.random.default_rng(2)
    values = np.array([0.5, 0.5, 0.5, 0.5, 3.0, 3.0, 0.1])
    choices = simulate(HYBRID, values, flights(rng, 5_000), Scale(), rng)
    logs = trial_log_likelihoods(HYBRID, values, choices)
    q = np.exp(logs)
    entropy = -(q * np.log(q) + (1 - q) * np.log(1 - q))
    error = (-logs - entropy).std() / math.sqrt(len(logs))
    assert abs((-logs - entropy).mean()) < 5 * error
    assert choices.offered.sum(axis=1).tolist() == [2] * 10_000
    assert choices.offered[np.arange(10_000), choices.choice].all()


def test_a_model_of_one_choice_cannot_play_two_steps():
    rng = np.random.default_rng(0)
    with pytest.raises(TwinbeanError, match="rw cannot play this task, whose trials have two choices each"):
        simulate_any(model("rw"), rng)


def simulate_any(one, rng):
    from twinbean.cognitive.simulation import simulate as simulate_one

    return simulate_one(one, np.array([0.5, 5.0]), flights(rng, 5), Scale(), rng)


def test_a_parameter_out_of_bounds_is_named():
    with pytest.raises(SubjectError, match="w of learner 'hybrid' is 1.5, expected a number from 0 to 1"):
        open_learner("hybrid", w=1.5)

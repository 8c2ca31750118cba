"""A learner that scores makes no choice of its own, and gives the probabilities that the fit of its model gives."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys

import numpy as np
import pytest

from twinbean.cognitive import MODELS, Scale, choices_of, trial_log_likelihoods
from twinbean.comparison.grouping import is_scored
from twinbean.runs.scoring import score
from twinbean.sessions import Session, Trial


@pytest.mark.parametrize("name", MODELS)
def test_a_learner_finds_choices_as_likely_as_the_fit_of_its_model_does(name, tmp_path):
    """One reads questions and learns trial by trial, the other compiled arrays: blocks and foregone payoffs alike."""
    rng = np.random.default_rng(11)
    trials = []
    for t in range(40):
        outcomes = tuple(rng.integers(0, 3, 3).tolist())
        arm = int(rng.integers(3))
        labels = ("F", "J", "Q")
        common = {"block": t // 15, "outcomes": outcomes, "offered": (0, 1, 2), "labels": labels, "feedback": "all"}
        trials.append(Trial(trial=t, choice=arm, reward=outcomes[arm], **common))
    session = Session(participant="p", session="p", task="t", trials=tuple(trials))
    (scored,) = score("recorded", [session], model=name, run=tmp_path / "run")
    values = [parameter.default for parameter in MODELS[name].parameters(3)]
    (choices,) = choices_of([session], Scale())
    expected = trial_log_likelihoods(MODELS[name], values, choices)
    assert [trial.logp_legal for trial in scored.trials] == pytest.approx(expected.tolist(), abs=1e-9)


def person():
    paid = [((1, None), 0), ((None, 0), 1), ((1, None), 0), ((0, None), 0)]
    trials = tuple(
        Trial(trial=t, choice=arm, reward=outcomes[arm], outcomes=outcomes, offered=(0, 1), labels=("F", "J"))
        for t, (outcomes, arm) in enumerate(paid)
    )
    return Session(participant="p", session="p", task="t", trials=trials)


def test_a_learner_that_scores_makes_no_choice_of_its_own(tmp_path):
    (scored,) = score("recorded", [person()], model="wsls2:p_stay_win=0.9,p_shift_lose=0.8", run=tmp_path / "run")
    assert [trial.choice for trial in scored.trials] == [0, 1, 0, 0]
    assert {trial.origin for trial in scored.trials} == {"recorded"}
    assert is_scored(scored)
    # First choice; left after a win; left after a loss; stayed after a win.
    expected = [math.log(p) for p in (0.5, 0.1, 0.8, 0.9)]
    assert [trial.logp_legal for trial in scored.trials] == pytest.approx(expected)


def test_what_a_recorded_draw_paid_is_not_taken_for_what_the_arm_pays_on_average(tmp_path):
    (scored,) = score("recorded", [person()], model="rw", run=tmp_path / "run")
    assert {trial.expected for trial in scored.trials} == {(None, None)}
    assert {trial.best_arm for trial in scored.trials} == {None}


def test_a_learner_plays_without_the_libraries_of_fits():
    """numba and scipy's statistics cost seconds, which a learner, that only plays, must not wait for."""
    program = (
        "import sys, tempfile; from twinbean import replay; "
        "replay('leapfrog', model='ucb', samples=1, parameters={'trials': 3}, run=tempfile.mkdtemp() + '/run'); "
        "print(*sorted({'numba', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.split() == []


def test_arms_that_are_equally_good_are_equally_likely(tmp_path):
    trials = tuple(
        Trial(trial=t, choice=t, reward=1, outcomes=(1, 1, 1), offered=(0, 1, 2), labels=("F", "J", "Q"))
        for t in range(3)
    )
    untried = Session(participant="p", session="p", task="t", trials=trials)
    (scored,) = score("recorded", [untried], model="ucb:lapse=0.3", run=tmp_path / "run")
    # Three arms that nobody has tried, then two, then one.
    expected = [[1 / 3, 1 / 3, 1 / 3], [0.1, 0.45, 0.45], [0.1, 0.1, 0.8]]
    assert [list(trial.p) for trial in scored.trials] == [pytest.approx(p) for p in expected]


@pytest.mark.parametrize("model", ["greedy:lapse=0.2", "ucb:c=0.5,lapse=0.2"])
@pytest.mark.parametrize("unit", [1, 0.1, 7])
def test_the_same_payoffs_in_another_order_are_as_good(model, unit, tmp_path):
    paid = [(0, 1), (1, 0), (0, 0), (1, 0), (0, 0), (1, 1)]
    trials = []
    for t, (arm, won) in enumerate([*paid, (0, 0)]):
        outcomes = tuple(unit * won if each == arm else None for each in range(2))
        known = {"reward": unit * won, "outcomes": outcomes, "offered": (0, 1), "labels": ("F", "J")}
        trials.append(Trial(trial=t, choice=arm, **known))
    session = Session(participant="p", session="p", task="t", trials=tuple(trials))
    (scored,) = score("recorded", [session], model=model, run=tmp_path / "run")
    assert scored.trials[-1].p == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize(("model", "bonus", "lapse"), [("greedy:lapse=0.2", 0, 0.2), ("ucb:c=0.7,lapse=0.1", 0.7, 0.1)])
def test_the_arm_with_the_highest_mean_and_bonus_is_chosen_but_for_lapses(model, bonus, lapse, tmp_path):
    rng = np.random.default_rng(5)
    paid: dict[int, list[int]] = {0: [], 1: [], 2: []}
    trials, expected = [], []
    for t in range(40):
        offered = [(0, 1, 2), (0, 2), (1, 2)][int(rng.integers(3))]
        index = [
            statistics.mean(paid[arm]) + math.sqrt(bonus / len(paid[arm])) if paid[arm] else math.inf for arm in offered
        ]
        top = [value == max(index) for value in index]
        likely = dict(zip(offered, top, strict=True))
        expected.append(
            [likely[k] / sum(top) * (1 - lapse) + lapse / len(top) if k in likely else None for k in range(3)]
        )
        arm, reward = int(rng.choice(offered)), int(rng.integers(-2, 3))
        paid[arm].append(reward)
        outcomes = tuple(reward if each == arm else None for each in range(3))
        common = {"offered": offered, "labels": ("F", "J", "Q")}
        trials.append(Trial(trial=t, choice=arm, reward=reward, outcomes=outcomes, **common))
    session = Session(participant="p", session="p", task="t", trials=tuple(trials))
    (scored,) = score("recorded", [session], model=model, run=tmp_path / "run")
    assert [list(trial.p) for trial in scored.trials] == [pytest.approx(p) for p in expected]

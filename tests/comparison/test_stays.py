"""Stay probabilities of the two-step task, and what a comparison makes of trials with several choices."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from twinbean.comparison import compare, fit_models
from twinbean.comparison.stays import stays
from twinbean.errors import DataError
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_simulated
from twinbean.report import write_report
from twinbean.sessions import Session, Trial, to_table
from twinbean.subjects.learners import open_learner
from twinbean.tasks.task import load

EFFECTS = ("reward", "transition", "reward x transition")


def played(people=3, *, trials=201, source="human", seed=1, **parameters):
    """Sessions of the hybrid, as if people had played them."""
    seatings = seat_simulated(load("two_step"), "hybrid", samples=people, seed=seed, given={"trials": trials})
    done = play_all(seatings, open_learner("hybrid", **parameters))
    return [one.session.replace(source=source) for one in done]


def by_hand(sessions):
    """The shares of each person and case, from the tidy table, row by row."""
    table = to_table(sessions)
    found = {}
    for person, rows in table.groupby("participant"):
        firsts = rows[rows["stage"] == 1].reset_index(drop=True)
        seconds = rows[rows["stage"] == 2].reset_index(drop=True)
        assert len(firsts) == len(seconds)
        for t in range(1, len(firsts)):
            case = (seconds.loc[t - 1, "reward"] == 1, seconds.loc[t - 1, "transition"])
            stayed = firsts.loc[t, "choice"] == firsts.loc[t - 1, "choice"]
            found.setdefault((person, *case), []).append(bool(stayed))
    return {case: np.mean(stayed) for case, stayed in found.items()}


def test_stay_probabilities_are_those_of_a_second_implementation():
    people = played(4, trials=120)
    table = compare(people).stays
    shares = by_hand(people)
    assert len(table) == 4
    for row in table.itertuples():
        own = [share for (_, *case), share in shares.items() if case == [row.rewarded, row.transition]]
        assert len(own) == row.n_people == 4
        assert row.p_stay == pytest.approx(np.mean(own))
        assert row.se == pytest.approx(np.std(own, ddof=1) / math.sqrt(4))


def effects_of(people):
    table = compare(people).stay_effects.set_index("effect")
    return {name: (table.loc[name, "mean"], table.loc[name, "se"]) for name in EFFECTS}


def test_who_learns_by_reward_alone_shows_an_effect_of_reward_and_who_plans_an_interaction():
    """Daw et al. 2011, figure 2: lambda is 1, so that a reward reaches the first choice at once."""
    shared = {"lam": 1.0, "alpha1": 0.5, "alpha2": 0.5, "beta1": 5.0, "beta2": 4.0, "stickiness": 0.0}
    free, planned = (effects_of(played(6, trials=301, w=w, **shared)) for w in (0.0, 1.0))
    assert free["reward"][0] > 5 * free["reward"][1]
    assert abs(free["reward x transition"][0]) < 4 * free["reward x transition"][1]
    assert planned["reward x transition"][0] > 5 * planned["reward x transition"][1]
    assert abs(planned["reward"][0]) < 0.25 * free["reward"][0]


def trial(number, stage, choice, **more):
    return Trial(trial=number, choice=choice, missed=choice is None, stage=stage, offered=(0, 1), **more)


def test_a_trial_that_was_not_played_to_its_end_tells_nothing():
    rows = [
        (0, 0, "common", 1.0), (0, None, "common", None), (0, 1, "rare", 0.0), (None, 1, "common", 1.0),
        (1, 0, "rare", 1.0), (1, 0, "common", 0.0), (0, 0, "common", 1.0),
    ]  # fmt: skip
    trials = []
    for first, second, transition, reward in rows:
        trials.append(trial(len(trials), 1, first))
        trials.append(trial(len(trials), 2, second, state="red", transition=transition, reward=reward))
    session = Session(participant="p", session="s", task="t", trials=tuple(trials))
    assert list(stays(session, win=1.0)) == [
        (True, "common", True),
        (True, "rare", True),
        (False, "common", False),
    ]
    # Eleven choices were made before the last trial.
    assert list(stays(session, win=1.0, start=10)) == [(False, "common", False)]
    assert list(stays(session, win=1.0, start=11)) == []


@pytest.fixture(scope="module")
def people():
    return played(2, trials=40)


def test_without_a_stage_what_assumes_one_choice_is_empty_and_said_to_be(people):
    found = compare(people)
    assert found.sessions["switch_rate"].isna().all()
    assert found.sessions["stay_after_win"].isna().all()
    assert found.learning.empty
    assert found.agreement.empty
    for own, row in zip(people, found.sessions.itertuples(), strict=True):
        rewards = [trial.reward for trial in own.trials if trial.stage == 2]
        assert row.score == sum(rewards) == own.trials[-1].score
        assert row.mean_reward == pytest.approx(np.mean(rewards))
        lost = [max(trial.expected) - trial.expected[trial.choice] for trial in own.trials]
        assert row.regret == pytest.approx(sum(lost))
    assert any("A trial has 2 choices (stages 1, 2)" in warning for warning in found.warnings)


def test_a_named_stage_is_compared_as_trials_of_one_choice(people):
    first, second = compare(people, stage=1), compare(people, stage=2)
    for own, one, two in zip(people, first.sessions.itertuples(), second.sessions.itertuples(), strict=True):
        rockets = [trial.choice for trial in own.trials if trial.stage == 1]
        assert one.switch_rate == pytest.approx(np.mean(np.diff(rockets) != 0))
        assert one.score == own.trials[-1].score
        aliens = [trial for trial in own.trials if trial.stage == 2]
        pairs = [(a, b) for a, b in pairwise(aliens) if a.state == b.state]
        assert two.switch_rate == pytest.approx(np.mean([a.choice != b.choice for a, b in pairs]))
        best = [max(trial.expected) == trial.expected[trial.choice] for trial in aliens]
        assert two.best_share == pytest.approx(np.mean(best))
    assert not any("A trial has" in warning for warning in first.warnings)
    with pytest.raises(DataError, match="stage is 3, and the data have stages 1, 2"):
        compare(people, stage=3)


def test_people_with_stages_are_not_compared_with_people_without(people):
    plain = Session(
        participant="q", session="q", task="t", trials=(Trial(trial=0, choice=1, reward=1.0, offered=(0, 1)),)
    )
    with pytest.raises(DataError, match="some of these trials have stages and others have none"):
        compare([*people, plain])


def test_who_took_one_arm_of_every_stage_and_state_chose_one_arm_only(people):
    """The number of an arm says nothing: the second alien of one planet is not the second rocket."""
    always = []
    for own in people[:1]:
        taken = {None: 1, "red": 0, "purple": 1}
        rows = [replace(row, choice=taken[row.state], label=row.labels[taken[row.state]]) for row in own.trials]
        always.append(own.replace(participant="same", session="same", trials=tuple(rows)))
    found = compare([*people, *always], exclude=["one-arm"])
    assert list(found.exclusions["participants"]) == ["same"]


def test_a_model_that_flew_elsewhere_is_still_paired_with_the_person_and_agrees_where_it_could():
    """Both meet the same task; what they saw of it depends on where they went."""
    (person,) = played(1, trials=30, seed=5)
    (seat,) = seat_simulated(load("two_step"), "random", samples=1, seed=5, given={"trials": 30})
    (other,) = play_all([seat], open_learner("random"))
    model = other.session.replace(participant=person.participant, session=f"{person.session}.0")
    elsewhere = [a.state != b.state for a, b in zip(person.trials, model.trials, strict=True)]
    assert any(elsewhere)
    found = compare([person, model])
    assert bool(found.differences["paired"].all())
    agreed = compare([person, model], stage=2).agreement
    assert len(agreed) == 30 - sum(elsewhere)
    assert (agreed["chance"] == 0.5).all()


def test_likelihoods_are_of_all_stages_and_of_each(people):
    scored = [
        own.replace(source="m", trials=tuple(Trial(**{**vars_of(trial), "origin": "recorded"}) for trial in own.trials))
        for own in people
    ]
    table = compare([*people, *scored]).likelihood.set_index("quantity")
    by_stage = {
        stage: np.mean([np.mean([-t.logp_legal for t in own.trials if t.stage == stage]) for own in people])
        for stage in (1, 2)
    }
    assert table.loc["legal labels, stage 1", "nll"] == pytest.approx(by_stage[1])
    assert table.loc["legal labels, stage 2", "nll"] == pytest.approx(by_stage[2])
    assert table.loc["legal labels", "nll"] == pytest.approx(np.mean(list(by_stage.values())))
    assert table.loc["legal labels", "n_choices"] == 160


def vars_of(trial):
    return {name: getattr(trial, name) for name in Trial.__dataclass_fields__}


def test_the_report_shows_four_bars_a_group_and_the_fit_of_the_hybrid(people, tmp_path):
    found = compare(people, fits=fit_models(people))
    assert set(found.fits["model"]) == {"hybrid"}
    page = write_report(found, tmp_path / "report").read_text(encoding="utf-8")
    assert "How often the first choice of a trial is repeated" in page
    assert (tmp_path / "report" / "figures" / "stays.svg").exists()
    table = pd.read_csv(tmp_path / "report" / "tables" / "stays.csv")
    assert list(table.columns) == ["group", "source", "start", "rewarded", "transition", "p_stay", "se", "n_people"]

"""The tables of sessions, groups and trials hold the numbers that a computation by hand gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from twinbean.comparison import compare
from twinbean.sessions import Session, Trial

PAID = (3.0, 1.0)


def play(name: str, choices: str, *, source: str = "human", recorded: int = 0, arms: int = 2) -> Session:
    trials = tuple(
        Trial(
            trial=t,
            choice=int(arm),
            reward=PAID[int(arm)],
            origin="recorded" if source == "human" or t < recorded else "subject",
            outcomes=(*PAID, 0.0)[:arms],
            offered=(0, 1),
            labels=("A", "B", "C")[:arms],
        )
        for t, arm in enumerate(choices)
    )
    return Session(participant=name, session=name, task="bandit", trials=trials, source=source)


def row(table: pd.DataFrame, **where: Any) -> Any:
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_a_session_says_how_many_choices_were_recorded_for_it() -> None:
    sessions = compare([play("p", "0110"), play("p", "0100", source="m", recorded=3)]).sessions
    assert row(sessions, group="m after 3")["n_recorded"] == 3
    assert set(sessions.loc[sessions["source"] == "human", "n_recorded"]) == {0}


def test_the_score_that_was_shown_is_no_sum_of_payoffs_and_empty_where_none_was() -> None:
    person = play("p", "010")
    shown = person.replace(
        trials=tuple(replace(trial, score=score) for trial, score in zip(person.trials, (30, 40, 75), strict=True))
    )
    found = row(compare([shown]).sessions, participant="p")
    assert (found["shown_score"], found["main_score"]) == (75, 7)
    found = row(compare([person]).sessions, participant="p")
    assert np.isnan(found["shown_score"])
    assert found["main_score"] == 7


def test_the_spread_of_a_group_is_that_of_a_sample_of_people() -> None:
    found = row(compare([play("p", "00"), play("q", "11"), play("r", "01")]).groups, measure="mean_reward")
    assert (found["mean"], found["sd"], found["n_people"]) == (2, 1, 3)


def test_the_score_along_a_block_adds_up_what_was_paid_so_far_without_missed_trials() -> None:
    person = play("p", "0010")
    missed = replace(person.trials[1], choice=None, reward=None, missed=True)
    trials = (person.trials[0], missed, *person.trials[2:])
    learning = compare([person.replace(trials=trials)]).learning
    assert list(learning["trial"]) == [0, 2, 3]
    assert list(learning["score"]) == [3, 4, 7]
    assert list(learning["arm_1"]) == [0, 1, 0]


def test_rows_of_a_table_are_numbered_in_its_order() -> None:
    learning = compare([play("p", "0010"), play("p", "0110", source="m")]).learning
    assert list(learning["group"]) == ["m"] * 4 + ["people"] * 4
    assert list(learning.index) == list(range(8))


def test_chance_is_one_of_the_arms_on_offer() -> None:
    found = compare([play("p", "0110", arms=3), play("p", "0100", source="m", arms=3)])
    assert set(found.agreement["chance"]) == {0.5}
    assert list(found.agreement["agreement"]) == [1, 1, 0, 1]


def test_models_that_played_for_nobody_are_compared_with_people_and_not_with_each_other() -> None:
    people = [play("p", "0000"), play("q", "1111")]
    alone = [play(f"simulated-{source}", choices, source=source) for source, choices in (("m", "0000"), ("n", "1111"))]
    found = compare([*people, *alone]).differences
    for source, score in (("m", 12), ("n", 4)):
        cell = row(found, group=f"{source}, simulated", measure="score")
        assert (cell["people"], cell["model"], cell["n_model"], cell["n_left_out"]) == (8, score, 1, 0)
        assert not cell["paired"]


@pytest.mark.parametrize("unknown", [0, 2])
def test_no_arm_was_missed_for_good_where_the_best_was_not_known_throughout(unknown: int) -> None:
    def known(arm: int) -> Session:
        person = play("p", "1111")
        means = [(0.7, 0.3)] * 4
        trials = [replace(trial, expected=mean) for trial, mean in zip(person.trials, means, strict=True)]
        if arm:
            trials[arm] = replace(trials[arm], expected=(None, None))
        return person.replace(trials=tuple(trials))

    found = compare([known(unknown)]).sessions.iloc[0]["suff_fail"]
    assert pd.isna(found) if unknown else found == 1

"""Conditions and variants are filled evenly, whoever comes together, leaves, or only tries the study out."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from collecting import Called, some_rows
from twinbean.collect import app, clock
from twinbean.collect.records import all_sessions

ROWS = some_rows(40)


def cells(study):
    return Counter((one.condition, one.variant) for one in study.study.store.read(all_sessions) if not one.test)


def open_many(study, n):
    return [study.open(f"P{number}") for number in range(n)]


def test_many_who_arrive_together_are_spread_over_conditions_and_variants(tmp_path):
    with Called(tmp_path / "study", conditions={"trials": [3, 4]}, task="restless_four_armed", variants=3) as study:
        open_many(study, 60)
        assert set(cells(study).values()) == {10}
        assert len(cells(study)) == 6


def test_each_is_given_the_parameters_and_payoffs_of_their_cell(tmp_path):
    with Called(tmp_path / "study", conditions={"trials": [3, 4]}, task="restless_four_armed", variants=2) as study:
        for opened, record in zip(open_many(study, 12), study.study.store.read(all_sessions), strict=True):
            trials = opened["condition"]["trials"]
            assert record.condition == f"trials={trials}"
            assert opened["variant"]["variant"] == record.variant
            # One timeline a block: the one with payoffs is as long as there are trials.
            assert max(map(len, opened["variant"]["timelines"])) == trials


def test_who_leaves_is_replaced_and_who_finished_is_counted_for_good(tmp_path, monkeypatch):
    with Called(tmp_path / "study", conditions={"trials": [3, 4]}) as study:
        first, second = open_many(study, 2)
        study.send(first, 0, ROWS[: 2 * first["condition"]["trials"]])
        study.finish(first, ROWS[: 2 * first["condition"]["trials"]])
        study.send(second, 0, ROWS[:1])
        at = clock.now() + timedelta(minutes=61)
        monkeypatch.setattr(app, "now", lambda: at)
        third = study.open("P3")
        assert third["condition"] == second["condition"]


def test_tests_take_no_place(tmp_path):
    with Called(tmp_path / "study", conditions={"trials": [3, 4]}) as study:
        for number in range(7):
            study.open(f"T{number}", test=True)
        open_many(study, 10)
        assert set(Counter(condition for condition, _ in cells(study).elements()).values()) == {5}


def test_ties_are_drawn_by_the_seed(tmp_path):
    def order(seed, name):
        with Called(tmp_path / name, conditions={"trials": [3, 4, 5, 6]}, seed=seed) as study:
            return [opened["condition"]["trials"] for opened in open_many(study, 12)]

    assert order(1, "a") == order(1, "b")
    assert order(1, "c") != order(2, "d")


def test_a_condition_that_is_added_later_is_filled_up_first(tmp_path):
    with Called(tmp_path / "study", conditions={"trials": [3, 4]}) as study:
        open_many(study, 6)
    with Called(tmp_path / "study", conditions={"trials": [3, 4, 5]}) as study:
        added = [study.open(f"Q{number}")["condition"]["trials"] for number in range(3)]
        assert added == [5, 5, 5]


def test_combinations_of_parameters_are_conditions(tmp_path):
    with Called(
        tmp_path / "study", task="restless_four_armed", conditions={"trials": [3, 4], "noise": [1.0, 2.0]}
    ) as study:
        open_many(study, 8)
        filled = Counter(condition for condition, _ in cells(study).elements())
        assert filled == {f"trials={trials}, noise={noise}": 2 for trials in (3, 4) for noise in (1.0, 2.0)}

"""Where a model falls among people, by computations of hand and by simulation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinbean.comparison import compare, distances, fit_models, likeness
from twinbean.comparison.distances import distance_table, energies
from twinbean.comparison.likeness import Beside, likeness_table
from twinbean.sessions import Session, Trial


def beside(people: Any, model: Any, *, paired: bool = False, names: str = "m") -> Beside:
    sides = [
        pd.DataFrame(
            np.asarray(side, dtype=float).reshape(len(side), -1), index=[f"{who}{n}" for n in range(len(side))]
        )
        for side, who in ((people, "p"), (model, "p" if paired else "s"))
    ]
    for side in sides:
        side.columns = [f"{names}{place}" for place in range(side.shape[1])]
    return Beside(group="g", source="g", start=0, people=sides[0], model=sides[1], paired=paired)


def test_distance_and_percentile_are_those_of_the_formulas() -> None:
    found = likeness_table([beside([1, 2, 3, 4], [3, 5])], None, seed=0).iloc[0]
    # 3 exceeds two of four and ties with one; 5 exceeds all.
    assert found["percentile"] == 100 * (2.5 / 4 + 1) / 2
    assert found["distance"] == pytest.approx((4 - 2.5) / np.std([1, 2, 3, 4], ddof=1))
    assert found["spread"] == pytest.approx(np.std([3, 5], ddof=1) / np.std([1, 2, 3, 4], ddof=1))
    assert math.isnan(found["percentile_low"])


def test_a_model_that_copies_everybody_lies_amid_people() -> None:
    values = np.random.default_rng(0).normal(size=30)
    found = likeness_table([beside(values, values, paired=True)], None, seed=0).iloc[0]
    assert (found["percentile"], found["distance"], found["spread"]) == (50, 0, 1)
    assert [found["distance_low"], found["distance_high"]] == pytest.approx([0, 0], abs=1e-9)


def test_of_one_person_nobody_can_say_how_far_a_model_is() -> None:
    assert likeness_table([beside([1], [2])], None, seed=0).empty


def test_people_who_are_all_alike_have_no_standard_deviation_to_measure_in() -> None:
    found = likeness_table([beside([1] * 12, [2] * 12)], None, seed=0).iloc[0]
    assert math.isnan(found["distance"])
    assert found["percentile"] == 100


def test_intervals_of_distances_and_percentiles_cover_the_truth_at_their_rate(
    monkeypatch: pytest.MonkeyPatch, studies: int
) -> None:
    monkeypatch.setattr(likeness, "RESAMPLES", 600)
    rng, covered = np.random.default_rng(7), np.zeros(2)
    for number in range(studies):
        people = rng.normal(0, 1, 30)
        model = 0.4 * people + rng.normal(0.5, 0.8, 30)
        found = likeness_table([beside(people, model, paired=True)], None, seed=number).iloc[0]
        above = 100 * stats.norm.cdf(0.5 / math.sqrt(1 + 0.4**2 + 0.8**2))
        covered += [
            found["distance_low"] <= 0.5 <= found["distance_high"],
            found["percentile_low"] <= above <= found["percentile_high"],
        ]
    low, high = stats.binom.interval(0.999, studies, 0.95)
    assert ((low <= covered) & (covered <= high)).all(), covered / studies


def play(who: str, ones: int, *, source: str = "human", sample: int = 0) -> Session:
    origin: Any = "recorded" if source == "human" else "subject"
    trials = tuple(
        Trial(trial=t, choice=int(t < ones), reward=float(t < ones), outcomes=(0.0, 1.0), offered=(0, 1), origin=origin)
        for t in range(10)
    )
    name = who if source == "human" else f"{who}.{sample}"
    return Session(participant=who, session=name, task="t", source=source, trials=trials, sample=sample)


def test_one_sample_a_person_is_compared_and_never_their_mean() -> None:
    """Samples of 1 and 9 have a mean of 5, amid people; the first of them is at their end."""
    people = [play(f"p{n}", 3 + n % 5) for n in range(10)]
    models = [play(f"p{n}", 9 if sample else 1, source="m", sample=sample) for n in range(10) for sample in (1, 0)]
    found = compare(people, models).likeness.set_index("measure").loc["mean_reward"]
    assert (found["model"], found["percentile"]) == (0.1, 0)


def test_parameters_of_people_are_fitted_to_the_choices_that_a_model_made_too() -> None:
    """After a branch at 5 people choose arm 1 always; before it never."""
    people, models = [], []
    for n in range(10):
        person = play(f"p{n}", 0)
        late = tuple(
            Trial(trial=t, choice=int(t >= 5), reward=0.0, outcomes=(0.0, 0.0), offered=(0, 1)) for t in range(10)
        )
        people.append(person.replace(trials=late))
        own = tuple(
            Trial(trial=t, choice=t % 2 if t >= 5 else 0, reward=0.0, outcomes=(0.0, 0.0), offered=(0, 1),
                  origin="subject" if t >= 5 else "recorded")
            for t in range(10)
        )  # fmt: skip
        models.append(person.replace(source="m", session=f"p{n}.0", trials=own))
    fits = fit_models([*people, *models], models=["base_rate"])
    assert fits is not None
    found = compare(people, models, fits=fits).likeness.set_index("measure").loc["base_rate: bias_1"]
    # Five of five are at the bound, two or three of five are near 0.
    assert abs(found["people"]) > 5
    assert abs(found["model"]) < 1
    assert math.isnan(found["distance"])


def test_the_energy_distance_is_that_of_its_definition() -> None:
    one, other = np.array([0.0, 1.0, 3.0]), np.array([2.0, 4.0])
    points = np.concatenate([one, other])
    matrix = np.abs(points[:, None] - points[None, :])
    between = np.mean([abs(a - b) for a in one for b in other])
    within = np.mean([1, 3, 2]), 2.0
    is_other = np.arange(5) >= 3
    assert energies(matrix, ~is_other[None], is_other[None]) == pytest.approx([2 * between - sum(within)])


def test_people_who_are_drawn_alike_are_told_apart_as_seldom_as_the_interval_says(
    monkeypatch: pytest.MonkeyPatch, studies: int
) -> None:
    monkeypatch.setattr(distances, "DRAWS", 100)
    rng, inside, means = np.random.default_rng(8), 0, []
    for number in range(studies):
        paired = number % 2 == 0
        own = rng.normal(size=(20, 2))
        model = 0.7 * own + np.sqrt(1 - 0.49) * rng.normal(size=(20, 2)) if paired else rng.normal(size=(20, 2))
        (row,) = distance_table([beside(own, model, paired=paired)], seed=number).to_dict("records")
        inside += row["exchanged_low"] <= row["distance"] <= row["exchanged_high"]
        means.append(row["people_split"])
    low, high = stats.binom.interval(0.999, studies, 0.95)
    assert low <= inside <= high
    # Unbiased: halves of the same people lie 0 apart on average.
    assert abs(np.mean(means)) < 5 * np.std(means) / np.sqrt(studies)


def test_a_model_that_differs_lies_farther_from_people_than_people_do() -> None:
    rng = np.random.default_rng(9)
    (row,) = distance_table([beside(rng.normal(size=(30, 3)), rng.normal(1, 1, size=(30, 3)))], seed=0).to_dict(
        "records"
    )
    assert row["distance"] > row["exchanged_high"]
    assert row["split_low"] > row["people_split"]


def test_sums_and_what_follows_from_another_measure_add_nothing() -> None:
    rng = np.random.default_rng(10)
    people, model = (rng.normal(size=(25, 1)) for _ in range(2))
    one = beside(np.hstack([people, 3 * people + 1]), np.hstack([model, 3 * model + 1]))
    one.people["score"], one.model["score"] = rng.normal(size=25), rng.normal(size=25)
    assert distance_table([one], seed=0)["measures"].tolist() == ["m0"]


def test_fewer_than_twenty_people_are_not_split() -> None:
    assert distance_table([beside(np.random.default_rng(0).normal(size=(19, 2)), np.zeros((19, 2)))], seed=0).empty

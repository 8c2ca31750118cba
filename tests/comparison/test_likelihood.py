"""What the table of likelihoods and the calibration say of probabilities that are known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from twinbean.comparison import CognitiveFits, compare
from twinbean.sessions import Session, Trial


def person(name: str, choices: str = "0110") -> Session:
    trials = tuple(
        Trial(trial=t, choice=int(arm), reward=1.0, outcomes=(1.0, 1.0), offered=(0, 1), labels=("A", "B"))
        for t, arm in enumerate(choices)
    )
    return Session(participant=name, session=name, task="bandit", trials=trials)


def scored(one: Session, *p: float, mass: float = 1.0) -> Session:
    """What a model gave to arm 0 at each choice of a person."""
    trials = []
    for trial, first in zip(one.trials, p, strict=True):
        logp = math.log((first, 1 - first)[trial.choice or 0])
        given = {"logp_legal": logp, "logp": logp + math.log(mass), "legal_mass": mass, "p": (first, 1 - first)}
        trials.append(replace(trial, **given))
    return one.replace(source="m", trials=tuple(trials))


def row(table: pd.DataFrame, **where: Any) -> Any:
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_the_interval_of_a_pseudo_r2_is_that_of_its_likelihood_turned_over() -> None:
    people = [person(f"p{number}") for number in range(12)]
    models = [scored(one, *[0.3 + number / 30] * 4, mass=0.25) for number, one in enumerate(people)]
    found = row(compare([*people, *models]).likelihood, quantity="legal labels")
    assert found["low"] < found["nll"] < found["high"]
    assert found["pseudo_r2_low"] == pytest.approx(1 - found["high"] / math.log(2))
    assert found["pseudo_r2_high"] == pytest.approx(1 - found["low"] / math.log(2))
    assert found["legal_mass"] == pytest.approx(0.25)


def test_the_last_tenth_of_probability_ends_with_certainty() -> None:
    one = person("p", "0001")
    table = compare([one, scored(one, 0.85, 0.95, 0.999, 0.05)]).calibration
    assert [(cell["from"], cell["to"], cell["n"]) for _, cell in table.iterrows()] == [
        pytest.approx(expected) for expected in [(0, 0.1, 3), (0.1, 0.2, 1), (0.8, 0.9, 1), (0.9, 1, 3)]
    ]
    assert list(table["chosen"]) == [0, 0, 1, 1]
    sure = one.replace(trials=one.trials[:3])
    assert row(compare([sure, scored(sure, 1 - 1e-17, 1 - 1e-17, 1 - 1e-17)]).calibration, **{"from": 0.9})["to"] == 1


@pytest.mark.parametrize(
    ("cells", "count"),
    [(["beta", "", "alpha"], 2), ([True, False, True], 2), (["0", "False", "beta"], 1), ([np.nan, "beta", np.nan], 1)],
)
def test_who_is_at_a_bound_is_counted_however_a_table_says_so(cells: list[Any], count: int) -> None:
    fits = pd.DataFrame({"participant": list("pqr"), "model": "rw", "nll": 2.0, "n_choices": 4, "at_bound": cells})
    found = compare([person(name) for name in "pqr"], fits=CognitiveFits(in_sample=fits))
    assert row(found.likelihood, model="rw")["at_bound"] == count


def test_fits_of_a_models_choices_are_no_likelihood_of_what_people_do() -> None:
    one = person("p")
    fits = pd.DataFrame(
        {"participant": "p", "source": ["human", "m"], "model": "rw", "nll": [2.0, 1.0], "n_choices": 4}
    )
    found = row(
        compare([one, scored(one, 0.5, 0.5, 0.5, 0.5)], fits=CognitiveFits(in_sample=fits)).likelihood, model="rw"
    )
    assert (found["nll"], found["n_people"], found["n_choices"]) == (0.5, 1, 4)

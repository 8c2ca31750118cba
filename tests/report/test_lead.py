"""No sentence of a report claims more than its interval."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from twinbean.comparison import CognitiveFits, Comparison, compare
from twinbean.report.answer import answer
from twinbean.report.lead import lead, title
from twinbean.sessions import Session, Trial

CLAIMS = re.compile(r"predicts people's choices best|farther from people|predicts best")


def play(who: str, ones: int, *, source: str = "human", n: int = 10) -> Session:
    """`ones` of n choices are of arm 1, which pays 1."""
    origin: Any = "recorded" if source == "human" else "subject"
    trials = tuple(
        Trial(trial=t, choice=int(t < ones), reward=float(t < ones), outcomes=(0.0, 1.0), offered=(0, 1), origin=origin)
        for t in range(n)
    )
    name = who if source == "human" else f"{who}.0"
    return Session(participant=who, session=name, task="t", source=source, trials=trials)


def people(n: int) -> list[Session]:
    return [play(f"p{number}", 3 + number % 5) for number in range(n)]


def copies(of: list[Session], more: int = 0, source: str = "m") -> list[Session]:
    return [play(one.participant, sum(trial.choice or 0 for trial in one.trials) + more, source=source) for one in of]


def fitted(**losses: Any) -> CognitiveFits:
    tables = [
        pd.DataFrame({"participant": [f"p{i}" for i in range(len(own))], "model": name, "nll": own, "n_choices": 1})
        for name, own in losses.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    return CognitiveFits(in_sample=table, predictive=table)


def said(comparison: Comparison) -> str:
    return " ".join([*lead(comparison), *answer(comparison)])


def test_every_sentence_about_a_difference_has_its_interval() -> None:
    found = lead(compare(people(12), copies(people(12), 2)))
    row = compare(people(12), copies(people(12), 2)).differences.set_index("measure").loc["mean_reward"]
    assert f"m earned 0.20 more (95% interval {row['low']:.2f} to {row['high']:.2f})" in found[0]
    assert "the same 12 people" in found[0]
    assert "contains 0" not in found[0]
    assert len(found) <= 3


def test_a_difference_whose_interval_contains_0_is_said_to_be_unsure() -> None:
    noisy = [play(f"p{n}", 3 + n % 5 + (2 if n % 2 else -1), source="m") for n in range(12)]
    found = said(compare(people(12), noisy))
    assert "The interval contains 0." in found
    assert "which may be 0" in found


def test_a_tie_is_no_difference() -> None:
    found = said(compare(people(12), copies(people(12))))
    assert "no difference" in found
    assert not CLAIMS.search(found)


def test_models_that_tie_are_not_ranked() -> None:
    loss = np.linspace(0.3, 0.6, 20)
    found = said(compare(people(20), fits=fitted(a=loss, b=loss)))
    assert "not told apart from b" in found
    assert not CLAIMS.search(found)


def test_of_three_models_the_noisy_third_is_not_told_apart() -> None:
    loss = np.linspace(0.3, 0.6, 20)
    noise = np.where(np.arange(20) % 2 == 0, 0.2, -0.16)
    found = lead(compare(people(20), fits=fitted(a=loss, b=loss + 0.05 + 0.001 * noise, c=loss + noise)))[-1]
    assert "lowest loss" in found
    assert found.endswith("not told apart from c.")


def test_a_model_that_is_ahead_is_named_with_how_far() -> None:
    loss = np.linspace(0.3, 0.6, 20)
    found = lead(compare(people(20), fits=fitted(a=loss, b=loss + 0.05)))[-1]
    assert "a predicts people's choices best (0.450 nats a choice" in found
    assert "b is 0.050 behind (0.050 to 0.050)" in found


def test_one_model_alone_is_not_the_best_of_anything() -> None:
    found = said(compare(people(20), fits=fitted(a=np.linspace(0.3, 0.6, 20))))
    assert "there is no other model beside it" in found
    assert not CLAIMS.search(found)


def test_worse_than_guessing_is_said() -> None:
    found = said(compare(people(20), fits=fitted(a=np.full(20, 0.9), b=np.full(20, 0.95))))
    assert "No model's mean loss is below that of guessing; a comes nearest" in found


@pytest.mark.parametrize("n", [1, 9])
def test_below_ten_people_nothing_is_claimed_of_others(n: int) -> None:
    found = said(compare(people(n), copies(people(n), 2), fits=fitted(a=np.full(n, 0.2), b=np.full(n, 0.6))))
    assert "there is no interval below 10 people" in found
    assert "No model is named as the best predictor" in found
    assert "95%" not in found
    assert not CLAIMS.search(found)


@pytest.mark.parametrize(("n", "whom"), [(1, "The person"), (3, "The people")])
def test_people_alone_are_named_by_their_number(n: int, whom: str) -> None:
    assert answer(compare(people(n)))[0].startswith(f"{whom} earned ")


def test_without_people_models_are_described() -> None:
    alone = [play(f"simulated-{n}", 5, source="m") for n in range(3)]
    comparison = compare(alone)
    assert title(comparison) == "What did m do?"
    assert lead(comparison) == [
        "Mean reward a choice: m, simulated 0.50 (3 participants). There is no interval below 10 participants."
    ]


def test_a_failed_session_adds_nothing_to_the_sentences() -> None:
    whole = compare(people(12), copies(people(12), 2))
    failed = play("p0", 0, source="m", n=2)
    also = compare(people(12), [*copies(people(12), 2), failed.replace(session="p0.1", sample=1)])
    assert lead(also) == lead(whole)
    assert any("1 of 13 sessions failed" in warning for warning in also.warnings)


def test_a_run_of_which_every_session_failed_has_no_sentence() -> None:
    ended = [play(f"p{n}", 1, source="m", n=2) for n in range(12)]
    found = said(compare(people(12), ended))
    assert "m earned" not in found


def test_a_model_that_lies_apart_from_people_is_said_with_what_chance_gives() -> None:
    rng = np.random.default_rng(0)
    of = [play(f"p{n}", int(rng.integers(2, 9))) for n in range(24)]
    far = [play(f"p{n}", 0, source="m") for n in range(24)]
    comparison = compare(of, far)
    (row,) = comparison.distances.to_dict("records")
    assert f"({row['distance']:.2f}; 95% of random exchanges give" in said(comparison)
    assert "farther from people than chance explains" in said(comparison)


def test_parts_that_do_not_differ_are_not_said_to() -> None:
    parted = [one.replace(details={"kept": {"hand": "lr"[number % 2]}}) for number, one in enumerate(people(40))]
    found = lead(compare(parted, by="hand"))
    assert "hand l 0.50 (20 people, 95% interval" in found[0]
    assert "l less r 0.00" in found[1]
    assert "which contains 0" in found[1]


@pytest.mark.parametrize(
    ("n", "models", "asked"),
    [
        (12, ["m"], "How alike are 12 people and m?"),
        (1, ["m", "k"], "How alike are 1 person, k and m?"),
        (3, list("abcd"), "How alike are 3 people and 4 models?"),
        (1, [], "What did 1 person do?"),
        (5, [], "What do 5 people do?"),
    ],
)
def test_the_title_names_who_is_compared(n: int, models: list[str], asked: str) -> None:
    played = [session for name in models for session in copies(people(n), source=name)]
    assert title(compare(people(n), played)) == asked

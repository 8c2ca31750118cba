"""`--contrast`: would the study have said the same of the model?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from twinbean.comparison import compare
from twinbean.comparison.contrasts import Contrast, declared
from twinbean.errors import DataError
from twinbean.sessions import Session, Trial


def session(
    who: str, share: float, *, condition: str, source: str = "human", name: str = "", **changes: Any
) -> Session:
    """Ten choices, `share` of them of arm 1, which pays 1."""
    ones = round(10 * share)
    origin: Any = "recorded" if source == "human" else "subject"
    trials = tuple(
        Trial(trial=t, choice=int(t < ones), reward=float(t < ones), outcomes=(0.0, 1.0), offered=(0, 1), origin=origin)
        for t in range(10)
    )
    kept = {"kept": {"condition": condition}}
    return Session(participant=who, session=name or who, task="t", source=source, trials=trials, details=kept).replace(
        **changes
    )


def study(model_gains: float, *, n: int = 12) -> list[Session]:
    """In condition a people choose arm 1 in .8 of the trials, in b in .5; a model gains so much in a."""
    rng = np.random.default_rng(0)
    sessions = []
    for number in range(n):
        for condition, share in (("a", 0.8), ("b", 0.5)):
            who, noise = f"{condition}{number}", rng.choice([-0.1, 0, 0.1])
            sessions.append(session(who, share + noise, condition=condition))
            mine = 0.4 + (model_gains if condition == "a" else 0) + rng.choice([-0.1, 0, 0.1])
            sessions.append(session(who, mine, condition=condition, source="m", name=f"{who}.0"))
    return sessions


def row(found: Any, measure: str = "mean_reward") -> Any:
    table = found.contrasts[found.contrasts["measure"] == measure]
    assert len(table) == 1
    return table.iloc[0]


def test_the_effect_in_people_and_in_a_model_their_signs_and_their_ratio() -> None:
    found = row(compare(study(0.15, n=24), contrasts=["condition: a - b"]))
    assert found["contrast"] == "condition: a - b"
    assert found["people"] == pytest.approx(0.3, abs=0.05)
    assert found["model"] == pytest.approx(0.15, abs=0.05)
    assert (found["sign"], found["n_first"], found["n_model_second"]) == ("same", 24, 24)
    assert found["ratio"] == pytest.approx(found["model"] / found["people"])
    assert found["ratio_low"] < found["ratio"] < found["ratio_high"] < 1
    assert found["gap"] == pytest.approx(found["model"] - found["people"])
    assert found["gap_high"] < 0


def test_a_model_that_turns_the_effect_over_does_not_agree() -> None:
    assert row(compare(study(-0.3), contrasts=["condition: a - b"]))["sign"] == "opposite"


def test_a_model_without_an_effect_neither_agrees_nor_disagrees() -> None:
    assert row(compare(study(0), contrasts=["condition: a - b"]))["sign"] == "not determined"


def test_all_pairs_of_a_column_are_contrasted_where_none_is_declared() -> None:
    assert set(compare(study(0), by="condition").contrasts["contrast"]) == {"condition: a - b"}
    assert compare(study(0)).contrasts.empty


def test_a_person_in_both_conditions_is_one_unit() -> None:
    """Everybody gains .1, though people lie far apart: the interval is that of the differences, which do not vary."""
    people = []
    for number in range(12):
        base = 0.1 * (number % 8)
        people += [
            session(f"p{number}", base + 0.1, condition="a", name=f"p{number}-1"),
            session(f"p{number}", base, condition="b", name=f"p{number}-2"),
        ]
    found = row(compare(people, contrasts=["condition: a - b"]))
    assert [found["people"], found["people_low"], found["people_high"]] == pytest.approx([0.1] * 3)
    groups = compare(people, by="condition").groups
    assert set(groups.loc[groups["measure"] == "score", "n_people"]) == {12}


def test_a_model_is_of_the_condition_of_the_session_that_it_continues() -> None:
    people = [
        session("p", 0.8, condition="a", name="p-1"),
        session("p", 0.2, condition="b", name="p-2"),
    ]
    models = [
        session("p", 0.7, condition="b", source="m", name="p-1.0", details={}),
        session("p", 0.1, condition="a", source="m", name="p-2.0", details={}),
    ]
    groups = compare(people, models, by="condition").groups
    means = groups[groups["measure"] == "mean_reward"].set_index("group")["mean"]
    assert means["m, condition a"] == pytest.approx(0.7)
    assert means["m, condition b"] == pytest.approx(0.1)


@pytest.mark.parametrize("text", ["condition", "condition: a", "condition: a - a", "a - b"])
def test_what_is_no_contrast_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="the contrast is .*expected a column and two of its entries"):
        compare(study(0, n=2), contrasts=[text])


def test_a_condition_that_nobody_was_in_is_refused() -> None:
    with pytest.raises(DataError, match=r"'condition' is 'c' of nobody \(there are 'a', 'b'\)"):
        compare(study(0, n=2), contrasts=["condition: a - c"])


def test_a_contrast_may_have_hyphens_in_its_entries() -> None:
    assert declared(["my column:  low-pay - high-pay "]) == [
        Contrast(by="my column", first="low-pay", second="high-pay")
    ]

"""`--by`: participants in parts, each with its own groups, differences and parameters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from twinbean.comparison import compare, fit_models
from twinbean.errors import DataError
from twinbean.report import write_report
from twinbean.sessions import Session, Trial, write_table

CHOICES = {"ann": "0000", "bob": "0001", "cat": "1110", "dan": "1111"}
CONDITION = {"ann": "short", "bob": "short", "cat": "long", "dan": "long"}


def session(who: str, choices: str, *, source: str = "human", **details: Any) -> Session:
    origin: Any = "recorded" if source == "human" else "subject"
    trials = tuple(
        Trial(
            trial=t, choice=int(c), reward=3 * int(c), outcomes=(0, 3), expected=(0, 3), offered=(0, 1), origin=origin
        )
        for t, c in enumerate(choices)
    )
    return Session(participant=who, session=who, task="t", source=source, trials=trials, details=details)


def people() -> list[Session]:
    return [session(who, choices, kept={"condition": CONDITION[who]}) for who, choices in CHOICES.items()]


def mean(table: pd.DataFrame, group: str, measure: str) -> float:
    (found,) = table.loc[(table["group"] == group) & (table["measure"] == measure), "mean"]
    return float(found)


def test_people_of_each_condition_are_groups_of_their_own() -> None:
    """By hand: the short earn 0 and 3, the long 9 and 12."""
    groups = compare(people(), by="condition").groups
    assert list(groups["group"].unique()) == ["people, condition long", "people, condition short"]
    assert mean(groups, "people, condition short", "score") == 1.5
    assert mean(groups, "people, condition long", "score") == 10.5
    assert mean(compare(people()).groups, "people", "score") == 6


def test_a_model_is_compared_with_the_people_of_its_part() -> None:
    """It plays for Ann and Cat what these did not, and by itself under the condition long."""
    played = [session("ann", "1111", source="m"), session("cat", "0000", source="m")]
    drawn = [session(f"simulated-{n}", "0101", source="r", parameters={"condition": "long"}) for n in range(2)]
    drawn = [one.replace(trials=tuple(_other(trial) for trial in one.trials)) for one in drawn]
    differences = compare([*people(), *played, *drawn], by="condition").differences
    found = differences[differences["measure"] == "score"].set_index("group")
    assert dict(found["difference"]) == {
        "m, condition long": -9,
        "r, simulated, condition long": 6 - 10.5,
        "m, condition short": 12,
    }
    assert found.loc["r, simulated, condition long", "n_people"] == 2


def _other(trial: Trial) -> Trial:
    return replace(trial, expected=())


def test_parameters_are_of_each_part() -> None:
    found = compare(people(), fits=fit_models(people(), models=["base_rate"]), by="condition").parameters
    assert set(found["source"]) == {"human, condition long", "human, condition short"}
    assert set(found["n"]) == {2}


def test_an_answer_of_a_form_parts_people_and_who_gave_none_are_a_part() -> None:
    asked = [session("ann", "0000", answers={"hand": "left"}), session("bob", "1111")]
    assert list(compare(asked, by="hand").groups["group"].unique()) == ["people, hand left", "people, hand unknown"]


def test_a_column_that_nobody_has_is_refused() -> None:
    with pytest.raises(DataError, match=r"nobody has 'group' \(there are 'condition'\)"):
        compare(people(), by="group")


def test_the_report_and_the_fits_of_the_command_line_have_the_parts(run: Any, tmp_path: Path) -> None:
    write_table([one.replace(details={"answers": {"hand": "left"}}) for one in people()], tmp_path / "people.csv")
    run("compare", tmp_path / "people.csv", "--by", "hand", "--models", "base_rate", "-o", tmp_path / "report")
    page = (tmp_path / "report" / "report.html").read_text()
    assert "people, hand left earned 1.50 a choice" in page
    run("fit", tmp_path / "people.csv", "--by", "hand", "--models", "uniform", "-o", tmp_path / "fits.csv")
    assert pd.read_csv(tmp_path / "fits.csv")["hand"].tolist() == ["left"] * 4


def test_a_report_draws_every_part(tmp_path: Path) -> None:
    found = compare(people(), fits=fit_models(people(), models=["base_rate"]), by="condition")
    page = write_report(found, tmp_path / "report").read_text()
    for part in ("long", "short"):
        assert f"people, condition {part}" in (tmp_path / "report" / "figures" / "learning_0.svg").read_text()
        assert f"people, condition {part}" in page

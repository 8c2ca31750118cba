"""A practice changes none of the numbers that it should not: all are those of the same session without it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import twinbean
from twinbean.cli.scoring import summary
from twinbean.comparison import compare, fit_models
from twinbean.errors import DataError
from twinbean.sessions import Session, Trial, from_table, to_table
from twinbean.sessions.phases import counting

PEOPLE = {"ann": "00101", "bob": "11010", "cat": "01100"}
PAYOFFS = ((3, 1), (0, 4), (2, 2), (5, 0), (1, 3))


def trials(choices: str, *, block: int, source: str = "human", shown: float = 0) -> Iterator[Trial]:
    scored = {"logp_legal": math.log(0.5), "logp": math.log(0.4), "legal_mass": 0.8} if source != "human" else {}
    for arm, paid in zip(map(int, choices), PAYOFFS, strict=True):
        shown += paid[arm]
        yield Trial(
            trial=0,
            block=block,
            choice=arm,
            reward=paid[arm],
            score=shown,
            rt_ms=500,
            outcomes=paid,
            offered=(0, 1),
            labels=("A", "B"),
            best_arm=0,
            expected=(2.2, 2),
            origin="subject" if source != "human" else "recorded",
            **scored,
        )


def practice(n: int, *, block: int, source: str) -> list[Trial]:
    """Of a task with more arms, that pays a hundred times as much, quickly, and one trial of it is missed."""
    scored = {"logp_legal": math.log(0.01), "logp": math.log(0.01), "legal_mass": 0.01} if source != "human" else {}
    made = [
        Trial(
            trial=0,
            block=block,
            phase="practice",
            choice=2,
            reward=900,
            score=900,
            rt_ms=1,
            outcomes=(0, 0, 900),
            offered=(0, 1, 2),
            labels=("A", "B", "C"),
            best_arm=2,
            expected=(0, 0, 900),
            origin="subject" if source != "human" else "recorded",
            **scored,
        )
        for _ in range(n)
    ]
    return [*made, Trial(trial=0, block=block, phase="practice", choice=None, missed=True, offered=(0, 1, 2))]


def session(person: str, source: str, *, before: int, after: int) -> Session:
    choices = PEOPLE[person] if source == "human" else PEOPLE[person][::-1]
    played = [
        *(practice(before, block=0, source=source) if before else ()),
        *trials(choices, block=1, source=source),
        *(practice(after, block=2, source=source) if after else ()),
        *trials(choices[::-1], block=3, source=source, shown=20),
    ]
    in_order = tuple(replace(trial, trial=number) for number, trial in enumerate(played))
    return Session(participant=person, session=person, task="t", source=source, trials=in_order)


def everybody(before: int, after: int) -> list[Session]:
    return [session(person, source, before=before, after=after) for source in ("human", "m") for person in PEOPLE]


@pytest.mark.parametrize(("before", "after"), [(4, 0), (0, 3), (2, 2)], ids=["before", "between", "both"])
def test_no_table_of_a_comparison_changes_with_a_practice(before: int, after: int) -> None:
    plain, practised = everybody(0, 0), everybody(before, after)
    found, expected = (
        compare(one, fits=fit_models(one, models=("rw", "wsls1", "sticky"), seed=0)).tables()
        for one in (practised, plain)
    )
    assert found.keys() == expected.keys()
    for name, table in expected.items():
        assert_frame_equal(found[name], table, obj=name)


def test_no_fit_changes_with_a_practice() -> None:
    found, expected = (twinbean.fit(one, models=["rw", "wsls2", "ck"]) for one in (everybody(3, 3), everybody(0, 0)))
    assert found.attrs["reward_unit"] == expected.attrs["reward_unit"] == 5
    assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected))


def test_the_likelihood_that_score_prints_is_of_the_main_phase() -> None:
    assert summary([session("ann", "m", before=3, after=0)]) == (
        f"1 sessions, 10 choices, mean NLL over legal labels {math.log(2):.4f} nats (chance {math.log(2):.4f})"
    )


def test_what_was_shown_and_what_the_main_phase_paid_are_two_columns() -> None:
    """By hand: Ann earns 3, 0, 2, 5 and 3, and then 1, 0, 2, 5 and 1."""
    table = to_table([session("ann", "human", before=1, after=1)])
    assert table["main_score"].astype(object).where(table["main_score"].notna(), None).tolist() == [
        *(None, None),
        *(3, 3, 5, 10, 13),
        *(13, 13),
        *(14, 14, 16, 21, 22),
    ]
    assert table["shown_score"].fillna(-1).tolist() == [900, -1, 3, 3, 5, 10, 13, 900, -1, 21, 21, 23, 28, 29]


def test_a_payoff_that_nobody_knows_leaves_the_rest_of_the_score_unknown() -> None:
    known = Trial(trial=0, choice=0, reward=2)
    one = Session(
        participant="p",
        session="p",
        task="t",
        trials=(known, Trial(trial=1, choice=None, missed=True), Trial(trial=2, choice=1), Trial(trial=3, choice=0)),
    )
    assert to_table([one])["main_score"].tolist()[:2] == [2, 2]
    assert to_table([one])["main_score"].isna().tolist() == [False, False, True, True]
    assert (one.main_score, one.shown_score) == (None, None)


def test_a_practice_is_measured_and_fitted_where_it_is_asked_for() -> None:
    asked = counting(everybody(4, 0), ["practice"])
    found = compare(asked).sessions
    assert found["n_choices"].tolist() == [4] * 6
    assert found["mean_reward"].tolist() == [900] * 6
    assert twinbean.fit(asked, models=["uniform"])["n_choices"].tolist() == [4] * 6
    both = compare(counting(everybody(4, 0), ["main", "practice"])).sessions
    assert both["n_choices"].tolist() == [14] * 6
    with pytest.raises(DataError, match="no trial is of the phase 'warm-up' .found 'practice', 'main'."):
        counting(everybody(4, 0), ["warm-up"])


def test_a_choice_that_leads_to_one_that_pays_leaves_the_score_known() -> None:
    """Two stages a trial: the first pays nothing, the second 0, then 1."""
    paid = [None, 0, None, 1]
    trials = [Trial(trial=t, choice=0, reward=reward, stage=1 + t % 2) for t, reward in enumerate(paid)]
    one = Session(participant="p", session="p", task="t", trials=tuple(trials))
    assert to_table([one])["main_score"].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("column", ["score", "shown_score"])
def test_tables_that_call_it_the_score_are_still_read(column: str) -> None:
    rows: Sequence[dict[str, object]] = [{"participant": "p", "trial": 0, "choice": 1, "reward": 4, column: 7}]
    (one,) = from_table(pd.DataFrame(rows))
    assert (one.shown_score, one.main_score) == (7, 4)

"""Rows of trials with several choices: how they are grouped, kept in tables, and looked at one stage at a time."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from twinbean.errors import DataError
from twinbean.sessions import COLUMNS, Session, Trial, from_table, to_table, write_table
from twinbean.sessions.stages import arms_of, at_stage, stages_of, trials_of


def first(number, choice, **more):
    return Trial(trial=number, choice=choice, missed=choice is None, stage=1, labels=("A", "B"), offered=(0, 1), **more)


def second(number, choice, state, reward, **more):
    more = {"outcomes": (reward, 9.0), "expected": (0.25, 0.5), "labels": ("C", "D"), "offered": (0, 1)} | more
    missed = choice is None
    return Trial(trial=number, choice=choice, missed=missed, stage=2, state=state, reward=reward, **more)


ROWS = (
    first(0, 0),
    second(1, 0, "red", 1.0, score=1.0, best_arm=1),
    first(2, 1),
    second(3, None, "blue", None, outcomes=(0.0, 9.0), score=1.0),
    first(4, None),
    second(5, 0, "blue", 2.0, score=3.0, transition="rare"),
)
PERSON = Session(participant="p", session="s", task="t", trials=ROWS)
PLAIN = Session(participant="p", session="s", task="t", trials=(Trial(trial=0, choice=1), Trial(trial=1, choice=0)))


def test_rows_of_rising_stages_are_one_trial():
    assert [[row.trial for row in rows] for rows in trials_of(PERSON)] == [[0, 1], [2, 3], [4, 5]]
    assert [[row.trial for row in rows] for rows in trials_of(PLAIN)] == [[0], [1]]
    torn = PERSON.replace(trials=(first(0, 0), first(1, 0, block=1), second(2, 0, "red", 1.0, block=1)))
    assert [len(rows) for rows in trials_of(torn)] == [1, 2]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_stage_state_and_transition_are_columns_of_the_table(ending, tmp_path):
    path = tmp_path / f"table.{ending}"
    write_table([PERSON], path)
    table = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
    assert list(table.columns)[7:12] == ["trial", "stage", "state", "transition", "choice"]
    assert from_table(table) == [PERSON]


def test_a_table_without_stages_is_what_it_was():
    assert list(to_table([PLAIN]).columns) == list(COLUMNS)
    assert not {"stage", "state", "transition"} & set(COLUMNS)


def test_a_column_kept_of_another_study_can_be_called_stage():
    """The stage of a disease, say: tables of earlier versions have it."""
    kept = PLAIN.replace(details={"kept": {"stage": "III", "state": "Ohio"}})
    assert from_table(to_table([kept])) == [kept]
    with pytest.raises(DataError, match="'stage' is kept of the participants, and the table has such a column"):
        to_table([PERSON.replace(details={"kept": {"stage": "III"}})])


@pytest.mark.parametrize("found", ["III", "0", "1.5"])
def test_a_stage_is_a_number_from_1(found):
    rows = io.StringIO(f"participant,trial,choice,stage\np,0,1,{found}\n")
    with pytest.raises(DataError, match="row 1: stage is"):
        from_table(pd.read_csv(rows))


def test_sessions_with_and_without_stages_are_not_taken_for_one():
    assert stages_of([PERSON]) == (1, 2)
    assert stages_of([PLAIN]) == ()
    with pytest.raises(DataError, match="some of these trials have stages and others have none"):
        stages_of([PERSON, PLAIN])


def test_at_a_stage_options_of_different_states_are_different_arms():
    (seen,) = at_stage([PERSON], 2)
    # Blue before red: two arms each.
    assert [(row.choice, row.offered, row.reward) for row in seen.trials] == [
        (2, (2, 3), 1.0),
        (None, (0, 1), None),
        (0, (0, 1), 2.0),
    ]
    assert seen.trials[0].expected == (None, None, 0.25, 0.5)
    assert seen.trials[0].labels == ("", "", "C", "D")
    assert seen.trials[0].best_arm == 3
    assert [row.stage for row in seen.trials] == [None] * 3
    assert [row.trial for row in seen.trials] == [0, 1, 2]


def test_the_first_stage_is_rewarded_with_what_its_trial_paid():
    (seen,) = at_stage([PERSON], 1)
    assert [(row.choice, row.offered, row.reward) for row in seen.trials] == [
        (0, (0, 1), 1.0),
        (1, (0, 1), None),
        (None, (0, 1), None),
    ]
    assert [row.score for row in seen.trials] == [1.0, 1.0, 3.0]


def test_a_stage_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="stage is 3, and the data have stages 1, 2"):
        at_stage([PERSON], 3)
    with pytest.raises(DataError, match="stage is 1, and the data have trials of one choice each"):
        at_stage([PLAIN], 1)


def test_all_stages_together_have_an_arm_an_option():
    arms = arms_of([PERSON])
    assert dict(arms.firsts) == {(1, None): 0, (2, "blue"): 2, (2, "red"): 4}
    assert arms.number == 6
    moved = arms.moved(ROWS[1])
    assert (moved.choice, moved.offered, moved.outcomes) == (4, (4, 5), (None,) * 4 + (1.0, 9.0))

"""Tables of other studies become sessions by naming their columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from twinbean.errors import DataError
from twinbean.records.foreign import Columns, read_foreign

DEZFOULI = Path(__file__).parents[3] / "shared" / "data" / "dezfouli2019" / "choices_diagno.csv.gz"
COLUMNS = Columns(participant="who", choice="key", reward="paid", block="part")


def written(folder, text):
    path = folder / "study.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_become_trials_in_their_order_with_unknown_payoffs_empty(tmp_path):
    path = written(tmp_path, "who,key,paid,part\nann,R2,1,x\nann,R1,0.5,x\nann,R1,0,y\nbob,R1,1,x\n")
    ann, bob = read_foreign(path, COLUMNS)
    assert [trial.choice for trial in ann.trials] == [1, 0, 0]
    assert [trial.outcomes for trial in ann.trials] == [(None, 1), (0.5, None), (0, None)]
    assert [trial.block for trial in ann.trials] == [0, 0, 1]
    assert [trial.trial for trial in bob.trials] == [0]
    assert ann.trials[0].labels == ("R1", "R2")


def test_an_empty_choice_is_a_missed_trial(tmp_path):
    (ann,) = read_foreign(written(tmp_path, "who,key,paid,part\nann,L,1,1\nann,,,1\nann,R,0,1\n"), COLUMNS)
    assert [trial.missed for trial in ann.trials] == [False, True, False]
    assert ann.n_choices == 2


def test_numbered_arms_are_in_the_order_of_their_numbers(tmp_path):
    rows = "".join(f"ann,{arm},0,1\n" for arm in (10, 2, 1))
    (ann,) = read_foreign(written(tmp_path, "who,key,paid,part\n" + rows), COLUMNS)
    assert ann.trials[0].labels == ("1", "2", "10")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who,key,paid\nann,L,1\n", "has no column 'part' \\(found 'who', 'key', 'paid'\\)"),
        ("who,key,paid,part\nann,L,one,1\nann,R,1,1\n", "row 1: paid is 'one', expected a number"),
        ("who,key,paid,part\nann,L,1,1\n", "holds \\['L'\\], expected at least two arms"),
        ("who,key,paid,part\nann,L,inf,1\nann,R,1,1\n", "row 1: paid is 'inf', expected a number"),
        ("who,key,paid,part\nann,L,1,1,\nann,R,1,1,\n", "row 1 has 5 cells, expected 4"),
        ("who,key,paid,part\nann,L,1,1\nann,R,1\n", "row 2 has 3 cells, expected 4"),
        ("", "is not a table"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    with pytest.raises(DataError, match=said):
        read_foreign(written(tmp_path, text), COLUMNS)


def test_the_published_table_has_its_published_counts():
    if not DEZFOULI.exists():
        pytest.skip("the data of Dezfouli et al. (2019) are not at hand")
    columns = Columns(participant="ID", choice="key", reward="reward", block="trial")
    sessions = read_foreign(DEZFOULI, columns)
    trials = [trial for session in sessions for trial in session.trials]
    assert (len(sessions), len(trials)) == (101, 132_251)
    assert sum(trial.reward for trial in trials) / len(trials) == pytest.approx(0.110, abs=5e-4)
    assert {max(trial.block for trial in session.trials) for session in sessions} == {11}


def test_a_payoff_that_is_no_number_is_unknown(tmp_path):
    (ann,) = read_foreign(written(tmp_path, "who,key,paid,part\nann,L,NaN,1\nann,R,2,1\n"), COLUMNS)
    assert [trial.reward for trial in ann.trials] == [None, 2]
    assert ann.trials[0].outcomes == (None, None)


def test_a_parquet_table_reads_as_the_csv_that_it_was(tmp_path):
    table = pd.DataFrame({"who": ["a"] * 4, "key": [1, None, 2, 1], "paid": [3.0, None, 2.5, 1], "part": [1, 1, 2, 2]})
    table.to_parquet(tmp_path / "t.parquet")
    (ann,) = read_foreign(tmp_path / "t.parquet", COLUMNS)
    assert [(trial.label, trial.missed, trial.reward) for trial in ann.trials] == [
        ("1", False, 3),
        (None, True, None),
        ("2", False, 2.5),
        ("1", False, 1),
    ]

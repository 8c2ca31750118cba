"""Tables of other studies become sessions by naming their columns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import twinbean
from twinbean.errors import DataError
from twinbean.sessions import read_file, write_table
from twinbean.sessions.foreign import Columns, read_foreign

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


WELCOME = {"trial_type": "html-keyboard-response", "trial_index": 0, "time_elapsed": 900, "rt": 900, "response": " "}


def screen(index, response, **more):
    kind = {"trial_type": "html-button-response", "trial_index": index, "time_elapsed": 900 * index, "rt": 412.5}
    return kind | {"response": response} | more


SAVED = [WELCOME, screen(1, 0, points=3), screen(2, None), screen(3, 1, points=True), screen(4, 1, points=0)]
BUTTONS = {"trial_type": ["html-button-response"]}


def saved_as_csv(rows):
    """As jsPsych's JSON2CSV writes it: every cell quoted, null as a word."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name, "") for name in names] for row in rows]
    lines = [names, *([cell if isinstance(cell, str) else json.dumps(cell) for cell in row] for row in cells)]
    return "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines) + "\r\n"


@pytest.mark.parametrize("name", ["ann.json", "ann.csv"])
def test_what_jspsych_saved_of_any_plugin_is_read_where_it_says_what_is_a_choice(tmp_path, name):
    path = tmp_path / name
    path.write_text(json.dumps(SAVED) if name.endswith("json") else saved_as_csv(SAVED), encoding="utf-8", newline="")
    (ann,) = read_foreign(path, Columns(choice="response", reward="points", rt="rt", where=BUTTONS))
    assert ann.participant == "ann"
    assert [(t.choice, t.label, t.reward, t.rt_ms) for t in ann.trials if not t.missed] == [
        (0, "0", 3, 412.5),
        (1, "1", 1, 412.5),
        (1, "1", 0, 412.5),
    ]
    assert [t.missed for t in ann.trials] == [False, True, False, False]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (SAVED, r"row 2: response is '0', a number, and in row 1 a word; name the rows that are choices with --where"),
        (
            [WELCOME | {"response": 0}, *SAVED[1:]],
            "row 2: response is of a html-button-response, and in row 1 of a html-k",
        ),
        (
            [WELCOME | {"response": {"Q0": "yes " * 99}}, *SAVED[1:]],
            r"row 1: response is '{\"Q0\".*\.\.\..*, expected a",
        ),
    ],
)
def test_a_choice_column_that_changes_kind_is_refused(tmp_path, rows, said):
    path = tmp_path / "ann.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(DataError, match=said) as raised:
        read_foreign(path, Columns(choice="response"))
    assert len(str(raised.value)) < 400 + len(str(path))


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 0, 1, 2, 3), (3, 2, 1, 0)])
def test_rows_of_jspsych_twice_or_reversed_are_refused(tmp_path, order):
    path = tmp_path / "ann.json"
    path.write_text(json.dumps([SAVED[1:][i] for i in order]), encoding="utf-8")
    with pytest.raises(DataError, match=r"row \d: trial_index is \d after \d; rows are of participant 'ann' twice"):
        read_foreign(path, Columns(choice="response", where=BUTTONS))


def test_tabs_part_cells_where_the_header_has_tabs(tmp_path):
    path = written(tmp_path, "who\tkey\tsaid\nann\tL\ta, b\nann\tR\tc\n")
    (ann,) = read_foreign(path, Columns(participant="who", choice="key"))
    assert [trial.label for trial in ann.trials] == ["L", "R"]


def test_entries_of_a_condition_are_rows_that_count(tmp_path):
    path = written(tmp_path, "who,key,part\nann,L,1\nann,R,2\nann,R,3\nann,L,3\n")
    (ann,) = read_foreign(path, Columns(participant="who", choice="key", where={"part": ["1", "3"]}))
    assert [trial.label for trial in ann.trials] == ["L", "R", "L"]
    with pytest.raises(DataError, match="study.csv has no row with part=4"):
        read_foreign(path, Columns(participant="who", choice="key", where={"part": ["4"]}))


KEPT = Columns(participant="who", choice="key", keep=("diagnosis", "arm count"))
WITH_DIAGNOSIS = "who,key,diagnosis,arm count\n" + "ann,L,patient,2\nann,R,patient,2\n" * 3 + "bob,R,,2\nbob,L,,2\n" * 3


def test_what_is_kept_travels_through_tables_fits_and_comparisons(tmp_path):
    sessions = read_foreign(written(tmp_path, WITH_DIAGNOSIS), KEPT)
    for name in ("tidy.csv", "tidy.parquet"):
        write_table(sessions, tmp_path / name)
        sessions = read_file(tmp_path / name)
        assert [session.kept for session in sessions] == [
            {"diagnosis": "patient", "arm count": "2"},
            {"diagnosis": None, "arm count": "2"},
        ]
    assert pd.read_csv(tmp_path / "tidy.csv")["diagnosis"].dropna().tolist() == ["patient"] * 6
    fits = twinbean.fit(sessions, models=["base_rate"]).set_index("participant")
    assert fits.loc["ann", "diagnosis"] == "patient"
    assert fits.loc["bob", "diagnosis"] is None
    compared = twinbean.compare(sessions)
    for table in (compared.sessions, compared.persons):
        assert set(table.loc[table["participant"] == "ann", "diagnosis"]) == {"patient"}


@pytest.mark.parametrize(
    ("changed", "keep", "said"),
    [
        (
            "ann,R,healthy,2\n",
            KEPT.keep,
            "row 13: diagnosis is 'healthy' after 'patient'; what is kept must be the same",
        ),
        ("", ("label",), "no column 'label'"),
        ("", ("sex",), "no column 'sex'"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path, changed, keep, said):
    with pytest.raises(DataError, match=said):
        read_foreign(written(tmp_path, WITH_DIAGNOSIS + changed), replace(KEPT, keep=keep))


def test_messages_name_a_few_columns_and_never_a_file(tmp_path):
    path = written(tmp_path, ",".join(f"column {i}" for i in range(500)) + "\n")
    with pytest.raises(DataError, match=r"has no column 'key' \(found 'column 0', .* and 488 more\)"):
        read_foreign(path, Columns(choice="key"))
    (tmp_path / "long.json").write_text(json.dumps([1] * 100_000), encoding="utf-8")
    with pytest.raises(DataError, match="expected a list of rows with names and values$"):
        read_foreign(tmp_path / "long.json", Columns(choice="key"))

"""No text that somebody else wrote is run by a spreadsheet, and none is changed by being written and read."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twinbean.sessions import Session, Trial, read, write_table
from twinbean.sessions.cells import all_unmarked, csv_text, unmarked

FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-x",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=",
    "-",
    '=HYPERLINK("http://x")',
    "'=1",
    "''-x",
)


def session(participant, raw):
    trial = Trial(trial=0, choice=0, label="=A", reward=-3.5, labels=("=A", "-B"), outcomes=(-3.5, None), raw=raw)
    return Session(participant=participant, session=participant, task="t", trials=(trial,))


@pytest.mark.parametrize("text", [*FORMULAS, "'", "'a", "plain", "a=b", "-1", "+4.5e3"])
def test_a_text_is_read_back_as_it_was_written(tmp_path, text):
    path = tmp_path / "t.csv"
    write_table([session(text, text)], path)
    (found,) = read(path)
    assert (found.participant, found.trials[0].raw, found.trials[0].label) == (text, text, "=A")
    assert found.trials[0].reward == -3.5


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_text_begins_like_a_formula(tmp_path, text):
    path = tmp_path / "t.csv"
    write_table([session(text, text)], path)
    with path.open(newline="", encoding="utf-8") as file:
        cells = [
            cell for row in csv.DictReader(file) for name, cell in row.items() if name not in ("reward", "main_score")
        ]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def test_numbers_stay_numbers(tmp_path):
    path = tmp_path / "t.csv"
    write_table([session("-5", None)], path)
    table = pd.read_csv(path)
    assert (table["reward"][0], table["participant"][0]) == (-3.5, -5)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8).map(lambda text: text.replace("\0", "")), min_size=1))
def test_any_texts_are_read_back(texts):
    written = csv_text(pd.DataFrame({"n": range(len(texts)), "text": texts, "last": texts}))
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    assert [unmarked(row)["text"] for row in rows] == texts
    assert [(row["text"], row["last"]) for row in all_unmarked(rows, written)] == [(text, text) for text in texts]


def test_where_nothing_is_marked_rows_are_taken_as_they_are():
    written = csv_text(pd.DataFrame({"text": ["it's", "a=b", "-1"]}))
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    assert all_unmarked(rows, written) is rows

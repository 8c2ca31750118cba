"""jsPsych rows, ours and a stock SweetBean page's, become sessions; what is no such row is refused by its number."""

from __future__ import annotations

import csv
import json

import pytest

from twinbean.errors import DataError
from twinbean.sessions import read_file
from twinbean.sessions.jspsych import best_arm, sessions_from_rows
from twinbean.sessions.sweetbean import process_js

ARMS = [{"color": "orange", "value": 10}, {"color": "blue", "value": 0.5}]


def row(**changes):
    return {"trial_type": "html-choice", "rt": 512.5, "bean_bandits": ARMS, "bean_response": 1, "bean_value": 0.5} | {
        f"bean_{name}" if name in ("response", "value", "labels", "positions", "offered", "bandits") else name: value
        for name, value in changes.items()
    }


def session(*rows):
    return sessions_from_rows(rows, where="data.json", participant="p")[0]


def test_a_trial_keeps_what_the_page_recorded():
    trial = session(row(labels=["K", "M"], positions=[1, 0])).trials[0]
    assert (trial.choice, trial.label, trial.position, trial.reward, trial.rt_ms) == (1, "M", 0, 0.5, 512.5)
    assert (trial.outcomes, trial.offered, trial.best_arm, trial.missed) == ((10, 0.5), (0, 1), 0, False)


def test_arms_without_a_label_are_numbered_from_1_as_sweetbean_tells_them():
    trial = session(row()).trials[0]
    assert (trial.choice, trial.label, trial.labels) == (1, "2", ("1", "2"))


def test_a_stock_page_keeps_the_choice_in_jspsychs_own_field():
    assert session(row(response=None) | {"response": 0}).trials[0].choice == 0


def test_a_missed_trial_of_our_page_is_missed_although_jspsych_has_a_response():
    trial = session(row(response=None, value=0) | {"bean_missed": True, "response": 1}).trials[0]
    assert (trial.choice, trial.reward, trial.missed) == (None, None, True)


def test_screens_are_no_trials_and_their_keys_are_kept_where_there_was_a_choice():
    one = {"bean_choices": [" "], "bean_response": " "}
    two = {"bean_choices": ["f", "j"], "bean_response": "j"}
    found = session(one, row(), two, {"choices": "ALL_KEYS", "response": "x"}, row(response=0, value=10))
    assert [trial.choice for trial in found.trials] == [1, 0]
    assert found.responses == ((1, "j"),)


def test_rows_that_name_several_participants_are_several_sessions():
    found = sessions_from_rows([row(participant=0), row(participant=1), row(participant=0)], where="w", participant="x")
    assert [(each.participant, len(each.trials)) for each in found] == [("0", 2), ("1", 1)]


def test_processed_rows_read_as_the_page_does():
    raw = [row(), {"bean_text": "Score: 1", "rt": None}, row(response=0, value=10)]
    assert session(*process_js(raw)) == session(*raw)


def test_a_csv_with_every_cell_quoted_reads_as_the_json_does(tmp_path):
    rows = [row(seed=3, parameters={"trials": 2}), {"bean_text": 'a "b", c'}, row(response=0, value=10)]
    (tmp_path / "p.json").write_text(json.dumps(rows), encoding="utf-8")
    names = list(dict.fromkeys(name for each in rows for name in each))
    with (tmp_path / "p.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        for each in rows:
            cells = [each.get(name, "") for name in names]
            writer.writerow([json.dumps(cell) if isinstance(cell, list | dict) else cell for cell in cells])
    assert read_file(tmp_path / "p.csv") == read_file(tmp_path / "p.json")


def test_best_arm_is_unknown_where_a_payoff_is():
    assert best_arm([1, 3, 3]) == 1
    assert best_arm([1, None]) is None
    assert best_arm([]) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"response": 5}, "row 1: response is 5, but the trial has arms 0 to 1"),
        ({"response": -1}, "response is -1"),
        ({"response": 1.7}, "response is 1.7, expected the number of an arm"),
        ({"response": True}, "response is True"),
        ({"response": float("inf")}, "response is inf"),
        ({"response": [1]}, r"response is \[1\]"),
        ({"value": float("nan")}, "value is nan, expected a number"),
        ({"value": [3]}, r"value is \[3\], expected a number"),
        ({"labels": ["A"]}, r"labels is \['A'\], but the trial has 2 arms"),
        ({"positions": [0]}, r"positions is \[0\], but the trial has 2 arms"),
        ({"positions": [0, 0]}, r"positions is \[0, 0\], expected the place of each arm, from 0, each once"),
        ({"positions": [0, True]}, r"positions is \[0, True\], expected the place of each arm"),
        ({"offered": [2]}, r"offered is \[2\], but the trial has arms 0 to 1"),
        ({"bandits": []}, "bandits is empty"),
        ({"bandits": "[1,"}, r"bandits is '\[1,', expected JSON"),
        ({"bandits": [1, 2]}, r"bandits is \[1, 2\], expected a list of \{color, value\}"),
        ({"bandits": [{"value": "10"}, {"value": 1}]}, "arm 0 pays '10', expected a number"),
        ({"block": float("inf")}, "block is inf, expected the number of a block"),
        ({"block": -1}, "block is -1, expected the number of a block"),
        ({"rt": "soon"}, "rt is 'soon', expected a number"),
        ({"seed": -3}, "seed is -3, expected an integer from 0"),
        ({"parameters": [1]}, r"parameters is \[1\], expected names with values"),
        ({"parts": {"arms": 3}}, r"parts is \{'arms': 3\}, expected names with texts"),
        ({"format": 3}, "row 1 has format 3, and this version of Twinbean reads formats 1 and 2"),
    ],
)
def test_what_is_no_row_of_a_bandit_task_is_refused(changes, said):
    with pytest.raises(DataError, match=said) as raised:
        session(row(**changes))
    assert "data.json" in str(raised.value)


def test_screens_that_are_not_ours_may_have_been_left_out_and_ours_may_not():
    assert len(session(row(trial_index=3), row(trial_index=7)).trials) == 2
    with pytest.raises(DataError, match="row 2: trial_index is 2 after 0"):
        session(row(trial_index=0, format=2), row(trial_index=2, format=2))


@pytest.mark.parametrize("whole", ["1", "1.0", 1.0])
def test_whole_numbers_are_read_however_a_spreadsheet_wrote_them(whole):
    assert session(row(response=whole)).trials[0].choice == 1


def test_rows_without_a_choice_are_no_session():
    with pytest.raises(DataError, match="data.json holds no choice and no response"):
        session({"trial_type": "html-keyboard-response", "response": "f"})


def test_how_often_the_window_lost_the_focus_is_counted_over_all_screens():
    left, resized = {"event": "left", "at": 10, "ms": 900}, {"event": "resized", "at": 20, "window": [360, 640]}
    screen = {"bean_text": "Welcome", "interruptions": [left]}
    found = session(screen, row(interruptions=[left, resized, left]), row(interruptions="[]"))
    assert found.details["focus_losses"] == 3
    assert session(row(interruptions=[])).details["focus_losses"] == 0
    # A page that does not watch says nothing, which is not 0.
    assert "focus_losses" not in session(row()).details


def test_interruptions_that_are_no_events_are_refused():
    with pytest.raises(DataError, match=r"row 1: interruptions is \['left'\], expected a list of events"):
        session(row(interruptions=["left"]))

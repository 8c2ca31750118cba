"""What no page and no replay can have written is refused at every door, and its row or trial is named."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

import twinbean
from twinbean._json import json_lines
from twinbean.errors import DataError
from twinbean.sessions import Session, Trial, checked, from_table, read_file, to_table, write_table
from twinbean.sessions.checking import fault

GOOD = Trial(
    trial=0,
    choice=1,
    label="B",
    reward=2.0,
    score=2.0,
    rt_ms=350.0,
    outcomes=(1, 2.0),
    expected=(1, None),
    offered=(0, 1),
    labels=("A", "B"),
    position=0,
    best_arm=0,
    logp=-0.7,
    logp_legal=-0.5,
    legal_mass=0.8,
    p=(0.4, 0.6),
)
MISSED = Trial(trial=0, choice=None, missed=True, outcomes=(1, 2), offered=(0, 1), labels=("A", "B"))


def session(*trials):
    numbered = tuple(replace(trial, trial=number) for number, trial in enumerate(trials))
    return Session(participant="ann", session="s", task="t", trials=numbered)


@pytest.mark.parametrize(
    "trial",
    [
        GOOD,
        MISSED,
        replace(MISSED, forced=True, offered=(1,)),
        replace(GOOD, forced=True, offered=(1,)),
        replace(GOOD, outcomes=(None, 2.0), expected=(), labels=(), label=None, offered=(), p=()),
        replace(GOOD, logp=float("-inf"), p=(None, 1.0)),
        replace(GOOD, logp=1e-7, legal_mass=1 + 1e-7),
        replace(GOOD, reward=None, outcomes=(None, None)),
    ],
)
def test_what_can_be_played_is_let_pass(trial):
    assert fault(trial) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"offered": (0,)}, r"choice is 1, and offered is \[0\]"),
        ({"offered": (0, 1, 2)}, r"offered is \[0, 1, 2\], but the trial has arms 0 to 1"),
        ({"offered": (-1, 1)}, r"offered is \[-1, 1\]"),
        ({"offered": (0.5, 1)}, r"offered is \[0.5, 1\]"),
        ({"offered": ([1], 1)}, r"offered is \[\[1\], 1\]"),
        ({"offered": (1, 1)}, "an arm more than once"),
        ({"forced": True}, r"forced and offered is \[0, 1\], expected one arm"),
        ({"logp": 0.2}, "logp is 0.2, and the logarithm of a probability is 0 at most"),
        ({"logp_legal": float("nan")}, "logp_legal is nan"),
        ({"legal_mass": 1.2}, "legal_mass is 1.2, expected a probability"),
        ({"legal_mass": -0.1}, "legal_mass is -0.1, expected a probability"),
        ({"p": (0.9, 0.6)}, r"p is \[0.9, 0.6\]"),
        ({"p": (-0.2, 1.0)}, r"p is \[-0.2, 1.0\]"),
        ({"p": (0.4, 0.3, 0.3)}, r"p is \[0.4, 0.3, 0.3\], but the trial has 2 arms"),
        ({"choice": 2}, "choice is 2, but the trial has arms 0 to 1"),
        ({"choice": 1.0}, "choice is 1.0"),
        ({"choice": None}, "a missed trial has no choice"),
        ({"best_arm": 2}, "best_arm is 2"),
        ({"position": -1}, "position is -1"),
        ({"label": "A"}, "label is 'A', and arm 1 is labelled 'B'"),
        ({"labels": ("A", "B", "C")}, "but the trial has 2 arms"),
        ({"rt_ms": -3.0}, "rt_ms is -3.0"),
        ({"reward": float("inf")}, "reward is inf"),
        ({"score": "3"}, "score is '3', expected a number"),
        ({"outcomes": (1, "2")}, r"outcomes is \[1, '2'\]"),
        ({"block": -1}, "block is -1"),
    ],
)
def test_what_nobody_can_have_played_is_refused(changes, said):
    with pytest.raises(DataError, match=rf"participant 'ann', session 's', trial 1: .*{said}"):
        checked([session(GOOD, replace(GOOD, **changes), MISSED)])


def test_a_missed_trial_pays_nothing():
    with pytest.raises(DataError, match=r"trial 0: reward is 3, and a missed trial pays nothing"):
        checked([session(replace(MISSED, reward=3))])


def trials_of(played, order):
    return [Session(participant="ann", session="s", task="t", trials=tuple(played.trials[i] for i in order))]


@pytest.mark.parametrize("order", [(0, 1, 2, 0, 1, 2), (2, 1, 0), (0, 2), (1, 2)])
def test_sessions_in_python_are_whole_and_in_order(order):
    played = trials_of(session(*[GOOD] * 3), order)
    doors = (lambda: twinbean.fit(played, models=["rw"]), lambda: twinbean.compare(played), lambda: checked(played))
    for door in doors:
        with pytest.raises(
            DataError, match=r"participant 'ann', session 's', trial \d: it is number \d of the session"
        ):
            door()


def test_the_same_session_twice_is_refused_and_two_branches_of_one_record_are_not():
    person = session(*[GOOD] * 3)
    for door in (lambda: twinbean.fit([person, person], models=["rw"]), lambda: twinbean.compare([person, person])):
        with pytest.raises(DataError, match=r"participant 'ann' \(human\), session 's' is in the data more than once"):
            door()
    branches = [
        Session(
            participant="ann", session="s.0", task="t", source="m",
            trials=tuple(replace(t, origin="recorded" if t.trial < n else "subject") for t in person.trials),
        )
        for n in (1, 2)
    ]  # fmt: skip
    assert len(checked([person, *branches])) == 3


@pytest.mark.parametrize(("column", "cell", "said"), [("offered", "[0]", "offered is"), ("logp", 0.5, "logp is 0.5")])
def test_a_table_is_refused_by_its_row_and_so_is_the_file_of_it(tmp_path, column, cell, said):
    table = to_table([session(GOOD, GOOD, GOOD)])
    table[column] = table[column].astype(object)
    table.loc[1, column] = cell
    with pytest.raises(DataError, match=f"the table, row 2: .*{said}"):
        from_table(table)
    table.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError, match=f"t.csv, row 2: .*{said}"):
        read_file(tmp_path / "t.csv")
    with pytest.raises(DataError, match=f"the table, row 2: .*{said}"):
        twinbean.fit(table, models=["rw"])


def test_rows_of_a_table_are_in_the_order_of_their_trials_wherever_they_stand():
    table = to_table([session(GOOD, MISSED, GOOD)])
    assert from_table(table.iloc[::-1]) == from_table(table)
    with pytest.raises(DataError, match="row 4: participant 'ann' has trial 0 more than once"):
        from_table(pd.concat([table, table]))
    with pytest.raises(DataError, match="participant 'ann' has no trial 1"):
        from_table(table.drop(index=1))


def page_row(index, **changes):
    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 0}]
    return {"format": 1, "trial_index": index, "bean_bandits": arms, "bean_response": 0, "bean_value": 1} | changes


@pytest.mark.parametrize(
    ("indices", "said"),
    [
        ((0, 1, 2, 0, 1, 2), "row 4: trial_index is 0 after 2"),
        ((2, 1, 0), "row 1: trial_index is 2 after none"),
        ((0, 1, 3), "row 3: trial_index is 3 after 1"),
        ((0, 1, 1), "row 3: trial_index is 1 after 1"),
    ],
)
def test_a_pages_rows_are_all_there_once_and_in_order(tmp_path, indices, said):
    path = tmp_path / "ann.json"
    path.write_text(json.dumps([page_row(index) for index in indices]), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_file(path)


def test_a_session_that_was_left_early_is_read_and_so_are_the_choices_of_another_jspsych_task(tmp_path):
    path = tmp_path / "ann.json"
    path.write_text(json.dumps([page_row(0), page_row(1)]), encoding="utf-8")
    assert read_file(path)[0].n_choices == 2
    path.write_text(json.dumps([page_row(3, format=None), page_row(7, format=None)]), encoding="utf-8")
    assert read_file(path)[0].n_choices == 2


def test_what_was_written_is_read_again(tmp_path):
    write_table([session(GOOD, MISSED, GOOD)], tmp_path / "t.csv")
    assert read_file(tmp_path / "t.csv")[0].trials == session(GOOD, MISSED, GOOD).trials


def test_lines_of_json_end_at_line_feeds_only():
    content = '{"a": "x\u2028y\x85z"}\r\n\n[1]\n'.encode()
    assert list(json_lines(content, "f")) == [("f, line 1", {"a": "x\u2028y\x85z"}), ("f, line 3", [1])]
    for damaged, said in ((b"1\n{\n", "f, line 2 is not JSON"), (b"\xff\n", "f, line 1 is not UTF-8 text")):
        with pytest.raises(DataError, match=said):
            list(json_lines(damaged, "f"))

"""What a notebook and a terminal show of sessions, runs and comparisons: one line, or a small table, escaped."""

from __future__ import annotations

import pytest

import twinbean
from twinbean import Session, Trial

EVIL = "<script>alert(1)</script>"


def person(name="ann", rewards=(1.0, 0.0)):
    trials = tuple(
        Trial(trial=t, choice=t % 2, label="AB"[t % 2], labels=("A", "B"), reward=paid, offered=(0, 1))
        for t, paid in enumerate(rewards)
    )
    return Session(participant=name, session=name, task="two", trials=trials)


def test_a_session_is_one_line_however_long_it_is():
    told = repr([person(rewards=(1.0,) * 500), person("bob", (1.0,))])
    assert len(told) < 250
    assert "participant='ann'" in told
    assert "500 choices in 500 trials)" in told
    assert "1 choice in 1 trial)" in told


def test_a_trial_shows_what_is_known_of_it_and_a_zero_is_known():
    assert repr(Trial(trial=0, choice=0, reward=0.0)) == (
        "Trial(trial=0, choice=0, reward=0.0, block=0, origin='recorded')"
    )
    assert "missed=True" in repr(Trial(trial=3, choice=None, missed=True))


def test_a_notebook_shows_the_first_trials_of_a_session():
    shown = person(rewards=(1.0,) * 12)._repr_html_()
    assert shown.count("<tr>") == 1 + 10
    assert "and 2 more trials" in shown


@pytest.mark.parametrize("field", ["participant", "task", "source"])
def test_nothing_of_a_session_is_markup(field):
    shown = person().replace(**{field: EVIL})._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_nothing_of_a_trial_is_markup():
    shown = person().replace(trials=(Trial(trial=0, choice=0, label=EVIL),))._repr_html_()
    assert "<script" not in shown
    assert f"<td>{EVIL.replace('<', '&lt;').replace('>', '&gt;')}</td>" in shown


def test_a_comparison_is_one_line_and_a_table_of_measures():
    people = [person(), person("bob", (1.0, 1.0))]
    played = [one.replace(source=EVIL, sample=0) for one in people]
    compared = twinbean.compare(people, played)
    assert repr(compared).startswith("Comparison(two: 2 people; groups ")
    assert len(repr(compared)) < 300
    shown = compared._repr_html_()
    assert "<td>mean_reward</td>" in shown
    assert "<script" not in shown


def test_a_run_is_one_line_and_a_table_of_its_manifest(tmp_path):
    twinbean.replay("two_armed_bandit", model=lambda prompt: "1", samples=2, run=tmp_path / "ones")
    (notes,) = twinbean.read_notes([tmp_path / "ones"])
    assert repr(notes) == "RunNotes('ones', replay of 'two_armed_bandit' by 'function', 2 sessions, 0 failed)"
    assert "<td>task</td><td>two_armed_bandit</td>" in notes._repr_html_()

"""The seed's workflow: play with any function, keep the rows, go on from a recorded response."""

from __future__ import annotations

import json
from dataclasses import replace as replace_fields

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.errors import RecordMismatch, SubjectError
from twinbean.play.game import Seat
from twinbean.play.language import run_on_language
from twinbean.play.rows import page_rows
from twinbean.runs.replaying import replay
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.sweetbean import get_n_responses, process_js, until_response
from twinbean.subjects.scripted import Function


def add(total, value):
    return total + value


def experiment():
    score = SharedVariable("score", 0)
    update = SideEffect(score, FunctionVariable("add", add, [score, DataVariable("value", 0)]))
    timeline = [{"a": {"color": "red", "value": 10 - n}, "b": {"color": "blue", "value": n}} for n in range(4)]
    bandit = Bandit(bandits=[TimelineVariable("a"), TimelineVariable("b")], side_effects=[update])
    return Experiment([Block([bandit, Text(duration=5, text="-")], timeline=timeline)])


def test_rows_of_a_play_are_continued_from_any_choice():
    rows, prompts = run_on_language(experiment(), lambda prompt: "1")
    assert [row["score"] for row in rows if "score" in row] == [10, 19, 27, 34]
    asked = []
    more, _ = run_on_language(experiment(), lambda prompt: asked.append(prompt) or "2", data=until_response(rows, 3))
    assert [row["score"] for row in more if "score" in row] == [10, 19, 27, 30]
    assert len(asked) == 1
    assert asked[0].startswith("".join(prompts[:6]))


def test_all_choices_of_the_data_leave_nothing_to_ask():
    rows, _ = run_on_language(experiment(), lambda prompt: "2")
    again, _ = run_on_language(experiment(), pytest.fail, data=until_response(rows, get_n_responses(rows)))
    assert again == rows


def test_data_are_checked_and_never_echoed():
    rows, _ = run_on_language(experiment(), lambda prompt: "2")
    rows[0]["value"] = 999
    with pytest.raises(RecordMismatch, match="the record has reward 999, the definition gives 0"):
        run_on_language(experiment(), pytest.fail, data=rows)


def test_rows_in_the_pages_form_are_read_back_and_keep_their_times():
    rows, _ = run_on_language(experiment(), lambda prompt: "1")
    saved = json.loads(json.dumps(page_rows(rows, Seat(participant="p", session="s", task="t"), [1.5, 2.5, 3.5, 4.5])))
    (session,) = sessions_from_rows(saved, where="saved", participant="x")
    assert [trial.rt_ms for trial in session.trials] == [1.5, 2.5, 3.5, 4.5]
    assert session == sessions_from_rows(process_js(saved), where="s", participant="p")[0].replace(
        session="s", task="t", details=session.details
    )


def test_a_time_belongs_to_what_was_answered_and_not_to_what_was_answered_for_the_participant():
    bandits = [{"value": 1}, {"value": 2}]
    rows = [
        {"text": "Ready?", "choices": [" "], "response": " "},
        {"bandits": bandits, "forced": True, "response": 0},
        {"text": "f or j?", "choices": ["f", "j"], "response": "F"},
        {"bandits": bandits, "forced": False, "response": 1},
    ]
    saved = page_rows(rows, Seat(participant="p", session="s", task="t"), [10.0, 20.0])
    assert [row["rt"] for row in saved] == [None, None, 10.0, 20.0]


def test_a_contradiction_leaves_nothing_behind_and_is_a_warning_where_that_is_asked_for(tmp_path):
    model = Function(lambda prompt: "1")
    (person,) = replay("two_armed_bandit", model=model, run=tmp_path / "made")
    trials = (*person.trials[:10], replace_fields(person.trials[10], reward=999.0))
    person = person.replace(trials=trials)
    with pytest.raises(RecordMismatch, match="trial 10: the record has reward 999.0, the definition gives 0"):
        replay("two_armed_bandit", [person], model=model, run=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    replay("two_armed_bandit", [person], model=model, run=tmp_path / "run", after=11, lenient=True)
    assert "999.0" in (tmp_path / "run" / "sessions.csv").read_text()


def test_a_function_that_replies_with_a_dict_says_more_of_a_trial_as_in_sweetbeans_confidence_tutorial():
    certainties = iter([0.9, 0.8, 0.7, 0.6])
    rows, _ = run_on_language(experiment(), lambda prompt: {"response": "1", "certainty": next(certainties)})
    assert [row["certainty"] for row in rows if "bandits" in row] == [0.9, 0.8, 0.7, 0.6]
    assert [row["response"] for row in rows if "bandits" in row] == [0] * 4
    assert not any("certainty" in row for row in rows if "bandits" not in row)
    with pytest.raises(SubjectError, match="the reply says 'value', which the row records: give it another name"):
        run_on_language(experiment(), lambda prompt: {"response": "1", "value": 3})

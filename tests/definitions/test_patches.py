"""Every patch of SweetBean has a test here that fails without it (`make mutants` removes the patches one by one)."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.definitions import patches as compat
from twinbean.definitions.definition import define
from twinbean.errors import TwinbeanError
from twinbean.play.game import Play, Seat
from twinbean.sessions.questions import Answer
from twinbean.tasks.task import load

TWO = [{"color": "red", "value": 3}, {"color": "blue", "value": 5}]


def play(experiment, *labels, participant="p"):
    given = iter(labels)

    def ask(question):
        label = next(given)
        return Answer(label=label, raw=label)

    return Play(define(experiment), Seat(participant=participant, session=participant, task="t"), ask).run()


def counting(name, start=0, *, by="value"):
    shared = SharedVariable(name, start)
    return shared, SideEffect(shared, FunctionVariable("add", lambda a, b: a + b, [shared, DataVariable(by, 0)]))


def test_importing_needs_no_java_and_prints_nothing():
    code = "import twinbean.definitions, sweetbean.stimulus"
    nowhere = {"PATH": "/nowhere", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    done = subprocess.run([sys.executable, "-c", code], env=nowhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_another_sweetbean_is_refused_by_its_version(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "1.4.0")
    with pytest.raises(TwinbeanError, match="sweetbean 1.4.0 is installed"):
        compat.check_version()


def test_effects_run_one_after_the_other():
    first, add = counting("first")
    second = SharedVariable("second", 0)
    double = SideEffect(second, FunctionVariable("double", lambda a: a * 2, [first]))
    experiment = Experiment([Block([Bandit(bandits=TWO, side_effects=[add, double])], timeline=[{}, {}])])
    rows = play(experiment, "1", "2").rows
    assert [(row["first"], row["second"]) for row in rows] == [(3, 6), (8, 16)]


def test_several_effects_on_one_variable_chain():
    score, add = counting("score")
    tax = SideEffect(score, FunctionVariable("tax", lambda a: a - 1, [score]))
    experiment = Experiment([Block([Bandit(bandits=TWO, side_effects=[add, tax])], timeline=[{}, {}])])
    assert [row["score"] for row in play(experiment, "1", "2").rows] == [2, 6]


def test_an_effect_on_the_row_is_seen_by_the_next_effect():
    seen = SharedVariable("seen", None)
    mark = SideEffect(DataVariable("doubled", 0), FunctionVariable("d", lambda v: v * 2, [DataVariable("value", 0)]))
    keep = SideEffect(seen, FunctionVariable("k", lambda v: v, [DataVariable("doubled", 0)]))
    rows = play(Experiment([Block([Bandit(bandits=TWO, side_effects=[mark, keep])])]), "2").rows
    assert (rows[0]["doubled"], rows[0]["seen"]) == (10, 10)


def test_windows_count_rows_back_from_the_current_one():
    last = SharedVariable("last", 0)
    keep = SideEffect(
        last, FunctionVariable("k", lambda a, b: [a, b], [DataVariable("value", 0), DataVariable("value", 2)])
    )
    plain, text = Bandit(bandits=TWO), Text(duration=1, text="-")
    experiment = Experiment([Block([plain, text, Bandit(bandits=TWO, side_effects=[keep])])])
    assert play(experiment, "1", "2").rows[-1]["last"] == [5, 3]


def test_totals_never_leak_between_participants_of_one_process():
    score, add = counting("score")
    experiment = Experiment([Block([Bandit(bandits=TWO, side_effects=[add])], timeline=[{}, {}, {}])])
    totals = [play(experiment, *labels).rows[-1]["score"] for labels in ("222", "111", "212")]
    assert totals == [15, 9, 13]


def test_a_text_row_holds_nothing_of_the_bandits_row():
    score, add = counting("score")
    text = Text(duration=1, text=FunctionVariable("t", lambda s: f"{s}", [score]))
    experiment = Experiment([Block([Bandit(bandits=TWO, side_effects=[add]), text], timeline=[{}, {}])])
    rows = play(experiment, "1", "2").rows
    assert [row.get("value") for row in rows] == [3, None, 5, None]


def test_a_shared_variable_that_is_only_shown_is_known():
    shown = SharedVariable("title", "Casino")
    text = Text(duration=1, text=FunctionVariable("t", lambda s: s + "!", [shown]))
    experiment = Experiment([Block([text, Bandit(bandits=TWO)])])
    assert play(experiment, "1").rows[0]["text"] == "Casino!"


def test_a_tuple_in_a_timeline_arrives_as_a_list():
    text = Text(duration=1, text=FunctionVariable("t", lambda pair: f"{pair}", [TimelineVariable("pair")]))
    experiment = Experiment([Block([text, Bandit(bandits=TWO)], timeline=[{"pair": (1, 2)}])])
    assert play(experiment, "1").rows[0]["text"] == "[1, 2]"


def test_a_row_holds_what_the_page_records_and_no_markup():
    row = play(Experiment([Block([Bandit(bandits=TWO)])]), "1").rows[0]
    assert not {"html_array", "values", "stimulus", "type"} & row.keys()


def test_a_file_that_ends_by_writing_its_page_is_a_task_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = (
        "from sweetbean import Block, Experiment\nfrom sweetbean.stimulus import Bandit\n"
        "arms = [{'color': 'red', 'value': 1}, {'color': 'blue', 'value': 0}]\n"
        "experiment = Experiment([Block([Bandit(bandits=arms)], timeline=[{}])])\n"
        "experiment.to_html('page.html', path_local_download='data.json')\n"
    )
    (tmp_path / "stock.py").write_text(source, encoding="utf-8")
    written = Experiment.to_html
    assert load("stock.py").define().trials_per_session == 1
    assert [path.name for path in tmp_path.iterdir() if path.suffix] == ["stock.py"]
    assert Experiment.to_html is written


def test_a_task_can_be_loaded_while_another_thread_plays():
    _, total = counting("score")
    experiment = Experiment([Block([Bandit(bandits=TWO, side_effects=[total])], timeline=[{}])])
    with compat.pages_left_to_twinbean(), ThreadPoolExecutor(1) as other:
        assert other.submit(play, experiment, "1").result().session.trials[0].reward == 3

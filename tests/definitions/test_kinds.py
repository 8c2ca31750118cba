"""Every kind of stimulus has its two files and its two lines, and nothing else knows it by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
from sweetbean.stimulus.Stimulus import _BaseStimulus

from twinbean.definitions import kinds
from twinbean.definitions.definition import define
from twinbean.definitions.emission import emit_definition
from twinbean.definitions.kinds import Kind
from twinbean.play.game import Play, Record, Seat
from twinbean.sessions import Trial

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "static" / "src"


def test_the_page_has_the_kinds_that_the_replay_has():
    registers = [PAGE / "kinds" / "index.js", PAGE / "patterns" / "index.js"]
    registered = [name for path in registers for name in re.findall(r"^  (\w+): \w+,$", path.read_text("utf-8"), re.M)]
    assert sorted(registered) == sorted(kind.name for kind in (*kinds.KINDS, *kinds.TRIALS.values()))


def test_nothing_else_knows_a_kind_by_name():
    named = re.compile(rf"""kind\b[^\n]*["'](?:{"|".join(kind.name for kind in kinds.KINDS)})["']""")
    sources = [*(ROOT / "src").rglob("*.py"), *PAGE.rglob("*.js")]
    assert len(sources) > 200
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        if "kinds" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if named.search(line)
    ]
    assert found == []


class Survey(_BaseStimulus):
    type = "survey"

    def __init__(self, question):
        super().__init__({"question": question}, None)

    def _add_special_param(self): ...

    def _process_response(self): ...

    def _set_before(self): ...


class SurveyKind(Kind):
    name = "Survey"
    stimuli = (Survey,)
    arguments = ("question",)
    responses = frozenset({"response"})
    people_only = True


@pytest.fixture
def surveys(monkeypatch):
    monkeypatch.setattr(kinds, "KINDS", [SurveyKind(), *kinds.KINDS])
    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 2}]
    return define(Experiment([Block([Survey("How old are you?"), Bandit(bandits=arms)])]))


def test_a_kind_is_added_by_registering_it(surveys):
    stimulus = emit_definition(surveys).blocks[0]["stimuli"][0]
    assert stimulus == {"kind": "Survey", "arguments": {"question": "How old are you?"}, "effects": []}


def test_what_people_only_are_asked_is_skipped_and_said(surveys):
    def ask(question):
        raise AssertionError("everything is on record")

    record = Record(trials=(Trial(trial=0, choice=1),))
    played = Play(surveys, Seat(participant="p", session="s", task="t"), ask, record=record).run()
    assert played.rows[0] == {"question": "How old are you?", "response": None}
    assert "How old" not in played.transcript.text
    assert played.session.trials[0].reward == 2
    assert surveys.untold() == ["Survey screens"]

"""The run that is committed can be read, and is what its README says."""

from __future__ import annotations

import json
from pathlib import Path

import twinbean
from twinbean import _assets

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "results" / "example"


def test_the_example_continues_the_programs_session_after_three_choices():
    (person,) = twinbean.read(_assets.example_sessions()[0])
    sessions = twinbean.read(EXAMPLE)
    assert len(sessions) == 5
    for session in sessions:
        assert [trial.choice for trial in session.trials[:3]] == [trial.choice for trial in person.trials[:3]]
        assert [trial.origin for trial in session.trials] == ["recorded"] * 3 + ["subject"] * 8
        assert [trial.outcomes for trial in session.trials] == [trial.outcomes for trial in person.trials]


def test_its_transcripts_hold_every_choice_as_a_marked_label():
    lines = (EXAMPLE / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    transcripts = [json.loads(line) for line in lines]
    assert [transcript["text"].count("<<") for transcript in transcripts] == [11] * 5
    assert {transcript["participant"] for transcript in transcripts} == {"program-1"}

"""Psych-101 transcripts are read as they are: every choice a span, its legal labels from the text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twinbean.errors import DataError
from twinbean.sessions.psych101 import read_transcripts

SHARED = Path(__file__).parents[3] / "shared" / "data"


def written(folder, text):
    path = folder / "prompts.jsonl"
    path.write_text(json.dumps({"text": text, "experiment": "e", "participant": 7}) + "\n", encoding="utf-8")
    return path


def test_labels_are_those_listed_last_before_the_choice(tmp_path):
    text = "The options are J, G, and F.\nYou can use J and G.\nYou choose <<G>>.\nNow F or J.\nYou choose <<F>>."
    transcript = read_transcripts(written(tmp_path, text))[0]
    assert [span.labels for span in transcript.spans] == [("J", "G"), ("F", "J")]
    assert [transcript.text[span.start : span.end] for span in transcript.spans] == ["G", "F"]


def test_labels_given_by_the_researcher_win(tmp_path):
    text = "You choose <<left>>. You choose <<right>>."
    spans = read_transcripts(written(tmp_path, text), labels=["left", "right"])[0].spans
    assert {span.labels for span in spans} == {("left", "right")}


def test_labels_are_never_guessed_from_what_was_pressed(tmp_path):
    with pytest.raises(DataError, match="participant '7' chose 'G', and the labels are not listed"):
        read_transcripts(written(tmp_path, "You choose <<G>>. You choose <<J>>."))


@pytest.mark.parametrize(
    ("study", "people", "choices", "arms"),
    [("psych201_thoma2025", 483, 47_817, {2}), ("psych201_spektor2019", 130, 35_480, {2, 3})],
)
def test_published_transcripts_have_the_published_counts(study, people, choices, arms):
    path = SHARED / study / "prompts.jsonl.zip"
    if not path.exists():
        pytest.skip(f"{path.name} of {study} is not at hand")
    transcripts = read_transcripts(path)
    assert len(transcripts) == people
    assert sum(len(transcript.spans) for transcript in transcripts) == choices
    assert {len(span.labels) for transcript in transcripts for span in transcript.spans} == arms


def test_participants_of_several_experiments_with_one_number_have_sessions_of_their_own(tmp_path):
    path = tmp_path / "prompts.jsonl"
    entries = [("e1", "0"), ("e2", "0"), ("e2", "0"), ("e2", "1")]
    lines = [json.dumps({"text": "You choose <<A>>.", "experiment": e, "participant": p}) for e, p in entries]
    path.write_text("\n".join(lines), encoding="utf-8")
    transcripts = read_transcripts(path, labels=["A", "B"])
    assert [one.session for one in transcripts] == ["e1/0", "e2/0", "e2/0#2", "1"]
    assert [one.participant for one in transcripts] == ["0", "0", "0", "1"]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
def test_a_line_ends_at_a_line_feed_and_at_nothing_else(tmp_path, end):
    path = tmp_path / "prompts.jsonl"
    entry = {"text": f"Choose{end} A or B. You choose <<A>>.", "experiment": "e", "participant": "p"}
    line = json.dumps(entry, ensure_ascii=False)
    path.write_bytes(f"{line}\r\n\n{line}\n".encode())
    assert [one.text for one in read_transcripts(path)] == [entry["text"]] * 2

"""Where a text's trials begin and end, told by their lines or by the play itself."""

from __future__ import annotations

import re

import pytest

from twinbean.errors import DataError
from twinbean.scoring.layout import TrialPlace, layout_of_lines, layout_of_trials
from twinbean.sessions.transcripts import Span, Transcript


def read(text: str) -> Transcript:
    spans = tuple(
        Span(start=found.start(1), end=found.end(1), labels=("A", "B"), arms=(0, 1), trial=trial)
        for trial, found in enumerate(re.finditer("<<(.)>>", text))
    )
    return Transcript(participant="p", experiment="t", text=text, spans=spans)


def test_a_trial_begins_with_its_line_and_goes_on_to_the_next() -> None:
    whole = read("Win.\nYou press <<A>>.\nWell done.\nYou press <<B>>.\nBye.")
    layout = layout_of_lines(whole)
    cut = [whole.text[begin:end] for begin, end in zip(layout.begins, layout.ends, strict=True)]
    assert cut == ["You press <<A>>.\nWell done.\n", "You press <<B>>.\nBye."]
    assert layout.blocks is None


def test_two_choices_on_one_line_cannot_be_cut_apart() -> None:
    with pytest.raises(DataError, match="two choices on one line, at trials 0 and 1; .*psych101"):
        layout_of_lines(read("Win. You name <<A>>. You name <<B>>."))


def test_forced_trials_lead_up_to_the_choice_after_them_and_blocks_keep_apart() -> None:
    places = [
        TrialPlace(begin=10, end=20, block=0, is_choice=False),
        TrialPlace(begin=21, end=30, block=0, is_choice=True),
        TrialPlace(begin=35, end=40, block=0, is_choice=True),
        TrialPlace(begin=50, end=60, block=1, is_choice=False),
        TrialPlace(begin=61, end=70, block=1, is_choice=False),
        TrialPlace(begin=71, end=80, block=1, is_choice=True),
    ]
    layout = layout_of_trials(places)
    assert layout.begins == (10, 30 + 5, 50)
    # The first choice goes on to the next trial of its block (a score screen is its own), the last of a block does not.
    assert layout.ends == (35, 40, 80)
    assert layout.blocks == (0, 0, 1)

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from twinbean.errors import DataError
from twinbean.scoring.layout import layout_of_lines
from twinbean.scoring.windows import each_block, first_tokens, last_trials
from twinbean.sessions.transcripts import Span, Transcript


def read(text: str) -> Transcript:
    spans = tuple(
        Span(start=found.start(1), end=found.end(1), labels=("A", "B"), arms=(0, 1), trial=trial)
        for trial, found in enumerate(re.finditer("<<(.)>>", text))
    )
    return Transcript(participant="p", experiment="t", text=text, spans=spans)


INSTRUCTIONS = "Two machines pay.\nWin points.\n"
TRIALS = ["You press <<A>> and get 1.\n", "You press <<B>> and get 2.\nWell done.\n", "You press <<A>> and get 3.\n"]
SESSION = read(INSTRUCTIONS + "".join(TRIALS))
LAYOUT = layout_of_lines(SESSION)


def test_the_last_trials_are_shown_with_the_instructions_and_nothing_else() -> None:
    assert [part.text for part in last_trials(SESSION, LAYOUT, 1)] == [
        INSTRUCTIONS + "You press <<A",
        INSTRUCTIONS + TRIALS[0] + "You press <<B",
        INSTRUCTIONS + TRIALS[1] + "You press <<A",
    ]
    assert last_trials(SESSION, LAYOUT, 0)[2].text == INSTRUCTIONS + "You press <<A"


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_every_part_has_the_span_of_its_own_choice(n: int) -> None:
    parts = last_trials(SESSION, LAYOUT, n)
    chosen = [part.text[span.start : span.end] for part in parts for span in part.spans]
    assert chosen == ["A", "B", "A"]
    assert [span.trial for part in parts for span in part.spans] == [0, 1, 2]


def test_a_window_longer_than_the_session_shows_all_that_came_before() -> None:
    assert last_trials(SESSION, LAYOUT, 9)[2].text == SESSION.text[: SESSION.spans[2].end]


def test_blocks_are_shown_with_the_instructions_and_their_own_heading() -> None:
    whole = read("Win points.\n\nBlock 1:\nYou press <<A>>.\nYou press <<B>>.\n\nBlock 2:\nYou press <<B>>.\n")
    parts = each_block(whole, replace(layout_of_lines(whole), blocks=(0, 0, 1)))
    assert [part.text for part in parts] == [
        "Win points.\n\nBlock 1:\nYou press <<A>>.\nYou press <<B>>.\n\n",
        "Win points.\n\nBlock 1:\nBlock 2:\nYou press <<B>>.\n",
    ]
    assert [[part.text[span.start : span.end] for span in part.spans] for part in parts] == [["A", "B"], ["B"]]


def test_blocks_that_nobody_knows_are_refused() -> None:
    with pytest.raises(DataError, match="'p' comes without blocks; choose another window"):
        each_block(SESSION, LAYOUT)


def test_a_negative_window_is_refused() -> None:
    with pytest.raises(DataError, match="a window of -1 trials"):
        last_trials(SESSION, LAYOUT, -1)


def test_the_beginning_that_fits_ends_with_a_choice() -> None:
    lengths = [span.end for span in SESSION.spans]
    part = first_tokens(SESSION, lengths, lengths[1])
    assert part.text == SESSION.text[: SESSION.spans[1].end]
    assert len(part.spans) == 2
    assert first_tokens(SESSION, lengths, lengths[2]).spans == SESSION.spans
    assert first_tokens(SESSION, lengths, 1).spans == ()

"""Streams of items are told in words: what follows what, for how long, and which of them are marked."""

from __future__ import annotations

from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import RSVP, BilateralRSVP
from sweetbean.variable import FunctionVariable, TimelineVariable

import twinbean
from twinbean.definitions.definition import define
from twinbean.errors import EmissionError, TaskError
from twinbean.play.game import Play, Record, Seat

EACH = "one after the other, for 100ms each"
ONE = [{"id": "only", "items": ["A", 2, "C"]}]
TWO = [{"id": "left", "items": ["O", "Q"]}, {"id": "right", "items": ["1", "2"]}]


def defined(stimulus: Any, timeline: Any = ()) -> Any:
    return define(Experiment([Block([stimulus], timeline=list(timeline))]))


def played(stimulus: Any, timeline: Any = (), responses: Any = ()) -> Any:
    record = Record(responses=tuple((0, response) for response in responses))
    seat = Seat(participant="p", session="s", task="t")
    return Play(defined(stimulus, timeline), seat, pytest.fail, record=record).run()


@pytest.mark.parametrize(
    ("stimulus", "words"),
    [
        (
            RSVP(streams=ONE, choices="NO_KEYS"),
            'You see one after the other, for 100ms each: "A", "2", "C".',
        ),
        (
            RSVP(
                streams=ONE,
                choices=[],
                target_index=[0, 2],
                target_shape=["circle", "none"],
                target_color="red",
                isi=40,
            ),
            'You see one after the other, for 100ms each and 40ms apart: "A" in a red circle, "2", "C" in red.',
        ),
        (
            RSVP(
                streams=TWO,
                choices=[],
                target_index=1,
                target_side="left",
                target_shape="underline",
                direction="column",
            ),
            f'You see one above the other, {EACH}: left "O", "Q" underlined; right "1", "2".',
        ),
        (
            RSVP(
                streams=TWO,
                choices=[],
                decorate_distractors=True,
                distractor_index=0,
                distractor_side="right",
                distractor_shape="square",
                mask_html="<b>&bull;</b>",
            ),
            f'You see side by side, {EACH}, with "•" in between: left "O", "Q"; right "1" in a #888888 square, "2".',
        ),
        (
            RSVP(
                streams=TWO,
                choices=[],
                decorate_targets=False,
                target_index=0,
                target_side="left",
                target_shape="circle",
            ),
            f'You see side by side, {EACH}: left "O", "Q"; right "1", "2".',
        ),
        (
            BilateralRSVP(["O", "Q"], ["1", "2"], target_index=1, choices=[], distractor_shape="square"),
            f'You see side by side, {EACH}: left "O", "Q" in a circle; right "1", "2" in a square.',
        ),
        (
            BilateralRSVP(["O", "Q"], ["1", "2"], choices=[], distractor_side="left", distractor_shape="square"),
            # A target goes before a distractor at the same place.
            f'You see side by side, {EACH}: left "O" in a circle, "Q"; right "1", "2".',
        ),
    ],
)
def test_what_is_seen_is_told(stimulus, words):
    assert played(stimulus).transcript.text == words


def test_streams_and_marks_may_come_from_variables():
    shape = FunctionVariable("shape", lambda side: "circle" if side == "left" else "square", [TimelineVariable("side")])
    rsvp = BilateralRSVP(
        TimelineVariable("left"),
        ["1", "2"],
        target_side=TimelineVariable("side"),
        target_index=TimelineVariable("at"),
        target_shape=shape,
        choices="NO_KEYS",
    )
    text = played(rsvp, [{"left": ["O", "Q"], "side": "right", "at": 1}]).transcript.text
    assert text.endswith('left "O", "Q"; right "1", "2" in a square.')
    with pytest.raises(TaskError, match="marks item 5 of the stream 'right', which is not there"):
        played(rsvp, [{"left": ["O", "Q"], "side": "right", "at": 5}])
    with pytest.raises(TaskError, match="has the streams"):
        played(rsvp, [{"left": "OQ", "side": "right", "at": 0}])


def test_it_ends_behind_its_last_item_so_that_no_key_is_an_option_or_a_miss():
    one = played(RSVP(streams=ONE, choices=[" "]), responses=[None])
    assert one.transcript.text.endswith("You can press SPACE or nothing. You press <<nothing>>.")
    assert (one.rows[0]["response"], one.rows[0]["correct"]) == (None, None)
    assert played(RSVP(streams=ONE, choices=["f", "j"]), responses=[None]).transcript.text.endswith("nothing in time.")
    chosen = defined(twinbean.choice(RSVP(streams=ONE, choices=["f", "j"]), values=[1, 2]))
    assert [screen.is_trial for screen in chosen.screens()] == [True]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"choices": "ALL"}, "has choices 'ALL', any key of a keyboard"),
        ({"streams": []}, r"has the streams \[\], expected a list"),
        ({"target_html": "<b>"}, "has target_html, HTML of single items"),
        ({"targets": [{"index": 0}]}, "has targets, a list of targets: give target_index"),
        ({"correct_keys": "f"}, "has correct_keys, keys that count by the time since a target"),
        ({"response_window": 100}, "has response_window, a window of time"),
        ({"stream_order": "right,left"}, "has stream_order, an order of its own"),
        ({"target_index": 7}, "marks item 7 of the stream 'only', which is not there"),
        ({"target_index": 0, "target_shape": "star"}, "has the shape 'star', expected one of circle"),
        (
            {"target_index": [0, 1, 2], "target_shape": ["none", "none"]},
            "has 2 values as target_shape, expected 1 or",
        ),
        ({"trial_duration": 299}, "ends after 299 ms, before its last item is over: 300 ms"),
        ({"stimulus_duration": 0}, "shows each item for 0 ms"),
        ({"mask_html": "<img src=a>"}, "mask_html"),
        ({"end_on_response": 1}, "has end_on_response 1, expected True or False"),
    ],
)
def test_what_could_not_be_told_or_played_is_refused(given, said):
    with pytest.raises(EmissionError, match=said):
        defined(RSVP(**{"streams": ONE, "choices": [], **given}))

"""Shapes are told by shape, colour, size and place; what words cannot say of them is refused by name."""

from __future__ import annotations

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Generic, Symbol
from sweetbean.variable import TimelineVariable

from twinbean.definitions.definition import define
from twinbean.definitions.kinds.symbol import described
from twinbean.errors import EmissionError, TaskError
from twinbean.play.game import Play, Record, Seat


def define_only(stimulus):
    return define(Experiment([Block([stimulus])]))


def played(stimulus, timeline=(), responses=()):
    definition = define(Experiment([Block([stimulus], timeline=list(timeline))]))
    record = Record(responses=tuple((0, response) for response in responses))
    return Play(definition, Seat(participant="p", session="s", task="t"), pytest.fail, record=record).run()


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([{"shape": "circle", "color": "red"}], "a red circle of radius 40 (in the centre)"),
        (
            [
                {"shape": "triangle", "color": "#0a0", "side": 30, "x": -300, "y": 20, "rotation": 45},
                {"shape": "rectangle", "color": "blue", "width": 10, "height": 600, "y": -5},
            ],
            "a #0a0 triangle of side 30, turned by 45 degrees (300 to the left and 20 below) and "
            "a blue rectangle of 10 by 600 (5 above)",
        ),
        (
            [{"shape": "ring", "color": "gold", "z": 1, "x": 2}, {"shape": "cross", "color": "white"}],
            "a white cross of arm 40 (in the centre) and a gold ring of radius 30 to 40 (2 to the right)",
        ),
        (
            [
                {"shape": "circle", "color": "white", "x": 9, "radius": 21},
                {"shape": "circle", "color": "gray", "x": 9, "radius": 21},
            ],
            "a gray circle of radius 21 (9 to the right)",
        ),
    ],
)
def test_shapes_are_told_from_behind_without_what_is_covered(items, words):
    assert described(items, "here") == words


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"shape": "star", "color": "red"}, "item 0 is .* expected a 'shape' of circle, ring"),
        ({"shape": "circle", "color": "red", "texture": {"type": "noise"}}, "item 0 has a texture, and no words say"),
        ({"shape": "circle", "color": "red", "blend": "multiply"}, "item 0 has 'blend', which changes how it looks"),
        ({"shape": "circle"}, "item 0 has the color None, expected a CSS colour"),
        ({"shape": "circle", "color": "red", "x": "left"}, "item 0 has x 'left', expected a number"),
    ],
)
def test_what_words_cannot_say_of_a_shape_is_refused(item, said):
    with pytest.raises(EmissionError, match=rf"block 1, stimulus 1 \(Symbol\), {said}"):
        define_only(Symbol(items=[item], duration=10))


@pytest.mark.parametrize(
    ("stimulus", "said"),
    [
        (Symbol(shape="circle", color="red"), "has neither a duration nor choices"),
        (Symbol(shape=TimelineVariable("shape"), duration=10), "has no items; a shape that a variable gives"),
        (Symbol(shape="circle", color="red", duration=10, allow_mouse=True), "has allow_mouse"),
        (Symbol(shape="circle", color="red", duration=10, response_ends_trial=False), "does not end at its response"),
    ],
)
def test_what_is_not_played_is_refused_by_a_reason(stimulus, said):
    with pytest.raises(EmissionError, match=said):
        define_only(stimulus)


@pytest.mark.filterwarnings("ignore:You are using a")
def test_a_plugin_of_jspsych_is_refused_by_its_name():
    with pytest.raises(EmissionError, match="is for the jsPsych plugin jsPsychInstructions, which the page does not"):
        define_only(Generic(type="jsPsychInstructions", pages=["a"]))


def test_a_key_answers_a_symbol():
    symbol = Symbol(
        items=TimelineVariable("items"), duration=500, choices=["f", "j"], correct_key="f", background="navy"
    )
    items = [{"shape": "circle", "color": "red"}]
    play = played(symbol, timeline=[{"items": items}], responses=["J"])
    assert play.transcript.text == (
        "You see a red circle of radius 40 (in the centre) on navy for 500ms. You can press F or J. You press <<J>>."
    )
    assert (play.rows[0]["items"], play.rows[0]["response"], play.rows[0]["correct"]) == (items, "J", False)
    with pytest.raises(TaskError, match="items is 'none', expected a list of shapes"):
        played(symbol, timeline=[{"items": "none"}])

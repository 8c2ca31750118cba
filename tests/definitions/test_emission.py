"""What a definition holds reaches the page as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.definitions.definition import define
from twinbean.definitions.emission import emit_definition
from twinbean.errors import EmissionError


def plus(total, value):
    return total + value


def emitted(timeline, *, function=plus, start=0, duration=None):
    score = SharedVariable("score", start)
    add = FunctionVariable("add", function, [score, DataVariable("value", 0)])
    bandit = Bandit(
        bandits=[TimelineVariable("a"), TimelineVariable("b")],
        duration=duration,
        side_effects=[SideEffect(score, add), SideEffect(DataVariable("kept", 0), add)],
    )
    return emit_definition(define(Experiment([Block([bandit, Text(duration=5, text="-")], timeline=timeline)])))


def arms(first=1, second=2, color="red"):
    return {"a": {"color": color, "value": first}, "b": {"color": color, "value": second}}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        (3.0, {"$float": 3.0}),
        (float("nan"), {"$float": "nan"}),
        (float("-inf"), {"$float": "-inf"}),
        ((1, 2.0), [1, {"$float": 2.0}]),
        (np.float32(0.5), 0.5),
        (np.array([1, 2]), [1, 2]),
        ({"deep": {"er": (None,)}}, {"deep": {"er": [None]}}),
        ({"$call": 1}, {"$dict": [["$call", 1]]}),
        ("</script>\"'\u2028", "</script>\"'\u2028"),
    ],
)
def test_values_arrive_as_they_are(value, written):
    emission = emitted([arms() | {"extra": value}])
    assert emission.blocks[0]["timeline"][0]["extra"] == written
    json.dumps(emission.blocks, allow_nan=False)


def test_variables_and_effects_are_named_in_order():
    stimulus = emitted([arms()]).blocks[0]["stimuli"][0]
    assert stimulus["arguments"]["bandits"] == [{"$timeline": "a"}, {"$timeline": "b"}]
    call = {"$call": [0, [{"$shared": "score"}, {"$data": ["value", 0]}]]}
    assert stimulus["effects"] == [{"shared": "score", "value": call}, {"data": "kept", "value": call}]


def test_a_function_used_twice_is_emitted_once():
    assert len(emitted([arms()]).functions) == 1


def test_a_built_in_function_is_emitted_for_the_arguments_that_it_is_given():
    assert emitted([arms()], function=max).functions == ("(py) => (a0, a1) => py.max([a0, a1])",)


def test_a_function_that_cannot_be_carried_is_named_with_its_place_in_the_definition():
    with pytest.raises(EmissionError, match=r"side effect on 'score': .*test_emission.py, line \d+: `total \*\* 0.5`"):
        emitted([arms()], function=lambda total, value: total**0.5 + value)

"""What the page and the replay could not do alike is refused, naming block and stimulus."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Gabor, Text
from sweetbean.variable import (
    CodeVariable,
    DataVariable,
    FunctionVariable,
    SharedVariable,
    SideEffect,
    TimelineVariable,
)

from twinbean.definitions.definition import define, normalise, tags_shown
from twinbean.definitions.stimuli import Instructions
from twinbean.errors import EmissionError, TaskError

ARMS = [{"color": "red", "value": 3}, {"color": "blue", "value": 5}]


def experiment(*stimuli, timeline=({},)):
    return Experiment([Block(list(stimuli), timeline=list(timeline))])


def same(value):
    return value


def shown(variable):
    return Text(duration=1, text=FunctionVariable("same", same, [variable]))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Experiment([]), "has no stimulus: there is nothing to show"),
        (lambda: experiment(Bandit(bandits=ARMS), Gabor()), r"block 1, stimulus 2 \(Gabor\)"),
        (lambda: experiment(Text(text="a"), Bandit(bandits=ARMS)), r"stimulus 1 \(Text\) has neither a duration nor"),
        (lambda: experiment(Instructions("<b>a</b>", markup=True), Bandit(bandits=ARMS)), "has markup, which a model"),
        (lambda: experiment(Bandit(bandits=TimelineVariable("arms"))), "timeline element 0 has no 'arms'"),
        (lambda: experiment(Bandit(bandits=ARMS), timeline=[3]), "block 1, timeline element 0 is 3, expected a dict"),
        (lambda: experiment(Bandit(bandits=ARMS), timeline=[{"a": {1, 2}}]), "block 1, timeline element 0 is {1, 2}"),
        (lambda: experiment(Bandit(bandits=ARMS), timeline=[{"a": SharedVariable("s", 1)}]), "holds a SharedVariable"),
        (lambda: experiment(Bandit(bandits=ARMS), timeline=[{"a": {1: 2}}]), "has the key 1; on the page keys are"),
        (lambda: experiment(Bandit(bandits=ARMS), timeline=[{"a": 2**60}]), "JavaScript counts exactly only to"),
        (lambda: Experiment([Block([Bandit(bandits=ARMS)], CodeVariable("x", 1))]), "the timeline is JavaScript code"),
        (lambda: experiment(shown(DataVariable("value", 1)), Bandit(bandits=ARMS)), "looks 1 rows back when there are"),
        (lambda: experiment(Bandit(bandits=ARMS), shown(DataVariable("value", 0))), "is the current row, which only"),
        (lambda: experiment(Bandit(bandits=ARMS), shown(DataVariable("valve", 1))), "looks at a row without 'valve'"),
    ],
)
def test_what_cannot_be_alike_is_refused(made, said):
    with pytest.raises(EmissionError, match=said):
        define(made())


@pytest.mark.parametrize("name", ["value", "response", "missed", "labels"])
def test_an_effect_cannot_overwrite_the_record(name):
    effect = SideEffect(SharedVariable(name, 0), FunctionVariable("same", same, [1]))
    with pytest.raises(EmissionError, match=f"a side effect sets {name!r}, which is what the trial records"):
        define(experiment(Bandit(bandits=ARMS, side_effects=[effect])))


def test_a_shared_variable_has_one_start():
    first, second = SharedVariable("score", 0), SharedVariable("score", 0.0)
    with pytest.raises(EmissionError, match="'score' starts at 0.0 here and at 0 elsewhere"):
        define(experiment(shown(first), shown(second), Bandit(bandits=ARMS)))


def test_what_is_no_experiment_is_refused_by_its_type():
    with pytest.raises(TaskError, match="expected a sweetbean.Experiment, found list"):
        define([])


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        (np.arange(3), [0, 1, 2]),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        ({"a": {"b": (np.int64(1),)}}, {"a": {"b": [1]}}),
        ([None, True, "</script>"], [None, True, "</script>"]),
    ],
)
def test_values_become_plain(value, plain):
    found = normalise(value, "here")
    assert found == plain
    assert type(found) is type(plain)


@pytest.mark.parametrize("value", [Fraction(1, 2), {1}, b"a", object, np.datetime64("2020-01-01"), 1 + 2j])
def test_what_json_cannot_carry_is_refused_by_its_type(value):
    with pytest.raises(EmissionError, match="here is .*, which JSON cannot carry to the page"):
        normalise(value, "here")


def test_trials_and_arms_are_counted_over_blocks():
    three = [*ARMS, {"color": "green", "value": 1}]
    blocks = [Block([Bandit(bandits=ARMS)], timeline=[{}, {}]), Block([Bandit(bandits=three)] * 2, timeline=[{}] * 3)]
    definition = define(Experiment(blocks))
    assert (definition.trials_per_session, definition.n_arms) == (8, 3)


def test_tags_in_a_text_are_named_since_they_are_shown_as_written():
    screens = [Text(text="Welcome<br><br>Press SPACE", choices=[" "]), Text(text="3 < 4 > 2", duration=5)]
    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 0}]
    (note,) = tags_shown(define(Experiment([Block([*screens, Bandit(bandits=arms)], timeline=[{}])])))
    assert note.startswith("block 1, stimulus 1 (Text): <br> is shown as it is written")


@pytest.mark.parametrize(
    ("bandits", "said"),
    [
        ([{"color": "red", "val": 1}, {"color": "blue", "value": 0}], "element 0, arm 0 is .*'val': 1.*, expected"),
        ([{"value": "1"}, {"value": 0}], "arm 0 pays '1', expected a number"),
        ([{"value": 1}, {"value": float("nan")}], "arm 1 pays nan, expected a number"),
        ([{"value": 1}], "expected a list of two or more"),
    ],
)
def test_what_arms_pay_is_checked_before_anybody_plays(bandits, said):
    with pytest.raises(EmissionError, match=said):
        define(Experiment([Block([Bandit(bandits=bandits)], timeline=[{}])]))
    with pytest.raises(EmissionError, match=said):
        define(Experiment([Block([Bandit(bandits=TimelineVariable("arms"))], timeline=[{"arms": bandits}])]))


def test_a_function_that_cannot_be_called_with_its_arguments_is_refused():
    score = SharedVariable("score", 0)
    add = FunctionVariable("add", lambda total, value: total + value, [score])
    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 0}]
    bandit = Bandit(bandits=arms, side_effects=[SideEffect(score, add)])
    with pytest.raises(EmissionError, match="function 'add' cannot be called with its 1 arguments: missing a required"):
        define(Experiment([Block([bandit], timeline=[{}])]))


def test_a_text_that_a_function_makes_has_no_tags_yet():
    score = SharedVariable("score", 0)
    shown = FunctionVariable("shown", lambda total: f"{total}", [score])
    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 0}]
    screens = [Bandit(bandits=arms), Text(text=shown, duration=5)]
    assert tags_shown(define(Experiment([Block(screens, timeline=[{}])]))) == []

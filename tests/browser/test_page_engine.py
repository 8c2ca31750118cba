"""The engine does what docs/page-format.md says, seen through the screens that it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from twinbean.page import harness

if TYPE_CHECKING:
    from playwright.sync_api import Page

Json = dict[str, Any]
Play = Callable[..., Any]
Definition = Callable[..., tuple[Json, list[str]]]
ADD = "(py) => (a, b) => py.add(a, b)"
TEXT = {"color": "", "duration": 10, "choices": [], "correct_key": ""}


@pytest.fixture
def play(page: Page) -> Play:
    page.set_content(harness())

    def run(definition: Json, functions: list[str], responses: list[Any]) -> Any:
        return page.evaluate("([d, f, r]) => twinbean.playDefinition(d, f, r)", [definition, functions, responses])

    return run


def text(value: Any, *, effects: list[Json] | None = None, **arguments: Any) -> Json:
    return {"kind": "Text", "arguments": {**TEXT, "text": value, **arguments}, "effects": effects or []}


def task(*stimuli: Json, timeline: list[Json] | None = None, shared: Json | None = None) -> Json:
    blocks = [{"timeline": timeline or [], "stimuli": list(stimuli)}]
    definition = {"format": 1, "task": "t", "title": "t", "language": "en", "fingerprint": "", "seed": 0}
    return definition | {"parameters": {}, "variant": 0, "shared": shared or {}, "blocks": blocks}


def test_effects_run_one_after_the_other_each_seeing_what_the_earlier_did(play: Play) -> None:
    definition = task(
        text(
            {"$shared": "b"},
            effects=[
                {"shared": "a", "value": {"$call": [0, [{"$shared": "a"}, 1]]}},
                {"shared": "b", "value": {"$call": [0, [{"$shared": "a"}, {"$shared": "b"}]]}},
                {"data": "c", "value": {"$call": [0, [{"$data": ["b", 0]}, {"$data": ["a", 0]}]]}},
            ],
        ),
        timeline=[{}, {}],
        shared={"a": 0, "b": 10},
    )
    played = play(definition, [ADD], [])
    assert [(row["bean_a"], row["bean_b"], row["bean_c"]) for row in played["rows"]] == [(1, 11, 12), (2, 13, 15)]
    assert played["shared"] == {"a": 2, "b": 13}
    # What is shown and recorded is the state before the effects.
    assert [row["bean_text"] for row in played["rows"]] == [10, 11]
    assert [screen["text"] for screen in played["shown"]] == ["10", "11"]


def test_window_0_is_the_current_row_and_window_1_the_one_before(play: Play) -> None:
    before = {"data": "before", "value": {"$data": ["text", 1]}}
    current = {"data": "current", "value": {"$data": ["text", 0]}}
    definition = task(text("first"), text("second", effects=[before, current]), text({"$data": ["current", 1]}))
    rows = play(definition, [], [])["rows"]
    assert (rows[1]["bean_before"], rows[1]["bean_current"], rows[2]["bean_text"]) == ("first", "second", "second")


@pytest.mark.parametrize(
    ("node", "shown"),
    [
        (3, "3"),
        ({"$float": 3}, "3.0"),
        (0.1, "0.1"),
        ({"$float": "nan"}, "nan"),
        (True, "True"),
        (None, ""),
        ([1, {"$float": 2}, "x", None], "[1, 2.0, 'x', None]"),
        ({"a": {"$float": -1}}, "{'a': -1.0}"),
        ({"$dict": [["$timeline", 1]]}, "{'$timeline': 1}"),
        ({"$timeline": "entry"}, "7.0"),
    ],
)
def test_values_are_shown_as_python_writes_them(play: Play, node: Any, shown: str) -> None:
    played = play(task(text(node), timeline=[{"entry": {"$float": 7}}]), [], [])
    assert played["shown"][0]["text"] == shown


def test_every_block_goes_through_its_timeline_and_without_one_plays_once(play: Play) -> None:
    definition = task(text({"$timeline": "n"}), text("-"), timeline=[{"n": 1}, {"n": 2}])
    definition["blocks"].append({"timeline": [], "stimuli": [text("end")]})
    played = play(definition, [], [])
    assert [screen["text"] for screen in played["shown"]] == ["1", "-", "2", "-", "end"]
    assert [row["block"] for row in played["rows"]] == [0, 0, 0, 0, 1]


def test_a_function_is_called_once_for_each_value_shown(play: Play) -> None:
    counting = "(py) => { let calls = 0; return () => (calls += 1); }"
    played = play(task(text({"$call": [0, []]}), timeline=[{}, {}]), [counting], [])
    assert [screen["text"] for screen in played["shown"]] == ["1", "2"]
    assert [row["bean_text"] for row in played["rows"]] == [1, 2]


def test_a_forced_trial_offers_one_arm_and_is_marked(play: Play, two_armed: Definition) -> None:
    played = play(*two_armed(1, kind="SlotMachines", labels=["A", "B"], forced=True, offered=[1], feedback="all"), [1])
    [shown, _] = played["shown"]
    assert (shown["enabled"], shown["payoffs"]) == ([False, True], [None, "0"])
    assert (played["rows"][0]["bean_forced"], played["rows"][0]["bean_offered"]) == (True, [1])


def test_an_arm_that_is_not_offered_cannot_be_pressed(play: Play, two_armed: Definition, page: Page) -> None:
    with pytest.raises(Exception, match="Screen 0 has nothing to press for 0"):
        play(*two_armed(1, kind="SlotMachines", labels=["A", "B"], offered=[1]), [0])


def test_labels_of_the_session_stand_on_machines_that_have_none(play: Play, two_armed: Definition) -> None:
    definition, functions = two_armed(1, kind="SlotMachines", labels=None, offered=None, forced=False)
    drawn = play(definition | {"labels": ["Q", "P", "Z"]}, functions, [0])
    assert drawn["shown"][0]["labels"] == drawn["rows"][0]["bean_labels"] == ["Q", "P"]
    stock = play(*two_armed(1), [0])
    assert stock["shown"][0]["labels"] == ["1", "2"]


def test_data_variables_read_what_the_trial_records(play: Play) -> None:
    bandits = [{"color": "red", "value": 0.5}, {"color": "blue", "value": {"$float": 2}}]
    bandit = {"kind": "Bandit", "arguments": {"bandits": bandits, "duration": 50, "time_after_response": 10}}
    shown = [text({"$data": [name, 1]}) for name in ("value", "response", "missed", "labels", "offered", "positions")]
    wanted = {1: ["2.0", "1", "False"], None: ["0", "", "True"]}
    for response, expected in wanted.items():
        for screen, said in zip(shown, [*expected, "['1', '2']", "[0, 1]", "[0, 1]"], strict=True):
            played = play(task(bandit | {"effects": []}, screen), [], [response])
            assert played["shown"][1]["text"] == said


def test_the_answer_to_a_text_is_right_or_wrong_only_where_it_has_a_right_one(play: Play) -> None:
    screens = [text("?", choices=["f", "J"], correct_key=key) for key in ("j", "f", "", "j")]
    rows = play(task(*screens), [], ["j", "j", "j", None])["rows"]
    assert [(row["bean_response"], row["bean_correct"]) for row in rows] == [
        ("J", True),
        ("J", False),
        ("J", None),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (task(text({"$timeline": "gone"})), 'The timeline has no entry "gone"'),
        (task(text({"$shared": "gone"})), 'There is no shared variable named "gone"'),
        (task(text("a"), text({"$data": ["gone", 1]})), 'There is no entry of a row named "gone"'),
        (task(text({"$data": ["text", 1]})), "Row 1 before the current one is asked for, and there are 0"),
        (task(text({"$gone": 1})), "stands for nothing"),
        (task({"kind": "Smell", "arguments": {}, "effects": []}), 'no screen for a stimulus of the kind "Smell"'),
        (task(text("a")) | {"format": 3}, "has format 3; this page plays formats 1 and 2"),
        (task(text("a", duration=None)), "waits for a response for ever"),
    ],
)
def test_what_cannot_be_played_is_refused_by_name(play: Play, definition: Json, message: str) -> None:
    with pytest.raises(Exception, match=message):
        play(definition, [], [])


def test_many_games_are_played_one_after_the_other_without_touching_each_other(
    play: Play, two_armed: Definition
) -> None:
    definition, functions = two_armed(5)
    totals = [play(definition, functions, arms)["shared"]["score"] for arms in ([0] * 5, [1] * 5, [0] * 5)]
    assert totals == [40, 10, 40]


def test_in_the_harness_hundreds_of_trials_take_a_few_seconds(play: Play, two_armed: Definition) -> None:
    played = play(*two_armed(400), [trial % 2 for trial in range(400)])
    assert len(played["rows"]) == 800
    assert sum(screen["kind"] == "Bandit" for screen in played["shown"]) == 400

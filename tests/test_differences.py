"""The comparison of the parity proof notices whatever is wrong on a page; a page that is right has no difference."""

from __future__ import annotations

import copy

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import HtmlChoice, HtmlKeyboardResponse, MultiChoiceSurvey, Symbol, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect

from differences import differences
from twinbean.definitions.definition import define
from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.play.game import Play, Record, Seat
from twinbean.sessions import Trial


def add(total, value):
    return total + value


@pytest.fixture
def game():
    """A definition with a screen of each kind, its replay, and the page that was the same game, written by hand."""
    score, untouched = SharedVariable("score", 0), SharedVariable("untouched", 7)
    paid = FunctionVariable("add", add, [score, DataVariable("value", 0)])
    machines = SlotMachines(
        bandits=[{"color": "red", "value": 1}, {"color": "blue", "value": 0.5}],
        offered=[0, 1],
        duration=100,
        time_after_response=50,
        labels=["left", "right"],
        side_effects=[SideEffect(score, paid)],
    )
    told = Text(duration=100, text=FunctionVariable("told", lambda s, u: f"{s} {u}", [score, untouched]))
    experiment = Experiment(
        [
            Block([Instructions(["One", "Two"])]),
            Block([machines, told], timeline=[{}, {}]),
            Block([Text(choices=[" ", "f"])]),
        ]
    )
    definition = define(experiment)
    record = Record(trials=(Trial(trial=0, choice=1), Trial(trial=1, choice=None, missed=True)), responses=((2, "F"),))
    played = Play(definition, Seat(participant="p", session="s", task="t"), lambda question: None, record=record).run()
    bandits = [{"color": "red", "value": 1}, {"color": "blue", "value": 0.5}]
    always = {
        "bean_bandits": bandits,
        "bean_duration": 100,
        "bean_time_after_response": 50,
        "bean_labels": ["left", "right"],
        "bean_positions": [0, 1],
        "bean_offered": [0, 1],
        "bean_forced": False,
        "bean_feedback": "chosen",
    }
    text = {
        "bean_color": "white",
        "bean_duration": 100,
        "bean_choices": [],
        "bean_correct_key": "",
        "bean_correct": None,
    }
    score_row = text | {"bean_text": "0.5 7", "bean_response": None}
    rows = [
        {"bean_pages": ["One", "Two"], "bean_markup": False, "bean_response": None},
        always | {"bean_response": 1, "bean_value": 0.5, "bean_missed": False, "bean_score": 0.5},
        score_row,
        always | {"bean_response": None, "bean_value": 0, "bean_missed": True, "bean_score": 0.5},
        dict(score_row),
        text | {"bean_text": "", "bean_duration": None, "bean_choices": [" ", "f"], "bean_response": "F"},
    ]
    machine = {
        "kind": "SlotMachines",
        "text": "",
        "labels": ["left", "right"],
        "enabled": [True, True],
        "positions": [0, 1],
        "before": [None, None],
    }
    shown = [
        {"kind": "Instructions", "text": ["One", "Two"], "labels": []},
        machine | {"payoffs": [None, "0.5"]},
        {"kind": "Text", "text": "0.5 7", "labels": []},
        machine | {"payoffs": [None, None], "text": "Too slow"},
        {"kind": "Text", "text": "0.5 7", "labels": []},
        {"kind": "Text", "text": "", "labels": ["Space", "F"]},
    ]
    blocks = [0, 1, 1, 1, 1, 2]
    rows = [
        {"trial_index": number, "block": block, "phase": "main", "rt": 7} | row
        for number, (block, row) in enumerate(zip(blocks, rows, strict=True))
    ]
    page = {"rows": rows, "shown": shown, "shared": {"score": 0.5, "untouched": 7}}
    return page, played, definition


def test_the_same_game_has_no_difference(game):
    assert differences(*game) == []


@pytest.fixture
def screens():
    """Screens that are no machines, pages or texts, their replay, and the page that was the same, written by hand."""
    survey = MultiChoiceSurvey([{"prompt": "Which?", "options": ["left", 1.0]}])
    shapes = [{"shape": "circle", "color": "red", "x": -5}, {"shape": "cross", "color": "white", "z": -1}]
    stimuli = [
        HtmlKeyboardResponse(None, "<p>One</p>two", ["f"]),
        survey,
        HtmlChoice(None, ["<b>Yes</b>, please", "No"], [1, None], 0),
        Symbol(items=shapes, duration=10),
    ]
    definition = define(Experiment([Block(stimuli)]))
    record = Record(responses=((0, "1.0"), (0, 1)))
    played = Play(definition, Seat(participant="p", session="s", task="t"), lambda question: None, record=record).run()
    rows = [
        {f"bean_{name}": value for name, value in row.items()} | {"trial_index": number, "block": 0, "phase": "main"}
        for number, row in enumerate(played.rows)
    ]
    shown = [
        {"kind": "HtmlKeyboardResponse", "text": "One\n\ntwo", "labels": ["F"]},
        {"kind": "MultiChoiceSurvey", "text": ["Which?"], "labels": [["left", "1.0"]]},
        {"kind": "HtmlChoice", "text": "", "labels": ["Yes, please", "No"]},
        {"kind": "Symbol", "text": ["cross rgb(255, 255, 255) 0 0", "circle rgb(255, 0, 0) -5 0"], "labels": []},
    ]
    return {"rows": rows, "shown": shown, "shared": {}}, played, definition


@pytest.mark.parametrize(
    ("number", "change", "said"),
    [
        (0, {"text": "Onetwo"}, "screen 0, words"),
        (0, {"labels": ["F", "J"]}, "screen 0, keys"),
        (1, {"text": ["Whose?"]}, "screen 1, prompts"),
        (1, {"labels": [["left", "1"]]}, "screen 1, options"),
        (2, {"labels": ["Yes", "No"]}, "screen 2, options"),
        (3, {"text": ["cross rgb(255, 255, 255) 0 0", "circle rgb(255, 0, 0) 5 0"]}, "screen 3, shapes"),
        (3, {"labels": ["F"]}, "screen 3, keys"),
    ],
)
def test_what_was_shown_otherwise_is_noticed(screens, number, change, said):
    page, played, definition = screens
    assert differences(page, played, definition) == []
    page["shown"][number] |= change
    assert [difference[: len(said)] for difference in differences(page, played, definition)] == [said]


NONSENSE = [{"trial_index": number, "bean_nonsense": number} for number in range(8)]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda page: page.update(rows=NONSENSE), "row 0, nonsense"),
        (lambda page: page["rows"].extend(NONSENSE), "number of rows: page 14, replay 6"),
        (lambda page: page.update(rows=[]), "row 0: page nothing at all"),
        (lambda page: page.update(shown=[]), "screen 0: page nothing at all"),
        (lambda page: page.update(rows=[], shown=[], shared={}), "number of rows: page 0, replay 6"),
        (lambda page: page["rows"].pop(), "row 5: page nothing at all"),
        (lambda page: page["rows"].pop(0), "row 0, pages: page 'nothing at all'"),
        (lambda page: page["shown"].pop(), "screen 5: page nothing at all"),
        (lambda page: page["shown"].append(page["shown"][-1]), "number of screens shown: page 7, replay 6"),
        (lambda page: page["shown"].reverse(), "screen 0, kind: page 'Text', replay 'Instructions'"),
        (lambda page: page["shared"].clear(), "at the end, score: page 'nothing at all'"),
        (lambda page: page["shared"].pop("untouched"), "at the end, untouched"),
        (lambda page: page["shared"].update(untouched=8), "at the end, untouched: page 8, replay 7"),
        (lambda page: page["shared"].update(another=1), "at the end, another"),
        (lambda page: page["shared"].update(score=True), "at the end, score: page True, replay 0.5"),
        (lambda page: page.update(error="stopped"), "the page, parts"),
    ],
)
def test_what_is_missing_extra_or_nonsense_is_noticed(game, spoil, said):
    page, played, definition = game
    spoil(page)
    assert [difference for difference in differences(page, played, definition) if said in difference]


def leaves(value, path=()):
    """Every place in nested lists and dicts, the containers among them."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))


def spoiled(value):
    """Values that look like `value` and are not."""
    if isinstance(value, bool):
        return [not value, int(value), None]
    if isinstance(value, int | float):
        return [value + 1, -value if value else -0.0, str(value), value == 1, None]
    if isinstance(value, str):
        return [value + " ", None, *([value.swapcase()] if value.swapcase() != value else [])]
    if isinstance(value, list):
        return [[*value, None], value[:-1] if value else None, None, *([value[::-1]] if value[::-1] != value else [])]
    return [{}, None] if value is None else [0]


def test_every_other_value_in_every_place_is_noticed(game):
    page, played, definition = game
    unnoticed, tried = [], 0
    # How long a person took is their own, and a notice may be worded as it likes.
    free = {("rows", number, "rt") for number in range(6)} | {("shown", 3, "text"), ("shown", 0, "labels")}
    for path in leaves(page):
        if path in free or path[0] not in ("rows", "shown") or len(path) < 3:
            continue
        container = page
        for key in path[:-1]:
            container = container[key]
        original = copy.deepcopy(container[path[-1]])
        for value in spoiled(original):
            if value == original and type(value) is type(original) and str(value) == str(original):
                continue
            container[path[-1]] = value
            tried += 1
            if not differences(page, played, definition):
                unnoticed.append((path, original, value))
        container[path[-1]] = original
    assert tried > 300
    assert unnoticed == []

"""What no words could tell is shown to people alone: a replay skips it and says so; what needs its row is refused."""

from __future__ import annotations

from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Feedback, Foraging, Gabor, RandomDotPatterns, RandomObjectKinematogram, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect

import twinbean
from twinbean.definitions.definition import define
from twinbean.definitions.structure import Loop
from twinbean.errors import EmissionError
from twinbean.page.export import document
from twinbean.play.game import Play, Seat
from twinbean.sessions.entries import as_list
from twinbean.sessions.responses import responses_in

PATCH = {"x_px": 0, "y_px": 0, "sigma_px": 20, "sf_cpp": 0.02, "orientation_deg": 0, "phase_deg": 0, "contrast": 0.5}
DOTS = RandomDotPatterns(1000, [40, 70], 2, choices=["y", "n"], correct_key="y")
EACH = {
    "RandomObjects": DOTS,
    "Gabor": Gabor([PATCH], response_keys=["f", "j"]),
    "Foraging": Foraging([{"text": "O"}], [{"shape": "square"}]),
}


def defined(*stimuli: Any) -> Any:
    return define(Experiment([Block(list(stimuli))]))


@pytest.mark.parametrize("kind", EACH)
def test_a_replay_skips_it_and_says_so(kind):
    definition = defined(EACH[kind], Text(50, "Then."))
    play = Play(definition, Seat(participant="p", session="s", task="t"), pytest.fail).run()
    assert play.transcript.text == 'You see "Then." in "white" for 50ms.'
    screen = next(definition.screens())
    assert {play.rows[0][name] for name in screen.kind.responses} == {None}
    assert definition.untold() == [f"{kind} screens"]
    (note,) = screen.kind.notes(screen.arguments, screen.where)
    assert note.endswith("no words could tell a model what people see, and a replay skips it")


def test_what_people_pressed_there_is_no_response_of_a_model():
    row = {"choices": ["y", "n"], "duration": 1000, "response": "Y", "people_only": True}
    assert responses_in(row, "row 0", as_list) == []
    assert responses_in(row | {"people_only": "False"}, "row 0", as_list) == ["Y"]


def test_what_needs_its_row_is_refused_by_name():
    with pytest.raises(EmissionError, match=r"stimulus 2 \(Feedback\): DataVariable\('correct', 1\) .*only people are"):
        defined(DOTS, Feedback(100))
    score = SharedVariable("score", 0)
    add = FunctionVariable("add", lambda a, b: a + b, [score, DataVariable("correct", 0)])
    dots = RandomDotPatterns(1000, choices=["y", "n"], side_effects=[SideEffect(score, add)])
    with pytest.raises(EmissionError, match=r"\(RandomDotPatterns\): DataVariable\('correct', 0\) looks at what only"):
        defined(dots, Text(50, FunctionVariable("t", lambda s: f"{s}", [score])))
    until = FunctionVariable("until", lambda key: key == "Y", [DataVariable("response", 1)])
    with pytest.raises(EmissionError, match=r"until: DataVariable\('response', 1\) looks at what only people are"):
        define(Experiment([Loop([Block([DOTS])], until=until, most=2)]))


def test_what_does_not_need_it_is_counted_on_both_sides():
    seen = SharedVariable("seen", 0)
    count = SideEffect(seen, FunctionVariable("add", lambda a, b: a + b, [seen, 1]))
    dots = RandomDotPatterns(1000, choices=["y", "n"], side_effects=[count])
    definition = defined(dots, Text(50, FunctionVariable("t", lambda s: f"{s}", [seen])))
    play = Play(definition, Seat(participant="p", session="s", task="t"), pytest.fail).run()
    assert (play.rows[0]["seen"], play.rows[1]["text"]) == (1, "1")


def test_no_choice_is_made_of_it():
    with pytest.raises(EmissionError, match="cannot be made a choice"):
        defined(twinbean.choice(DOTS))


@pytest.mark.parametrize(
    ("stimulus", "said"),
    [
        (RandomDotPatterns(1000, [40, 70, 1], 2), "has 3 values as number_of_oobs, expected one for each of 2"),
        (RandomObjectKinematogram(1000, stimulus_type=3), r"has stimulus_type 3, expected 0 \(triangles\)"),
        (RandomObjectKinematogram(1000, oob_color=3), "has oob_color 3, expected a CSS colour"),
        (RandomObjectKinematogram(1000, movement_speed="fast"), "has movement_speed 'fast', expected a number"),
        (RandomObjectKinematogram(1000, number_of_apertures=0), "has number_of_apertures 0, expected a whole number"),
        (RandomObjectKinematogram(), "has neither a duration nor choices"),
        (Gabor(), "has no patches"),
        (Gabor([PATCH], end_on_response=False), "does not end at its response and has no duration"),
        (Gabor([{"sigma_deg": 1, "sf_cpd": 2}]), "has patches in degrees: give px_per_deg"),
        (Gabor([{"x_px": 3}]), r"has the patch \{'x_px': 3\}, expected a sigma and a spatial frequency"),
        (Foraging([{"text": "O", "shape": "circle"}]), "targets 0 is .* expected one of 'html', 'text', 'shape' and"),
        (Foraging([{"src": "a.png"}]), "shows 'a.png', and a.png cannot be read"),
        (Foraging([{"shape": "star"}]), "has the shape 'star', expected circle, square or triangle"),
        (Foraging([{"html": "<img src=a>"}]), "targets 0"),
        (Foraging([]), "has no targets and no duration"),
        (Foraging([{"text": "O"}], end_when_found=False), "has neither a duration nor an end"),
        (Foraging([{"text": "O"}], token_box_size="3px"), "has token_box_size '3px', expected such as '12vmin'"),
    ],
)
def test_what_the_page_could_not_draw_is_refused(stimulus, said):
    with pytest.raises(EmissionError, match=said):
        defined(stimulus)


def test_a_page_has_the_script_of_patterns_where_its_task_shows_some():
    of = lambda *stimuli: document(  # noqa: E731
        twinbean.Task("t", lambda: Experiment([Block(list(stimuli))]), fixed=True)
    )["scripts"]
    assert of(Text(50, "a")) == []
    both = of(DOTS, EACH["Gabor"], EACH["Foraging"])
    assert len(both) == 1
    assert "RandomObjects" in both[0]

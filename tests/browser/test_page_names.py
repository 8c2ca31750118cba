"""Names that JavaScript's own objects have are names like any other; and what no record could hold ends the task."""

from __future__ import annotations

from downloads import downloaded
from twinbean._random import generator
from twinbean.page import render
from twinbean.page.export import export
from twinbean.play.language import run_on_language
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.sweetbean import process_js
from twinbean.tasks.task import load
from twinbean.testing.player import WinStayLoseShift, play_page

ODD_NAMES = """
from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.definitions.stimuli import SlotMachines


def build(*, rng, constructor: int = 2, __proto__: int = 3, hasOwnProperty: int = 4) -> Experiment:
    def toString(__proto__, constructor):
        valueOf = {"__proto__": __proto__, "constructor": constructor}
        hasOwnProperty = valueOf["__proto__"] + valueOf["constructor"]
        return hasOwnProperty

    def told(__proto__):
        return f"__proto__ is {__proto__}"

    names = ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf"]
    counts = [SharedVariable(name, 0) for name in names]
    value, last = DataVariable("value", 0), DataVariable("__defineGetter__", 0)
    effects = [SideEffect(count, FunctionVariable(count.name, toString, [count, value])) for count in counts]
    effects.append(SideEffect(last, FunctionVariable("__proto__", toString, [counts[0], counts[1]])))
    timeline = [
        {
            "__proto__": {"color": "red", "value": i, "__proto__": 7, "hasOwnProperty": 1},
            "constructor": {"color": "blue", "value": 5 - i, "toString": "x"},
            "toString": ["__proto__", "constructor"],
        }
        for i in range(3)
    ]
    machines = SlotMachines(
        bandits=[TimelineVariable("__proto__"), TimelineVariable("constructor")],
        labels=TimelineVariable("toString"),
        time_after_response=8000,
        side_effects=effects,
    )
    score = Text(duration=100, text=FunctionVariable("told", told, [counts[0]]))
    before = Text(duration=100, text=FunctionVariable("told", told, [DataVariable("__defineGetter__", 2)]))
    return Experiment([Block([machines, score, before], timeline=timeline)])
"""


def test_names_of_javascripts_objects_are_names_like_any_other(browser, tmp_path):
    path = tmp_path / "odd.py"
    path.write_text(ODD_NAMES, encoding="utf-8")
    task = load(str(path))
    page = tmp_path / "page.html"
    page.write_text(export(task), encoding="utf-8")
    player = WinStayLoseShift(generator(3, "player"), noise=0.4)
    saved = play_page(browser, page, player, participant="__proto__", on_trial=lambda choices: None)

    (session,) = sessions_from_rows(saved, where="saved", participant="p")
    assert session.participant == "__proto__"
    assert session.details["parameters"] == {"constructor": 2, "__proto__": 3, "hasOwnProperty": 4}
    shown = process_js(saved)
    again, _ = run_on_language(task.build(rng=None), nobody, data=shown)
    assert [{name: row[name] for name in computed} for row, computed in zip(shown, again, strict=True)] == again
    assert shown[0]["bandits"][0] == {"color": "red", "value": 0, "__proto__": 7, "hasOwnProperty": 1}


def nobody(prompt):
    raise AssertionError(f"asked although all is on record: {prompt!r}")


def test_a_payoff_that_is_no_number_ends_the_page_with_a_sentence_and_what_was_recorded(browser, two_armed, address):
    definition, functions = two_armed(3)
    functions.append('(py) => (score) => py.compare(score, ">", 0) ? "won" : true')
    paid = {"$call": [len(functions) - 1, [{"$shared": "score"}]]}
    definition["blocks"][0]["stimuli"][0]["arguments"]["bandits"][0] = {"color": "red", "value": paid}
    context = browser.new_context(offline=True, accept_downloads=True)
    page = context.new_page()
    page.goto(address(render(definition, functions)))
    page.get_by_role("button", name="Start").click()
    page.locator('[data-arm="0"]').click()
    page.get_by_role("heading", name="Something went wrong").wait_for()
    said = "Arm 0 pays 'won', expected a number (True and False count as 1 and 0)"
    assert said in page.inner_text("body")
    rows = downloaded(page).rows
    context.close()
    assert [(row["bean_value"], row["bean_score"]) for row in rows if "bean_bandits" in row] == [(1, 1)]
    assert sessions_from_rows(rows, where="saved", participant="p")[0].trials[0].outcomes == (1, 0)

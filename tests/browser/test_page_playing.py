"""People click, type and touch their way through a page, and it records what they did."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from downloads import downloaded
from page_clock import pass_time, start_held, until
from twinbean.page import PageOptions, render
from twinbean.sessions import read

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Definition = Callable[..., tuple[dict[str, Any], list[str]]]
Address = Callable[[str], str]


def rows_of(page: Page, tmp_path: Path) -> list[dict[str, Any]]:
    """What the participant gets by the download button."""
    file = downloaded(page)
    (tmp_path / file.name).write_text(file.text, encoding="utf-8")
    return file.rows


FREE = '[data-arm="0"]:not([aria-disabled])'


def start(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Start").click()


def trials_in(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if "bean_bandits" in row]


def test_clicks_are_recorded_as_the_definition_pays_them(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    start(page, address(render(*two_armed(3))))
    for arm in (0, 1, 0):
        page.locator(f'[data-arm="{arm}"]:not([aria-disabled])').click()
    rows = rows_of(page, tmp_path)
    played = [(row["bean_response"], row["bean_value"], row["bean_score"], row["input"]) for row in trials_in(rows)]
    assert played == [(0, 10, 10, "mouse"), (1, 1, 11, "mouse"), (0, 8, 19, "mouse")]
    assert [row["bean_text"] for row in rows if "bean_text" in row] == ["Score: 10", "Score: 11", "Score: 19"]
    assert [row["trial_index"] for row in rows] == list(range(6))
    assert page.get_by_text("Your score: 19").is_visible()
    assert page.get_by_text("Your answers are saved in this browser.").is_visible()


def test_every_row_says_what_was_played_and_by_whom(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    start(page, address(render(*two_armed(1))) + "?PROLIFIC_PID=p/1&STUDY_ID=s1")
    page.locator('[data-arm="1"]').click()
    rows = rows_of(page, tmp_path)
    for row in rows:
        assert (row["format"], row["task"], row["seed"], row["variant"]) == (1, "two armed", 7, 0)
        assert (row["participant"], row["study_id"], row["parameters"]) == ("p/1", "s1", {"trials": 1})
        assert row["fingerprint"] == "0" * 64
        assert row["twinbean"]
    assert len({row["session"] for row in rows}) == 1
    assert {"browser", "time_zone", "screen", "window", "language"} <= rows[0]["device"].keys()
    assert rows[0]["ids"] == {"study_id": "s1"}
    assert ["started" in row for row in rows] == [True, False]
    assert ["finished" in row for row in rows] == [False, True]
    assert (tmp_path / "two_armed_p_1.json").exists()
    [session] = read(tmp_path / "two_armed_p_1.json")
    assert (session.participant, [trial.reward for trial in session.trials]) == ("p/1", [0])
    known = session.participant_details
    assert known["started"] < known["finished"]
    assert (known["study_id"], known["resumed"], known["device"]) == ("s1", 0, rows[0]["device"])


def test_without_an_id_in_the_address_each_participant_gets_one_of_their_own(
    browser: Browser, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    url = address(render(*two_armed(1)))
    names = set()
    for _ in range(2):
        context = browser.new_context()
        page = context.new_page()
        start(page, url)
        page.locator('[data-arm="1"]').click()
        names |= {row["participant"] for row in rows_of(page, tmp_path)}
        context.close()
    assert len(names) == 2


def test_the_keyboard_alone_is_enough(page: Page, two_armed: Definition, address: Address, tmp_path: Path) -> None:
    definition, functions = two_armed(3, kind="SlotMachines", labels=["J", "F"])
    page.goto(address(render(definition, functions, options=PageOptions(consent="Please read.\n\nThen agree."))))
    page.get_by_role("button", name="Start").wait_for()
    for name in ("Start", "I agree"):
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == name
        page.keyboard.press("Enter")
    page.get_by_role("button", name="J, machine").wait_for()
    page.keyboard.press("f")
    page.locator('[data-arm="0"]:not([aria-disabled])').wait_for()
    page.keyboard.press("J")
    page.locator('[data-arm="0"]:not([aria-disabled])').wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Download").wait_for()
    page.keyboard.press("Tab")
    downloaded(page, press=lambda: page.keyboard.press("Enter"))
    trials = trials_in(rows_of(page, tmp_path))
    assert [(row["bean_response"], row["input"]) for row in trials] == [(arm, "keyboard") for arm in (1, 0, 1)]


def test_start_and_go_on_answer_to_enter_and_what_is_to_be_decided_does_not(
    page: Page, two_armed: Definition, address: Address
) -> None:
    url = address(render(*two_armed(2), options=PageOptions(consent="Please read.")))
    page.goto(url)
    page.get_by_role("button", name="Start").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="I agree").wait_for()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="I agree").is_visible()
    page.get_by_role("button", name="I agree").click()
    page.locator(FREE).click()
    page.locator(FREE).wait_for()
    page.reload()
    page.get_by_role("button", name="Continue").wait_for()
    page.keyboard.press("Enter")
    page.locator(FREE).click()
    page.get_by_role("button", name="Download").wait_for()


@pytest.mark.chromium("touch")
def test_touch_is_recorded_as_touch(browser: Browser, two_armed: Definition, address: Address, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address(render(*two_armed(2))))
    page.get_by_role("button", name="Start").tap()
    for _ in range(2):
        page.locator('[data-arm="1"]:not([aria-disabled])').tap()
    assert [row["input"] for row in trials_in(rows_of(page, tmp_path))] == ["touch", "touch"]
    context.close()


def test_a_trial_without_a_response_in_time_is_missed_pays_nothing_and_is_said_to_be(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    start_held(page, address(render(*two_armed(2, duration=2500, feedback_ms=500))))
    notice = page.locator(".notice", has_text="Too slow")
    page.locator(".machine").first.wait_for()
    pass_time(page, 2400)
    assert not notice.is_visible()
    until(page, notice)
    until(page, page.locator(FREE))
    page.locator(FREE).click()
    until(page, page.get_by_role("button", name="Download"))
    missed, chosen = trials_in(rows_of(page, tmp_path))
    assert (missed["bean_response"], missed["bean_value"], missed["bean_missed"]) == (None, 0, True)
    assert (missed["rt"], missed["input"], missed["bean_score"]) == (None, None, 0)
    assert (chosen["bean_response"], chosen["bean_missed"], chosen["bean_score"]) == (0, False, 9)


def test_times_of_the_options_stand_before_those_of_the_definition_and_in_the_rows(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    options = PageOptions(response_window_ms=5000, feedback_ms=800, iti_ms=300)
    start_held(page, address(render(*two_armed(3, duration=500, feedback_ms=2000), options=options)))
    page.locator('[data-arm="0"]').wait_for()
    pass_time(page, 4900)
    assert page.locator(".notice", has_text="Too slow").count() == 0
    page.clock.run_for(100)
    assert page.locator(".notice", has_text="Too slow").is_visible()
    page.clock.run_for(850)
    assert page.locator(".machine").count() == 0
    for _ in range(2):
        until(page, page.locator(FREE))
        page.locator(FREE).click()
    until(page, page.get_by_role("button", name="Download"))
    trials = trials_in(rows_of(page, tmp_path))
    assert [trial["missed"] for trial in trials] == [True, False, False]
    assert {json.dumps(trial["timing"]) for trial in trials} == {'{"feedback": 800, "window": 5000, "pause": 300}'}


def test_the_response_time_counts_from_the_stimulus_to_the_response(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    start_held(page, address(render(*two_armed(1))))
    page.locator('[data-arm="0"]').wait_for()
    pass_time(page, 1234)
    page.keyboard.press("1")
    until(page, page.get_by_role("button", name="Download"))
    [trial] = trials_in(rows_of(page, tmp_path))
    assert trial["rt"] == pytest.approx(1234, abs=50)


def test_payoffs_are_nowhere_in_the_document_before_the_choice(
    page: Page, two_armed: Definition, address: Address
) -> None:
    definition, functions = two_armed(1, feedback_ms=500)
    definition["blocks"][0]["timeline"] = [
        {"left": {"color": "orange", "value": 7331}, "right": {"color": "blue", "value": 4242}}
    ]
    start_held(page, address(render(definition, functions)))
    page.locator('[data-arm="0"]').wait_for()
    for part in ("main", "#announcements"):
        shown = page.locator(part).evaluate("part => part.outerHTML")
        assert "7331" not in shown
        assert "4242" not in shown
    page.locator('[data-arm="0"]').click()
    until(page, page.locator(".revealed"))
    assert "7331" in page.locator("main").inner_text()
    assert "4242" not in page.locator("main").evaluate("part => part.outerHTML")


def test_only_offered_arms_can_be_chosen_and_foregone_payoffs_are_shown_where_asked(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    definition, functions = two_armed(2, kind="SlotMachines", labels=["A", "B", "C"], feedback="all", feedback_ms=1500)
    arguments = definition["blocks"][0]["stimuli"][0]["arguments"]
    arguments |= {
        "bandits": [*arguments["bandits"], {"color": "green", "value": 0.5}],
        "offered": [0, 2],
        "forced": False,
    }
    start_held(page, address(render(definition, functions)))
    assert page.get_by_role("button", name="B, machine").is_disabled()
    page.keyboard.press("b")
    page.keyboard.press("c")
    until(page, page.locator(".revealed").first)
    assert page.locator(".payoff").all_inner_texts() == ["10", "", "0.5"]
    assert page.locator("#announcements").inner_text() == "A: 10, C: 0.5"
    until(page, page.locator(FREE))
    page.locator(FREE).click()
    until(page, page.get_by_role("button", name="Download"))
    first, second = trials_in(rows_of(page, tmp_path))
    assert (first["bean_response"], first["bean_value"], first["bean_offered"]) == (2, 0.5, [0, 2])
    assert (second["bean_response"], second["bean_labels"]) == (0, ["A", "B", "C"])


def test_machines_stand_where_the_definition_places_them(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    definition, functions = two_armed(1)
    start(page, address(render(definition | {"positions": [1, 0]}, functions)))
    page.locator(".machine").nth(1).wait_for()
    left, right = page.locator(".machine").all()
    assert [left.get_attribute("data-arm"), right.get_attribute("data-arm")] == ["1", "0"]
    left.click()
    [trial] = trials_in(rows_of(page, tmp_path))
    assert (trial["bean_response"], trial["bean_positions"]) == (1, [1, 0])


def test_keys_of_a_text_screen_are_buttons_too(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    definition, functions = two_armed(3)
    question = {
        "text": {"$timeline": "question"},
        "color": "red",
        "duration": None,
        "choices": ["y", " "],
        "correct_key": "y",
    }
    definition["blocks"] = [
        {
            "timeline": [{"question": name} for name in ("one", "two", "three")],
            "stimuli": [{"kind": "Text", "arguments": question, "effects": []}],
        }
    ]
    start(page, address(render(definition, functions)))
    page.get_by_role("button", name="Y").click()
    page.locator(".text", has_text="two").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("Space")
    page.locator(".text", has_text="three").wait_for()
    page.keyboard.press("Y")
    rows = rows_of(page, tmp_path)
    assert [(row["bean_response"], row["bean_correct"]) for row in rows] == [("Y", True), (" ", False), ("Y", True)]
    assert [row["input"] for row in rows] == ["mouse", "keyboard", "keyboard"]


def test_pages_of_instructions_turn_both_ways_and_are_text_unless_markup_is_asked_for(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    definition, functions = two_armed(1)
    pages = ["<b>First</b> of {labels}", "Second"]
    definition["labels"] = ["X", "Y"]
    definition["blocks"][0]["stimuli"] = [
        {"kind": "Instructions", "arguments": {"pages": pages, "markup": markup}, "effects": []}
        for markup in (False, True)
    ]
    start(page, address(render(definition, functions)))
    page.get_by_role("button", name="Next").wait_for()
    assert page.locator(".text").inner_text() == "<b>First</b> of X and Y"
    page.get_by_role("button", name="Next").click()
    assert page.locator(".text").inner_text() == "Second"
    page.get_by_role("button", name="Back").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator(".text b").inner_text() == "First"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    rows = rows_of(page, tmp_path)
    assert [row["bean_pages"][0] for row in rows] == ["<b>First</b> of X and Y"] * 2
    assert [row["bean_response"] for row in rows] == [None, None]


def test_nothing_that_a_definition_says_can_run(page: Page, two_armed: Definition, address: Address) -> None:
    hostile = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>'\"`${1}"
    definition, functions = two_armed(1, kind="SlotMachines", labels=[hostile, "B"])
    definition["blocks"][0]["timeline"][0]["left"]["color"] = f"red;{hostile}"
    question = {"text": hostile, "color": hostile, "duration": None, "choices": ["x"], "correct_key": hostile}
    definition["blocks"][0]["stimuli"][1:] = [{"kind": "Text", "arguments": question, "effects": []}]
    start(page, address(render(definition, functions, options=PageOptions(title=hostile, consent=hostile))))
    assert page.locator(".text").inner_text() == hostile
    page.get_by_role("button", name="I agree").click()
    assert page.locator(".sign").first.text_content() == hostile
    page.locator('[data-arm="0"]').click()
    page.get_by_role("button", name="X").wait_for()
    assert page.locator(".text").text_content() == hostile
    assert page.title() != "ran"
    assert page.locator("main img, main script").count() == 0


@pytest.mark.chromium("what a page from a file asks for is an event")
def test_the_page_asks_the_network_for_nothing(page: Page, two_armed: Definition, address: Address) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    url = address(render(*two_armed(1)))
    start(page, url)
    page.locator('[data-arm="0"]').click()
    page.get_by_role("button", name="Download").wait_for()
    assert asked == [url]


def test_leaving_the_window_pauses_the_task_and_is_recorded(
    page: Page, two_armed: Definition, address: Address, tmp_path: Path
) -> None:
    start_held(page, address(render(*two_armed(1, duration=400))))
    page.locator('[data-arm="0"]').wait_for()
    pass_time(page, 100)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.keyboard.press("1")
    pass_time(page, 600)  # longer than the response window, which stands still
    assert page.get_by_role("dialog", name="Paused").is_visible()
    page.get_by_role("button", name="Continue").click()
    page.locator('[data-arm="0"]').click()
    until(page, page.get_by_role("button", name="Download"))
    [trial] = trials_in(rows_of(page, tmp_path))
    assert trial["bean_missed"] is False
    assert trial["rt"] < 400
    [left] = trial["interruptions"]
    assert left["event"] == "left"
    assert left["ms"] >= 600


@pytest.mark.parametrize("name", ["jsPsychHtmlChoice", "jsPsychSlotMachines", "jsPsychTextScreen"])
def test_a_global_that_another_script_defined_stays_as_it_is(
    page: Page, two_armed: Definition, address: Address, name: str
) -> None:
    page.add_init_script(f"window.{name} = 'mine'")
    page.goto(address(render(*two_armed(1))))
    page.get_by_role("button", name="Start").click()
    page.locator('[data-arm="0"]').click()
    page.get_by_role("button", name="Download").wait_for()
    assert page.evaluate(f"window.{name}") == "mine"


def test_jspsychs_own_simulation_plays_the_plugin(page: Page, two_armed: Definition) -> None:
    from twinbean.page import harness

    page.set_content(harness())
    simulated = page.evaluate(
        """async (mode) => {
          const jsPsych = initJsPsych({ display_element: "twinbean" });
          const trial = {
            type: jsPsychHtmlChoice,
            bandits: [{ color: "red", value: 3 }, { color: "blue", value: 4.5 }],
            time_after_response: 10,
            simulation_options: { data: { rt: 20 } },
          };
          await jsPsych.simulate([trial, { ...trial, duration: 5 }], "data-only");
          await jsPsych.simulate([trial, { ...trial, duration: 5 }], "visual");
          return jsPsych.data.get().values();
        }"""
    )
    chosen, missed, seen, unseen = simulated
    for row in (chosen, seen):
        assert row["value"] == [3, 4.5][row["response"]]
        assert row["missed"] is False
    for row in (missed, unseen):
        assert (row["response"], row["value"], row["missed"]) == (None, 0, True)

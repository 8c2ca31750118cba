"""The SlotMachines plugin as a package of its own, in a plain jsPsych timeline without Twinbean's page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "static" / "packages" / "plugin-slot-machines"
PLAIN = """<!doctype html><title>Somebody's study</title><body></body>"""
TRIAL = """{type: jsPsychSlotMachines, labels: ["F", "J"], time_after_response: 200,
  bandits: [{color: "orange", value: 3}, {color: "blue", value: 7.5}]}"""


@pytest.fixture
def page(browser: Browser) -> Page:
    """A page with jsPsych's own build, whose listeners on the document and timers are counted."""
    page = browser.new_page()
    page.set_content(PLAIN)
    page.evaluate(
        """() => {
          window.listeners = new Set();
          const { addEventListener, removeEventListener } = document;
          document.addEventListener = function (kind, listener, ...rest) {
            if (kind === "keydown") window.listeners.add(listener);
            return addEventListener.call(this, kind, listener, ...rest);
          };
          document.removeEventListener = function (kind, listener, ...rest) {
            window.listeners.delete(listener);
            return removeEventListener.call(this, kind, listener, ...rest);
          };
          window.timers = new Set();
          const { setTimeout, clearTimeout } = window;
          window.setTimeout = (run, ms) => {
            const id = setTimeout(() => { window.timers.delete(id); run(); }, ms);
            window.timers.add(id);
            return id;
          };
          window.clearTimeout = (id) => { window.timers.delete(id); clearTimeout(id); };
        }"""
    )
    page.add_script_tag(path=ROOT / "node_modules" / "jspsych" / "dist" / "index.browser.js")
    page.add_script_tag(path=PACKAGE / "dist" / "index.browser.js")
    page.add_style_tag(path=PACKAGE / "dist" / "index.css")
    yield page
    page.close()


def start(page: Page, trials: str) -> None:
    page.evaluate(
        "trials => { window.jsPsych = initJsPsych(); window.played = jsPsych.run(Function(`return ${trials}`)()); }",
        trials,
    )


def test_the_plugin_plays_by_click_and_key_in_a_plain_timeline(page: Page) -> None:
    start(page, f"[{TRIAL}, {TRIAL}]")
    second = page.get_by_role("button", name="J, machine")
    assert page.locator(".machine").first.bounding_box()["height"] > 100
    second.click()
    page.locator(".revealed .payoff", has_text="7.5").wait_for()
    page.locator(".machine:not([aria-disabled])").first.wait_for()
    page.keyboard.press("f")
    rows = page.evaluate("async () => { await played; return jsPsych.data.get().values(); }")
    assert [(row["trial_type"], row["response"], row["value"], row["input"]) for row in rows] == [
        ("slot-machines", 1, 7.5, "mouse"),
        ("slot-machines", 0, 3, "keyboard"),
    ]


@pytest.mark.parametrize("chosen", [False, True], ids=["before the choice", "after the choice"])
@pytest.mark.parametrize("ending", ["abortExperiment('over')", "finishTrial({ended: 'outside'})"])
def test_a_trial_ended_from_outside_leaves_no_timer_and_no_listener(page: Page, ending: str, chosen: bool) -> None:
    start(page, f"[{{...{TRIAL}, duration: 60000, time_after_response: 30000}}]")
    page.locator(".machine").first.wait_for()
    page.wait_for_function("timers.size > 0 && listeners.size > 0")
    if chosen:
        page.keyboard.press("j")
    page.evaluate(f"async () => {{ jsPsych.{ending}; await played; }}")
    assert page.evaluate("[timers.size, listeners.size]") == [0, 0]


def test_a_name_that_is_taken_stays_as_it_is(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(PLAIN)
    page.evaluate("window.jsPsychSlotMachines = 'mine'")
    page.add_script_tag(path=ROOT / "node_modules" / "jspsych" / "dist" / "index.browser.js")
    page.add_script_tag(path=PACKAGE / "dist" / "index.browser.js")
    assert page.evaluate("[window.jsPsychSlotMachines, typeof twinbeanSlotMachines.default]") == ["mine", "function"]
    page.close()


def test_the_package_holds_the_files_that_it_names() -> None:
    package = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    for name in package["exports"].values():
        assert (PACKAGE / name).is_file()
    assert 'from "jspsych"' in (PACKAGE / "dist" / "index.js").read_text(encoding="utf-8")
    installed = json.loads((ROOT / "node_modules" / "jspsych" / "package.json").read_text(encoding="utf-8"))
    assert installed["version"].split(".")[0] in package["peerDependencies"]["jspsych"]

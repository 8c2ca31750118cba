"""People answer surveys, choose among HTML and let a go/no-go trial pass, by mouse, keys and touch, on a phone too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import downloads
from page_clock import hold, pass_time, start_held, until
from twinbean.page.export import export
from twinbean.play.game import Play, Record, Seat
from twinbean.sessions import read
from twinbean.tasks.task import Task, load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
TASK = """
from sweetbean import Block, Experiment
from sweetbean.stimulus import HtmlChoice, HtmlKeyboardResponse, LikertSurvey, MultiChoiceSurvey, Text, TextSurvey

html = "<h2>Welcome</h2><p style='font-size:48px; color:pink'>Press <b>F</b> or <b>J</b></p>"
hand = {"prompt": "Which hand do you write with?", "options": ["left", "right", "other", "prefer not to say"]}
experiment = Experiment([Block([
    HtmlKeyboardResponse(None, html, ["f", "j"], "f"),
    TextSurvey(["How old are you?", "Where are you from?"]),
    MultiChoiceSurvey([hand, {"prompt": "How are you?", "options": ["bad", "good"]}]),
    LikertSurvey.from_scale(prompts=["I like rain.", "I like sun."], scale=["never", "sometimes", "always"]),
    HtmlChoice(2000, ["<button>Yes, <b>please</b></button>", "<i>No</i>"], [{"worth": 1}, None], 500),
    Text(400, "GO", choices=[" "], correct_key=" "),
    Text(400, "NO GO", choices=[" "], correct_key=None),
])])
"""


@pytest.fixture
def task(tmp_path: Path) -> Task:
    (tmp_path / "survey.py").write_text(TASK, encoding="utf-8")
    return load(str(tmp_path / "survey.py"))


@pytest.fixture
def url(task: Task, tmp_path: Path) -> str:
    (tmp_path / "page.html").write_text(export(task), encoding="utf-8")
    return (tmp_path / "page.html").as_uri()


def downloaded(page: Page, path: Path) -> list[dict[str, Any]]:
    file = downloads.downloaded(page)
    path.write_text(file.text, encoding="utf-8")
    return file.rows


def start(page: Page, url: str, *, key: str) -> None:
    """Presses `key` on the first screen once it is there, which a slow disk delays: the session is kept first."""
    start_held(page, url)
    page.locator(".markup").wait_for()
    page.keyboard.press(key)


def submit(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


HOSTILE = "\"quotes\" & 'more' </script> \u2028 __proto__ " + "x" * 10_000


def test_clicks_are_recorded_as_sweetbean_records_them_and_replayed(
    page: Page, task: Task, url: str, tmp_path: Path
) -> None:
    start(page, url, key="j")
    page.get_by_label("How old are you?").fill(HOSTILE)
    page.get_by_label("Where are you from?").fill("here")
    submit(page)
    page.get_by_text("prefer not to say").click()
    page.get_by_label("good").check()
    submit(page)
    page.get_by_role("group", name="I like rain.").get_by_label("always").check()
    page.get_by_role("group", name="I like sun.").get_by_label("never").check()
    submit(page)
    page.get_by_role("button", name="Yes, please").click()
    until(page, page.locator(".text", has_text="GO").first)
    page.keyboard.press(" ")
    until(page, page.locator(".text", has_text="NO GO"))
    until(page, page.get_by_role("button", name="Download"))
    rows = downloaded(page, tmp_path / "ann.json")
    assert [row["bean_response"] for row in rows] == [
        "J",
        {"Q0": HOSTILE, "Q1": "here"},
        {"Q0": "prefer not to say", "Q1": "good"},
        {"Q0": 2, "Q1": 0},
        0,
        " ",
        None,
    ]
    assert rows[4]["bean_value"] == {"worth": 1}
    assert [row.get("bean_correct") for row in (rows[0], *rows[5:])] == [False, True, True]

    (session,) = read(tmp_path / "ann.json")
    given = ["J", "prefer not to say", "good", 2, 0, 0, " ", None]
    assert [response for _, response in session.responses] == given
    seat = Seat(participant="ann", session="s", task="survey")
    again = Play(task.define(), seat, pytest.fail, record=Record(responses=session.responses)).run()
    beans = [{name[5:]: value for name, value in row.items() if name.startswith("bean_")} for row in rows]
    assert again.rows[2:] == beans[2:]
    assert again.transcript.text.startswith('You see "Welcome\nPress F or J". You can press F or J. You press <<J>>.')


def test_the_keyboard_alone_answers_everything(page: Page, url: str, tmp_path: Path) -> None:
    start(page, url, key="f")
    page.get_by_label("How old are you?").wait_for()
    for text in ("34", "here"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_label("prefer not to say").wait_for()
    for key in ("ArrowDown", " "):
        page.keyboard.press("Tab")
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.get_by_role("group", name="I like rain.").wait_for()
    for key in (" ", "ArrowUp"):
        page.keyboard.press("Tab")
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, please").wait_for()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, page.locator(".text", has_text="GO").first)
    until(page, page.get_by_role("button", name="Download"))
    rows = downloaded(page, tmp_path / "ann.json")
    assert [row["bean_response"] for row in rows] == [
        "F",
        {"Q0": "34", "Q1": "here"},
        {"Q0": "right", "Q1": "bad"},
        {"Q0": 0, "Q1": 2},
        1,
        None,
        None,
    ]
    assert {row["input"] for row in rows[:5]} == {"keyboard"}


def test_a_question_that_was_left_out_is_said_and_goes_nowhere(page: Page, url: str) -> None:
    start(page, url, key="j")
    page.get_by_label("How old are you?").fill("34")
    page.get_by_label("Where are you from?").fill("  ")
    submit(page)
    missing = page.get_by_label("Where are you from?")
    assert missing.evaluate("input => input === document.activeElement")
    assert missing.get_attribute("aria-invalid") == "true"
    described = missing.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text().endswith("Please answer this question.")
    assert page.get_by_label("How old are you?").get_attribute("aria-invalid") == "false"
    missing.fill("here")
    submit(page)
    page.get_by_role("group", name="How are you?").wait_for()


def test_who_comes_back_goes_on_behind_the_last_survey(page: Page, url: str, tmp_path: Path) -> None:
    start(page, url, key="j")
    page.get_by_label("How old are you?").fill(HOSTILE)
    page.get_by_label("Where are you from?").fill("here")
    submit(page)
    page.get_by_label("left").check()
    page.get_by_label("good").check()
    submit(page)
    page.get_by_role("group", name="I like rain.").wait_for()
    pass_time(page, 100)
    page.reload()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("group", name="I like rain.").get_by_label("never").check()
    page.get_by_role("group", name="I like sun.").get_by_label("never").check()
    submit(page)
    until(page, page.get_by_role("button", name="Download"))
    rows = downloaded(page, tmp_path / "ann.json")
    assert [row["bean_response"] for row in rows[1:5]] == [
        {"Q0": HOSTILE, "Q1": "here"},
        {"Q0": "left", "Q1": "good"},
        {"Q0": 0, "Q1": 0},
        None,
    ]


def screens(page: Page, url: str, folder: Path) -> Iterator[str]:
    """Every screen of the task in turn, touched and not clicked."""
    page.clock.install()
    page.goto(url)
    hold(page)
    page.get_by_role("button", name="Start").tap()
    page.locator(".markup").wait_for()
    yield "HTML"
    page.get_by_role("button", name="F", exact=True).tap()
    page.get_by_label("How old are you?").wait_for()
    page.get_by_label("How old are you?").fill("34")
    page.get_by_role("button", name="Continue").tap()
    yield "free text, one missing"
    page.get_by_label("Where are you from?").fill("here")
    page.get_by_role("button", name="Continue").tap()
    page.get_by_text("prefer not to say").tap()
    yield "options"
    page.get_by_text("bad").tap()
    page.get_by_role("button", name="Continue").tap()
    page.get_by_text("always").first.wait_for()
    yield "scale"
    page.get_by_text("always").first.tap()
    page.get_by_text("never").last.tap()
    page.get_by_role("button", name="Continue").tap()
    page.get_by_role("button", name="Yes, please").wait_for()
    yield "choice of HTML"
    page.get_by_role("button", name="Yes, please").tap()
    yield "choice made"
    until(page, page.get_by_role("button", name="Space"))
    yield "go"
    page.get_by_role("button", name="Space").tap()
    until(page, page.get_by_role("button", name="Download"))
    rows = downloaded(page, folder / "ann.json")
    assert [row["bean_response"] for row in rows] == [
        "F",
        {"Q0": "34", "Q1": "here"},
        {"Q0": "prefer not to say", "Q1": "bad"},
        {"Q0": 2, "Q1": 0},
        0,
        " ",
        None,
    ]
    assert {row["input"] for row in rows[:6]} <= {"touch"}


@pytest.mark.chromium("touch")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_every_screen_whole_and_axe_finds_no_violation(
    browser: Browser, url: str, tmp_path: Path, scheme: Any
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    seen = []
    for name in screens(page, url, tmp_path):
        page.screenshot(path=tmp_path / f"{len(seen)}-{scheme}.png")
        wide = page.evaluate(
            "[document.body, ...document.querySelectorAll('.body')].map(e => e.scrollWidth - e.clientWidth)"
        )
        assert max(wide) <= 0, name
        for target in page.locator("button:not([hidden]), .options label, input[type=text]").all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44, (name, box)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert axe(page) == [], name
        seen.append(name)
    assert len(seen) == 7
    context.close()


def axe(page: Page) -> list[Any]:
    """What axe finds; it waits by the page's clock, which is held."""
    page.evaluate("() => { window.found = null; axe.run().then(({ violations }) => { window.found = violations; }); }")
    for _ in range(200):
        page.clock.run_for(1)
        if (found := page.evaluate("window.found")) is not None:
            return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    raise AssertionError("axe did not end within 200 ms of the page's time")

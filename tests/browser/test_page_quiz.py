"""People take a quiz: by mouse, by keys, on a phone; they read the instructions again, or are at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import twinbean
from downloads import downloaded
from pages_and_servers import TASK, choose, served
from twinbean import Instructions, Quiz
from twinbean.page import PageOptions
from twinbean.page.export import export
from twinbean.play.seating import check_record, seat_person
from twinbean.sessions import Session, read
from twinbean.tasks.task import Task

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WRONG = "Not all of your answers were right."


def task(**options: Any) -> Task:
    def build(*, rng: Any) -> Any:
        from sweetbean import Block, Experiment
        from sweetbean.stimulus import Text

        quiz = Quiz(
            {
                "machines": Quiz.single_choice("How many machines are there?", ["one", "two"], answer="two"),
                "cost": Quiz.number("What does a choice cost?", low=0, high=9, answer=3),
            },
            **options,
        )
        asked = Block([Instructions("There are two machines, and a choice costs 3 points."), quiz])
        return Experiment([asked, Block([Text(None, "Ready?", choices=["y", "n"])])])

    return Task("quizzed", build)


def opened(page: Page, tmp_path: Path, **options: Any) -> None:
    page_options = PageOptions(completion_url="https://panel.example/done")
    (tmp_path / "page.html").write_text(export(task(**options), options=page_options), encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    page.get_by_role("button", name="Start").click()


def attempt(page: Page, machines: str, cost: str) -> None:
    """Reads the instructions and answers, by mouse."""
    page.get_by_role("button", name="Next").click()
    page.get_by_label(machines, exact=True).check()
    page.get_by_label("What does a choice cost?").fill(cost)
    page.get_by_role("button", name="Continue").click()


def go_on(page: Page) -> None:
    """Reads that not all was right."""
    page.locator(".wrong", has_text=WRONG).wait_for()
    page.get_by_role("button", name="Continue").click()


def recorded(page: Page, tmp_path: Path, **options: Any) -> Session:
    """What the file says, which must play again to the same."""
    page.get_by_role("button", name="Download").wait_for()
    (tmp_path / "ann.json").write_text(downloaded(page).text, encoding="utf-8")
    (person,) = read(tmp_path / "ann.json")
    seated = seat_person(task(**options), person, "human", after=None, samples=1, seed=0, given=None)
    check_record(person, seated[0])
    return person


def test_wrong_answers_lead_back_to_the_instructions_until_they_are_right(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path)
    attempt(page, "one", "3")
    go_on(page)
    attempt(page, "two", "2")
    go_on(page)
    attempt(page, "two", "3")
    page.get_by_role("button", name="Y", exact=True).click()
    details = recorded(page, tmp_path).participant_details
    assert (details["quiz_attempts"], details["quiz_passed"], details.get("excluded")) == (3, True, None)


def test_a_number_that_no_model_could_answer_is_asked_again(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path)
    attempt(page, "two", "3.5")
    page.get_by_text("Please enter a whole number from 0 to 9.").wait_for()
    page.get_by_label("What does a choice cost?").fill("3")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Y", exact=True).click()
    assert recorded(page, tmp_path).participant_details["quiz_attempts"] == 1


def test_who_never_passes_goes_on_and_is_marked(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, repeat=2)
    for _ in range(2):
        attempt(page, "one", "0")
        go_on(page)
    page.get_by_role("button", name="N", exact=True).click()
    page.get_by_role("button", name="finish").wait_for()
    details = recorded(page, tmp_path, repeat=2).participant_details
    assert (details["quiz_attempts"], details["excluded"]) == (2, "quiz not passed")


def test_who_is_screened_out_is_at_the_end_and_not_sent_back_as_done(page: Page, tmp_path: Path) -> None:
    options = {"repeat": 1, "otherwise": "screen out"}
    opened(page, tmp_path, **options)
    attempt(page, "one", "3")
    go_on(page)
    page.get_by_text("The study ends here for you").wait_for()
    assert page.get_by_role("button", name="finish").count() == 0
    person = recorded(page, tmp_path, **options)
    assert (person.participant_details["finished"] is not None, person.excluded) == (True, "quiz not passed")
    page.reload()
    page.get_by_text("You have already taken part").wait_for()
    assert page.get_by_role("button", name="finish").count() == 0


def test_a_quiz_that_was_left_is_gone_on_with_at_the_same_attempt(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, repeat=2)
    attempt(page, "one", "3")
    go_on(page)
    page.get_by_role("button", name="Next").wait_for()
    page.reload()
    page.get_by_text("You have already started").wait_for()
    page.get_by_role("button", name="Continue").click()
    attempt(page, "two", "3")
    page.get_by_role("button", name="Y", exact=True).click()
    assert recorded(page, tmp_path, repeat=2).participant_details["quiz_attempts"] == 2


def test_keys_alone_take_a_quiz(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path)
    for cost in ("2", "3"):
        page.get_by_role("button", name="Next").wait_for()
        page.keyboard.press("Enter")
        page.get_by_label("one", exact=True).wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type(cost)
        page.keyboard.press("Enter")
        if cost == "2":
            page.locator(".wrong", has_text=WRONG).wait_for()
            page.keyboard.press("Enter")
    page.get_by_role("button", name="Y", exact=True).wait_for()
    page.keyboard.press("y")
    assert recorded(page, tmp_path).participant_details["quiz_attempts"] == 2


@pytest.mark.chromium("touch")
@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_every_screen_of_a_quiz_is_accessible(browser: Browser, tmp_path: Path, scheme: Any, width: int) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, has_touch=True)
    page = context.new_page()
    options = {"repeat": 1, "otherwise": "screen out"}
    opened(page, tmp_path, **options)
    page.get_by_role("button", name="Next").tap()
    page.get_by_label("one", exact=True).wait_for()
    check_screen(page, tmp_path / f"questions-{width}-{scheme}.png")
    page.get_by_role("button", name="Continue").tap()
    page.locator(".problem:visible").first.wait_for()
    page.get_by_label("one", exact=True).tap()
    page.get_by_label("What does a choice cost?").fill("3")
    page.get_by_role("button", name="Continue").tap()
    page.locator(".wrong", has_text=WRONG).wait_for()
    check_screen(page, tmp_path / f"wrong-{width}-{scheme}.png")
    page.get_by_role("button", name="Continue").tap()
    page.get_by_text("The study ends here for you").wait_for()
    check_screen(page, tmp_path / f"end-{width}-{scheme}.png")
    context.close()


def check_screen(page: Page, picture: Path) -> None:
    page.screenshot(path=picture)
    assert page.evaluate("document.body.scrollWidth - document.body.clientWidth") <= 0
    for target in page.locator("main button:visible, .options label").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, box
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize(
    ("otherwise", "code", "ends"), [("exclude", "CHECK", "Thank you"), ("screen out", "OUT", "The study ends here")]
)
def test_a_study_sends_whom_it_excludes_back_by_a_way_of_their_own(
    browser: Browser, tmp_path: Path, otherwise: str, code: str, ends: str
) -> None:
    pytest.importorskip("uvicorn")
    options = ("--completion-url", "https://panel.example/?cc=DONE", "--set", f"otherwise={otherwise}")
    codes = ("--code", "failed_check=CHECK", "--code", "screened_out=OUT")
    context = browser.new_context()
    page = context.new_page()
    page.route("https://panel.example/**", lambda route: route.fulfill(body="the panel"))
    with served(tmp_path / "study", *options, *codes, task=TASK.with_name("quizzed.py")) as study:
        page.goto(f"{study.address}?PROLIFIC_PID=ann&SESSION_ID=sub-ann")
        page.get_by_role("button", name="Start").click()
        page.get_by_label("How old are you?").fill("30")
        page.get_by_role("button", name="Continue").click()
        for _ in range(2):
            page.get_by_role("button", name="Next").click()
            page.get_by_label("one", exact=True).check()
            page.get_by_role("button", name="Continue").click()
            go_on(page)
        choose(page, *([0, 1] if otherwise == "exclude" else []))
        page.get_by_text(ends).wait_for()
        page.get_by_role("button", name="Finish").click()
        page.wait_for_url(f"https://panel.example/?cc={code}")
    context.close()
    (session,) = twinbean.read(tmp_path / "study")
    assert session.excluded == "quiz not passed"

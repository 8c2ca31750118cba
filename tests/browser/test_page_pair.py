"""The real page and the real server with a model beside: at the end, and not before, a visitor sees both courses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pages_and_servers import Served, choose, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytest.importorskip("uvicorn")

CHOICES = [0, 1, 0, 1]
# quick.py: the left machine pays 10, 9, 8, 7 and the right one 0, 1, 2, 3.
SCORE = 10 + 1 + 8 + 3
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("pair") / "study", "--pair", "greedy") as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce", color_scheme="dark")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert errors == []


def play(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}?PROLIFIC_PID={who}")
    page.get_by_role("button", name="Start").click()
    choose(page, *CHOICES)
    page.get_by_text("Your answers have been received").wait_for()


def both(page: Page) -> None:
    page.locator(".pair-courses").wait_for()


def test_a_visitor_sees_both_courses_at_the_end_in_words_and_numbers(page: Page, study: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    play(page, study.address, "ann")
    both(page)
    last = [address.rpartition("/")[2] for address in asked]
    assert last.index("pair") > last.index("finish"), "nothing is asked of the model before the end"
    session = asked[last.index("pair")].split("/")[-2]
    journal = (study.folder / "pair" / session / "trials.jsonl").read_text(encoding="utf-8")
    trials = [line for line in map(json.loads, journal.splitlines()) if line["kind"] == "trial"]
    its = sum(trial["reward"] for trial in trials)
    region = page.get_by_role("region", name="You and the model")
    own, other = region.locator(".pair-card").all_inner_texts()
    assert (own.split(), other.split()) == (["You", "Score:", str(SCORE)], ["The", "model", "Score:", f"{its:g}"])
    said = region.get_by_role("status").inner_text()
    words = f"You scored {SCORE - its:g} more" if its < SCORE else f"The model scored {its - SCORE:g} more"
    assert words in said or its == SCORE
    parted = next(n for n, trial in enumerate(trials) if trial["choice"] != CHOICES[n])
    assert f"You first parted at choice {parted + 1}" in said
    # By keyboard, and to a screen reader: everything that is drawn is in a table, too.
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("table").wait_for()
    cells = [row.split() for row in region.locator("tbody tr").all_inner_texts()]
    assert [cell[-1] for cell in cells] == [f"{trial['reward']:g}" for trial in trials]
    width = page.evaluate("[document.querySelector('main').scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    for drawn in page.locator(".pair svg").all():
        box = drawn.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]


def test_who_comes_back_sees_it_again_and_who_withdraws_no_longer(page: Page, study: Served) -> None:
    play(page, study.address, "bob")
    both(page)
    page.reload()
    page.get_by_role("heading", name="You have already taken part").wait_for()
    both(page)
    page.get_by_role("button", name="Stop and withdraw").click()
    page.get_by_role("dialog").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Stop and withdraw").click()
    page.get_by_role("heading", name="You have stopped").wait_for()
    page.locator(".pair").wait_for(state="detached")


def test_a_model_that_is_slow_or_fails_is_said_in_a_sentence(page: Page, study: Served) -> None:
    told: dict[str, Any] = {"state": "waiting", "before": 1}

    def answer(route: Route) -> None:
        route.fulfill(json=told)

    page.route("**/pair", answer)
    play(page, study.address, "cem")
    said = page.locator(".pair").get_by_role("status")
    said.get_by_text("those who came before you").wait_for()
    told = {"state": "playing", "done": 2, "of": 4}
    said.get_by_text("The model is still playing").wait_for()
    bar = page.get_by_role("progressbar", name="Choices that the model has made")
    bar.wait_for()
    assert bar.evaluate("bar => [bar.value, bar.max]") == [2, 4]
    told = {"state": "failed"}
    said.get_by_text("has not finished its game").wait_for()
    page.get_by_text("Your answers have been received").first.wait_for()

"""The dashboard as a researcher meets it: the token that serve printed, the buttons, and a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from collecting import Called, Served
from taking_part import take_part

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def prepare(folder: Path) -> None:
    with Called(folder, conditions={"trials": [4, 6]}) as called:
        for n in range(7):
            take_part(called, f"p{n}")
        for n, rows in enumerate((1, 3, 3)):
            take_part(called, f"l{n}", rows=rows, outcome=None)
        take_part(called, "s", rows=2, outcome="screened_out")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Any]:
    """A study with some participants, served by `twinbean serve`, and the token that it printed."""
    folder = tmp_path / "study"
    with ThreadPoolExecutor(1) as thread:
        # Playwright's event loop runs in this one.
        thread.submit(prepare, folder).result()
    with Served(folder) as study:
        assert study.process is not None
        assert study.process.stdout is not None
        study.token = study.process.stdout.readline().split()[-1]
        yield study


@pytest.fixture(params=[1280, 390], ids=["desktop", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 844}, accept_downloads=True)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context.new_page()
    context.close()
    assert complaints == []


def test_a_researcher_signs_in_pauses_sets_a_target_and_downloads(served: Any, page: Page, tmp_path: Path) -> None:
    page.goto(f"{served.address}admin/")
    page.get_by_label("Token").fill(served.token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Open", exact=True).wait_for()
    assert re.search(r"Started\s*11", page.inner_text("dl"))
    page.get_by_label("Target").fill("20")
    page.get_by_role("button", name="Set").click()
    page.get_by_role("progressbar").wait_for()
    assert "7 done of 20 wanted" in page.inner_text("dl")
    page.get_by_role("button", name="Pause the study").click()
    page.get_by_text("Paused", exact=True).wait_for()
    page.get_by_role("button", name="Open the study again").click()
    page.get_by_text("Open", exact=True).wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download trials").click()
    assert download.value.path().read_text().startswith("participant,session,")
    width, inside = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= inside
    short = page.locator("button, input:not([type=hidden])").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).length"
    )
    assert short == 0
    cookies = page.context.cookies()
    assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [(True, "Strict")]
    page.screenshot(path=str(tmp_path / "dashboard.png"), full_page=True)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()

"""Over plain http, on a name that is no localhost, browsers lend no locks, no `crypto.subtle` and no `randomUUID`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pages_and_servers import Served, choices, choose, recorded, served, wait_for
from twinbean.testing.browser import BrowserNotFound, start

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytest.importorskip("uvicorn")
sync_api: Any = pytest.importorskip("playwright.sync_api")

NAME = "study.test"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for which every name is this machine."""
    with sync_api.sync_playwright() as playwright:
        try:
            chromium = start(playwright, f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
        except BrowserNotFound as error:
            pytest.skip(str(error))
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    fresh = browser.new_context()
    fresh.set_default_timeout(180_000)
    errors: list[str] = []
    fresh.on("weberror", lambda error: errors.append(str(error.error)))
    yield fresh
    fresh.close()
    assert errors == []


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "study", "--completion-url", "https://example.org/done") as running:
        yield running


def opened(context: BrowserContext, study: Served) -> Page:
    page = context.new_page()
    page.goto(f"http://{NAME}:{study.port}/?PROLIFIC_PID=p1")
    lent = "[isSecureContext, 'locks' in navigator, 'subtle' in crypto, 'randomUUID' in crypto]"
    assert page.evaluate(lent) == [False, False, False, False]
    return page


def test_every_row_arrives_and_the_link_is_given(context: BrowserContext, study: Served) -> None:
    page = opened(context, study)
    page.get_by_role("button", name="Start").click()
    choose(page, 0, 1)
    wait_for(lambda: sum(map(len, recorded(page).values())) >= 4, "two trials in the browser")
    page.reload()
    page.get_by_role("button", name="Continue").click()
    choose(page, 0, 1)
    page.get_by_role("button", name="Finish").wait_for()
    assert recorded(page) == study.rows()
    assert [choices(rows) for rows in study.rows().values()] == [[0, 1, 0, 1]]


def test_a_window_that_has_been_taken_over_stops_before_it_records_anything(
    context: BrowserContext, study: Served
) -> None:
    first = opened(context, study)
    first.get_by_role("button", name="Start").click()
    choose(first, 0)
    wait_for(lambda: sum(map(len, recorded(first).values())) >= 2, "a trial in the browser")
    second = opened(context, study)
    second.get_by_role("button", name="Continue").wait_for()
    first.get_by_role("heading", name="You are continuing somewhere else").wait_for()
    assert first.locator(".machine").count() == 0
    second.get_by_role("button", name="Continue").click()
    choose(second, 1, 0, 1)
    second.get_by_role("button", name="Finish").wait_for()
    assert recorded(second) == study.rows()
    assert [choices(rows) for rows in study.rows().values()] == [[0, 1, 0, 1]]
    # Its other door back: it takes the session over again, and is told that it has ended.
    first.reload()
    first.get_by_role("heading", name="You have already taken part").wait_for()

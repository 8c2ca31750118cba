"""One Chromium for all browser tests; every test gets a context of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from twinbean.testing.browser import BrowserNotFound, launch

if TYPE_CHECKING:
    from sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with launch() as chromium:
            yield chromium
    except BrowserNotFound as error:
        pytest.skip(str(error))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: its own storage, no network, and no error left in the console by the end of the test."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    complaints: list[str] = []
    fresh.on("weberror", lambda error: complaints.append(str(error.error)))
    fresh.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield fresh
    fresh.close()
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()

"""A headless Chromium, found where it is installed: for the demo, the parity proof and the tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from twinbean._extras import how_to_install
from twinbean.errors import TwinbeanError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

# The first has no windows, and needs half the processor time of the others: Playwright's own choice, too.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",  # containers and CI run as root, where Chromium's sandbox refuses to start
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)


class BrowserNotFound(TwinbeanError):
    """No Chromium could be started on this machine."""


def executable() -> str | None:
    """The Chromium to use: `TWINBEAN_CHROMIUM` if set, else the first on the PATH, else None for Playwright's own.

    Raises BrowserNotFound where `TWINBEAN_CHROMIUM` names no file.
    """
    named = os.environ.get("TWINBEAN_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise BrowserNotFound(f"TWINBEAN_CHROMIUM is {named!r}, expected the path of a Chromium executable")
        return named
    return next(filter(None, map(shutil.which, _NAMES)), None)


def start(playwright: Playwright, *flags: str) -> Browser:
    """A headless Chromium under `playwright`, with `flags` of the caller's besides; the caller closes it.

    Raises BrowserNotFound where there is none.
    """
    from playwright.sync_api import Error

    try:
        return playwright.chromium.launch(executable_path=executable(), args=[*_FLAGS, *flags])
    except Error as error:
        raise BrowserNotFound(
            "No Chromium could be started: install chromium, set TWINBEAN_CHROMIUM to its path, or run "
            f"'playwright install chromium' (Playwright said {error.message.splitlines()[0]!r})"
        ) from error


@contextmanager
def launch() -> Iterator[Browser]:
    """A headless Chromium for the length of a `with` block.

    Raises BrowserNotFound where playwright is not installed or no Chromium starts.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise BrowserNotFound(f"playing a page needs playwright: {how_to_install('browser')}") from None
    with sync_playwright() as playwright:
        browser = start(playwright)
        try:
            yield browser
        finally:
            browser.close()

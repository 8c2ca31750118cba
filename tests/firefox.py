"""Debian's Firefox as a browser of Playwright's, by WebDriver BiDi."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from twinbean.testing.browser import BrowserNotFound

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_START_MS = 120_000


@contextmanager
def launch_firefox() -> Iterator[Browser]:
    """A headless Firefox for the length of a `with` block; its `downloads` is the folder where it puts files.

    Raises BrowserNotFound where none is installed.
    """
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        raise BrowserNotFound("no firefox-esr is on the PATH ('make engines' installs it)")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        starter, downloads = Path(folder, "firefox"), Path(folder, "downloads")
        between = Path(__file__).with_name("bidi_firefox.py")
        starter.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(between))} "$@"\n')
        starter.chmod(0o700)
        browser = playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=starter,
            env={**os.environ, "TWINBEAN_FIREFOX": found},
            downloads_path=downloads,
            timeout=_START_MS,
        )
        browser.downloads = downloads  # type: ignore[attr-defined]
        try:
            yield browser
        finally:
            browser.close()

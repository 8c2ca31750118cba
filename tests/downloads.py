"""Files that a page gives its participant, in any browser that Playwright drives."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

_PATIENCE_S = 120


@dataclass(frozen=True)
class File:
    name: str
    text: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.text)
        return rows


def downloaded(page: Page, within: FrameLocator | None = None, press: Callable[[], None] | None = None) -> File:
    """The file that the page gives at its Download button, or at what `press` presses."""
    press = press or (within or page).get_by_role("button", name="Download").click
    assert page.context.browser is not None
    folder = getattr(page.context.browser, "downloads", None)
    if folder is None:
        with page.expect_download() as download:
            press()
        return File(download.value.suggested_filename, download.value.path().read_text(encoding="utf-8"))
    # Firefox 153 saves what a page has made itself, and tells nobody.
    press()
    end = time.monotonic() + _PATIENCE_S
    while not (found := [path for path in folder.rglob("*") if path.is_file()]) or not _whole(found[0].read_bytes()):
        assert time.monotonic() < end, f"no file has come within {_PATIENCE_S} s"
        page.wait_for_timeout(50)
    file = File(found[0].name, found[0].read_text(encoding="utf-8"))
    found[0].unlink()
    return file


def _whole(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True

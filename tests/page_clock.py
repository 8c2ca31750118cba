"""The time of a page in the hands of its test, so that no check races the next screen, however busy the machine is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_FRAME_MS = 50
_LONGEST_MS = 300_000
# The disk keeps its own time: a page waits for it for ten seconds, which a held clock lets pass in an instant.
_WRITTEN = """async () => {
  try {
    if (!(await indexedDB.databases()).some(({ name }) => name === "twinbean")) return;
    await new Promise((resolve) => {
      const opening = indexedDB.open("twinbean");
      opening.onerror = resolve;
      opening.onsuccess = () => {
        const behind = opening.result.transaction(opening.result.objectStoreNames, "readwrite");
        // Not by its property, which a test may have taken from the page.
        for (const end of ["complete", "abort"]) {
          behind.addEventListener(end, () => { opening.result.close(); resolve(); });
        }
        behind.commit();
      };
    });
  } catch { /* a page whose storage is blocked waits for none */ }
}"""


def start_held(page: Page, url: str) -> None:
    """Opens the page, stops its clock and presses Start: from then on time passes by `pass_time` and `until` only."""
    page.clock.install()
    page.goto(url)
    hold(page)
    page.get_by_role("button", name="Start").click()


def hold(page: Page) -> None:
    """Stops the clock of a page that shows its first screen, and so waits for nothing any more."""
    page.locator("main .button").first.wait_for()
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)


def pass_time(page: Page, ms: int) -> None:
    """Lets what stands on the screen be painted, and then `ms` milliseconds pass."""
    page.clock.run_for(_FRAME_MS)
    page.evaluate(_WRITTEN)
    page.clock.run_for(ms)


def until(page: Page, shown: Locator, *, step_ms: int = 200) -> None:
    """Lets time pass, a step after the other, until `shown` is on the screen."""
    for _ in range(_LONGEST_MS // step_ms):
        if shown.is_visible():
            return
        page.evaluate(_WRITTEN)
        page.clock.run_for(step_ms)
    raise AssertionError(f"{shown} was not shown within {_LONGEST_MS} ms of the page's time")

"""Where the browser blocks site data the page is played all the same, and says where the answers are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from downloads import downloaded
from page_clock import hold, until
from twinbean.page import PageOptions, render

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

Definition = Callable[..., tuple[dict[str, Any], list[str]]]
Address = Callable[[str], str]

# The empty page with which Firefox begins has none, and is met by the script, too.
NO_LOCKS = (
    "if (window.LockManager) "
    "LockManager.prototype.request = () => Promise.reject(new DOMException('', 'SecurityError'));"
)
NO_STORE = "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };"
NO_LOCAL = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } });"
SILENT = "IDBFactory.prototype.open = () => new EventTarget();"
UNREADABLE = "IDBIndex.prototype.getAll = () => { throw new DOMException('', 'UnknownError'); };"


def play(page: Page | FrameLocator) -> None:
    page.get_by_role("button", name="Start").click()
    for arm in (0, 1):
        page.locator(f'[data-arm="{arm}"]:not([aria-disabled="true"])').click()


def choices(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(row["bean_response"], row["bean_score"]) for row in rows if "bean_bandits" in row]


@pytest.mark.parametrize("blocked", [NO_LOCKS + NO_STORE + NO_LOCAL, NO_STORE, UNREADABLE])
def test_the_task_runs_in_memory_and_the_page_says_so_before_and_after(
    page: Page, two_armed: Definition, address: Address, blocked: str
) -> None:
    page.add_init_script(blocked)
    page.goto(address(render(*two_armed(2))))
    page.get_by_text("This browser cannot save your answers").wait_for()
    play(page)
    page.get_by_text("could not be saved in this browser. Please download them now").wait_for()
    assert choices(downloaded(page).rows) == [(0, 10), (1, 11)]


def test_without_locks_alone_everything_is_kept(page: Page, two_armed: Definition, address: Address) -> None:
    page.add_init_script(NO_LOCKS)
    page.goto(address(render(*two_armed(2))))
    play(page)
    page.get_by_text("Your answers are saved in this browser").wait_for()
    page.reload()
    page.get_by_role("heading", name="You have already taken part").wait_for()
    assert choices(downloaded(page).rows) == [(0, 10), (1, 11)]


def test_a_store_that_never_answers_is_not_waited_for_for_ever(
    page: Page, two_armed: Definition, address: Address
) -> None:
    page.add_init_script(SILENT)
    page.clock.install()
    page.goto(address(render(*two_armed(2))))
    page.get_by_role("heading", name="One moment, please").wait_for()
    page.clock.run_for(10_000)
    page.get_by_text("This browser cannot save your answers").wait_for()
    play(page)
    page.get_by_text("could not be saved in this browser").wait_for()
    assert choices(downloaded(page).rows) == [(0, 10), (1, 11)]


def test_a_store_that_stops_answering_does_not_stop_the_task(
    page: Page, two_armed: Definition, address: Address
) -> None:
    page.clock.install()
    page.goto(address(render(*two_armed(2))))
    hold(page)
    page.get_by_role("button", name="Start").click()
    page.locator('[data-arm="0"]').wait_for()
    page.evaluate("Object.defineProperty(IDBTransaction.prototype, 'oncomplete', { set() {} })")
    for arm in (0, 1):
        free = page.locator(f'[data-arm="{arm}"]:not([aria-disabled="true"])')
        until(page, free)
        free.click()
    until(page, page.get_by_text("could not be saved in this browser"))
    assert choices(downloaded(page).rows) == [(0, 10), (1, 11)]


def framed(page: Page, address: Address, html: str, sandbox: str) -> FrameLocator:
    """The page inside another one, in a frame that may do what `sandbox` says."""
    inner = address(html)
    outer = Path(inner.removeprefix("file://")).with_name("outer.html")
    outer.write_text(
        f'<!DOCTYPE html><title>outer</title><iframe sandbox="{sandbox}" src="page.html" '
        'style="width: 800px; height: 600px"></iframe>',
        encoding="utf-8",
    )
    page.goto(outer.as_uri())
    return page.frame_locator("iframe")


def test_in_a_sandboxed_frame_the_answers_can_be_downloaded_where_the_frame_may(
    page: Page, two_armed: Definition, address: Address
) -> None:
    frame = framed(page, address, render(*two_armed(2)), "allow-scripts allow-downloads")
    frame.get_by_text("This browser cannot save your answers").wait_for()
    play(frame)
    assert choices(downloaded(page, frame).rows) == [(0, 10), (1, 11)]


def test_in_a_frame_that_may_not_download_the_answers_can_be_copied(
    page: Page, two_armed: Definition, address: Address
) -> None:
    frame = framed(page, address, render(*two_armed(2)), "allow-scripts")
    play(frame)
    frame.get_by_role("button", name="Show my answers as text").click()
    text = frame.get_by_role("textbox", name="Your answers")
    assert choices(json.loads(text.input_value())) == [(0, 10), (1, 11)]
    assert text.evaluate("text => text.selectionEnd - text.selectionStart === text.value.length")


def test_answers_that_are_nowhere_else_are_asked_after_before_the_page_is_left(
    page: Page, two_armed: Definition, address: Address
) -> None:
    page.add_init_script(NO_STORE)
    options = PageOptions(completion_url="https://example.org/complete")
    page.goto(address(render(*two_armed(2), options=options)))
    play(page)
    assert choices(downloaded(page).rows) == [(0, 10), (1, 11)]
    page.get_by_role("heading", name="Did the download work?").wait_for()
    with page.expect_request("https://example.org/complete"):
        page.get_by_role("button", name="Finish").click()

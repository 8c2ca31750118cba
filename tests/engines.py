"""Browsers of three engines, with the few verbs that a test needs to take part in a study by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from firefox import launch_firefox
from twinbean.testing.browser import launch
from webkitgtk import WebKitGTK, running_driver

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_CLICK_MS = 5_000


class Visitor(Protocol):
    """One window with a profile of its own, which is empty at first."""

    def goto(self, url: str) -> None: ...

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """What a JavaScript function gives, or what its promise is fulfilled with."""

    def click(self, selector: str) -> bool:
        """Whether the first element of that selector was there to be clicked, as by a hand."""

    def press(self, key: str) -> None: ...

    def reload(self) -> None: ...

    def close(self) -> None: ...


class PlaywrightVisitor:
    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(viewport={"width": 1280, "height": 800})
        self._page: Page = self._context.new_page()
        self.goto = self._page.goto
        self.evaluate = self._page.evaluate
        self.reload = self._page.reload
        self.close = self._context.close

    def click(self, selector: str) -> bool:
        from playwright.sync_api import TimeoutError as NotThere

        try:
            self._page.locator(selector).first.click(timeout=_CLICK_MS)
        except NotThere:
            return False
        return True

    def press(self, key: str) -> None:
        self._page.keyboard.press(key)


Engine = Callable[[], AbstractContextManager[Visitor]]


@contextmanager
def started(name: str) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors of the engine `name` for the length of a `with` block.

    Raises BrowserNotFound where it is not installed.
    """
    if name == "webkitgtk":
        with running_driver() as address:
            yield partial(WebKitGTK, address)
    else:
        with (launch_firefox if name == "firefox" else launch)() as browser:
            yield partial(PlaywrightVisitor, browser)

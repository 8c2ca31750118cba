"""One Chromium for each file of browser tests; every test gets a context of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from firefox import launch_firefox
from twinbean.testing.browser import BrowserNotFound, launch

Json = dict[str, Any]
# How long an action waits for its element: a click can take half a minute where ten programs share a processor.
TIMEOUT_MS = 180_000

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


# Not for the whole session: while Playwright is started, the thread's event loop counts as running, and tests in other
# files start one.
@pytest.fixture(scope="module")
def browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    start = launch_firefox if pytestconfig.getoption("--engine") == "firefox" else launch
    try:
        with start() as started:
            opened = started.new_context

            def patient(**options: Any) -> BrowserContext:
                context = opened(**options)
                context.set_default_timeout(TIMEOUT_MS)
                return context

            started.new_context = patient  # type: ignore[method-assign]
            yield started
    except BrowserNotFound as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def _in_this_engine(request: pytest.FixtureRequest) -> None:
    """A test that needs what only Chromium offers to tests says what that is, in its mark."""
    mark = request.node.get_closest_marker("chromium")
    if mark is not None and request.config.getoption("--engine") != "chromium":
        pytest.skip(f"in Chromium only: {mark.args[0]}")


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


@pytest.fixture
def two_armed() -> Callable[..., tuple[Json, list[str]]]:
    """A two-armed bandit with a running score, written by hand as docs/page-format.md says, and its functions."""

    def write(
        trials: int = 3, *, kind: str = "Bandit", feedback_ms: int = 40, **arguments: Any
    ) -> tuple[Json, list[str]]:
        arms = {"bandits": [{"$timeline": "left"}, {"$timeline": "right"}], "duration": None}
        score = {"$call": [0, [{"$shared": "score"}, {"$data": ["value", 0]}]]}
        text = {"text": {"$call": [1, [{"$shared": "score"}]]}, "color": "white", "choices": [], "correct_key": ""}
        definition = {
            "format": 1,
            "task": "two armed",
            "title": "Never shown",
            "language": "en",
            "fingerprint": "0" * 64,
            "seed": 7,
            "parameters": {"trials": trials},
            "variant": 0,
            "shared": {"score": 0},
            "blocks": [
                {
                    "timeline": [
                        {"left": {"color": "orange", "value": 10 - trial}, "right": {"color": "blue", "value": trial}}
                        for trial in range(trials)
                    ],
                    "stimuli": [
                        {
                            "kind": kind,
                            "arguments": arms | {"time_after_response": feedback_ms} | arguments,
                            "effects": [{"shared": "score", "value": score}],
                        },
                        {"kind": "Text", "arguments": text | {"duration": feedback_ms}, "effects": []},
                    ],
                }
            ],
        }
        functions = ["(py) => (sc, val) => py.add(sc, val)", '(py) => (sc) => py.add("Score: ", py.str(sc))']
        return definition, functions

    return write


@pytest.fixture
def address(tmp_path: Path) -> Callable[[str], str]:
    """Writes a page to disk and says where a browser finds it."""

    def write(html: str) -> str:
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        return (tmp_path / "page.html").as_uri()

    return write

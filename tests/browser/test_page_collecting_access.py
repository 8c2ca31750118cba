"""The screens of a study that is collected: nobody is kept out, nothing scrolls, and the way out is always there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twinbean.page import Collector, PageOptions, render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

Definition = Callable[..., tuple[dict[str, Any], list[str]]]
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ADDRESS = "http://localhost/study/"
SIZES = [(360, 640), (390, 844), (640, 360), (1280, 800)]
TEXT = "Taking part is voluntary.\n\nYour choices and response times are recorded."
BEGUN = {"token": "t", "lease": "l", "stored": 0, "variant": {"variant": 0}}
STORED = (200, {"stored": 0})
AWAY = (503, {})


class Server:
    """What a browser is answered, which a test says."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.replies: dict[str, tuple[int, Any]] = {}
        self.people = 0
        self.reset()

    def reset(self, **replies: tuple[int, Any]) -> None:
        done = (200, {"complete": True, "url": "https://example.org"})
        self.people += 1
        begun = (201, {"status": "begun", "session": f"{self.people:016x}", **BEGUN})
        self.replies = {"visits": (204, None), "sessions": begun, "rows": STORED, "finish": done, "withdraw": done}
        self.replies |= replies

    def answer(self, route: Route) -> None:
        path = route.request.url.partition("?")[0].removeprefix(ADDRESS)
        if path == "":
            route.fulfill(body=self.html, content_type="text/html")
            return
        status, content = self.replies[path.rpartition("/")[2]]
        route.fulfill(status=status, body="" if content is None else json.dumps(content))


def page_of(two_armed: Definition) -> str:
    definition, functions = two_armed(2)
    options = PageOptions(consent=TEXT, collector=Collector())
    return render(definition, functions, options=options)


def heading(page: Page, name: str) -> None:
    page.get_by_role("heading", name=name, exact=True).wait_for()


def choose(page: Page, *arms: int) -> None:
    for arm in arms:
        page.locator(f'[data-arm="{arm}"]:not([aria-disabled="true"])').click()


def screens(page: Page, server: Server) -> Iterator[str]:
    """Goes through every screen that only such a study has; the name of each, once it is shown."""

    def visit(*, agree: bool = True, **replies: tuple[int, Any]) -> None:
        server.reset(**replies)
        page.goto(f"{ADDRESS}?PROLIFIC_PID=p{server.people}")
        page.get_by_role("button", name="Start").click()
        if agree:
            page.get_by_role("button", name="I agree").click()

    def stop() -> None:
        page.get_by_role("button", name="Stop and withdraw").click()
        page.get_by_role("dialog").wait_for()

    page.clock.install()
    server.reset()
    page.goto(ADDRESS)
    page.get_by_role("button", name="Start").wait_for()
    yield "welcome"
    visit(agree=False)
    page.get_by_role("button", name="I agree").wait_for()
    yield "consent"
    visit(sessions=AWAY)
    page.get_by_text("cannot be reached").wait_for()
    yield "connecting"
    for status, title in {
        "full": "The study is complete",
        "paused": "The study is paused",
        "blocked": "You cannot take part again",
        "completed": "You have already taken part",
    }.items():
        visit(sessions=(200, {"status": status}))
        heading(page, title)
        yield status
    visit(rows=AWAY, finish=AWAY)
    page.locator(".machine").first.wait_for()
    yield "choice"
    stop()
    yield "stopping"
    page.get_by_role("dialog").get_by_role("button", name="Back").click()
    choose(page, 0)
    page.locator('[data-arm="0"]:not([aria-disabled="true"])').wait_for()
    page.clock.fast_forward("00:10")
    page.get_by_text("Not sent yet").wait_for()
    yield "late"
    choose(page, 1)
    page.get_by_text("Your last answers are being sent").wait_for()
    yield "sending"
    page.clock.fast_forward("03:00")
    heading(page, "Your answers could not be sent yet")
    yield "not sent"
    page.get_by_role("button", name="as text").click()
    page.get_by_role("textbox").wait_for()
    yield "as text"
    visit(rows=(401, {}))
    choose(page, 0, 1)
    heading(page, "Your answers could not be sent")
    yield "refused"
    visit()
    choose(page, 0, 1)
    page.get_by_text("have been received").wait_for()
    yield "received"
    page.get_by_role("button", name="Remove").click()
    heading(page, "Remove your answers?")
    yield "removal"
    visit(rows=(409, {"error": "stale"}))
    choose(page, 0)
    heading(page, "You are continuing somewhere else")
    yield "taken over"
    visit(rows=(410, {}))
    choose(page, 0)
    heading(page, "You are no longer part of this study")
    yield "erased"
    visit(withdraw=AWAY)
    stop()
    page.get_by_role("dialog").get_by_role("button", name="Stop and withdraw").click()
    page.get_by_text("Your withdrawal is being sent").wait_for()
    yield "withdrawing"
    visit()
    stop()
    page.get_by_role("dialog").get_by_role("button", name="Stop and withdraw").click()
    page.get_by_text("Your answers have been deleted").wait_for()
    yield "withdrawn"
    visit(withdraw=(401, {}))
    stop()
    page.get_by_role("dialog").get_by_role("button", name="Stop and withdraw").click()
    page.get_by_text("Your withdrawal could not be sent").wait_for()
    yield "withdrawal refused"


@pytest.fixture
def open_at(browser: Browser, two_armed: Definition) -> Iterator[Callable[..., tuple[Page, Server]]]:
    contexts: list[BrowserContext] = []

    def opened(width: int, height: int, **options: Any) -> tuple[Page, Server]:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        server = Server(page_of(two_armed))
        context.route("**/*", server.answer)
        return context.new_page(), server

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_screen(open_at: Callable[..., tuple[Page, Server]], scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    page, server = open_at(390, 844, color_scheme=scheme, reduced_motion="reduce")
    pictures = os.environ.get("TWINBEAN_PICTURES")
    seen = []
    for name in screens(page, server):
        if pictures:
            page.screenshot(path=f"{pictures}/{name.replace(' ', '-')}-{scheme}.png")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        rules = {"label-content-name-mismatch": {"enabled": True}}
        found = page.evaluate("rules => axe.run({ rules }).then(({ violations }) => violations)", rules)
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == [], name
        seen.append(name)
    assert len(seen) == len(set(seen)) == 21


@pytest.mark.parametrize("size", SIZES)
def test_no_screen_scrolls_and_every_target_is_large_enough(
    open_at: Callable[..., tuple[Page, Server]], size: tuple[int, int]
) -> None:
    page, server = open_at(*size)
    pictures = os.environ.get("TWINBEAN_PICTURES")
    for name in screens(page, server):
        if pictures:
            page.screenshot(path=f"{pictures}/{name.replace(' ', '-')}-{size[0]}.png")
        overflow = page.evaluate(
            "[document.documentElement, document.body].map((e) => e.scrollHeight - e.clientHeight)"
        )
        assert max(overflow) <= 0, name
        boxes = page.locator("button").evaluate_all(
            """elements => elements.filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect())
                 .map(({ x, y, width, height }) => ({ x, y, width, height }))"""
        )
        for box in boxes:
            assert min(box["width"], box["height"]) >= 44, (name, box)
            assert 0 <= box["x"] <= size[0] - box["width"], (name, box)
            assert 0 <= box["y"] <= size[1] - box["height"], (name, box)


def test_the_way_out_is_reached_with_the_keyboard_and_the_task_waits_meanwhile(
    open_at: Callable[..., tuple[Page, Server]],
) -> None:
    page, server = open_at(1280, 800)
    server.reset()
    page.goto(ADDRESS)
    page.get_by_role("button", name="Start").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="I agree").click()
    page.locator(".machine").first.wait_for()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Stop and withdraw":
            break
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Stop and withdraw?").wait_for()
    page.keyboard.press("1")
    assert page.locator(".chosen").count() == 0
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    # What it paid may be gone before anybody looks: what is waited for is that this machine cannot be pressed any more.
    page.locator('[data-arm="0"]').evaluate("(node) => { node.dataset.pressed = ''; }")
    page.keyboard.press("1")
    page.locator('[data-pressed]:not([aria-disabled="true"])').wait_for(state="detached")

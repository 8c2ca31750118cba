"""A participant on a phone: the real page in a real Chromium, by touch, on a slow processor."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pages_and_servers import recorded
from twinbean.testing.browser import launch

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Nothing here is measured by the clock: on a busy machine the slow processor is slower still.
_TIMEOUT_MS = 240_000
_SLOWED = 6
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "has_touch": True,
    "is_mobile": True,
}


@dataclass
class PhonePlayer:
    """`rows` are what the browser itself has kept, `link` is where the last button led."""

    rows: list[bytes]
    link: str
    opened: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.opened = {"session": json.loads(self.rows[0])["session"]}

    @property
    def session(self) -> str:
        return str(self.opened["session"])

    def close(self) -> None:
        pass


def play_on_a_phone(address: str, name: str, *, trials: int) -> PhonePlayer:
    """From the link through consent to the end. Raises BrowserNotFound."""
    with launch() as browser, browser.new_context(**PHONE) as context:
        context.set_default_timeout(_TIMEOUT_MS)
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": _SLOWED})
        page.goto(f"{address}?PROLIFIC_PID={name}&SESSION_ID=sub-{name}")
        page.get_by_role("button", name="Start").tap()
        page.get_by_role("button", name="I agree").tap()
        for trial in range(trials):
            page.locator(f'[data-arm="{trial % 2}"]:not([aria-disabled="true"])').tap()
        page.get_by_text("Your answers have been received").wait_for()
        [lines] = recorded(page).values()
        return PhonePlayer([line.encode() for line in lines], _last_link(page))


def _last_link(page: Page) -> str:
    page.route("https://panel.example/**", lambda route: route.fulfill(body="thank you"))
    with page.expect_navigation():
        page.get_by_role("button", name="Finish").tap()
    return page.url

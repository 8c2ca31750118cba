"""Takes a picture of every screen of the page, on a phone and on a desktop, light and dark, into docs/images/.

Run it from the repository's root: `python docs/screenshots.py`. After `make demo` its report is taken too.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from twinbean.page import PageOptions, render
from twinbean.testing.browser import launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parent / "images"
REPORT = Path("results/demo/report/report.html")
SIZES = {"phone": (360, 640), "desktop": (1280, 800)}
LARGEST = 60_000
WELCOME = "In this study you will visit a few slot machines. It takes about ten minutes."
COVER = (
    "In this task, you have to repeatedly choose between the slot machines {labels}.\n\n"
    "Each of them pays points. Some pay more than others.\n\nYour goal is to collect as many points as you can."
)
CONSENT = (
    "Taking part is voluntary, and you can stop at any time by closing this page.\n\n"
    "Your choices and response times are recorded. Nothing that tells who you are is recorded."
)
OPTIONS = PageOptions(title=WELCOME, consent=CONSENT, completion_url="https://example.org/done")
COLOURS = ("#e69f00", "#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "white", "#8c8c8c", "black")


def definition(n_arms: int, **arguments: Any) -> dict[str, Any]:
    """Instructions, one choice and a score, as docs/page-format.md says."""
    bandits = [{"color": colour, "value": 12 + 7 * arm} for arm, colour in enumerate(COLOURS[:n_arms])]
    choice = {"bandits": bandits, "duration": None, "time_after_response": 2000} | arguments
    score = {"text": {"$call": [1, [{"$shared": "score"}]]}, "color": "white", "duration": 2000, "choices": []}
    update = {"shared": "score", "value": {"$call": [0, [{"$shared": "score"}, {"$data": ["value", 0]}]]}}
    question = {"text": "Which machine paid more?", "color": "white", "duration": None, "choices": ["f", "j"]}
    return {
        "format": 1,
        "task": "example",
        "title": "",
        "language": "en",
        "fingerprint": "",
        "seed": 0,
        "parameters": {},
        "variant": 0,
        "shared": {"score": 0},
        "labels": list("FJKSDLAGHM")[:n_arms],
        "blocks": [
            {
                "timeline": [{}],
                "stimuli": [
                    {"kind": "Instructions", "arguments": {"pages": [COVER, "Ready?"], "markup": False}, "effects": []},
                    {"kind": "SlotMachines", "arguments": choice, "effects": [update]},
                    {"kind": "Text", "arguments": score, "effects": []},
                    {"kind": "Text", "arguments": question, "effects": []},
                ],
            }
        ],
    }


FUNCTIONS = ["(py) => (sc, val) => py.add(sc, val)", '(py) => (sc) => py.add("Score: ", py.str(sc))']


def screens(page: Page, folder: Path) -> Iterator[str]:
    """Goes through every screen; the name of each, once it stands still."""

    def visit(n_arms: int, **arguments: Any) -> None:
        (folder / "page.html").write_text(render(definition(n_arms, **arguments), FUNCTIONS, options=OPTIONS), "utf-8")
        page.goto((folder / "page.html").as_uri())

    def to_choice() -> None:
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="I agree").click()
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Next").click()
        page.locator(".machine").first.wait_for()

    page.clock.install()
    visit(2)
    page.get_by_role("button", name="Start").wait_for()
    yield "welcome"
    page.get_by_role("button", name="Start").click()
    yield "consent"
    page.get_by_role("button", name="I do not agree").click()
    yield "declined"
    page.reload()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Next").wait_for()
    yield "instructions"
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.locator(".machine").first.wait_for()
    yield "choice"
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    yield "paused"
    page.reload()
    page.get_by_role("button", name="Continue").wait_for()
    yield "resuming"
    page.get_by_role("button", name="Continue").click()
    page.locator(".machine").first.wait_for()
    page.clock.run_for(100)
    page.locator('[data-arm="0"]').click()
    page.clock.run_for(1200)
    yield "feedback"
    page.clock.run_for(2000)
    page.locator(".text", has_text="Score").wait_for()
    yield "score"
    page.clock.run_for(3000)
    page.locator(".text", has_text="Which").wait_for()
    yield "question"
    page.get_by_role("button", name="J").click()
    page.get_by_role("button", name="Download").wait_for()
    yield "end"
    visit(3, offered=[0, 2], feedback="all")
    to_choice()
    page.clock.run_for(100)
    page.locator('[data-arm="2"]').click()
    page.clock.run_for(1200)
    yield "foregone"
    visit(5, duration=3000)
    to_choice()
    page.clock.run_for(3500)
    page.locator(".notice", has_text="Too slow").wait_for()
    yield "missed"
    visit(10)
    to_choice()
    yield "ten-machines"


def take(browser: Browser, size: str, scheme: Any) -> Iterator[Path]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    with tempfile.TemporaryDirectory() as folder:
        for name in screens(page, Path(folder)):
            path = IMAGES / f"{name}-{size}-{scheme}.png"
            page.screenshot(path=path)
            # A palette is enough for a few plain colours, and a third of the size.
            Image.open(path).convert("RGB").quantize(colors=64).save(path, optimize=True)
            yield path
    context.close()


def take_pair(browser: Browser) -> Path:
    """The end of a session beside SmolLM2, at a real server."""
    serve = [sys.executable, "-c", "from twinbean.cli import main; main()", "serve", "two_armed_bandit", "--port", "0"]
    path = IMAGES / "pair.png"
    with tempfile.TemporaryDirectory() as folder:
        options = ["-o", f"{folder}/study", "--set", "trials=12", "--pair", "smollm2"]
        with subprocess.Popen([*serve, *options], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            page = browser.new_page(viewport={"width": 900, "height": 1000})
            page.goto(server.stdout.readline().split()[0])
            page.get_by_role("button", name="Start").click()
            for arm in (0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1):
                page.locator(f'[data-arm="{arm}"]:not([aria-disabled="true"])').click()
            page.locator(".pair-courses").wait_for(timeout=300_000)
            page.locator(".pair").screenshot(path=path)
            server.terminate()
    Image.open(path).convert("RGB").quantize(colors=64).save(path, optimize=True)
    return path


def take_report(browser: Browser) -> Path:
    page = browser.new_page(viewport={"width": 760, "height": 900})
    page.goto(REPORT.resolve().as_uri())
    path = IMAGES / "report.png"
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(colors=64).save(path, optimize=True)
    return path


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with launch() as browser:
        for size in SIZES:
            for scheme in ("light", "dark"):
                for path in take(browser, size, scheme):
                    if path.stat().st_size > LARGEST:
                        sys.exit(f"{path} has {path.stat().st_size} bytes, more than {LARGEST}")
                    print(path.relative_to(IMAGES.parent.parent))
        print(take_pair(browser).relative_to(IMAGES.parent.parent))
        if REPORT.is_file():
            print(take_report(browser).relative_to(IMAGES.parent.parent))


if __name__ == "__main__":
    main()

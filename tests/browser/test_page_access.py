"""Everyone can play: every screen without a violation, on any window without scrolling, with targets one can hit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from page_clock import hold, start_held, until
from twinbean.page import PageOptions, render
from twinbean.page.words import wording

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Definition = Callable[..., tuple[dict[str, Any], list[str]]]
Address = Callable[[str], str]
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = [(360, 640), (640, 360), (768, 1024), (1280, 800), (2560, 1440)]
LONG = "A sentence that a participant reads with care before the task begins. " * 12


def many_armed(two_armed: Definition, n_arms: int, **arguments: Any) -> tuple[dict[str, Any], list[str]]:
    colours = ["orange", "blue", "white", "black", "yellow", "green", "red", "purple", "pink", "gray"]
    bandits = [{"color": colours[arm], "value": arm * 1.5} for arm in range(n_arms)]
    return two_armed(1, kind="SlotMachines", bandits=bandits, feedback="all", feedback_ms=60_000, **arguments)


def screens(page: Page, two_armed: Definition, address: Address) -> Iterator[str]:
    """Goes through every screen that there is; the name of each, once it is shown."""
    definition, functions = many_armed(two_armed, 4, offered=[0, 1, 3], duration=None)
    timed = many_armed(two_armed, 2, duration=10)[0]["blocks"][0]["stimuli"][0]
    coloured = [
        {"kind": "Text", "arguments": {"text": text, "color": colour, "duration": None, "choices": ["y", "n"]}}
        for text, colour in [("Green", "green"), ("Yellow", "yellow"), ("Grey", "#888")]
    ]
    pages = {"kind": "Instructions", "arguments": {"pages": [LONG, "Short."], "markup": False}}
    for screen in (pages, *coloured):
        screen["effects"] = []
    definition["blocks"][0]["stimuli"] = [pages, *coloured, definition["blocks"][0]["stimuli"][0]]
    options = PageOptions(consent=LONG, progress=True, completion_url="https://example.org")
    page.clock.install()
    url = address(render(definition, functions, options=options))
    page.goto(url)
    hold(page)
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
    page.keyboard.press("ArrowRight")
    yield "last page of instructions"
    page.keyboard.press("ArrowRight")
    for name in ("Green", "Yellow", "Grey"):
        page.locator(".text", has_text=name).wait_for()
        yield f"text in {name}"
        page.keyboard.press("y")
    page.locator(".machine").first.wait_for()
    yield "choice"
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    yield "pause"
    page.get_by_role("button", name="Continue").click()
    page.locator('[data-arm="1"]').click()
    yield "reels"
    until(page, page.locator(".revealed").first)
    yield "feedback"
    until(page, page.get_by_role("button", name="Download"), step_ms=5_000)
    yield "end"
    page.get_by_role("button", name="Remove").click()
    yield "removal"
    page.get_by_role("button", name="Remove").click()
    page.reload()
    page.get_by_role("heading", name="You have already taken part").wait_for()
    yield "completed"
    definition["blocks"][0]["stimuli"] = [timed]
    page.goto(address(render(definition, functions, options=PageOptions(incomplete_session="resume"))))
    page.get_by_role("button", name="Start").click()
    page.locator(".machine").first.wait_for()
    until(page, page.locator(".notice", has_text="Too slow"))
    yield "missed"
    page.reload()
    page.get_by_role("button", name="Continue").wait_for()
    yield "resuming"
    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('blocked'); }")
    page.goto(address(render(*two_armed(1), options=PageOptions(completion_url="https://example.org"))))
    page.get_by_role("button", name="Start").wait_for()
    yield "welcome where nothing is kept"
    page.get_by_role("button", name="Start").click()
    page.locator('[data-arm="0"]').click()
    until(page, page.get_by_role("button", name="Download"))
    yield "end where nothing is kept"
    with page.expect_download():
        page.get_by_role("button", name="Download").click()
    yield "asking for the file"
    page.get_by_role("button", name="as text").click()
    yield "answers as text"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_screen(
    browser: Browser, two_armed: Definition, address: Address, scheme: Any
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    context = browser.new_context(viewport={"width": 360, "height": 640}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    seen = []
    for name in screens(page, two_armed, address):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = violations(page)
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == [], name
        seen.append(name)
    assert len(seen) == 21
    context.close()


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds. It waits by the page's clock, which the test holds: so little passes that no screen changes."""
    page.evaluate(
        """() => {
          const rules = { "label-content-name-mismatch": { enabled: true } };
          window.found = null;
          axe.run({ rules }).then(({ violations }) => { window.found = violations; });
        }"""
    )
    for _ in range(200):
        page.clock.run_for(1)
        if (found := page.evaluate("window.found")) is not None:
            return list(found)
    raise AssertionError("axe did not end within 200 ms of the page's time")


@pytest.mark.parametrize("size", SIZES)
def test_no_screen_scrolls_and_every_target_is_large_enough(
    browser: Browser, two_armed: Definition, address: Address, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    for name in screens(page, two_armed, address):
        overflow = page.evaluate(
            "[document.documentElement, document.body].map((e) => e.scrollHeight - e.clientHeight)"
        )
        assert max(overflow) <= 0, name
        for box in map_boxes(page, "button:not([hidden])"):
            assert min(box["width"], box["height"]) >= 44, (name, box)
            assert 0 <= box["x"] <= size[0] - box["width"], (name, box)
            assert 0 <= box["y"] <= size[1] - box["height"], (name, box)
    context.close()


def map_boxes(page: Page, selector: str) -> list[dict[str, float]]:
    boxes: list[dict[str, float]] = page.locator(selector).evaluate_all(
        """elements => elements.filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect())
             .map(({ x, y, width, height }) => ({ x, y, width, height }))"""
    )
    return boxes


@pytest.mark.parametrize("n_arms", range(2, 11))
def test_two_to_ten_machines_fit_side_by_side_without_touching(
    browser: Browser, two_armed: Definition, address: Address, n_arms: int
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address(render(*many_armed(two_armed, n_arms))))
    page.get_by_role("button", name="Start").click()
    page.locator(".machine").first.wait_for()
    for width, height in SIZES:
        resize(page, width, height)
        boxes = map_boxes(page, ".machine")
        assert len(boxes) == n_arms
        for box in boxes:
            assert min(box["width"], box["height"]) >= 44, (width, height, box)
            assert 0 <= box["x"] <= width - box["width"], (width, height, box)
            assert 0 <= box["y"] <= height - box["height"], (width, height, box)
        for i, one in enumerate(boxes):
            for other in boxes[:i]:
                apart_x = max(one["x"] - other["x"] - other["width"], other["x"] - one["x"] - one["width"])
                apart_y = max(one["y"] - other["y"] - other["height"], other["y"] - one["y"] - one["height"])
                assert max(apart_x, apart_y) >= 4, (width, height, one, other)
    context.close()


def resize(page: Page, width: int, height: int) -> None:
    """Gives the window another size and waits until the machines are laid out again, which observers do in a frame."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("([w, h]) => innerWidth === w && innerHeight === h", arg=[width, height])
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


LABELS = {
    "words": ["The old casino by the harbour", "The amusement arcade", "Donaudampfschifffahrtsgesellschaft", "Pier"],
    "gambles": [
        "The option that pays a large amount with a low chance, otherwise nothing",
        "The option that surely pays a small amount, whatever happens",
    ],
    "sentences": [
        "A casino that you visited last summer with two of your friends, where you won a little",
        "An arcade in the centre of the town that nobody whom you know has ever been to before",
        "x" * 80,
        "Pier",
    ],
}


@pytest.mark.parametrize("kind", LABELS)
def test_long_labels_are_shown_whole_all_in_one_size(
    page: Page, two_armed: Definition, address: Address, kind: str
) -> None:
    labels = LABELS[kind]
    page.goto(address(render(*many_armed(two_armed, len(labels), labels=labels))))
    page.get_by_role("button", name="Start").click()
    page.locator(".machine").first.wait_for()
    for width, height in [(320, 568), (390, 844), *SIZES]:
        resize(page, width, height)
        signs = page.locator(".sign").evaluate_all(
            """signs => signs.map((sign) => {
              const words = sign.firstChild.firstChild;
              // Word by word: a blank at the end of a line hangs over, and nobody sees it.
              const rects = [...words.data.matchAll(/\\S+/g)].flatMap(({ index, 0: word }) => {
                const letters = document.createRange();
                letters.setStart(words, index);
                letters.setEnd(words, index + word.length);
                return [...letters.getClientRects()];
              });
              const box = sign.getBoundingClientRect();
              const over = rects.flatMap((r) => [box.x - r.x, r.right - box.right, box.y - r.y, r.bottom - box.bottom]);
              const size = getComputedStyle(sign.firstChild).fontSize;
              return { text: sign.textContent, over: Math.max(...over), size };
            })"""
        )
        assert [sign["text"] for sign in signs] == labels
        assert all(-1_000 < sign["over"] <= 1 for sign in signs), (width, height, signs)
        [size] = {float(sign["size"].removesuffix("px")) for sign in signs}
        if kind != "sentences":
            assert size >= 11, (width, height)


def test_ten_machines_have_ten_keys(page: Page, two_armed: Definition, address: Address) -> None:
    page.goto(address(render(*many_armed(two_armed, 10))))
    page.get_by_role("button", name="Start").click()
    page.locator(".machine").first.wait_for()
    page.keyboard.press("0")
    assert page.locator(".chosen .sign").inner_text() == "10"


def test_machines_labelled_with_words_show_the_key_that_presses_them(
    page: Page, two_armed: Definition, address: Address
) -> None:
    page.goto(address(render(*many_armed(two_armed, 3, labels=["casino", "arcade", "pier"]))))
    page.get_by_role("button", name="Start").click()
    page.locator(".machine").first.wait_for()
    assert page.locator(".machine kbd").all_inner_texts() == ["1", "2", "3"]
    assert page.get_by_role("button", name="casino 1, machine", exact=True).count() == 1
    page.keyboard.press("3")
    assert page.locator(".chosen .sign").inner_text() == "pier"


def test_the_live_region_says_what_can_be_chosen_and_what_it_paid(
    page: Page, two_armed: Definition, address: Address
) -> None:
    start_held(page, address(render(*two_armed(1, kind="SlotMachines", labels=["A", "B"], feedback_ms=5000))))
    page.get_by_role("group", name="Choose A or B").wait_for()
    region = page.get_by_role("status")
    assert region.inner_text() == "Choose A or B"
    page.keyboard.press("a")
    until(page, page.locator(".revealed"))
    assert region.inner_text() == "A: 10"


def test_reduced_motion_stops_the_reels(browser: Browser, two_armed: Definition, address: Address) -> None:
    moving = []
    for motion in ("no-preference", "reduce"):
        context = browser.new_context(reduced_motion=motion)
        page = context.new_page()
        start_held(page, address(render(*two_armed(1, feedback_ms=5000))))
        page.locator('[data-arm="0"]').click()
        page.locator(".chosen").wait_for()
        moving.append(page.evaluate("document.getAnimations().length > 0"))
        context.close()
    assert moving == [True, False]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_in_any_colour_can_be_read(
    browser: Browser, two_armed: Definition, address: Address, scheme: Any
) -> None:
    """Contrast of at least 4.5, by the formula of WCAG 2.2 on what the browser computed."""
    colours = ["white", "black", "green", "yellow", "#888", "blue", "pink", "hsl(200 50% 50%)", "not a colour", ""]
    definition, functions = two_armed(1)
    text = {"duration": None, "choices": ["y"], "correct_key": ""}
    definition["blocks"] = [
        {
            "timeline": [{"colour": colour} for colour in colours],
            "stimuli": [
                {
                    "kind": "Text",
                    "arguments": text | {"text": {"$timeline": "colour"}, "color": {"$timeline": "colour"}},
                    "effects": [],
                }
            ],
        }
    ]
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address(render(definition, functions)))
    page.get_by_role("button", name="Start").click()
    for number in range(len(colours)):
        page.wait_for_function("n => document.querySelector('.text')?.textContent === n", arg=colours[number])
        ink, paper = page.locator(".text").evaluate(
            """text => {
              const own = getComputedStyle(text).backgroundColor;
              const page = getComputedStyle(document.body).backgroundColor;
              return [getComputedStyle(text).color, own === "rgba(0, 0, 0, 0)" ? page : own];
            }"""
        )
        assert contrast(rgb(ink), rgb(paper)) >= 4.5, colours[number]
        page.keyboard.press("y")
    context.close()


def rgb(css: str) -> list[float]:
    return [float(part) / 255 for part in css.removeprefix("rgb(").removesuffix(")").split(",")]


def contrast(one: list[float], other: list[float]) -> float:
    def luminance(colour: list[float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_word_of_the_page_can_be_another(page: Page, two_armed: Definition, address: Address) -> None:
    words = {name: f"¶{text}" if name != "machine" else f"{text}¶" for name, text in wording().items()}
    options = PageOptions(words=words, title="¶", consent="¶", language="de")
    page.goto(address(render(*two_armed(1, kind="SlotMachines", labels=["A", "B"]), options=options)))
    read: list[str] = []

    def collect() -> None:
        read.extend(page.locator("main h2, main p:not(.text):not(.notice), main .button").all_inner_texts())

    page.get_by_role("button", name="¶Start").wait_for()
    collect()
    page.get_by_role("button", name="¶Start").click()
    collect()
    page.get_by_role("button", name="¶I agree").click()
    page.get_by_role("button", name="A, machine¶").click()
    page.get_by_role("button", name="¶Download").wait_for()
    collect()
    assert page.locator("html").get_attribute("lang") == "de"
    assert [text for text in read if not text.startswith("¶")] == []
    assert json.dumps(read).count("\\u00b6") >= 7

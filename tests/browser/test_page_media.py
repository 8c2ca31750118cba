"""Pictures that stand once in a page are seen wherever the definition has them, and rows refer to them."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

import twinbean
from page_clock import start_held, until
from twinbean.tasks.task import Task

if TYPE_CHECKING:
    from playwright.sync_api import Page

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='120' height='60'><rect width='120' height='60' fill='red'/></svg>"
PICTURE = f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"
REFERENCE = f"media:{hashlib.sha256(PICTURE.encode()).hexdigest()}"


def experiment() -> Experiment:
    length = SharedVariable("length", 0)
    counted = SideEffect(length, FunctionVariable("length", lambda text: len(text), [DataVariable("text", 0)]))
    pages = [f"<p>Look:</p><img src='{PICTURE}'>", f"<img src='{PICTURE}'><p>Again.</p>"]
    screens = [
        twinbean.Instructions(pages, markup=True, text="Look."),
        Text(50, TimelineVariable("said"), side_effects=[counted]),
        Text(None, "Ready?", choices=[" "]),
    ]
    return Experiment([Block(screens, timeline=[{"said": f"at {PICTURE}"}])])


def test_a_picture_is_seen_on_every_screen_and_rows_refer_to_it(page: Page, tmp_path: Path) -> None:
    task = Task(name="pictures", build=experiment, fixed=True)
    (tmp_path / "page.html").write_text(twinbean.export(task), encoding="utf-8")
    start_held(page, (tmp_path / "page.html").as_uri())
    for _ in range(2):
        image = page.locator(".text img")
        image.wait_for()
        # A picture that the page's policy or a wrong address blocked would have no size.
        assert image.evaluate("async (image) => (await image.decode(), image.naturalWidth)") == 120
        assert image.get_attribute("src") == PICTURE
        page.get_by_role("button", name="Next").click()
    until(page, page.locator(".text", has_text="Ready?"))
    page.keyboard.press(" ")
    until(page, page.get_by_role("button", name="Download"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    rows = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert rows[0]["bean_pages"] == [f"<p>Look:</p><img src='{REFERENCE}'>", f"<img src='{REFERENCE}'><p>Again.</p>"]
    assert rows[1]["bean_text"] == f"at {REFERENCE}"
    # Functions of the task see what they see in Python.
    of_python, _ = twinbean.run_on_language(experiment(), lambda prompt: "SPACE")
    assert rows[1]["bean_length"] == of_python[1]["length"] == len(f"at {PICTURE}")
    assert PICTURE not in json.dumps(rows)

"""Pictures that a definition carries stand in its page once, by the hash of their address, and nothing else changes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import TimelineVariable

from twinbean import Instructions
from twinbean.page.export import document, export
from twinbean.page.media import by_hash
from twinbean.tasks.task import Task


def picture(colour: str) -> str:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><rect fill='{colour}'/></svg>"
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


RED, BLUE = picture("red"), picture("blue")
HASHES = {hashlib.sha256(address.encode()).hexdigest(): address for address in (RED, BLUE)}
OF_RED, OF_BLUE = HASHES


def shown(*pages: str, **values: Any) -> Task:
    screens = [Instructions(list(pages), markup=True, text="Look.", **values), Text(10, TimelineVariable("said"))]
    blocks = [Block(screens, timeline=[{"said": RED}, {"said": f"as {BLUE} and {RED}"}])]
    return Task(name="pictures", build=lambda: Experiment(blocks), fixed=True)


def definition_in(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="definition">(.*?)</script>', page)
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_picture_stands_in_the_page_once_by_its_hash() -> None:
    page = export(shown(f"<img src='{RED}'>", f'<img src="{RED}"><img src={BLUE}>'))
    assert page.count(RED) == 1
    assert page.count(BLUE) == 1
    definition = definition_in(page)
    assert definition["media"] == HASHES
    (block,) = definition["blocks"]
    assert block["stimuli"][0]["arguments"]["pages"] == [
        f"<img src='media:{OF_RED}'>",
        f'<img src="media:{OF_RED}"><img src=media:{OF_BLUE}>',
    ]
    assert block["timeline"] == [{"said": f"media:{OF_RED}"}, {"said": f"as media:{OF_BLUE} and media:{OF_RED}"}]


def test_what_a_task_is_has_nothing_to_do_with_how_its_page_holds_pictures() -> None:
    task = shown(f"<img src='{RED}'>")
    content = document(task)
    assert json.dumps(content["blocks"]).count(RED) == 3
    assert definition_in(export(task))["fingerprint"] == content["fingerprint"]
    options = re.search(r'"page":"(\w+)"', export(task))
    assert options is not None
    # A session that was begun in a page of before goes on in this one.
    of_page = {name: value for name, value in content.items() if name not in ("functions", "scripts")}
    text = json.dumps([of_page, content["functions"]])
    assert options[1] == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "no picture",
        "data:image/png;base64,tiny",
        "metadata: none, data: all, data:image/png of the camera",
        f"media:{OF_RED}",
        "",
    ],
)
def test_a_definition_without_a_picture_is_left_as_it_is(text: str) -> None:
    definition = {"blocks": [{"timeline": [{"said": text}], "stimuli": []}], "parameters": {"of": RED}}
    assert by_hash(definition) is definition


def test_a_text_that_looks_like_a_reference_is_not_taken_for_a_picture() -> None:
    definition = {"blocks": [RED, f"media:{OF_RED}"]}
    assert by_hash(definition) is definition
    assert by_hash({"blocks": [RED, f"media:{OF_BLUE}"]})["blocks"] == [f"media:{OF_RED}", f"media:{OF_BLUE}"]

"""The page is one file that runs only what Twinbean put into it, whatever the definition says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from twinbean.page import Collector, PageOptions, harness, render

HOSTILE = (
    "</script><script>alert(1)</script><!-- <script> \u2028 \x00 é \" ' \\ \r\n <img src=x onerror=alert(2)> \ud800"
)


class Reader(HTMLParser):
    """What a parser makes of the page: its elements, their attributes, and the text of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self._read: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._read = [] if tag in ("script", "style") else None

    def handle_data(self, data: str) -> None:
        if self._read is not None:
            self._read.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._read is not None:
            self.texts.append((tag, self.elements[-1][1], "".join(self._read)))
        self._read = None


def definition(text: str = "plain") -> dict[str, Any]:
    screen = {"text": text, "color": text, "duration": 10, "choices": [], "correct_key": ""}
    return {
        "format": 1,
        "task": text,
        "title": text,
        "language": "en",
        "fingerprint": "f",
        "seed": 0,
        "parameters": {},
        "variant": 0,
        "shared": {},
        "blocks": [{"timeline": [{}], "stimuli": [{"kind": "Text", "arguments": screen, "effects": []}]}],
    }


def test_the_policy_names_every_script_and_style_by_the_hash_of_what_a_parser_reads() -> None:
    reader = Reader(render(definition(HOSTILE), [f"(py) => () => {json.dumps(HOSTILE)}"]))
    policy = next(a["content"] for tag, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    for tag, attributes, text in reader.texts:
        if attributes.get("type"):
            continue
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy.partition(f"{tag}-src")[2].partition(";")[0]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_nothing_in_a_definition_or_a_function_can_end_a_script_early() -> None:
    tame = Reader(render(definition(), ["(py) => () => 0"]))
    hostile = Reader(render(definition(HOSTILE), [f"(py) => () => {json.dumps(HOSTILE)}"]))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in tame.elements]


def test_no_script_holds_a_comments_beginning() -> None:
    # After "<!--" and "<script" a browser reads past "</script>", which Python's parser does not.
    reader = Reader(render(definition(HOSTILE), [f"(py) => () => {json.dumps(HOSTILE)}"]))
    scripts = [text for tag, _, text in reader.texts if tag == "script"]
    assert [text for text in scripts if "<!--" in text] == []
    assert any(r"<\!-- <script> " in text for text in scripts)


def test_the_definition_arrives_as_it_was() -> None:
    reader = Reader(render(definition(HOSTILE), []))
    [found] = [json.loads(text) for _, attributes, text in reader.texts if attributes.get("id") == "definition"]
    assert found == definition(HOSTILE)


def test_no_text_of_a_definition_or_a_function_hides_the_rest_of_the_page_from_a_browsers_parser() -> None:
    """After `<!--` and `<script` a browser reads on to the next `-->`, over the script's end; html.parser does not."""
    function = '(py) => () => "<!-- <script>"'
    texts = [text for _, _, text in Reader(render(definition(HOSTILE), [function])).texts]
    data = [text for text in texts if text.startswith("{")]
    assert len(data) == 2
    assert not any("<" in text for text in data)
    assert not any("<!--" in text for text in texts)


def test_the_page_refers_to_nothing_outside_itself() -> None:
    reader = Reader(render(definition(), []))
    named = [a[name] for _, a in reader.elements for name in ("src", "href", "srcset", "action") if name in a]
    assert named == ["data:,"]  # without an icon of its own, a browser would ask the server for one
    style = next(text for tag, _, text in reader.texts if tag == "style")
    assert not re.search(r"@import|url\((?!'data:)", style)


def test_the_page_is_small_and_says_whose_work_it_holds() -> None:
    page = render(definition(), [])
    assert len(page.encode()) < 250_000
    licences = next(text for _, a, text in Reader(page).texts if a.get("id") == "licences")
    assert {"jspsych", "Twinbean"} <= set(re.findall(r"\w+", licences))


def test_only_a_page_with_a_collector_may_connect_and_only_to_where_it_came_from() -> None:
    collected = render(definition(), [], options=PageOptions(collector=Collector()))
    assert "connect-src &#39;self&#39;" in collected
    assert "Twinbean-Lease" in collected
    alone = render(definition(), [])
    assert "connect-src" not in alone
    assert "Twinbean-Lease" not in alone
    assert len(alone.encode()) < len(collected.encode()) < 300_000


def test_the_same_definition_and_options_give_the_same_bytes() -> None:
    options = PageOptions(title="A title", words={"start": "Go"})
    assert render(definition(), ["(py) => () => 0"], options=options) == render(
        definition(), ["(py) => () => 0"], options=options
    )


def test_another_payoff_makes_another_game() -> None:
    def digest(page: str) -> str:
        return next(json.loads(t)["page"] for _, a, t in Reader(page).texts if a.get("id") == "options")

    assert digest(render(definition("a"), [])) != digest(render(definition("b"), []))
    assert digest(render(definition("a"), [])) != digest(render(definition("a"), ["(py) => () => 0"]))


def test_title_and_language_reach_the_document_as_text() -> None:
    page = render(definition(), [], options=PageOptions(title="<b>Spiel</b> & Co", language="de"))
    assert '<html lang="de">' in page
    assert "<title>&lt;b&gt;Spiel&lt;/b&gt; &amp; Co</title>" in page


def test_the_definitions_own_title_is_not_told_to_participants() -> None:
    [title] = re.findall(r"<title>(.*?)</title>", render(definition("Crossing payoffs"), []))
    assert title == "Study"


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        render(definition() | {"seed": float("nan")}, [])


def test_the_harness_has_no_policy_and_no_definition() -> None:
    reader = Reader(harness())
    assert not [a for _, a in reader.elements if "http-equiv" in a or a.get("type") == "application/json"]

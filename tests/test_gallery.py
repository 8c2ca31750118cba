"""The gallery has every task that comes with Twinbean, to be played and to be watched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from checkout import ROOT
from twinbean.tasks.task import builtin_names, load
from twinbean.testing.browser import launch

DOCUMENT = ROOT / "docs" / "gallery.md"
IMAGES = ROOT / "docs" / "images" / "gallery"
SMALL = "two_armed_bandit"


@pytest.fixture
def gallery(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import gallery

    return gallery


class Links(HTMLParser):
    """What a page leads to and shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src", "srcset") and "data:" not in value]


def test_every_task_has_a_row_with_its_learner_and_a_picture(gallery):
    text = DOCUMENT.read_text(encoding="utf-8")
    assert gallery.table(builtin_names()) in text, "run `make gallery`"
    rows = re.findall(r"^\| \[(\w+)\]\S* \| !\[[^]]+\]\((\S+?)\) \|.*\| `(\w+)` \|$", text, re.MULTILINE)
    assert [name for name, _, _ in rows] == builtin_names()
    assert all(learner not in ("random", "uniform") for _, _, learner in rows)
    pictures = [DOCUMENT.parent / picture for _, picture, _ in rows]
    assert sorted(pictures) == sorted(IMAGES.iterdir())
    assert sum(path.stat().st_size for path in pictures) < 400_000


def test_a_task_is_played_and_watched_on_pages_that_the_first_page_leads_to(gallery, tmp_path):
    paths = gallery.pages(SMALL, {"model": "sticky", "learner": gallery.SHOWN[SMALL].learner}, tmp_path)
    first = Links(gallery.index([SMALL])).found
    assert {path.name for path in paths} <= set(first)
    with launch() as browser:
        for scheme in gallery.SCHEMES:
            gallery.take(browser, paths[1], tmp_path / f"{SMALL}-{scheme}.png", scheme)
        page = browser.new_page()
        page.goto(paths[0].as_uri())
        page.get_by_role("heading", name=load(SMALL).title).wait_for()
        for path, who in zip(paths[1:], ("sticky", gallery.learner(SMALL)), strict=True):
            page.goto(path.as_uri())
            page.locator("figure[data-at] figcaption", has_text=who).wait_for()
    assert all((tmp_path / name).is_file() for name in first)


def test_what_is_told_of_a_task_is_whole_sentences(gallery):
    for name in builtin_names():
        told = gallery.about(load(name))
        assert told.endswith(".")
        assert "`" not in told
        assert told in gallery.index([name]).replace("&#39;", "'")

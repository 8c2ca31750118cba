"""A report in a browser: nothing leaves the screen, nothing is hidden, and axe has nothing against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twinbean.comparison import compare, fit_models, read_notes
from twinbean.report import write_report
from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.sessions import Session, Trial, read

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page

from twinbean.testing.browser import launch

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (1280, 390)


def people(n: int) -> list[Session]:
    rng = np.random.default_rng(0)
    found = []
    for number in range(n):
        trials = []
        for t in range(12):
            choice = int(rng.random() < 0.6)
            outcomes = tuple(map(float, rng.integers(0, 2, 2)))
            trials.append(
                Trial(trial=t, choice=choice, label="AB"[choice], reward=outcomes[choice], outcomes=outcomes,
                      offered=(0, 1), labels=("A", "B"), expected=(0.4, 0.6), feedback="all")
            )  # fmt: skip
        kept = {"kept": {"condition": f"condition_with_a_long_name_{number % 3}"}}
        name = f"person-{number}"
        found.append(
            Session(participant=name, session=name, task="a_long_name_of_a_task", trials=tuple(trials), details=kept)
        )
    return found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Over three conditions with two models, one of which scored: the widest tables that a report has."""
    folder = tmp_path_factory.mktemp("report")
    study = people(30)
    replay("recorded", study, model="wsls1", after=4, run=folder / "wsls1")
    score("recorded", study, model="rw", run=folder / "scored")
    runs = [folder / name for name in ("wsls1", "scored")]
    sessions = [*study, *read(runs)]
    fits = fit_models(sessions, models=["base_rate"])
    found = compare(sessions, fits=fits, runs=read_notes(runs), by="condition")
    return write_report(found, folder / "report", note="A note <of> the authors.")


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(compare(people(1)), tmp_path_factory.mktemp("lonely"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as one:
        yield one


@pytest.fixture
def opened(browser: Browser) -> Iterator[Any]:
    pages: list[Page] = []

    def open_at(path: Path, *, width: int, scheme: Any = "light") -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
        pages.append(page)
        page.goto(path.as_uri())
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        return page

    yield open_at
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("which", ["report", "lonely"])
def test_neither_the_page_nor_a_table_scrolls_sideways(
    which: str, width: int, opened: Any, request: pytest.FixtureRequest
) -> None:
    page = opened(request.getfixturevalue(which), width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.table, table, pre, figure, dd, li, p')]"
        ".filter(one => one.scrollWidth > one.clientWidth + 1 && one.getClientRects().length).map(one => one.outerHTML)"
    )
    assert wide == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_cell_of_every_table_is_in_sight(report: Path, width: int, opened: Any) -> None:
    page = opened(report, width=width)
    hidden = page.evaluate(
        "() => [...document.querySelectorAll('td, tbody th')].filter(cell => { const at = cell.getBoundingClientRect();"
        " return at.width < 1 || at.height < 1 || at.left < 0 || at.right > innerWidth; }).length"
    )
    assert hidden == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation(report: Path, width: int, scheme: str, opened: Any) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    page = opened(report, width=width, scheme=scheme)
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_every_link_of_the_contents_leads_to_a_heading(report: Path, opened: Any) -> None:
    page = opened(report, width=1280)
    links = page.evaluate("() => [...document.querySelectorAll('nav a')].map(one => one.getAttribute('href'))")
    assert {"#words", "#likeness", "#contrasts", "#likelihood", "#shown", "#methods"} <= set(links)
    for link in links:
        assert page.locator(f"h2{link}").count() == 1
    assert page.locator(".note").inner_text() == "A note <of> the authors."


def test_figures_take_the_colours_of_the_page(report: Path, opened: Any) -> None:
    inks = {}
    for scheme in ("light", "dark"):
        page = opened(report, width=1280, scheme=scheme)
        inks[scheme] = page.evaluate("() => getComputedStyle(document.querySelector('figure svg text')).fill")
    assert inks["light"] == "rgb(26, 26, 26)"
    assert inks["dark"] == "rgb(238, 238, 238)"


def test_probabilities_in_a_transcript_are_told_in_words_and_not_in_colour_alone(report: Path, opened: Any) -> None:
    page = opened(report, width=1280)
    choices = page.locator(".transcript .choice[title^='probability']")
    assert choices.count() >= 12
    shown = choices.first.locator("sub").inner_text()
    assert float(choices.first.get_attribute("title").removeprefix("probability ")) == pytest.approx(float(shown))

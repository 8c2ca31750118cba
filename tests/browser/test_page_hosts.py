"""Pages that save on JATOS and through DataPipe, against stubs that drop, double and refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import twinbean
from browser.stub_hosts import Stub, stub_host
from twinbean.page import PageOptions, render
from twinbean.page.hosts import JATOS, datapipe
from twinbean.sessions.jatos import read_jatos

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Definition = Callable[..., tuple[dict[str, Any], list[str]]]
FREE = ':not([aria-disabled="true"])'
FAULTS = ["drop", "double", "refuse", "lost", "bare", "drop", "refuse", "drop", "bare", "lost", "double", "drop"]


@pytest.fixture
def page(browser: Browser) -> Any:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def play(page: Page, stub: Stub, *arms: int, query: str = "") -> None:
    page.goto(f"{stub.address}/page.html{query}")
    page.get_by_role("button", name="Start").click()
    for arm in arms:
        page.locator(f'[data-arm="{arm}"]{FREE}').click()


def downloaded(page: Page) -> list[dict[str, Any]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    rows: list[dict[str, Any]] = json.loads(download.value.path().read_text())
    return rows


@pytest.mark.parametrize("faults", [[], FAULTS, FAULTS[::-1], ["refuse"] * 8], ids=["calm", "stormy", "other", "down"])
def test_jatos_has_every_row_once_whatever_happens_to_requests(
    page: Page, two_armed: Definition, tmp_path: Path, faults: list[str]
) -> None:
    def html(address: str) -> str:
        return render(*two_armed(3), options=PageOptions(completion_url=f"{address}/back"), host=JATOS)

    with stub_host(html, faults, {"PROLIFIC_PID": "ann", "SESSION_ID": "s1"}) as stub:
        play(page, stub, 0, 1, 1)
        page.get_by_role("heading", name="Thank you").wait_for()
        assert stub.done == faults[: len(stub.done)]
        rows = downloaded(page)
        (tmp_path / "results.txt").write_text(stub.result, encoding="utf-8")
        page.get_by_role("button", name="Finish").click()
        page.wait_for_url("**/back")
    assert len(rows) == 6
    assert read_jatos(tmp_path / "results.txt") == rows
    [session] = twinbean.read(tmp_path / "results.txt")
    assert session.participant == "ann"
    assert [trial.choice for trial in session.trials] == [0, 1, 1]
    assert {row["session_id"] for row in rows} == {"s1"}
    assert stub.ended == [f"{stub.address}/back"]


def test_a_session_that_was_left_half_way_is_in_jatos_up_to_there(
    page: Page, two_armed: Definition, tmp_path: Path
) -> None:
    with stub_host(render(*two_armed(4), host=JATOS), ["lost", "bare", "double", "lost"]) as stub:
        play(page, stub, 0, 1)
        page.locator(f'[data-arm="0"]{FREE}').wait_for()
        while stub.result.count('"trial_index":3') == 0 or stub.faults:
            page.wait_for_timeout(50)
        page.close()
        (tmp_path / "results.txt").write_text(stub.result, encoding="utf-8")
    assert [row["trial_index"] for row in read_jatos(tmp_path / "results.txt")] == [0, 1, 2, 3]


def test_without_a_way_back_jatos_ends_the_study_itself(page: Page, two_armed: Definition) -> None:
    with stub_host(render(*two_armed(1), host=JATOS)) as stub:
        play(page, stub, 0)
        page.get_by_role("button", name="Finish").click()
        page.wait_for_url("**/ended")
        assert stub.ended == [""]


def test_a_jatos_page_outside_of_jatos_says_so(page: Page, two_armed: Definition, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(render(*two_armed(1), host=JATOS))
    page.goto((tmp_path / "page.html").as_uri())
    page.get_by_text("jatos.js is not there").wait_for()


def at_stub(two_armed: Definition, trials: int) -> Callable[[str], str]:
    def html(address: str) -> str:
        options = PageOptions(completion_url=f"{address}/back")
        return render(*two_armed(trials), options=options, host=datapipe("exp1", address=f"{address}/api/data/"))

    return html


@pytest.mark.parametrize("faults", [[], ["drop", "refuse", "lost"], [503, 429], ["double"]])
def test_datapipe_has_the_session_once_in_a_file_of_its_own(
    page: Page, two_armed: Definition, tmp_path: Path, faults: list[str | int]
) -> None:
    with stub_host(at_stub(two_armed, 2), faults) as stub:
        play(page, stub, 1, 0, query="?PROLIFIC_PID=ann")
        page.get_by_role("heading", name="Thank you").wait_for()
        assert stub.done == faults
        rows = downloaded(page)
        page.get_by_role("button", name="Finish").click()
        page.wait_for_url("**/back")
    assert stub.experiments == {"exp1"}
    [(name, text)] = stub.files.items()
    assert rows[0]["session"] in name
    assert json.loads(text) == rows
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert [trial.choice for trial in twinbean.read(tmp_path / name)[0].trials] == [1, 0]


def test_what_datapipe_refuses_for_good_is_said_and_no_way_back_opens(page: Page, two_armed: Definition) -> None:
    with stub_host(at_stub(two_armed, 1), [400]) as stub:
        play(page, stub, 0)
        page.get_by_text("DataPipe answered 400").wait_for()
        assert page.get_by_role("button", name="Finish").count() == 0
        assert len(downloaded(page)) == 2
        assert stub.files == {}


def test_a_way_back_opens_only_when_the_answers_have_arrived(page: Page, two_armed: Definition) -> None:
    with stub_host(at_stub(two_armed, 1), ["refuse"] * 1000) as stub:
        page.clock.install()
        page.goto(f"{stub.address}/page.html")
        page.get_by_role("button", name="Start").click()
        page.locator(f'[data-arm="0"]{FREE}').click()
        while not page.get_by_text("longer than usual").is_visible():
            page.clock.run_for(1000)
        assert page.get_by_role("button", name="Finish").count() == 0
        assert len(downloaded(page)) == 2
        stub.faults.clear()
        while not page.get_by_role("button", name="Finish").is_visible():
            page.clock.run_for(1000)
        assert len(stub.files) == 1

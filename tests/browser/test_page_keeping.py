"""Nothing that a participant did is lost or recorded twice, whatever happens to the window."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from downloads import downloaded
from twinbean.page import PageOptions, render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Definition = Callable[..., tuple[dict[str, Any], list[str]]]
Address = Callable[[str], str]
FREE = ':not([aria-disabled="true"])'
# How many sessions and rows are in the browser.
COUNT_KEPT = """() => new Promise((resolve) => {
  indexedDB.open("twinbean").onsuccess = ({ target }) => {
    const counts = ["sessions", "rows"].map((name) => target.result.transaction(name).objectStore(name).count());
    counts[1].onsuccess = () => resolve(counts.map(({ result }) => result));
  };
})"""


def start(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Start").click()


def choose(page: Page, *arms: int) -> None:
    for arm in arms:
        page.locator(f'[data-arm="{arm}"]{FREE}').click()


def choices(rows: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """Choice, running score and how often the session had been resumed, of every trial."""
    trials = [row for row in rows if "bean_bandits" in row]
    return [(row["bean_response"], row["bean_score"], row["resumed"]) for row in trials]


def kill(page: Page) -> None:
    """Ends the renderer as a crash would: no handler of the page can run."""
    assert page.context.browser is not None
    processes = page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    with page.expect_event("crash"):
        for process in processes:
            if process["type"] == "renderer":
                os.kill(process["id"], signal.SIGKILL)
    page.close()


@pytest.mark.chromium("the renderer is killed")
def test_a_crashed_session_goes_on_with_every_trial_exactly_once(
    context: BrowserContext, two_armed: Definition, address: Address
) -> None:
    url = address(render(*two_armed(4)))
    page = context.new_page()
    start(page, url)
    choose(page, 0, 1)
    page.locator(f'[data-arm="0"]{FREE}').wait_for()  # the third trial is shown, so the second is kept
    kill(page)
    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Continue").click()
    choose(page, 1)
    page.locator(f'[data-arm="0"]{FREE}').wait_for()
    page.reload()
    page.get_by_role("button", name="Continue").click()
    choose(page, 0)
    rows = downloaded(page).rows
    assert choices(rows) == [(0, 10, 0), (1, 11, 0), (1, 13, 1), (0, 20, 2)]
    assert [row["trial_index"] for row in rows] == list(range(8))
    assert [row["bean_text"] for row in rows if "bean_text" in row] == [f"Score: {n}" for n in (10, 11, 13, 20)]
    assert len({(row["session"], row["participant"]) for row in rows}) == 1
    assert [row["trial_index"] for row in rows if "resumed_at" in row] == [4, 6]


def test_a_second_window_waits_until_the_first_is_closed(
    context: BrowserContext, two_armed: Definition, address: Address
) -> None:
    url = address(render(*two_armed(2)))
    first, second = context.new_page(), context.new_page()
    start(first, url)
    choose(first, 0)
    first.locator(f'[data-arm="0"]{FREE}').wait_for()
    second.goto(url)
    second.get_by_role("heading", name="The task is open in another window").wait_for()
    first.close()
    second.get_by_role("button", name="Continue").click()
    choose(second, 1)
    assert choices(downloaded(second).rows) == [(0, 10, 0), (1, 11, 1)]


@pytest.mark.parametrize("finish", [True, False])
def test_block_refuses_who_comes_back(page: Page, two_armed: Definition, address: Address, finish: bool) -> None:
    options = PageOptions(incomplete_session="block", completed_session="block")
    url = address(render(*two_armed(2), options=options))
    start(page, url)
    choose(page, 0, 1) if finish else choose(page, 0)
    if finish:
        page.get_by_role("button", name="Download").wait_for()
    else:
        page.locator(f'[data-arm="1"]{FREE}').wait_for()
    page.reload()
    if finish:
        page.get_by_role("heading", name="You have already taken part").wait_for()
        assert choices(downloaded(page).rows) == [(0, 10, 0), (1, 11, 0)]
    else:
        page.get_by_role("heading", name="You cannot take part again").wait_for()
    assert page.get_by_role("button", name="Start").count() == 0


def test_restart_begins_a_new_session_of_the_same_participant(
    page: Page, two_armed: Definition, address: Address
) -> None:
    options = PageOptions(incomplete_session="restart", completed_session="restart")
    url = address(render(*two_armed(1), options=options)) + "?PROLIFIC_PID=p1"
    start(page, url)
    page.locator('[data-arm="0"]').wait_for()
    page.reload()
    page.get_by_role("button", name="Start").click()
    choose(page, 0)
    first = downloaded(page).rows
    start(page, url)
    choose(page, 1)
    second = downloaded(page).rows
    assert choices(first) + choices(second) == [(0, 10, 0), (1, 0, 0)]
    assert first[0]["session"] != second[0]["session"]
    assert {row["participant"] for row in first + second} == {"p1"}


@pytest.mark.parametrize("finish", [True, False])
def test_in_a_laboratory_nobody_is_shown_what_an_earlier_visit_left(
    page: Page, two_armed: Definition, address: Address, finish: bool
) -> None:
    url = address(render(*two_armed(2), options=PageOptions(lab=True)))
    start(page, url)
    choose(page, 0, 1) if finish else choose(page, 0)
    if finish:
        first = downloaded(page).rows
    else:
        page.locator(f'[data-arm="1"]{FREE}').wait_for()
    page.reload()
    page.get_by_role("button", name="Start").click()
    choose(page, 1, 1)
    second = downloaded(page).rows
    assert choices(second) == [(1, 0, 0), (1, 1, 0)]
    if finish:
        assert choices(first) == [(0, 10, 0), (1, 11, 0)]
        assert first[0]["participant"] != second[0]["participant"]


@pytest.mark.parametrize("participant", ["p1", None])
def test_who_declines_is_told_what_happens_and_nothing_else_is_recorded(
    page: Page, two_armed: Definition, address: Address, participant: str | None
) -> None:
    url = address(render(*two_armed(1), options=PageOptions(consent="Please read.", completion_url="https://x.org")))
    start(page, url if participant is None else f"{url}?PROLIFIC_PID={participant}&STUDY_ID=s")
    page.get_by_role("button", name="I do not agree").click()
    page.get_by_role("heading", name="You are not taking part").wait_for()
    [row] = downloaded(page).rows
    known = {"format", "task", "twinbean", "page", "declined"}
    assert row.keys() == (known if participant is None else {*known, "participant"})
    assert row.get("participant") == participant
    assert page.get_by_role("button", name="Finish").count() == 0
    assert page.evaluate(COUNT_KEPT) == [0, 0]
    page.reload()  # who thinks again is asked again
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="I agree").click()
    page.locator('[data-arm="0"]').click()
    page.get_by_role("button", name="Download").wait_for()


def test_a_session_belongs_to_its_participant_and_its_page(page: Page, two_armed: Definition, address: Address) -> None:
    definition, functions = two_armed(2)
    url = address(render(definition, functions))
    start(page, url + "?PROLIFIC_PID=p1")
    choose(page, 0)
    page.locator(f'[data-arm="1"]{FREE}').wait_for()
    page.goto(url + "?PROLIFIC_PID=p2")
    page.get_by_role("button", name="Start").wait_for()
    page.goto(url + "?PROLIFIC_PID=p1")
    page.get_by_role("button", name="Continue").wait_for()
    definition["blocks"][0]["timeline"][1]["left"]["value"] = 1000
    page.goto(address(render(definition, functions)) + "?PROLIFIC_PID=p1")
    page.get_by_role("button", name="Start").wait_for()


def test_an_unfinished_session_older_than_max_age_is_as_if_it_had_never_been(
    page: Page, two_armed: Definition, address: Address
) -> None:
    url = address(render(*two_armed(2), options=PageOptions(max_age=2 * 60 * 60 * 1000)))
    page.clock.install()
    start(page, url)
    choose(page, 0)
    page.locator(f'[data-arm="1"]{FREE}').wait_for()
    page.clock.fast_forward("01:50:00")
    page.reload()
    page.get_by_role("button", name="Continue").wait_for()
    page.clock.fast_forward("00:20:00")
    page.reload()
    page.get_by_role("button", name="Start").wait_for()


def test_answers_can_be_removed_by_the_participant_only_after_asking_twice(
    page: Page, two_armed: Definition, address: Address
) -> None:
    url = address(render(*two_armed(1)))
    start(page, url)
    choose(page, 0)
    page.get_by_role("button", name="Remove my answers").click()
    page.get_by_role("button", name="Back").click()
    assert len(downloaded(page).rows) == 2
    page.get_by_role("button", name="Remove my answers").click()
    page.get_by_role("button", name="Remove my answers").click()
    page.get_by_text("have been removed").wait_for()
    page.reload()
    page.get_by_role("heading", name="You have already taken part").wait_for()
    assert page.get_by_role("button", name="Download").count() == 0
    assert page.evaluate(COUNT_KEPT) == [1, 0]


def test_where_saving_fails_midway_the_task_runs_on_and_the_end_says_so(
    page: Page, two_armed: Definition, address: Address
) -> None:
    start(page, address(render(*two_armed(2))))
    choose(page, 0)
    page.locator(f'[data-arm="1"]{FREE}').wait_for()
    page.evaluate(
        "() => { IDBObjectStore.prototype.add = () => { throw new DOMException('', 'QuotaExceededError'); } }"
    )
    choose(page, 1)
    page.get_by_text("could not be saved in this browser").wait_for()
    assert choices(downloaded(page).rows) == [(0, 10, 0), (1, 11, 0)]


def test_where_the_task_itself_fails_what_was_done_can_be_downloaded(
    browser: Browser, two_armed: Definition, address: Address
) -> None:
    definition, functions = two_armed(2)
    functions[0] = "(py) => (sc, val) => { if (val === 1) throw new Error('no such payoff'); return py.add(sc, val); }"
    context = browser.new_context()  # of its own, since the error belongs in the console
    page = context.new_page()
    start(page, address(render(definition, functions)))
    choose(page, 0, 1)
    page.get_by_text("Please report this to the researcher: Error: no such payoff").wait_for()
    assert choices(downloaded(page).rows) == [(0, 10, 0)]
    context.close()


@pytest.mark.chromium("the download is an event")
def test_the_last_button_downloads_the_answers_and_then_leads_where_the_researcher_says(
    page: Page, two_armed: Definition, address: Address
) -> None:
    options = PageOptions(completion_url="https://example.org/complete?cc=C1")
    start(page, address(render(*two_armed(1), options=options)))
    choose(page, 0)
    happened: list[str] = []
    page.on("download", lambda download: happened.append(download.suggested_filename))
    page.on("request", lambda request: happened.append(request.url))
    with page.expect_request("https://example.org/complete?cc=C1"):
        page.get_by_role("button", name="Finish").click()
    [file, *left] = [what for what in happened if not what.startswith("blob:")]
    assert re.fullmatch(r"two_armed_[0-9a-f]{16}\.json", file)
    assert set(left) == {"https://example.org/complete?cc=C1"}  # which the browser tries again while it is offline


def test_each_session_plays_one_variant_and_keeps_it(page: Page, two_armed: Definition, address: Address) -> None:
    definition, functions = two_armed(2, kind="SlotMachines", labels=None)
    element = {"left": {"color": "red", "value": 5}, "right": {"color": "blue", "value": 6}}
    definition["variants"] = [
        {"variant": 4, "timelines": [[element, element]], "labels": ["Q", "P"], "positions": [1, 0]}
    ]
    url = address(render(definition, functions))
    start(page, url)
    page.locator(f'[data-arm="0"]{FREE}').wait_for()
    assert page.locator(".sign").all_inner_texts() == ["P", "Q"]
    choose(page, 0)
    page.locator(f'[data-arm="1"]{FREE}').wait_for()
    page.reload()
    page.get_by_role("button", name="Continue").click()
    choose(page, 1)
    rows = downloaded(page).rows
    assert choices(rows) == [(0, 5, 0), (1, 11, 1)]
    assert {row["variant"] for row in rows} == {4}
    assert rows[0]["bean_labels"] == ["Q", "P"]

"""The real page and the real server: whatever happens between them, every recorded row is in the study, once."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import downloads
from pages_and_servers import TRIALS, Line, Served, choices, choose, line_to, recorded, served, wait_for
from twinbean.collect.linking import link_for
from twinbean.collect.study import open_study

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytest.importorskip("uvicorn")

ENOUGH = [0, 1, 0, 1]
FREE = ':not([aria-disabled="true"])'
ROWS = 2 * TRIALS
LINK = "https://example.org/done?cc=C1"
NO_STORE = "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };"
NO_LOCKS = (
    "if (window.LockManager) "
    "LockManager.prototype.request = () => Promise.reject(new DOMException('', 'SecurityError'));"
)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "study", "--completion-url", LINK) as running:
        yield running


@pytest.fixture
def line(study: Served) -> Iterator[Line]:
    with line_to(study) as through:
        yield through


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile, on line; no script of the page has failed by the end of the test."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    fresh.on("weberror", lambda error: errors.append(str(error.error)))
    yield fresh
    fresh.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def begin(page: Page, address: str, query: str = "?PROLIFIC_PID=p1") -> None:
    page.goto(address + query)
    page.get_by_role("button", name="Start").click()


def received(page: Page) -> None:
    page.get_by_text("Your answers have been received").wait_for()


def shown(page: Page, trial: int) -> None:
    """Waits until that many trials have been recorded."""
    wait_for(lambda: sum(map(len, recorded(page).values())) >= 2 * trial, f"{trial} trials in the browser")


def kill(page: Page) -> None:
    """Ends the renderer as a crash would: no handler of the page can run."""
    assert page.context.browser is not None
    processes = page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    with page.expect_event("crash"):
        for process in processes:
            if process["type"] == "renderer":
                os.kill(process["id"], signal.SIGKILL)
    page.close()


def has(study: Served, n: int) -> Callable[[], bool]:
    # Rows that are sent one by one may come in another order.
    return lambda: study.query("SELECT count(*) FROM events") == [(n,)]


def downloaded(page: Page) -> str:
    return downloads.downloaded(page).text


def test_every_row_arrives_as_it_was_recorded_and_then_the_page_has_the_link(page: Page, study: Served) -> None:
    begin(page, study.address, "?PROLIFIC_PID=p1&STUDY_ID=s1")
    choose(page, *ENOUGH)
    received(page)
    assert recorded(page) == study.rows()
    [(session, rows)] = study.rows().items()
    assert len(rows) == ROWS
    assert choices(rows) == ENOUGH
    assert downloaded(page) == f"[{','.join(rows)}]"
    first = json.loads(rows[0])
    assert (first["session"], first["participant"], first["study_id"]) == (session, "p1", "s1")
    assert study.query("SELECT participant, ids, anonymous, test, state, outcome FROM sessions") == [
        ("p1", '{"study_id": "s1"}', 0, 0, "finished", "done")
    ]
    assert study.query("SELECT event, n FROM visits") == [("opened", 1)]
    with page.expect_request(LINK):
        page.get_by_role("button", name="Finish").click()


def test_what_is_known_of_each_screen_besides(page: Page, study: Served) -> None:
    begin(page, study.address)
    choose(page, 0)
    page.locator('[data-arm="0"]:not([aria-disabled="true"])').wait_for()
    page.keyboard.press("2")
    shown(page, 2)
    page.locator('[data-arm="0"]:not([aria-disabled="true"])').evaluate("machine => machine.click()")
    shown(page, 3)
    choose(page, 1)
    received(page)
    [lines] = study.rows().values()
    rows = [json.loads(line) for line in lines]
    trials = rows[::2]
    assert [row["input"] for row in trials] == ["mouse", "keyboard", "keyboard", "mouse"]
    # A script pressed the third.
    assert [row["trusted"] for row in trials] == [True, True, False, True]
    assert [row["trusted"] for row in rows[1::2]] == [None] * TRIALS
    assert rows[0]["device"]["webdriver"] is True
    assert rows[0]["write_ms"] is None
    assert all(row["write_ms"] > 0 for row in rows[1:])
    assert all(isinstance(row["dropped_frames"], int) and row["dropped_frames"] >= 0 for row in rows)
    for before, row in itertools.pairwise(rows):
        assert before["onset"] < row["scheduled_onset"] < row["onset"]
    for row in trials:
        after = rows[row["trial_index"] + 1]["scheduled_onset"]
        assert row["onset"] + row["rt"] <= after


@pytest.mark.chromium("the renderer is killed")
def test_a_crashed_renderer_loses_no_row_and_the_next_visit_goes_on(context: BrowserContext, study: Served) -> None:
    page = context.new_page()
    begin(page, study.address)
    choose(page, 0, 1)
    shown(page, 2)
    kill(page)
    page = context.new_page()
    page.goto(study.address + "?PROLIFIC_PID=p1")
    page.get_by_role("button", name="Continue").click()
    choose(page, 0, 1)
    received(page)
    assert recorded(page) == study.rows()
    [rows] = study.rows().values()
    assert choices(rows) == ENOUGH
    assert [json.loads(row)["resumed"] for row in rows] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_row_outlives_the_tab_that_recorded_it(context: BrowserContext, study: Served) -> None:
    for n in range(1, TRIALS):
        page = context.new_page()
        page.goto(study.address + "?PROLIFIC_PID=p1")
        page.get_by_role("button", name="Start" if n == 1 else "Continue").click()
        choose(page, 0)
        shown(page, n)
        page.locator(f'[data-arm="0"]{FREE}').wait_for()  # the page itself has heard that the row is on the disk
        page.close()
        wait_for(has(study, 2 * n), f"{2 * n} rows in the study")


def test_a_reload_between_any_two_trials_goes_on_where_it_was(page: Page, study: Served) -> None:
    begin(page, study.address)
    for n, arm in enumerate(ENOUGH[:-1], start=1):
        choose(page, arm)
        shown(page, n)
        page.reload()
        page.get_by_role("button", name="Continue").click()
    choose(page, ENOUGH[-1])
    received(page)
    assert recorded(page) == study.rows()
    assert [choices(rows) for rows in study.rows().values()] == [ENOUGH]


def test_trials_do_not_wait_for_the_network_and_a_calm_line_says_that_rows_are_late(
    context: BrowserContext, page: Page, study: Served
) -> None:
    begin(page, study.address)
    choose(page, 0)
    wait_for(has(study, 2), "two rows in the study")
    context.set_offline(True)
    choose(page, 1, 0)
    line = page.get_by_text("Not sent yet. Your answers are kept here.")
    line.wait_for()
    assert has(study, 2)()
    context.set_offline(False)
    line.wait_for(state="hidden")
    wait_for(has(study, 6), "six rows in the study")
    choose(page, 1)
    received(page)
    assert recorded(page) == study.rows()


def test_without_the_server_the_end_gives_file_and_receipt_and_never_the_link_until_it_is_back(
    context: BrowserContext, page: Page, study: Served
) -> None:
    page.clock.install()
    begin(page, study.address)
    choose(page, 0)
    wait_for(has(study, 2), "two rows in the study")
    context.set_offline(True)
    choose(page, 1, 0, 1)
    page.get_by_text("Your last answers are being sent").wait_for()
    assert page.get_by_role("button", name="Finish").count() == 0
    page.clock.fast_forward("03:00")
    page.get_by_role("heading", name="Your answers could not be sent yet").wait_for()
    [(session, rows)] = recorded(page).items()
    assert downloaded(page) == f"[{','.join(rows)}]"
    page.get_by_text(f"Session {session}, {ROWS} rows, ").wait_for()
    assert page.get_by_role("button", name="Finish").count() == 0
    assert "C1" not in page.content()
    context.set_offline(False)
    page.clock.fast_forward("01:00")
    received(page)
    assert recorded(page) == study.rows()
    [(n, digest)] = study.query("SELECT n, digest FROM sessions")
    assert n == ROWS
    assert len(digest) == 64


def test_what_was_not_sent_by_the_end_is_sent_at_the_next_visit_which_gets_the_link(
    context: BrowserContext, page: Page, study: Served
) -> None:
    begin(page, study.address)
    choose(page, 0)
    context.set_offline(True)
    choose(page, 1, 0, 1)
    page.get_by_text("Your last answers are being sent").wait_for()
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(study.address + "?PROLIFIC_PID=p1")
    received(page)
    assert page.get_by_role("button", name="Finish").count() == 1
    assert recorded(page) == study.rows()
    page.reload()
    page.get_by_role("heading", name="You have already taken part").wait_for()
    assert page.get_by_role("button", name="Finish").count() == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_is_stopped_and_started_again_gets_what_it_has_missed(
    page: Page, study: Served, how: signal.Signals
) -> None:
    begin(page, study.address)
    choose(page, 0)
    study.stop(how)
    choose(page, 1, 0)
    study.start()
    choose(page, 1)
    received(page)
    assert recorded(page) == study.rows()
    assert [choices(rows) for rows in study.rows().values()] == [ENOUGH]


def test_a_server_that_hangs_holds_up_no_trial(page: Page, study: Served) -> None:
    begin(page, study.address)
    choose(page, 0)
    study.send(signal.SIGSTOP)
    choose(page, 1, 0, 1)
    page.get_by_text("Your last answers are being sent").wait_for()
    study.send(signal.SIGCONT)
    received(page)
    assert recorded(page) == study.rows()


@pytest.mark.parametrize("fault", ["cut", "answer lost", "repeated", 500, 503, 413, 302, 200])
def test_a_line_that_fails_every_other_time_loses_no_row_and_doubles_none(
    page: Page, study: Served, line: Line, fault: str | int
) -> None:
    line.faults = ["", fault, fault, *["", fault] * 6]
    begin(page, line.address)
    choose(page, *ENOUGH)
    received(page)
    assert recorded(page) == study.rows()
    assert study.query("SELECT count(*) FROM quarantine") == [(0,)]
    assert sum(befell == fault for _, befell in line.met) >= 3


def test_an_answer_that_says_nothing_is_not_waited_for_for_ever(page: Page, study: Served, line: Line) -> None:
    page.clock.install()
    line.faults = ["", "", "silent"]
    begin(page, line.address)
    choose(page, *ENOUGH)
    page.get_by_text("Your last answers are being sent").wait_for()
    for _ in range(30):
        page.clock.fast_forward("00:05")
    received(page)
    assert recorded(page) == study.rows()


def test_a_session_whose_opening_was_not_heard_is_the_same_at_the_next_visit(
    page: Page, study: Served, line: Line
) -> None:
    line.faults = ["", "answer lost", *["cut"] * 100]
    begin(page, line.address)
    page.get_by_text("The study cannot be reached at the moment").wait_for()
    line.faults = []
    page.reload()
    choose(page, *ENOUGH)
    received(page)
    assert len(study.states()) == 1
    assert recorded(page) == study.rows()


def test_who_starts_while_the_server_is_away_waits_and_need_do_nothing(page: Page, study: Served) -> None:
    page.goto(study.address)
    page.get_by_role("button", name="Start").wait_for()
    study.stop()
    page.get_by_role("button", name="Start").click()
    page.get_by_text("The study cannot be reached at the moment").wait_for()
    study.start()
    choose(page, *ENOUGH)
    received(page)
    assert recorded(page) == study.rows()


@pytest.mark.parametrize("locks", [True, False])
def test_of_two_tabs_one_goes_on_and_the_other_says_so(context: BrowserContext, study: Served, locks: bool) -> None:
    if not locks:
        context.add_init_script(NO_LOCKS)
    first, second = context.new_page(), context.new_page()
    begin(first, study.address)
    choose(first, 0, 1)
    shown(first, 2)
    second.goto(study.address + "?PROLIFIC_PID=p1")
    if locks:
        second.get_by_role("heading", name="The task is open in another window").wait_for()
        first.close()
    second.get_by_role("button", name="Continue").wait_for()
    if not locks:
        first.get_by_role("heading", name="You are continuing somewhere else").wait_for()
    second.get_by_role("button", name="Continue").click()
    choose(second, 0, 1)
    received(second)
    assert recorded(second) == study.rows()
    assert [choices(rows) for rows in study.rows().values()] == [ENOUGH]


def test_two_browsers_with_one_id_are_two_attempts_that_know_nothing_of_each_other(
    browser: Browser, study: Served
) -> None:
    contexts = [browser.new_context(), browser.new_context()]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        begin(page, study.address)
        choose(page, 0, 1)
        shown(page, 2)
    for page in pages:
        choose(page, 0, 1)
        received(page)
    assert recorded(pages[0]) | recorded(pages[1]) == study.rows()
    assert study.query("SELECT participant, attempt FROM sessions ORDER BY attempt") == [("p1", 1), ("p1", 2)]
    for context in contexts:
        context.close()


def test_a_signed_link_goes_on_in_another_browser_and_stands_in_no_row(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "study", "--signed-links", "--completion-url", LINK) as study:
        contexts = [browser.new_context(), browser.new_context()]
        first, second = (context.new_page() for context in contexts)
        begin(first, study.address)
        choose(first, 0, 1)
        wait_for(has(study, 4), "two trials on the server")
        with open_study(study.folder) as opened:
            second.goto(link_for(opened, "p1", address=study.address))
        second.get_by_role("button", name="Start").click()
        second.get_by_role("button", name="Continue").click()
        choose(second, 0, 1)
        received(second)
        [rows] = study.rows().values()
        assert choices(rows) == [0, 1, 0, 1]
        assert "signature" not in "".join(rows)
        for context in contexts:
            context.close()


def test_where_the_browser_keeps_nothing_rows_go_from_the_window(page: Page, study: Served, line: Line) -> None:
    page.add_init_script(NO_STORE)
    line.faults = ["", "", "cut", "", 503, "", "answer lost"]
    begin(page, line.address)
    choose(page, *ENOUGH)
    received(page)
    [rows] = study.rows().values()
    assert downloaded(page) == f"[{','.join(rows)}]"
    assert choices(rows) == ENOUGH


def test_a_token_that_the_server_does_not_know_keeps_everything_and_gives_the_file(
    page: Page, study: Served, line: Line
) -> None:
    line.faults = ["", "", 401]
    begin(page, line.address)
    choose(page, *ENOUGH)
    page.get_by_role("heading", name="Your answers could not be sent").wait_for()
    [(session, rows)] = recorded(page).items()
    page.get_by_text(f"Session {session}, {ROWS} rows").wait_for()
    assert downloaded(page) == f"[{','.join(rows)}]"
    assert len(rows) == ROWS
    assert page.get_by_role("button", name="Finish").count() == 0


def test_an_erased_session_is_taken_away_from_the_browser_too(page: Page, study: Served, line: Line) -> None:
    line.faults = ["", "", "", 410]
    begin(page, line.address)
    choose(page, 0)
    page.get_by_role("heading", name="You are no longer part of this study").wait_for()
    assert recorded(page) == {}
    assert page.locator(".machine").count() == 0


def test_rows_of_everybody_who_was_here_go_first(context: BrowserContext, study: Served) -> None:
    for who, arms in (("p1", [0]), ("p2", ENOUGH)):
        page = context.new_page()
        begin(page, study.address, f"?PROLIFIC_PID={who}")
        page.locator(".machine").first.wait_for()  # the session has been opened
        context.set_offline(True)
        choose(page, *arms)
        shown(page, 1 + len(arms) if who == "p2" else 1)
        if who == "p2":
            page.get_by_text("Your last answers are being sent").wait_for()
        page.close()
        context.set_offline(False)
    page = context.new_page()
    page.goto(study.address + "?PROLIFIC_PID=p3")
    wait_for(has(study, 2 + ROWS), "all rows in the study")
    assert recorded(page) == study.rows()
    wait_for(lambda: study.states() == ["active", "finished"], "the end of the second")
    assert page.get_by_role("button", name="Start").is_visible()


@pytest.mark.parametrize("finish", [True, False])
def test_in_a_laboratory_answers_leave_the_device_and_every_visit_is_new(
    context: BrowserContext, tmp_path: Path, finish: bool
) -> None:
    count = "() => indexedDB.databases().then((found) => found.length)"
    with served(tmp_path / "study", "--lab") as study:
        page = context.new_page()
        begin(page, study.address, "")
        if finish:
            choose(page, *ENOUGH)
            received(page)
            assert recorded(page) == {}
            assert page.get_by_role("button", name="Download").count() == 0
        else:
            choose(page, 0)
            wait_for(has(study, 2), "two rows in the study")
            wait_for(lambda: recorded(page) == {}, "no row in the browser")
            context.set_offline(True)
            choose(page, 1)
            shown(page, 1)
            context.set_offline(False)
        page.goto(study.address)
        page.get_by_role("button", name="Start").wait_for()
        wait_for(has(study, ROWS if finish else 4), "all rows in the study")
        wait_for(lambda: recorded(page) == {}, "no row in the browser")
        assert page.evaluate(count) == 1
        page.get_by_role("button", name="Start").click()
        choose(page, *ENOUGH)
        received(page)
        assert len(study.rows()) == 2


def withdraw(page: Page) -> None:
    page.get_by_role("button", name="Stop and withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop and withdraw").click()


@pytest.mark.parametrize("policy", ["keep", "discard"])
def test_who_stops_is_asked_told_the_policy_and_taken_at_their_word(page: Page, tmp_path: Path, policy: str) -> None:
    text = tmp_path / "consent.txt"
    text.write_text("Please read.", encoding="utf-8")
    said = {"keep": "until then are kept", "discard": "until then are deleted"}[policy]
    with served(tmp_path / "study", "--withdrawn", policy, "--consent", str(text)) as study:
        begin(page, study.address)
        page.get_by_text(said).wait_for()
        page.get_by_role("button", name="I agree").click()
        choose(page, 0)
        page.get_by_role("button", name="Stop and withdraw").click()
        page.get_by_role("dialog").get_by_text(said).wait_for()
        page.get_by_role("dialog").get_by_role("button", name="Back").click()
        choose(page, 1)
        shown(page, 2)
        rows = recorded(page)
        withdraw(page)
        page.get_by_text("You have withdrawn from the study").wait_for()
        assert study.states() == ["withdrawn"]
        assert study.rows() == (rows if policy == "keep" else {})
        assert page.locator(".machine").count() == 0
        page.keyboard.press("1")
        asked = [event for line in next(iter(rows.values())) for event in json.loads(line)["interruptions"]]
        assert [event["event"] for event in asked] == ["asked"]
        page.reload()
        page.get_by_text("You have withdrawn from the study").wait_for()
        assert recorded(page) == (rows if policy == "keep" else {})


# A disk that takes its time with everything that is written.
SLOW_DISK = """(() => {
  const { get, set } = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
  const slowly = (done) => function (event) { setTimeout(() => done.call(this, event), 1000); };
  Object.defineProperty(IDBTransaction.prototype, "oncomplete", { get, set(done) { set.call(this, slowly(done)); } });
})()"""


def test_who_stops_before_the_first_screen_sees_no_screen(page: Page, study: Served) -> None:
    page.add_init_script(SLOW_DISK)
    begin(page, study.address)
    wait_for(lambda: study.states() == ["active"], "the session")
    withdraw(page)
    page.get_by_text("You have withdrawn from the study").wait_for()
    assert study.states() == ["withdrawn"]
    assert page.locator(".machine").count() == 0


@pytest.mark.parametrize("asked", ["before the answer", "behind the answer"])
def test_who_stops_while_the_session_is_being_opened_is_withdrawn_from_it(
    page: Page, study: Served, asked: str
) -> None:
    held: list[Route] = []
    page.route("**/sessions", lambda route: held.append(route))
    begin(page, study.address)
    wait_for(lambda: page.title() != "" and held != [], "the request for a session")  # the title lets routes be heard
    if asked == "before the answer":
        withdraw(page)
        page.get_by_role("button", name="Download").wait_for()
        held.pop().continue_()
    else:
        page.get_by_role("button", name="Stop and withdraw").click()
        held.pop().continue_()
        wait_for(lambda: study.states() == ["active"], "the session")
        page.get_by_role("dialog").get_by_role("button", name="Stop and withdraw").click()
    page.get_by_text("You have withdrawn from the study").wait_for()
    assert study.states() == ["withdrawn"]
    assert page.locator(".machine").count() == 0
    page.reload()
    page.get_by_text("You have withdrawn from the study").wait_for()


def test_who_declines_while_nobody_answers_is_not_asked_for_again(page: Page, study: Served) -> None:
    page.route("**/sessions", lambda route: route.abort())
    begin(page, study.address)
    page.get_by_text("cannot be reached").wait_for()
    withdraw(page)
    page.get_by_role("button", name="Download").wait_for()
    page.unroute("**/sessions")
    page.reload()
    page.get_by_role("button", name="Start").wait_for()
    assert study.states() == []


def test_a_withdrawal_without_the_server_is_told_at_the_next_visit(
    context: BrowserContext, page: Page, study: Served
) -> None:
    begin(page, study.address)
    choose(page, 0)
    wait_for(has(study, 2), "two rows in the study")
    context.set_offline(True)
    withdraw(page)
    page.get_by_text("Your withdrawal is being sent").wait_for()
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(study.address + "?PROLIFIC_PID=p1")
    wait_for(lambda: study.states() == ["withdrawn"], "the withdrawal")
    assert has(study, 0)()


def test_before_consent_the_server_hears_a_count_and_nothing_else(page: Page, tmp_path: Path) -> None:
    text = tmp_path / "consent.txt"
    text.write_text("Please read.", encoding="utf-8")
    with served(tmp_path / "study", "--consent", str(text)) as study, line_to(study) as line:
        begin(page, line.address)
        page.get_by_role("button", name="I do not agree").click()
        page.get_by_role("heading", name="You are not taking part").wait_for()
        wait_for(lambda: len(line.met) == 2, "two counts")
        assert {path for path, _ in line.met} == {"/api/1/visits"}
        counts = [("declined", 1), ("opened", 1)]
        wait_for(
            lambda: study.query("SELECT event, n FROM visits ORDER BY event") == counts, "both counts to be stored"
        )
        assert study.states() == []
        page.reload()
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="I agree").click()
        choose(page, *ENOUGH)
        received(page)
        [(consent,)] = study.query("SELECT consent FROM sessions")
        agreed = json.loads(consent)
        [(shown_text,)] = study.query(f"SELECT text FROM consents WHERE text_sha256 = '{agreed['text_sha256']}'")
        assert shown_text.startswith("Please read.")
        assert shown_text.endswith("until then are deleted.")
        assert agreed["language"] == "en"


def test_who_declines_has_a_way_back_where_the_study_gives_one(page: Page, tmp_path: Path) -> None:
    text = tmp_path / "consent.txt"
    text.write_text("Please read.", encoding="utf-8")
    options = ["--consent", str(text), "--completion-url", LINK, "--code", "declined=CNO"]
    with served(tmp_path / "study", *options) as study:
        begin(page, study.address)
        page.get_by_role("button", name="I do not agree").click()
        with page.expect_request("https://example.org/done?cc=CNO"):
            page.get_by_role("button", name="Finish").click()
        assert study.states() == []


@pytest.mark.parametrize(
    "query", ["?test=1", "?PROLIFIC_PID={{%PROLIFIC_PID%}}", "?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE"]
)
def test_who_only_tries_it_out_is_counted_nowhere(page: Page, study: Served, query: str) -> None:
    begin(page, study.address, query)
    choose(page, *ENOUGH)
    received(page)
    assert study.query("SELECT test FROM sessions") == [(1,)]
    assert study.query("SELECT event, n FROM visits") == []
    assert page.get_by_role("button", name="Finish").count() == 0


POLICIES: dict[str, tuple[list[str], str]] = {
    "full": (["--target", "1"], "The study is complete"),
    "blocked": (["--other-device", "block"], "You cannot take part again"),
    "completed": ([], "You have already taken part"),
    "paused": ([], "The study is paused"),
}


@pytest.mark.parametrize("status", POLICIES)
def test_who_does_not_get_in_is_told_why(browser: Browser, tmp_path: Path, status: str) -> None:
    options, heading = POLICIES[status]
    with served(tmp_path / "study", *options) as study:
        first = browser.new_context().new_page()
        begin(first, study.address)
        if status != "blocked":
            choose(first, *ENOUGH)
            received(first)
        first.locator(".machine, .own").first.wait_for()
        if status == "paused":
            study.stop()
            with sqlite3.connect(study.folder / "study.sqlite") as database:
                database.execute("INSERT INTO settings (name, value) VALUES ('paused', 'yes')")
            database.close()
            study.start()
        second = browser.new_context().new_page()
        begin(second, study.address, "?PROLIFIC_PID=p2" if status in ("full", "paused") else "?PROLIFIC_PID=p1")
        second.get_by_role("heading", name=heading).wait_for()
        assert second.get_by_role("button", name="Finish").count() == 0
        assert second.get_by_role("button", name="Stop and withdraw").count() == 0
        assert len(study.states()) == 1
        for page in (first, second):
            page.context.close()


def test_a_page_of_a_study_is_small(page: Page, study: Served) -> None:
    reply: Any = page.request.get(study.address)
    assert len(reply.body()) < 300_000

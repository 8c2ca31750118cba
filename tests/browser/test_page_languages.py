"""Visitors read the page in their own language, agree to a text in it, and the record says which it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from downloads import downloaded
from pages_and_servers import served
from twinbean.page import PageOptions, render
from twinbean.sessions import read
from twinbean.sessions.participants import participants_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Definition = Callable[..., tuple[dict[str, Any], list[str]]]
HEBREW = {
    "language": "he",
    "title": "מחקר",
    "words": {"start": "התחל", "agree": "אני מסכים", "welcome": "ברוכים הבאים", "consent": "הסכמה"},
    "consent": "אנא קראו.\n\nההשתתפות בתשלום של 5 ILS.",
}
GERMAN = {"language": "de", "words": {"start": "Los", "agree": "Einverstanden"}, "consent": "Bitte lesen."}
OPTIONS = PageOptions(consent="Please read.", translations=[HEBREW, GERMAN])


@pytest.mark.parametrize(
    ("locale", "query", "start", "language", "direction"),
    [
        ("en-US", "", "Start", "en", "ltr"),
        ("de-AT", "", "Los", "de", "ltr"),
        ("he-IL", "", "התחל", "he", "rtl"),
        ("fr-FR", "", "Start", "en", "ltr"),
        ("de-AT", "?lang=he", "התחל", "he", "rtl"),
        ("he-IL", "?lang=en", "Start", "en", "ltr"),
        ("de-DE", "?lang=xx", "Los", "de", "ltr"),
    ],
)
def test_the_address_and_then_the_browser_say_which_language_is_read(
    browser: Browser, two_armed: Definition, tmp_path: Path, locale: str, query: str, start: str, language: str,
    direction: str,
) -> None:  # fmt: skip
    (tmp_path / "page.html").write_text(render(*two_armed(1), options=OPTIONS), encoding="utf-8")
    context = browser.new_context(locale=locale, offline=True)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri() + query)
    page.get_by_role("button", name=start).wait_for()
    assert page.evaluate("document.documentElement.lang") == language
    assert page.locator("main").evaluate("main => getComputedStyle(main).direction") == direction
    context.close()


def test_the_record_says_which_language_was_read(page: Page, two_armed: Definition, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(render(*two_armed(1), options=OPTIONS), encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri() + "?lang=he")
    assert page.title() == "מחקר"
    page.get_by_role("button", name="התחל").click()
    page.get_by_role("button", name="אני מסכים").click()
    # A task's machines keep their places: "left" is the same for everybody.
    page.locator('[data-arm="1"]').wait_for()
    lefts = [page.locator(f'[data-arm="{arm}"]').evaluate("arm => arm.getBoundingClientRect().left") for arm in (0, 1)]
    assert lefts == sorted(lefts)
    page.locator('[data-arm="0"]').click()
    page.get_by_role("button", name="Download").wait_for()
    (tmp_path / "ann.json").write_text(downloaded(page).text, encoding="utf-8")
    sessions = read(tmp_path / "ann.json")
    assert list(participants_table(sessions)["page_language"]) == ["he"]


def test_a_study_keeps_to_which_text_in_which_language_a_participant_agreed(browser: Browser, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    text, german = tmp_path / "consent.txt", tmp_path / "de.json"
    text.write_text("Please read.", encoding="utf-8")
    german.write_text(json.dumps(GERMAN), encoding="utf-8")
    with served(tmp_path / "study", "--consent", str(text), "--translation", str(german)) as study:
        context = browser.new_context(locale="de-DE")
        page = context.new_page()
        page.goto(study.address)
        page.get_by_role("button", name="Los").click()
        page.get_by_text("Bitte lesen.").wait_for()
        page.get_by_role("button", name="Einverstanden").click()
        page.locator('[data-arm="0"]').wait_for()
        [(kept,)] = study.query("SELECT consent FROM sessions")
        context.close()
        consent = json.loads(kept)
        assert consent["language"] == "de"
        [(agreed,)] = study.query(f"SELECT text FROM consents WHERE text_sha256 = '{consent['text_sha256']}'")
        assert agreed.startswith("Bitte lesen.\n\n")
        assert hashlib.sha256(agreed.encode()).hexdigest() == consent["text_sha256"]

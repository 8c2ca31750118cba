"""What the real page sends to a study plays again to the same payoffs, is data under a pseudonym, and is paid for."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from collecting import Served
from twinbean.collect.agreeing import Referee
from twinbean.collect.bonus import bonuses
from twinbean.collect.collected import collected
from twinbean.collect.privacy import privacy_page
from twinbean.collect.reading import read
from twinbean.collect.study import open_study

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FREE = ':not([aria-disabled="true"])'
IDS = "?PROLIFIC_PID=ann-the-id&STUDY_ID=the-study&SESSION_ID=the-submission"


def test_a_participant_of_the_real_page_is_read_checked_and_paid(browser: Browser, tmp_path: Path) -> None:
    options = ("--set", "trials=4", "--variants", "3", "--condition", "trials=3,4", "--title", "Machines")
    with Served(tmp_path / "study", *options) as served:
        context = browser.new_context()
        page = context.new_page()
        page.goto(served.address + IDS)
        page.get_by_role("button", name="Start").click()
        while not page.get_by_role("heading", name="Thank you").is_visible():
            # A screen that was clicked away is seen for a moment longer: its buttons must not be waited for.
            with suppress(PlaywrightTimeout):
                page.locator(f'[data-arm="0"]{FREE}, button.key:visible, button.primary:visible').first.click(
                    timeout=1000
                )
            page.wait_for_timeout(50)
        page.get_by_text("received").wait_for()
        context.close()
    with open_study(tmp_path / "study") as study:
        [one] = study.store.read(collected)
        assert Referee(study.settings).contradiction(one) is None
        found = bonuses(study, rate=Decimal(1), cap=None)
        assert [payment.submission for payment in found.payments] == ["the-submission"], found.unpaid
        assert "not described" not in privacy_page(study)
    [session] = read(tmp_path / "study", finished=True)
    assert len(session.trials) in (3, 4)
    assert str(len(session.trials)) == session.kept["trials"]
    assert not [given for given in ("ann-the-id", "the-study", "the-submission") if given in repr(session.details)]
    assert session.participant != "ann-the-id"

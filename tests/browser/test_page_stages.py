"""A two-step task by touch on a phone: rockets lead to a planet, and the record says to which."""

from __future__ import annotations

import pytest

from downloads import downloaded
from phone_player import PHONE
from twinbean.page.export import export
from twinbean.sessions.jspsych import sessions_from_rows

TRIALS = 2
# A busy machine is slow, and nothing here is measured.
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def rows(browser, tmp_path_factory):
    """What is downloaded after a session of the first rocket and the second alien."""
    path = tmp_path_factory.mktemp("stages") / "page.html"
    path.write_text(export("two_step", seed=3, parameters={"trials": TRIALS}), encoding="utf-8")
    context = browser.new_context(**PHONE, offline=True, accept_downloads=True)
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{path.as_uri()}?PROLIFIC_PID=p")
        page.get_by_role("button", name="Start").tap()
        for told in ("choose one of two rockets", "there are two aliens", "To choose a rocket or an alien"):
            page.locator(".text", has_text=told).wait_for()
            page.locator("button.primary:visible").tap()
        for _ in range(TRIALS):
            page.locator('[data-arm="0"]:not([aria-disabled])').tap()
            page.locator("p.text", has_text="You land on the").wait_for()
            page.locator('[data-arm="1"]:not([aria-disabled])').tap()
        return downloaded(page).rows
    finally:
        context.close()


def test_each_choice_is_a_row_with_its_stage(rows):
    choices = [row for row in rows if "bean_bandits" in row]
    assert [row["bean_stage"]["number"] for row in choices] == [1, 2] * TRIALS
    assert [row["bean_response"] for row in choices] == [0, 1] * TRIALS
    assert [row["bean_value"] for row in choices[::2]] == [0] * TRIALS
    assert {row["input"] for row in choices} == {"touch"}


def test_what_was_read_on_the_way_is_where_the_record_says_that_the_rocket_flew(rows):
    landed = [row["bean_text"] for row in rows if "bean_text" in row]
    states = [row["bean_stage"]["state"] for row in rows if row.get("bean_stage", {}).get("number") == 2]
    assert landed == [f"You land on the {state} planet." for state in states]


def test_the_file_is_read_as_trials_of_two_choices(rows):
    (session,) = sessions_from_rows(rows, where="page", participant="?")
    assert [(trial.stage, trial.reward is None) for trial in session.trials] == [(1, True), (2, False)] * TRIALS
    assert session.trials[-1].score == sum(trial.reward for trial in session.trials[1::2])

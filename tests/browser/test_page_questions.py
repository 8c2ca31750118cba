"""A study that only asks: what people type and paste into its page, and how that is read."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from pages_and_servers import TASK, Served, served, wait_for
from twinbean import read
from twinbean.cli import app
from twinbean.errors import DataError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("uvicorn")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    """Ann answers everything, and pastes a part of it; Bob leaves at the survey, Cleo before the form."""
    folder = tmp_path_factory.mktemp("questions") / "study"
    options = ("--completion-url", "https://example.org/?cc=C")
    with served(folder, *options, task=TASK.with_name("questions.py")) as running:
        with taking_part(browser, running, "ann") as page:
            fill_in(page, "34", pasted="Nothing")
            page.keyboard.press("y")
            page.get_by_label("What did you see?").press_sequentially("A cat, été")
            page.get_by_role("button", name="Continue").click()
            page.get_by_text("Your answers have been received").wait_for()
        with taking_part(browser, running, "bob") as page:
            fill_in(page, "52")
            page.keyboard.press("n")
            page.get_by_label("What did you see?").wait_for()
            arrived(running, 3)
        with taking_part(browser, running, "cleo") as page:
            page.get_by_label("How old are you?").wait_for()
            arrived(running, 1)
        yield running


@contextlib.contextmanager
def taking_part(browser: Browser, study: Served, who: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{study.address}?PROLIFIC_PID={who}&SESSION_ID=sub-{who}")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Next").click()
    yield page
    context.close()


def arrived(study: Served, screens: int) -> None:
    count = "SELECT count(*) FROM events GROUP BY session ORDER BY min(received) DESC LIMIT 1"
    wait_for(lambda: study.query(count) == [(screens,)], f"{screens} rows in the study")


def fill_in(page: Page, age: str, *, pasted: str | None = None) -> None:
    page.get_by_label("How old are you?").press_sequentially(age)
    comment = page.get_by_label("Is there anything that we should know?")
    if pasted is not None:
        comment.press_sequentially("?")
        comment.press("Backspace")
        # Cut and pasted again, so that it comes from the clipboard.
        comment.press_sequentially(pasted)
        comment.press("ControlOrMeta+a")
        comment.press("ControlOrMeta+x")
        comment.press("ControlOrMeta+v")
    page.get_by_role("button", name="Continue").click()
    page.locator("p.text", has_text="Was it a dream?").wait_for()


def run(*arguments: Any) -> None:
    app(list(map(str, arguments)), standalone_mode=False)


def test_rows_with_fields_of_text_say_how_much_was_typed_and_pasted(study: Served) -> None:
    ann, *_ = (list(map(json.loads, lines)) for lines in study.rows().values() if len(lines) == 4)
    assert [(row.get("typed"), row.get("pasted")) for row in ann] == [
        (None, None),
        (len("34") + len("?") + len("Nothing"), len("Nothing")),
        (None, None),
        (len("A cat, été"), 0),
    ]


def test_everything_that_was_answered_is_read(
    study: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, bob = read(study.folder, identified=True)
    assert (ann.trials, ann.responses, ann.details["answers"]) == ((), ((0, "Y"),), {"age": 34, "comment": "Nothing"})
    assert (ann.participant_details["typed"], ann.participant_details["pasted"]) == (20, 7)
    assert (bob.responses, bob.details["answers"]) == (((0, "N"),), {"age": 52})
    responses, screens, people = (tmp_path / f"{name}.csv" for name in ("responses", "screens", "people"))
    run("convert", study.folder, "--responses", responses, "--screens", screens, "--participants", people)
    assert capsys.readouterr().out.splitlines() == [
        f"{people}: 2 sessions",
        f"{responses}: 7 answers",
        f"{screens}: 8 screens",
    ]
    table = pd.read_csv(responses, dtype=str, keep_default_na=False)
    assert not {"ann", "bob"} & set(table["participant"])
    said = ["trials", "screen", "question", "asked", "response"]
    assert table[table["session"] == ann.session][said].values.tolist() == [
        ["0", "1", "age", "How old are you?", "34"],
        ["0", "1", "comment", "Is there anything that we should know?", "Nothing"],
        ["0", "2", "", "Was it a dream?", "Y"],
        ["0", "3", "Q0", "What did you see?", "A cat, été"],
    ]
    of_all = pd.read_csv(screens, dtype=str, keep_default_na=False)
    by_session = {name: list(map(json.loads, lines)) for name, lines in study.rows().items()}
    assert {name: len(rows) for name, rows in by_session.items()} == dict(of_all["session"].value_counts())
    for _, row in of_all.iterrows():
        sent = by_session[row["session"]][int(row["screen"])]
        assert float(row["rt"]) == sent["rt"]
        assert row["write_ms"] == ("" if sent["write_ms"] is None else str(sent["write_ms"]))
        assert row["trusted"] == str(sent["trusted"])
    assert not {"ann", "bob", "sub-ann"} & set(of_all.to_numpy().ravel())
    people_read = pd.read_csv(people, dtype=str)
    assert people_read["age"].tolist() == ["34", "52"]
    with pytest.raises(DataError, match=r"no choice among arms is in the data.*--responses"):
        run("convert", study.folder, "-o", tmp_path / "trials.csv")
    assert not (tmp_path / "trials.csv").exists()


def test_the_privacy_page_says_that_it_is_stored(study: Served, tmp_path: Path) -> None:
    run("privacy", study.folder, "-o", tmp_path / "privacy.html")
    page = (tmp_path / "privacy.html").read_text(encoding="utf-8")
    for said in ("how many characters were typed into the fields of text", "how many characters were pasted into them"):
        assert said in page


def test_the_study_says_how_it_stands_and_pays_nobody(study: Served, tmp_path: Path, capsys: Any) -> None:
    run("status", study.folder)
    said = capsys.readouterr().out
    assert said.splitlines()[2].split()[:6] == ["all", "3", "2", "1", "0", "0"]
    assert "flagged" not in said
    run("bonus", study.folder, "--rate", "1", "-o", tmp_path / "bonus.csv")
    told = capsys.readouterr()
    assert told.out == f"{study.folder}: no bonus to write\n"
    assert "it has no choice that pays" in told.err
    assert told.err.count("not finished") == 2

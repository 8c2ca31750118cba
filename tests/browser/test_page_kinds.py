"""A kind of stimulus from another package: people play it, and its rows are read and replayed to the same game."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import twinbean
from collecting import Served
from page_clock import pass_time, start_held, until
from plugin_packages import RATED, install_kind
from twinbean.page import harness
from twinbean.page.export import document
from twinbean.play.game import Play, Record, Seat
from twinbean.tasks.task import Task, load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_kind(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def task(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    monkeypatch.syspath_prepend(str(folder))
    (tmp_path / "rated.py").write_text(RATED, encoding="utf-8")
    return load(str(tmp_path / "rated.py"))


def beans(row: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("bean_"): value for name, value in row.items() if name.startswith("bean_")}


def never(question: Any) -> Any:
    raise AssertionError(f"{question} is on record")


def test_people_play_it_and_their_rows_are_read_and_replayed_to_the_same_game(
    page: Page, task: Task, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(twinbean.export(task), encoding="utf-8")
    start_held(page, (tmp_path / "page.html").as_uri())
    page.get_by_role("button", name="6").wait_for()
    assert page.locator(".text").inner_text() == "How are you?"
    assert page.locator(".keys button").all_inner_texts() == list("1234567")
    page.keyboard.press("8")
    page.keyboard.press("6")
    arm = page.locator('[data-arm="0"]')
    arm.wait_for()
    # Who comes back goes on behind the rating, with the payoff that it made.
    pass_time(page, 100)
    page.reload()
    page.get_by_role("button", name="Continue").click()
    until(page, arm)
    arm.click()
    until(page, page.get_by_role("button", name="Download"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "ann.json")
    rows = json.loads((tmp_path / "ann.json").read_text(encoding="utf-8"))
    assert [row["bean_response"] for row in rows] == [6, 0]
    assert (rows[0]["input"], rows[0]["bean_response_asked"], rows[1]["bean_value"]) == ("keyboard", True, 60)

    pd.DataFrame(rows).map(lambda cell: json.dumps(cell) if isinstance(cell, list | dict) else cell).to_csv(
        tmp_path / "ann.csv", index=False
    )
    (session,) = twinbean.read(tmp_path / "ann.json")
    (of_csv,) = twinbean.read(tmp_path / "ann.csv")
    assert session.responses == ((0, 6),)
    for one in (session, of_csv):
        seat = Seat(participant="ann", session="s", task="rated")
        again = Play(task.define(), seat, never, record=Record(responses=one.responses, trials=one.trials)).run()
        assert again.rows == [beans(row) for row in rows]
    asked: list[str] = []
    model = lambda prompt: asked.append(prompt) or "1"  # noqa: E731
    twinbean.replay(task, [session], model=model, after=0, run=tmp_path / "run")
    assert asked[-1].startswith("How are you? From 1 to 7, you answer <<6>>. You see 2 bandits.")


@pytest.mark.parametrize("response", [1, 7])
def test_page_and_replay_play_the_same_game(page: Page, task: Task, response: int) -> None:
    content = document(task)
    functions, scripts = content.pop("functions"), content.pop("scripts")
    page.set_content(harness(scripts))
    play = "([d, f, r]) => twinbean.playDefinition(d, f, r)"
    played = page.evaluate(play, [content, functions, [response, 0]])
    record = Record(responses=((0, response),))
    replayed = Play(task.define(), Seat(participant="p", session="s", task="t"), _first, record=record).run()
    assert replayed.rows == [beans(row) for row in played["rows"]]
    assert played["shown"][0] == {"kind": "Rating", "text": "How are you?", "labels": list("1234567")}


def _first(question: Any) -> twinbean.Answer:
    return twinbean.Answer(label=question.labels[0], raw=question.labels[0])


def test_a_study_serves_it_and_keeps_its_rows(
    browser: Browser, folder: Path, task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("uvicorn")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, sys.path)]))
    with Served(tmp_path / "study", task=str(tmp_path / "rated.py")) as study:
        page = browser.new_page()
        page.goto(f"{study.address}?PROLIFIC_PID=ann")
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="3").click()
        page.locator('[data-arm="0"]').click()
        page.get_by_text("Your answers have been received").wait_for()
        page.close()
        study.stop()
    (session,) = twinbean.read(tmp_path / "study")
    assert session.responses == ((0, 3),)
    assert [trial.reward for trial in session.trials] == [30]

"""Firefox and WebKitGTK play the same page: sessions by clicks with a reload each, and the games of the parity proof.

`make engines` plays 20 sessions and 1,000 games in each, `make test` a few, where they are installed.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines import Visitor, started
from pages_and_servers import TRIALS, choices, served
from parity import SCRIPTS, compare
from twinbean._random import generator
from twinbean.page import PageOptions, harness
from twinbean.page.export import export
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_person
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.sweetbean import process_js
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import load
from twinbean.testing.browser import BrowserNotFound

# Short: what a session waits for is real time.
TASKS = [
    ("crossing_machines", {"trials": 5}),
    ("horizon", {"games": 1}),
    ("restless_four_armed", {"trials": 6}),
    ("gershman_two_armed", {"blocks": 2, "trials": 3}),
    ("two_armed_bandit", {"trials": 3}),
]
QUICK = PageOptions(feedback_ms=60)
# What a page records and a replay does not know.
OF_THE_PAGE = {"rt", "stimulus", "type"}
PATIENCE_S = 120
SAVED = "Download my answers"
# What a participant could press now.
LOOK = """() => {
  const free = (one) => !one.disabled && one.ariaDisabled !== "true" && one.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(free);
  return {
    arms: all("main .machine").map((machine) => Number(machine.dataset.arm)),
    buttons: all("main .button").map((button) => button.textContent),
  };
}"""
# The rows that the browser keeps, as text, in order; a session's own record counts how many sessions there are.
KEPT = """() => new Promise((resolve) => {
  indexedDB.open("twinbean").onsuccess = ({ target }) => {
    const all = (name) => target.result.transaction(name).objectStore(name).getAll();
    const [sessions, rows] = [all("sessions"), all("rows")];
    rows.onsuccess = () => {
      target.result.close();
      resolve({ sessions: sessions.result.length, rows: rows.result.map(({ row }) => JSON.stringify(row)) });
    };
  };
})"""


@pytest.fixture(scope="module", params=["firefox", "webkitgtk"])
def visitor(request: pytest.FixtureRequest) -> Iterator[Callable[[], Visitor]]:
    try:
        with started(request.param) as made:
            yield made
    except BrowserNotFound as error:
        pytest.skip(str(error))


@pytest.fixture
def visit(visitor: Callable[[], Visitor]) -> Iterator[Visitor]:
    someone = visitor()
    yield someone
    someone.close()


@pytest.fixture
def thorough(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--visits") < 20:
        pytest.skip("tried by make engines")


def play(
    visit: Visitor, rng: np.random.Generator, *, end: str = SAVED, chosen: Callable[[int], None] = lambda choices: None
) -> None:
    """Presses what can be pressed until the button `end` is there; tells `chosen` how many choices were made."""
    choices = 0
    limit = time.monotonic() + PATIENCE_S
    while end not in (seen := visit.evaluate(LOOK))["buttons"]:
        if seen["arms"]:
            pressed = visit.click(f'.machine[data-arm="{rng.choice(seen["arms"])}"]')
            if pressed:
                choices += 1
                chosen(choices)
        else:
            pressed = bool(seen["buttons"]) and visit.click("main .button.primary, main button.key")
        if pressed:
            limit = time.monotonic() + PATIENCE_S
        else:
            assert time.monotonic() < limit, f"nothing could be pressed for {PATIENCE_S} s; to be seen was {seen}"
            time.sleep(0.05)


def reload_at(choice: int, visit: Visitor, kept: list[str], choices: int) -> None:
    """Loads the page again after that many choices; puts the rows that the browser had kept by then into `kept`."""
    if choices == choice:
        kept += visit.evaluate(KEPT)["rows"]
        visit.reload()


def of_the_task(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{entry: value for entry, value in row.items() if entry not in OF_THE_PAGE} for row in process_js(rows)]


def replayed(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that the definition gives for the choices in `rows`."""
    (person,) = sessions_from_rows(rows, where="page", participant="?")
    (seating,) = seat_person(load(name), person, "script", after=person.n_choices, samples=1, seed=0, given=None)
    (result,) = play_all([seating], Scripted([]))
    return list(result.rows)


def test_sessions_by_clicks_with_a_reload_each_are_what_the_definition_gives(
    visitor: Callable[[], Visitor], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    for number in range(pytestconfig.getoption("--visits")):
        name, parameters = TASKS[number % len(TASKS)]
        rng = generator(number, "visitor")
        path = tmp_path / f"{number}.html"
        path.write_text(export(name, seed=number, parameters=parameters, options=QUICK), encoding="utf-8")
        visit = visitor()
        before: list[str] = []
        chosen = partial(reload_at, int(rng.integers(1, 4)), visit, before)
        try:
            visit.goto(path.as_uri())
            play(visit, rng, chosen=chosen)
            kept = visit.evaluate(KEPT)
        finally:
            visit.close()
        assert kept["sessions"] == 1
        after = kept["rows"]
        assert after[: len(before)] == before, "what was kept before the reload stands there still"
        rows = [json.loads(row) for row in after]
        assert [row["trial_index"] for row in rows] == list(range(len(rows)))
        assert [row["resumed"] for row in rows if "resumed_at" in row] == [1]
        found = [{entry: value for entry, value in row.items() if entry not in OF_THE_PAGE} for row in process_js(rows)]
        assert found == replayed(name, rows)


@pytest.mark.usefixtures("thorough")
def test_a_study_whose_server_was_away_for_a_while_has_every_row_once(visit: Visitor, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    with served(tmp_path / "study", "--completion-url", "https://example.org/done") as study:

        def chosen(made: int) -> None:
            if made == 1:
                study.stop(signal.SIGKILL)
            elif made == 3:
                study.start()

        visit.goto(f"{study.address}?PROLIFIC_PID=p1")
        play(visit, generator(1, "visitor"), end="Finish", chosen=chosen)
        [rows] = study.rows().values()
        assert rows == visit.evaluate(KEPT)["rows"]
        assert len(choices(rows)) == TRIALS


@pytest.mark.usefixtures("thorough")
def test_where_the_browser_keeps_nothing_it_says_so_and_the_answers_are_all_there_in_the_end(
    visit: Visitor, tmp_path: Path
) -> None:
    blocked = "<script>IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };</script>"
    html = export("crossing_machines", seed=1, parameters={"trials": 3}, options=QUICK)
    # Before the page's policy, which would not let it run.
    (tmp_path / "page.html").write_text(html.replace("<head>", f"<head>{blocked}", 1), encoding="utf-8")
    visit.goto((tmp_path / "page.html").as_uri())
    play(visit, generator(1, "visitor"))
    assert "could not be saved in this browser" in visit.evaluate("() => document.body.innerText")
    assert visit.click("main .button.secondary")
    rows = json.loads(visit.evaluate("() => document.querySelector('textarea').value"))
    assert of_the_task(rows) == replayed("crossing_machines", rows)


def test_the_games_of_the_parity_proof_are_the_same(
    visit: Visitor, tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "harness.html").write_text(harness(SCRIPTS), encoding="utf-8")
    visit.goto((tmp_path / "harness.html").as_uri())
    games, first = pytestconfig.getoption("--engine-games"), pytestconfig.getoption("--first")
    parity = compare(visit.evaluate, games=games, first=first)
    agent = visit.evaluate("() => navigator.userAgent")
    with capsys.disabled():
        print(f"\n{agent}\n{parity}" if parity.games > 100 else "")
    assert parity.wrong[:20] == []
    assert visit.evaluate("() => window.broken ?? null") is None

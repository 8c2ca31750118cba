"""A task exported, played by clicks in Chromium, saved and read."""

from __future__ import annotations

import json

import pytest

import twinbean
from twinbean._random import generator
from twinbean.page import PageOptions
from twinbean.page.export import export
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_person
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.sweetbean import process_js
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import load
from twinbean.testing.player import WinStayLoseShift, go_on, play_page


def played(browser, folder, task, *, seed, parameters=None):
    """The rows of one session of `task` in the browser."""
    path = folder / "page.html"
    path.write_text(export(task, seed=seed, parameters=parameters), encoding="utf-8")
    player = WinStayLoseShift(generator(seed, "player"), noise=0.3)
    return play_page(browser, path, player, participant="ann", on_trial=lambda choices: None)


@pytest.mark.parametrize("seed", range(4))
def test_the_two_armed_bandit_pays_what_its_description_says(browser, tmp_path, seed):
    """Against the rules in plain Python, not against Twinbean."""
    rows = process_js(played(browser, tmp_path, load("two_armed_bandit"), seed=seed))
    choices = [row["response"] for row in rows if "bandits" in row]
    paid = [10 - trial if choice == 0 else trial for trial, choice in enumerate(choices)]
    assert [row["value"] for row in rows if "bandits" in row] == paid
    totals = [sum(paid[: trial + 1]) for trial in range(11)]
    assert [row["text"] for row in rows if "text" in row] == [f"Score: {total}" for total in totals]


def test_a_file_of_the_page_is_read_into_the_tidy_table(browser, tmp_path):
    rows = played(browser, tmp_path, load("two_armed_bandit"), seed=1)
    (tmp_path / "ann.json").write_text(json.dumps(rows), encoding="utf-8")
    table = twinbean.to_table(twinbean.read(tmp_path / "ann.json"))
    assert set(table["participant"]) == {"ann"}
    assert table["shown_score"].iloc[-1] == table["reward"].sum()
    assert (table["rt_ms"] > 0).all()
    assert list(table["choice"]) == [row["bean_response"] for row in rows if "bean_bandits" in row]


def test_participants_of_a_plain_export_have_letters_and_places_of_their_own_which_a_replay_uses(browser, tmp_path):
    task, looks = load("crossing_machines"), set()
    for number in range(4):
        rows = played(browser, tmp_path, task, seed=0, parameters={"trials": 3})
        machines = [row for row in rows if "bean_labels" in row]
        (person,) = sessions_from_rows(rows, where="page", participant="?")
        (seating,) = seat_person(task, person, "script", after=person.n_choices, samples=1, seed=number, given=None)
        (result,) = play_all([seating], Scripted([]))
        again = [row for row in result.rows if "bandits" in row]
        assert [row["labels"] for row in again] == [row["bean_labels"] for row in machines]
        assert [row["positions"] for row in again] == [row["bean_positions"] for row in machines]
        assert {row["variant"] for row in rows} == {0}, "the payoffs are those of everybody"
        looks.add((*machines[0]["bean_labels"], *machines[0]["bean_positions"]))
    # That all four meet one of fifty has a chance of 1 in 125,000.
    assert len(looks) > 1


def test_a_page_of_many_variants_records_which_was_played_and_that_one_is_replayed(browser, tmp_path):
    task = load("restless_four_armed")
    options = PageOptions(feedback_ms=1500, response_window_ms=20_000, iti_ms=200)
    path = tmp_path / "page.html"
    path.write_text(export(task, seed=3, variants=40, parameters={"trials": 8}, options=options), encoding="utf-8")
    played = set()
    for number in range(3):
        player = WinStayLoseShift(generator(number, "player"), noise=0.3)
        recorded = play_page(browser, path, player, participant=f"p{number}", on_trial=lambda choices: None)
        (person,) = sessions_from_rows(recorded, where="page", participant="?")
        (seating,) = seat_person(task, person, "script", after=person.n_choices, samples=1, seed=0, given=None)
        (result,) = play_all([seating], Scripted([]))
        rows = [row for row in process_js(recorded) if "bandits" in row]
        again = [row for row in result.rows if "bandits" in row]
        for name in ("bandits", "labels", "positions", "response", "value", "missed", "score"):
            assert [row[name] for row in again] == [row[name] for row in rows]
        played.add((person.variant, *person.trials[0].labels, *rows[0]["positions"]))
    # That three of forty variants are one has a chance of 1 in 1600.
    assert len(played) > 1


def test_a_button_of_a_screen_that_leaves_is_not_waited_for(browser):
    """A second click on a busy machine: the button moves while it is looked for, and is gone before it stands."""
    page = browser.new_page()
    leaves = "@keyframes leaves {to {transform: translateX(900px)}} .primary {animation: leaves 1s linear infinite}"
    page.set_content(f"<style>{leaves}</style><button class='button primary'>Start</button>")
    page.evaluate("setTimeout(() => document.querySelector('button').remove(), 500)")
    assert not go_on(page)
    page.set_content("<button class='button primary' onclick='this.remove()'>Start</button>")
    assert go_on(page)
    assert page.locator("button").count() == 0
    page.close()

"""A task exported, played by clicks in Chromium, saved and read."""

from __future__ import annotations

import json

import pytest

import twinbean
from twinbean.data import process_js
from twinbean.randomness import generator
from twinbean.tasks import load
from twinbean.testing.player import WinStayLoseShift, play_page
from twinbean.workflow import export


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
    assert table["score"].iloc[-1] == table["reward"].sum()
    assert (table["rt_ms"] > 0).all()
    assert list(table["choice"]) == [row["bean_response"] for row in rows if "bean_bandits" in row]

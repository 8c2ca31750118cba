"""Counterbalanced parts and conditions on the page: what it plays is what it records, and is replayed."""

from __future__ import annotations

from sweetbean import Block, Experiment

import twinbean
from twinbean import Conditions, Counterbalanced, SlotMachines
from twinbean._random import generator
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.testing.player import WinStayLoseShift, play_page


def block(letter):
    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 2}]
    return Block([SlotMachines(None, arms, labels=[f"{letter}1", f"{letter}2"])])


def build(*, rng):
    parts = {name: block(name) for name in "abc"}
    return Experiment([Counterbalanced(parts), Conditions({"g": block("g"), "l": block("l")}), block("z")])


TASK = twinbean.Task("orders", build)


def test_a_participant_plays_the_order_and_condition_that_are_recorded(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(twinbean.export(TASK, seed=5), encoding="utf-8")
    player = WinStayLoseShift(generator(5, "player"))
    rows = play_page(browser, path, player, participant="ann", on_trial=lambda choices: None)
    (person,) = sessions_from_rows(rows, where="page", participant="?")
    assert all(row["arrangement"] == person.kept for row in rows)
    played = [trial.labels[0][0] for trial in person.trials]
    assert played == [*person.kept["order"].split(", "), person.kept["condition"], "z"]
    (again,) = twinbean.replay(TASK, [person], model="random", after=person.n_choices)
    assert [trial.label for trial in again.trials] == [trial.label for trial in person.trials]

"""What a page holds besides its definition: what is drawn for each of its participants, and nothing else."""

from __future__ import annotations

import pytest
from sweetbean import Block, Experiment

from twinbean import SlotMachines
from twinbean.page.export import document, export
from twinbean.tasks.task import Task

ARMS = [{"color": "red", "value": 1}, {"color": "blue", "value": 0}, {"color": "green", "value": 2}]


@pytest.mark.parametrize(
    ("given", "letters", "places"),
    [
        ({}, True, True),
        ({"labels": ["1", "2", "3"]}, False, True),
        ({"ordered": True}, True, False),
        ({"labels": ["1", "2", "3"], "ordered": True}, False, False),
    ],
)
def test_letters_and_places_are_on_the_page_where_they_are_drawn_for_its_participants(given, letters, places):
    machines = SlotMachines(bandits=ARMS, **given)
    content = document(Task("arms", lambda *, rng: Experiment([Block([machines], timeline=[{}])])))
    looks = content.get("variants", [])
    assert bool(looks) == (letters or places)
    assert (len({tuple(look["labels"]) for look in looks}) > 1) == letters
    assert not places or len({tuple(look["positions"]) for look in looks}) > 1


def test_a_row_of_thirty_machines_is_a_page_of_less_than_300_kb():
    assert len(export("structured_bandit").encode()) < 300_000

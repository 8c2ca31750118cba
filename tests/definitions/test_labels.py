"""Labels are drawn for a participant, and are such that a choice can be read from the text."""

from __future__ import annotations

from collections import Counter

import pytest
from scipy import stats
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
from sweetbean.variable import TimelineVariable

from twinbean.definitions.arms import draw_labels
from twinbean.definitions.definition import define
from twinbean.definitions.labels import check_labels, with_labels
from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.errors import TaskError
from twinbean.page.export import document
from twinbean.play.game import Play
from twinbean.play.seating import seat_simulated
from twinbean.sessions.questions import Answer
from twinbean.tasks.task import Task

THREE = [{"value": value} for value in (1, 2, 3)]


def definition(stimulus):
    return define(Experiment([Block([stimulus])]))


def test_letters_belong_to_seed_and_participant():
    machines = definition(SlotMachines(bandits=THREE))
    drawn = draw_labels(machines, seed=0, participant="p")
    assert drawn == draw_labels(machines, seed=0, participant="p")
    assert len(set(drawn)) == 3
    assert draw_labels(machines, seed=1, participant="p") != drawn != draw_labels(machines, seed=0, participant="q")


def test_every_letter_is_drawn_equally_often():
    machines = definition(SlotMachines(bandits=THREE))
    first = Counter(draw_labels(machines, seed=0, participant=str(number))[0] for number in range(2600))
    assert len(first) == 26
    assert stats.chisquare(list(first.values())).pvalue > 0.01


def test_labels_that_the_definition_gives_are_not_drawn():
    assert draw_labels(definition(SlotMachines(bandits=THREE, labels=["a", "b", "c"])), seed=0, participant="p") is None
    assert draw_labels(definition(Bandit(bandits=THREE)), seed=0, participant="p") is None


@pytest.mark.parametrize("labels", [["a"], ["a", "a"], ["a", " "], ["a", "<<"], ["a", ">>b"]])
def test_labels_that_could_be_misread_are_refused(labels):
    with pytest.raises(TaskError, match="here: "):
        check_labels(labels, 2, "here")


def test_instructions_name_the_labels():
    assert with_labels("Of {labels}.", ["A", "B", "C"]) == "Of A, B and C."
    assert with_labels("Of {labels}.", []) == "Of {labels}."


def told(machines, timeline=None):
    """What a model and the page's definition put for {labels}."""
    experiment = Experiment([Block([Instructions("Of {labels}.")]), Block([machines], timeline=timeline or [{}])])
    task = Task("labelled", lambda *, rng: experiment)
    (seating,) = seat_simulated(task, "m", samples=1, seed=0, given=None)
    play = Play(seating.definition, seating.seat, lambda question: Answer(label=question.labels[0], raw=""))
    page = document(task)["labels"]
    return play.run().transcript.text.partition(".")[0] + ".", with_labels("Of {labels}.", page)


def test_instructions_name_the_labels_that_the_machines_carry_themselves():
    assert told(SlotMachines(bandits=THREE, labels=["cat", "dog", "cow"])) == ("Of cat, dog and cow.",) * 2
    assert told(Bandit(bandits=[{"color": "red", "value": v} for v in (1, 2)])) == ("Of 1 and 2.",) * 2
    by_timeline = SlotMachines(bandits=THREE, labels=TimelineVariable("names"))
    assert told(by_timeline, [{"names": ["x", "y", "z"]}] * 2) == ("Of x, y and z.",) * 2

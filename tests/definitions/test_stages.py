"""Screens of machines that are the stages of one trial: how they are declared, told and recorded."""

from __future__ import annotations

import pytest
from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect

from twinbean.definitions.definition import define
from twinbean.definitions.emission import emit_definition
from twinbean.definitions.recorded import recorded_experiment
from twinbean.definitions.stimuli import SlotMachines
from twinbean.definitions.structure import Phase
from twinbean.errors import EmissionError, RecordMismatch
from twinbean.play.game import Play, Record, Seat
from twinbean.play.rows import page_rows
from twinbean.sessions import Trial
from twinbean.sessions.jspsych import sessions_from_rows


def arms(*values):
    return [{"color": "blue", "value": value} for value in values]


def machines(*values, **options):
    return SlotMachines(bandits=arms(*values), labels=["A", "B"], **options)


def doors(**options):
    """A first choice that opens a room, and a second one in it."""
    room = SharedVariable("room", "none")
    opened = FunctionVariable(
        "open", lambda response: "left" if response == 0 else "right", [DataVariable("response", 0)]
    )
    first = machines(0, 0, stage=1, pays=False, side_effects=[SideEffect(room, opened)], **options)
    second = machines(3, 5, stage=2, state=room, transition="common", **options)
    return Experiment([Block([first, second], timeline=[{}, {}])])


def played(experiment, choices):
    trials = tuple(Trial(trial=n, choice=arm, missed=arm is None) for n, arm in enumerate(choices))

    def ask(question):
        raise AssertionError("everything is on record")

    return Play(
        define(experiment), Seat(participant="p", session="s", task="t"), ask, record=Record(trials=trials)
    ).run()


def test_a_stage_that_only_leads_on_pays_nothing_and_the_next_says_where_it_led():
    game = played(doors(), [0, 1, 1, 0])
    seen = [(trial.stage, trial.state, trial.transition, trial.reward) for trial in game.session.trials]
    assert seen == [
        (1, None, None, None),
        (2, "left", "common", 5),
        (1, None, None, None),
        (2, "right", "common", 3),
    ]
    assert [row["value"] for row in game.rows] == [0, 5, 0, 3]
    assert game.session.trials[0].outcomes == (None, None)


@pytest.mark.parametrize(
    ("wording", "first"),
    [
        ("psych101", "You press <<A>>.\n"),
        ("sweetbean", "You name <<A>>. You see"),
        ("{{ answer }} gave {{ reward }}. ", "<<A>> gave . "),
    ],
)
def test_what_is_not_paid_is_not_told(wording, first):
    text = played(doors(wording=wording, feedback="all"), [0, 1, 0, 0]).transcript.text
    assert first in text
    assert "get 0" not in text
    assert "would have paid 0" not in text
    assert "was 0" not in text


def test_rows_of_a_page_are_read_as_the_trials_that_were_played():
    game = played(doors(), [0, 1, None, 0])
    rows = page_rows(game.rows, Seat(participant="p", session="s", task="t"), [100.0] * 4)
    (read,) = sessions_from_rows(rows, where="page", participant="?")
    names = ("stage", "state", "transition", "reward", "outcomes", "expected", "choice", "missed")
    of = [[getattr(trial, name) for name in names] for trial in read.trials]
    assert of == [[getattr(trial, name) for name in names] for trial in game.session.trials]


def test_without_stages_nothing_of_them_is_in_the_definition_or_the_record():
    """Or all tasks that there are would have another fingerprint."""
    experiment = Experiment([Block([machines(1, 2)])])
    (stimulus,) = emit_definition(define(experiment)).blocks[0]["stimuli"]
    assert "stage" not in stimulus["arguments"]
    game = played(experiment, [0])
    assert "stage" not in game.rows[0]
    assert game.session.trials[0].stage is None


def test_an_effect_that_an_older_page_recorded_as_stage_is_no_stage():
    rows = page_rows(
        played(Experiment([Block([machines(1, 2)])]), [0]).rows, Seat(participant="p", session="s", task="t"), [1.0]
    )
    for found in (3, "3", "late"):
        (read,) = sessions_from_rows(
            [rows[0] | {"bean_stage": found, "bean_state": [1]}], where="page", participant="?"
        )
        assert (read.trials[0].stage, read.trials[0].state, read.trials[0].reward) == (None, None, 1)


@pytest.mark.parametrize(
    ("blocks", "refused"),
    [
        ([Block([machines(0, 1, stage=2)])], "block 1 has machines of the stages 2, expected 1, 2, "),
        ([Block([machines(0, 1, stage=1), machines(0, 1)])], "block 1 has machines of the stages 1, none"),
        ([Block([machines(0, 0, stage=1, pays=False)])], "block 1 has no stage that pays"),
        ([Block([machines(0, 1, stage=1)]), Block([machines(0, 1)])], "in the phase 'main' some trials have stages"),
        ([Block([machines(0, 1, stage=1, pays=False)])], "arm 1 pays 1, and its stage has pays=False"),
        ([Block([machines(0, 1, stage=True)])], "stage is True, expected the number"),
        ([Block([machines(0, 1, stage=1, pays=0)])], "pays is 0, expected True or False"),
    ],
)  # fmt: skip
def test_stages_that_are_none_are_refused_by_the_place(blocks, refused):
    with pytest.raises(EmissionError, match=refused):
        define(Experiment(blocks))


def test_a_state_without_a_stage_is_refused():
    with pytest.raises(EmissionError, match="state, transition or pays, and no stage"):
        machines(0, 1, state="red")


def test_practice_of_one_stage_can_come_before_trials_of_two():
    blocks = [Phase("practice", [Block([machines(0, 1)])]), *doors().blocks]
    assert define(Experiment(blocks)).trials_per_session == 5


def test_a_record_with_stages_is_no_task_by_itself():
    """Where another first choice would have led is not on record."""
    with pytest.raises(
        RecordMismatch, match="chose in stages, and where the choices that were not made would have led"
    ):
        recorded_experiment(played(doors(), [0, 1, 1, 0]).session)

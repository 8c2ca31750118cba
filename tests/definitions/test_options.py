"""Choices among options that are no arms: what is told, recorded, read back and refused."""

from __future__ import annotations

import pandas as pd
import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, HtmlChoice, HtmlKeyboardResponse, LikertSurvey, Text
from sweetbean.variable import TimelineVariable

from twinbean.definitions.definition import define
from twinbean.definitions.stimuli import Options, SlotMachines, choice
from twinbean.errors import EmissionError, RecordMismatch, TaskError
from twinbean.play.game import Play, Record, Seat
from twinbean.play.rows import page_rows
from twinbean.sessions import from_table, to_table
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.questions import Answer

SAFE = {"text": "40 points for certain", "value": 40, "attributes": {"x1": 40, "p1": 1}}
RISKY = {
    "text": "100 points with a chance of 50%, otherwise nothing",
    "value": 100,
    "attributes": {"x1": 100, "p1": 0.5},
}
SEAT = Seat(participant="ann", session="ann", task="t", labels=("F", "J"))


def played(*stimuli, answers=(), record=None, timeline=None):
    """The play of one block in which a model gives these answers, one to each question."""
    left = iter(answers)

    def ask(question):
        label = next(left)
        assert label in question.labels
        return Answer(label=label, raw=label)

    definition = define(Experiment([Block(list(stimuli), timeline=timeline or [{}])]))
    return Play(definition, SEAT, ask, record=record).run()


def read_again(play):
    """The session of a page that recorded these rows."""
    (session,) = sessions_from_rows(page_rows(play.rows, SEAT, [1.0] * 99), where="page", participant="?")
    return session


def test_options_are_told_anew_and_what_was_paid_only_where_it_is_shown():
    hidden = played(Options([SAFE, RISKY]), answers=["J"])
    assert hidden.transcript.text == f"F: {SAFE['text']}. J: {RISKY['text']}. You press <<J>>."
    chosen = played(Options([SAFE, RISKY], feedback="chosen"), answers=["J"])
    assert chosen.transcript.text.endswith("You press <<J>> and get 100 points.")
    both = played(Options([SAFE, RISKY], feedback="all"), answers=["J"])
    assert both.transcript.text.endswith("You press <<J>> and get 100 points. F would have paid 40 points.")


def test_what_was_not_shown_is_on_record_and_was_not_seen():
    (trial,) = played(Options([SAFE, RISKY]), answers=["J"]).session.trials
    assert (trial.reward, trial.seen_reward) == (100, None)
    assert trial.attributes == ({"x1": 40, "p1": 1}, {"x1": 100, "p1": 0.5})
    assert (trial.best_arm, trial.expected) == (None, ())


SCREENS = {
    "options": (Options([SAFE, RISKY], feedback="all"), "J"),
    "options that pay nothing": (Options([{"text": "tea"}, {"text": "coffee"}]), "F"),
    "a key": (choice(Text(None, "left or right?", choices=["f", "j"]), attributes=[{"x1": 1}, {"x1": 2}]), "J"),
    "a key that pays": (choice(HtmlKeyboardResponse(None, "<p>?</p>", ["f", " "]), values=[3, 0.5]), "SPACE"),
    "nothing pressed at go/no-go": (choice(Text(300, "go?", choices=[" "])), "nothing"),
    "a piece of HTML": (choice(HtmlChoice(None, ["<b>red</b>", "blue"], [1, 0])), "blue"),
    "a piece of HTML with a name": (
        choice(HtmlChoice(None, ["red", "<p>dark</p><p>blue</p>"], ["r", "b"])),
        "dark blue",
    ),
}


@pytest.mark.parametrize("name", SCREENS)
def test_what_a_page_records_is_the_trial_that_was_played(name):
    stimulus, answer = SCREENS[name]
    play = played(stimulus, answers=[answer])
    (trial,) = play.session.trials
    (recorded,) = read_again(play).trials
    assert trial.label == answer
    for field in ("choice", "label", "labels", "reward", "outcomes", "attributes", "expected", "best_arm", "missed"):
        assert getattr(recorded, field) == getattr(trial, field), field
    again = played(stimulus, record=Record(trials=(recorded,)))
    assert again.rows == play.rows
    assert again.transcript.text == play.transcript.text


@pytest.mark.parametrize("name", ["a key", "a piece of HTML"])
def test_a_choice_is_what_after_counts_and_the_same_screen_without_it_is_none(name):
    stimulus, answer = SCREENS[name]
    plain = {
        "a key": Text(None, "left or right?", choices=["f", "j"]),
        "a piece of HTML": HtmlChoice(None, ["<b>red</b>", "blue"], [1, 0]),
    }[name]
    assert played(stimulus, answers=[answer]).session.n_choices == 1
    assert played(plain, answers=[answer]).session.n_choices == 0
    assert read_again(played(plain, answers=[answer])).trials == ()
    assert len(played(stimulus, answers=[answer]).transcript.spans) == 1
    # What a model reads is the same.
    assert played(stimulus, answers=[answer]).transcript.text == played(plain, answers=[answer]).transcript.text


def test_a_missed_choice_pays_nothing_and_is_replayed_as_missed():
    stimulus = choice(Text(500, "quick", choices=["f", "j"]), attributes=[{"x1": 1}, {"x1": 2}], values=[1, 2])
    (trial,) = played(stimulus, answers=["J"]).session.trials
    missed = trial.__class__(trial=0, choice=None, missed=True)
    play = played(stimulus, record=Record(trials=(missed,)))
    assert (play.rows[0]["response"], play.rows[0]["value"], play.rows[0]["missed"]) == (None, 0, True)
    (recorded,) = read_again(play).trials
    assert recorded.missed
    assert recorded.reward is None
    assert recorded.attributes == ({"x1": 1}, {"x1": 2})
    assert play.transcript.text.endswith(" You can press F or J. You press nothing in time.")


def test_a_table_keeps_attributes_and_those_of_older_tables_are_empty(tmp_path):
    play = played(Options([SAFE, RISKY]), SlotMachines(None, [{"value": 1}, {"value": 2}]), answers=["J", "F"])
    table = to_table([play.session])
    assert table["attributes"][0] == '[{"x1": 40, "p1": 1}, {"x1": 100, "p1": 0.5}]'
    assert pd.isna(table["attributes"][1])
    table.to_csv(tmp_path / "t.csv", index=False)
    (again,) = from_table(pd.read_csv(tmp_path / "t.csv"))
    assert [trial.attributes for trial in again.trials] == [trial.attributes for trial in play.session.trials]
    (older,) = from_table(table.drop(columns="attributes"))
    assert [trial.attributes for trial in older.trials] == [(), ()]


def test_a_record_of_other_options_is_refused():
    (trial,) = played(Options([SAFE, RISKY]), answers=["J"]).session.trials
    other = {**RISKY, "attributes": {"x1": 100, "p1": 0.25}}
    with pytest.raises(RecordMismatch, match=r"trial 0: the record has options with the attributes .*0\.5"):
        played(Options([SAFE, other]), record=Record(trials=(trial,)))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([SAFE], "expected a list of two or more"),
        ([SAFE, {"value": 1}], "option 1 is {'value': 1}, expected"),
        ([SAFE, {"text": " "}], "option 1 is"),
        ([SAFE, {**RISKY, "value": "much"}], "option 1 pays 'much', expected a number"),
        ([SAFE, {**RISKY, "value": None}], "give each a value, or none"),
        ([SAFE, {**RISKY, "attributes": {"x1": "100"}}], "option 1 has the attributes 'x1': '100', expected a number"),
        ([SAFE, {**RISKY, "attributes": [1]}], "option 1 has the attributes"),
    ],
)
def test_options_that_are_none_are_refused_at_export_and_when_a_function_makes_them(options, sentence):
    with pytest.raises(EmissionError, match=r"block 1, stimulus 1 \(Options\), timeline element 0") as refused:
        define(Experiment([Block([Options(TimelineVariable("o"))], timeline=[{"o": options}])]))
    assert sentence in str(refused.value)


def test_a_payoff_that_is_to_be_shown_must_be_there():
    with pytest.raises(EmissionError, match="shows what an option pays, and the options have no value"):
        define(Experiment([Block([Options([{"text": "a"}, {"text": "b"}], feedback="chosen")])]))


@pytest.mark.parametrize(
    ("stimulus", "sentence"),
    [
        (choice(Text(300, "look")), "is a choice among the keys []: give it two, or one and a duration"),
        (choice(Text(None, "go", choices=["g"])), "is a choice among the keys ['g']: give it two"),
        (choice(Bandit(None, [{"color": "red", "value": 1}] * 2)), "cannot be made a choice: it is a trial already"),
        (choice(LikertSurvey([{"prompt": "?", "labels": [1, 2]}])), "it is no screen with keys and no HtmlChoice"),
    ],
)
def test_what_can_be_no_choice_is_refused(stimulus, sentence):
    with pytest.raises(EmissionError) as refused:
        define(Experiment([Block([stimulus])]))
    assert sentence in str(refused.value)


def test_attributes_must_be_as_many_as_there_are_options():
    with pytest.raises(TaskError, match=r"trial 0: attributes is .*, expected one for each of 2 options"):
        played(choice(Text(None, "?", choices=["f", "j"]), attributes=[{"x1": 1}]), answers=["F"])

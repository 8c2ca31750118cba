"""A play computes rows, scores and text from the definition and the choices alone."""

from __future__ import annotations

import math

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.definitions.definition import define
from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.errors import IllegalAnswer, RecordMismatch, TaskError
from twinbean.play.game import Play, Record, Seat
from twinbean.sessions import Trial
from twinbean.sessions.questions import Answer, Question, legal_label


def scored_bandit(timeline, **options):
    score = SharedVariable("score", 0)
    add = FunctionVariable("add", lambda total, value: total + value, [score, DataVariable("value", 0)])
    bandits = [TimelineVariable("left"), TimelineVariable("right")]
    text = FunctionVariable("text", lambda total: f"Score: {total}", [score])
    screens = [options.pop("bandit", Bandit)(bandits=bandits, side_effects=[SideEffect(score, add)], **options)]
    return Experiment([Block([*screens, Text(duration=500, text=text)], timeline=timeline)])


def timeline(*payoffs):
    return [
        {"left": {"color": "orange", "value": left}, "right": {"color": "blue", "value": right}}
        for left, right in payoffs
    ]


def seat(**changes):
    return Seat(participant="p", session="s", task="t", **changes)


def answering(*replies):
    """Asks nothing twice: each reply is given once, and every question's text is kept."""
    asked: list[Question] = []
    given = iter(replies)

    def ask(question):
        asked.append(question)
        reply = next(given)
        return reply if isinstance(reply, Answer) else Answer(label=legal_label(reply, question.labels), raw=reply)

    return ask, asked


def test_rewards_and_running_score_follow_the_choices():
    ask, _ = answering("1", "2", "2")
    played = Play(define(scored_bandit(timeline((10, 0), (4, 0.5), (1, -3)))), seat(), ask).run()
    assert [trial.reward for trial in played.session.trials] == [10, 0.5, -3]
    assert [trial.score for trial in played.session.trials] == [10, 10.5, 7.5]
    assert [row["text"] for row in played.rows if "text" in row] == ["Score: 10", "Score: 10.5", "Score: 7.5"]


@pytest.mark.parametrize(("names", "scores"), [(["points"], [10, 11]), (["points", "coins"], [None, None])])
def test_what_alone_is_counted_is_the_score_whatever_its_name(names, scores):
    def effect(name):
        total = SharedVariable(name, 0)
        add = FunctionVariable("add", lambda total, value: total + value, [total, DataVariable("value", 0)])
        return SideEffect(total, add)

    bandits = [TimelineVariable("left"), TimelineVariable("right")]
    bandit = Bandit(bandits=bandits, side_effects=[effect(name) for name in names])
    definition = define(Experiment([Block([bandit], timeline=timeline((10, 0), (4, 1)))]))
    ask, _ = answering("1", "2")
    assert [trial.score for trial in Play(definition, seat(), ask).run().session.trials] == scores


def test_the_stock_wording_is_sweetbeans_with_one_blank_between_sentences():
    ask, asked = answering("1", "2")
    played = Play(define(scored_bandit(timeline((10, 0), (9, 1)))), seat(), ask).run()
    first = (
        "You see 2 bandits. Bandit 1 is orange. Bandit 2 is blue. "
        "Choose a bandit by naming the number of the bandit. You name <<"
    )
    assert asked[0].text == first
    assert asked[1].text == (
        first + '1>>. The value of the chosen bandit was 10. You see "Score: 10" in "white" for 500ms. ' + first
    )
    assert played.transcript.text == "".join(played.prompts)


def test_every_question_is_a_prefix_of_the_transcript_and_every_span_is_a_choice():
    ask, asked = answering("2", "1", "2")
    transcript = Play(define(scored_bandit(timeline((1, 2), (3, 4), (5, 6)))), seat(), ask).run().transcript
    assert all(transcript.text.startswith(question.text) for question in asked)
    assert [transcript.text[span.start : span.end] for span in transcript.spans] == ["2", "1", "2"]
    assert [span.start for span in transcript.spans] == [len(question.text) for question in asked]


def test_recorded_choices_are_replayed_and_only_the_rest_is_asked():
    record = Record(trials=(Trial(trial=0, choice=1, reward=0), Trial(trial=1, choice=0, reward=9, rt_ms=321.5)))
    ask, asked = answering("1")
    trials = (
        Play(define(scored_bandit(timeline((10, 0), (9, 1), (8, 2)))), seat(), ask, record=record).run().session.trials
    )
    assert [question.trial for question in asked] == [2]
    assert [trial.origin for trial in trials] == ["recorded", "recorded", "subject"]
    assert [trial.rt_ms for trial in trials] == [None, 321.5, None]


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        (
            Trial(trial=0, choice=0, reward=999),
            "'p', trial 0: the record has reward 999, the definition gives 10",
        ),
        (Trial(trial=0, choice=0, reward=10, score=3), "the record has score 3, the definition gives 10"),
        (Trial(trial=0, choice=0, reward=10, outcomes=(10, 7)), "in the record arm 1 pays 7, in the definition 0"),
        (Trial(trial=0, choice=0, reward=10, outcomes=(10, 0, 0)), "the record has 3 arms, the definition has 2"),
        (Trial(trial=0, choice=2), "the record has choice 2, the definition offers arms 0, 1"),
    ],
)
def test_a_record_that_contradicts_the_definition_is_refused(recorded, said):
    ask, _ = answering("1")
    play = Play(define(scored_bandit(timeline((10, 0), (9, 1)))), seat(), ask, record=Record(trials=(recorded,)))
    with pytest.raises(RecordMismatch, match=said):
        play.run()


def test_a_lenient_play_notes_the_contradiction_and_keeps_the_definitions_payoff():
    ask, _ = answering("1")
    record = Record(trials=(Trial(trial=0, choice=0, reward=999),))
    definition = define(scored_bandit(timeline((10, 0), (9, 1))))
    played = Play(definition, seat(), ask, record=record, lenient=True).run()
    assert played.session.trials[0].reward == 10
    assert len(played.warnings) == 1
    assert "999" in played.warnings[0]


def test_a_missed_trial_pays_nothing_is_no_choice_and_is_told():
    record = Record(trials=(Trial(trial=0, choice=0, reward=10), Trial(trial=1, choice=None, missed=True)))
    ask, asked = answering("2")
    definition = define(scored_bandit(timeline((10, 0), (9, 1), (8, 2)), duration=3000))
    played = Play(definition, seat(), ask, record=record).run()
    missed = played.session.trials[1]
    assert (missed.choice, missed.reward, missed.score, missed.missed) == (None, None, 10, True)
    assert "You name no bandit in time." in asked[0].text
    assert played.session.n_choices == 2
    assert len(played.transcript.spans) == 2


def test_an_illegal_answer_is_asked_for_three_times_more_unless_told_otherwise():
    ask, asked = answering(*["Bandit 7"] * 9)
    with pytest.raises(IllegalAnswer, match="4 illegal answers"):
        Play(define(scored_bandit(timeline((1, 2)))), seat(), ask).run()
    assert [question.attempt for question in asked] == [0, 1, 2, 3]


def test_machines_are_not_forced_and_show_their_payoff_for_a_second_and_a_half_unless_told_otherwise():
    machines = SlotMachines(bandits=[{"color": "red", "value": 1}, {"color": "blue", "value": 2}])
    assert {name: machines.arg[name] for name in ("forced", "feedback", "time_after_response", "offered")} == {
        "forced": False,
        "feedback": "chosen",
        "time_after_response": 1500,
        "offered": None,
    }


def test_an_illegal_answer_is_asked_again_and_kept_and_never_replaced():
    heard = []
    ask, asked = answering("Bandit 7", "1.", "3")
    definition = define(scored_bandit(timeline((10, 0), (9, 1))))
    play = Play(definition, seat(), ask, retries=0, on_illegal=lambda question, answer: heard.append(answer.raw))
    with pytest.raises(
        IllegalAnswer, match="participant 'p', trial 0: 1 illegal answers, the last 'Bandit 7'; expected one of 1, 2"
    ):
        play.run()
    assert heard == ["Bandit 7"]
    assert len(asked) == 1


def test_a_full_stop_and_quotes_around_a_label_are_let_pass():
    ask, _ = answering('"1."', " 2\n")
    trials = Play(define(scored_bandit(timeline((10, 0), (9, 1)))), seat(), ask).run().session.trials
    assert [trial.choice for trial in trials] == [0, 1]


def test_probabilities_of_a_choice_are_full_and_renormalised():
    answer = Answer(label="2", raw="2", logps=(math.log(0.1), math.log(0.3)))
    ask, _ = answering(answer)
    trial = Play(define(scored_bandit(timeline((10, 0)))), seat(), ask).run().session.trials[0]
    assert trial.logp == pytest.approx(math.log(0.3))
    assert trial.legal_mass == pytest.approx(0.4)
    assert trial.logp_legal == pytest.approx(math.log(0.75))
    assert trial.p == pytest.approx((0.25, 0.75))


def slot_machines(payoffs, *, instructions="Machines {labels} pay points.", **options):
    screens = [Block([Instructions(instructions)])] if instructions else []
    bandits = [TimelineVariable("left"), TimelineVariable("right")]
    return Experiment([*screens, Block([SlotMachines(bandits=bandits, **options)], timeline=timeline(*payoffs))])


def test_the_psych101_wording_is_one_line_a_trial():
    ask, _ = answering("K", "M")
    played = Play(define(slot_machines([(7, 1), (6, 2)])), seat(labels=("K", "M")), ask).run()
    assert played.transcript.text == (
        "Machines K and M pay points.\nYou press <<K>> and get 7 points.\nYou press <<M>> and get 2 points."
    )


def test_labels_that_no_instruction_tells_are_told_before_the_first_choice():
    ask, _ = answering("K", "M")
    definition = define(slot_machines([(7, 1), (6, 2)], instructions=None))
    text = Play(definition, seat(labels=("K", "M")), ask).run().transcript.text
    assert text == "You can press K or M. You press <<K>> and get 7 points.\nYou press <<M>> and get 2 points."


def test_foregone_payoffs_are_told_where_people_see_them():
    ask, _ = answering("K")
    definition = define(slot_machines([(7, 1)], feedback="all"))
    text = Play(definition, seat(labels=("K", "M")), ask).run().transcript.text
    assert text.endswith("You press <<K>> and get 7 points. M would have paid 1 points.")


def test_a_forced_trial_is_played_told_without_markers_and_not_asked():
    elements = [{"offered": [1], "forced": True}, {"offered": [0, 1], "forced": False}]
    rows = [{**element, **payoff} for element, payoff in zip(elements, timeline((7, 1), (6, 2)), strict=True)]
    machines = SlotMachines(
        bandits=[TimelineVariable("left"), TimelineVariable("right")],
        offered=TimelineVariable("offered"),
        forced=TimelineVariable("forced"),
    )
    ask, asked = answering("K")
    played = Play(define(Experiment([Block([machines], timeline=rows)])), seat(labels=("K", "M")), ask).run()
    assert played.transcript.text == (
        "You are instructed to press M and get 1 points.\nYou can press K or M. You press <<K>> and get 6 points."
    )
    assert [trial.forced for trial in played.session.trials] == [True, False]
    assert played.session.n_choices == 1
    assert len(asked) == 1


def test_a_template_wording_puts_the_answer_where_the_researcher_says():
    wording = "Round {{ trial }}: you pick {{ answer }} of {{ offered }} and earn {{ reward }}."
    ask, _ = answering("K")
    definition = define(slot_machines([(7, 1)], instructions=None, wording=wording))
    assert Play(definition, seat(labels=("K", "M")), ask).run().transcript.text == (
        "Round 1: you pick <<K>> of K or M and earn 7."
    )


def test_a_template_that_gives_the_outcome_away_is_refused():
    ask, _ = answering("K")
    definition = define(slot_machines([(7, 1)], instructions=None, wording="{{ reward }} if you pick {{ answer }}"))
    with pytest.raises(TaskError, match="tells the outcome before the answer"):
        Play(definition, seat(labels=("K", "M")), ask).run()


def test_a_key_screen_with_one_key_asks_nothing_and_with_two_asks_outside_the_trials():
    screens = [Text(text="Ready?", choices=[" "]), Text(text="Left or right?", choices=["f", "j"], correct_key="j")]
    bandit = Bandit(bandits=[{"color": "red", "value": 1}, {"color": "blue", "value": 2}])
    ask, asked = answering("J", "1")
    played = Play(define(Experiment([Block([*screens, bandit])])), seat(), ask).run()
    assert [question.trial for question in asked] == [None, 0]
    assert [row["response"] for row in played.rows] == [" ", "J", 0]
    assert played.rows[1]["correct"] is True
    assert len(played.session.trials) == 1


def test_a_payoff_that_nobody_knows_stops_the_play():
    ask, _ = answering("2")
    definition = define(scored_bandit(timeline((10, None))), unknown_payoffs=True)
    with pytest.raises(TaskError, match="trial 0: what arm 1 pays here is not known"):
        Play(definition, seat(), ask).run()


def test_a_function_that_raises_is_named_with_the_place():
    score = SharedVariable("score", 0)
    halve = FunctionVariable("halve", lambda total, value: total + 8 / value, [score, DataVariable("value", 0)])
    arms = [{"color": "red", "value": 0}, {"color": "blue", "value": 4}]
    experiment = Experiment([Block([Bandit(bandits=arms, side_effects=[SideEffect(score, halve)])], timeline=[{}] * 2)])
    ask, _ = answering("2", "1")
    with pytest.raises(TaskError, match="'p'.*trial 1.*function 'halve' .* raised ZeroDivisionError: division by zero"):
        Play(define(experiment), seat(), ask).run()


def test_labels_are_not_listed_again_after_a_forced_trial():
    offers = [
        {"offered": [0, 1], "forced": False},
        {"offered": [1], "forced": True},
        {"offered": [0, 1], "forced": False},
    ]
    elements = [arms | offer for arms, offer in zip(timeline((1, 2), (3, 4), (5, 6)), offers, strict=True)]
    offered = {name: TimelineVariable(name) for name in ("offered", "forced")}
    bandits = [TimelineVariable("left"), TimelineVariable("right")]
    machines = SlotMachines(bandits=bandits, wording="psych101", **offered)
    ask, asked = answering("A", "B")
    Play(define(Experiment([Block([machines], timeline=elements)])), seat(labels=("A", "B")), ask).run()
    assert [question.text.count("You can press A or B.") for question in asked] == [1, 1]

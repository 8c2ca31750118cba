"""Surveys and choices of HTML: what a model reads and is asked, what is recorded, and that any answer is only data."""

from __future__ import annotations

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import HtmlChoice, LikertSurvey, MultiChoiceSurvey, Text, TextSurvey
from sweetbean.variable import DataVariable, FunctionVariable, TimelineVariable

from twinbean.definitions.definition import define, tags_shown
from twinbean.definitions.emission import emit_definition
from twinbean.errors import EmissionError, RecordMismatch, TaskError
from twinbean.play.game import Play, Record, Seat
from twinbean.sessions.questions import Answer

HOSTILE = ("\"quotes\" & 'more'", "line\u2028separator", "__proto__", "</script><b>", "x" * 10_000, "漢字 😀")
FEELING = {"prompt": "How are you?", "options": ["bad", "good", "fine"]}


def definition_of(*stimuli, timeline=()):
    return define(Experiment([Block(list(stimuli), timeline=list(timeline))]))


def played(*stimuli, timeline=(), responses=(), ask=None):
    record = Record(responses=tuple((0, response) for response in responses))
    seat = Seat(participant="p", session="s", task="t")
    return Play(definition_of(*stimuli, timeline=timeline), seat, ask or nobody, record=record).run()


def nobody(question):
    raise AssertionError(f"asked although all is on record: {question.text!r}")


def test_each_question_of_a_survey_is_asked_with_its_options():
    asked = []

    def ask(question):
        asked.append((question.text, question.labels))
        return Answer(label=question.labels[1], raw=question.labels[1])

    handed = {"prompt": "Which hand?", "options": ["left", "right"]}
    play = played(MultiChoiceSurvey([FEELING, handed]), ask=ask)
    first = "How are you? Your options are: bad, good, fine. You answer <<"
    second = f"{first}good>>. Which hand? Your options are: left, right. You answer <<"
    assert asked == [(first, ("bad", "good", "fine")), (second, ("left", "right"))]
    assert play.rows[0] == {"questions": [FEELING, handed], "response": {"Q0": "good", "Q1": "right"}}
    assert play.session.responses == ((0, "good"), (0, "right"))
    assert play.transcript.text == f"{second}right>>."


def test_a_likert_answer_is_recorded_by_its_number_as_jspsych_does():
    survey = LikertSurvey.from_scale(prompts=["bunny", "shark"], scale=[-1, 0, 1.5])
    play = played(survey, responses=[2, 0])
    assert play.rows[0]["response"] == {"Q0": 2, "Q1": 0}
    assert "bunny Your options are: -1, 0, 1.5. You answer <<1.5>>." in play.transcript.text


def test_what_was_answered_before_the_record_ends_is_not_asked_again():
    asked = []

    def ask(question):
        asked.append(question.text)
        return Answer(label="bad", raw="bad")

    play = played(MultiChoiceSurvey([FEELING, FEELING]), responses=["fine"], ask=ask)
    assert play.rows[0]["response"] == {"Q0": "fine", "Q1": "bad"}
    assert len(asked) == 1


def test_a_question_that_a_participant_left_out_is_told_so():
    play = played(MultiChoiceSurvey([FEELING]), responses=[None])
    assert play.rows[0]["response"] == {"Q0": None}
    assert play.transcript.text == "How are you? Your options are: bad, good, fine. You give no answer."


@pytest.mark.parametrize("text", HOSTILE)
def test_any_option_is_only_data(text):
    question = {"prompt": text, "options": [text, "other"]}
    play = played(MultiChoiceSurvey([question]), responses=[text])
    assert play.rows[0]["response"] == {"Q0": text}
    assert play.transcript.text == f"{text} Your options are: {text}, other. You answer <<{text}>>."
    emitted = emit_definition(definition_of(MultiChoiceSurvey([question]))).blocks[0]["stimuli"][0]
    assert emitted == {"kind": "MultiChoiceSurvey", "arguments": {"questions": [question]}, "effects": []}


def test_an_answer_that_was_no_option_contradicts_the_definition():
    with pytest.raises(RecordMismatch, match="has the response 'great', the definition offers bad, good, fine"):
        played(MultiChoiceSurvey([FEELING]), responses=["great"])
    with pytest.raises(RecordMismatch, match="has the response 7"):
        played(LikertSurvey.from_scale(prompts=["a"], scale=[1, 2]), responses=[7])


def test_options_that_a_timeline_gives_are_asked_and_checked_where_they_are_given():
    survey = MultiChoiceSurvey([{"prompt": TimelineVariable("q"), "options": TimelineVariable("o")}])
    play = played(survey, timeline=[{"q": "One?", "o": ["a", "b"]}, {"q": "Two?", "o": ["c"]}], responses=["b", "c"])
    assert [row["response"]["Q0"] for row in play.rows] == ["b", "c"]
    with pytest.raises(TaskError, match="question 0 is .* expected {'prompt': ..., 'options':"):
        played(survey, timeline=[{"q": "One?", "o": "ab"}], responses=["a"])
    with pytest.raises(TaskError, match=r"labels are \['a', 'a'\], expected 2 different ones"):
        played(survey, timeline=[{"q": "One?", "o": ["a", "a"]}], responses=["a"])


def test_free_text_is_asked_of_people_only_and_what_reads_it_is_refused():
    survey = TextSurvey(["How old are you?", "<b>Gender?</b>"])
    definition = definition_of(survey, Text(100, "Thank you"))
    assert definition.untold() == ["TextSurvey screens"]
    notes = tags_shown(definition)
    assert notes[0].endswith("(TextSurvey): free text is asked of people only, and a replay skips it")
    assert "<b> is shown as it is written" in notes[1]
    play = Play(definition, Seat(participant="p", session="s", task="t"), nobody).run()
    assert play.rows[0] == {"questions": ["How old are you?", "<b>Gender?</b>"], "response": None}
    assert "How old" not in play.transcript.text
    read = FunctionVariable("read", lambda answers: answers["Q0"], [DataVariable("response", 1)])
    with pytest.raises(EmissionError, match="looks at what only people are asked, which a replay skips"):
        definition_of(survey, Text(100, read))


def test_a_choice_of_html_is_asked_by_its_words_and_pays_its_value():
    choice = HtmlChoice(None, ["<button>Yes, <b>please</b></button>", "No"], [{"worth": 1}, None], 300)
    play = played(choice, responses=[0])
    assert play.transcript.text == "You can choose Yes, please or No. You choose <<Yes, please>>."
    assert (play.rows[0]["response"], play.rows[0]["value"]) == (0, {"worth": 1})
    late = played(HtmlChoice(500, ["a", "b"], [1, 2]), responses=[None])
    assert late.transcript.text == "You can choose a or b. You choose nothing in time."
    assert (late.rows[0]["response"], late.rows[0]["value"]) == (None, None)


@pytest.mark.parametrize(
    ("stimulus", "said"),
    [
        (MultiChoiceSurvey([]), "has no questions"),
        (MultiChoiceSurvey([{"prompt": "a", "labels": [1]}]), "question 0 has prompt, labels, expected 'prompt' and"),
        (HtmlChoice(None, ["a"], [1, 2]), "has 1 options and 2 values, expected as many"),
        (HtmlChoice(None, [], []), "has 0 options"),
        (HtmlChoice(None, ["<img src=x>"], [1]), "option 0 has <img>"),
    ],
)
def test_what_nobody_could_answer_is_refused_at_export(stimulus, said):
    with pytest.raises(EmissionError, match=said):
        definition_of(stimulus)

"""How a choice is read from a reply."""

from __future__ import annotations

import math

import pytest

from twinbean.errors import SubjectError
from twinbean.sessions.questions import Answer, Question
from twinbean.subjects.endpoint.reading import (
    chat_top,
    completion_top,
    fields,
    read_label,
    structured_label,
    tagged_label,
    top_labels,
)
from twinbean.subjects.endpoint.replies import read_reply

LABELS = ("blue", "green")


def chat(content, **choice):
    return read_reply({"choices": [{"message": {"content": content}, "finish_reason": "stop", **choice}]})


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("I take <Answer>green</Answer>", "green"),
        ("<answer> Green. </ANSWER>", "green"),
        ('<Answer>"blue"</Answer>', "blue"),
        ("<Answer>\n'blue'.\n</Answer>", "blue"),
        ("<Answer>blue</Answer> no, <Answer>green</Answer>", "green"),
        ("<Answer>blue</Answer> no, <Answer>teal</Answer>", None),
        ("<Answer>blue or green</Answer>", None),
        ("<Answer></Answer>", None),
        ("<Answer>green", None),
        ("green", None),
        ("<Answer><Answer>green</Answer>", "green"),
        ("", None),
    ],
)
def test_the_last_tag_is_the_answer_and_must_hold_one_label(said, label):
    assert tagged_label(said, LABELS) == label


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ('{"answer": "green"}', "green"),
        ('```json\n{"reasoning": "so", "answer": "Blue"}\n```', "blue"),
        ('{"answer": 1}', None),
        ('["green"]', None),
        ("green", None),
    ],
)
def test_a_structured_answer_is_the_answer_of_a_json_object(said, label):
    assert structured_label(said, LABELS) == label


@pytest.mark.parametrize("reason", ["length", "content_filter"])
@pytest.mark.parametrize("reading", ["text", "structured", "choice"])
def test_a_reply_that_was_cut_off_or_filtered_stands_for_no_label(reading, reason):
    said = {"text": "<Answer>green</Answer> But", "structured": '{"answer": "green"}', "choice": "green"}[reading]
    assert read_label(reading, chat(said), LABELS) == "green"
    assert read_label(reading, chat(said, finish_reason=reason), LABELS) is None


def test_no_content_is_no_label():
    assert read_label("text", chat(None), LABELS) is None


def test_a_reasoned_structured_answer_has_its_reasons_first():
    schema = fields("structured", LABELS, reasoning=True)["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["reasoning", "answer"]
    assert schema["properties"]["answer"]["enum"] == ["blue", "green"]


# Log-probabilities


def test_labels_get_the_probability_of_the_tokens_that_begin_them_alone():
    top = [("green", math.log(0.5)), (" blue", math.log(0.2)), ("Blue", math.log(0.1)), ("pink", math.log(0.1))]
    found = top_labels(top, LABELS)
    assert found.logps == pytest.approx((math.log(0.3), math.log(0.5)))
    assert found.unresolved == pytest.approx(0.1)


def test_a_label_that_is_not_listed_is_unresolved_and_never_zero():
    found = top_labels([("green", math.log(0.75)), ("Sure", math.log(0.05))], LABELS)
    assert found.logps == (None, pytest.approx(math.log(0.75)))
    assert found.unresolved == pytest.approx(0.2)
    question = Question(session="s", text="<<", labels=LABELS, arms=(0, 1), n_arms=2, trial=0, participant="p")
    answer = Answer(label="green", raw="green", logps=found.logps)
    assert answer.probabilities(question, "green") == {"logp": pytest.approx(math.log(0.75))}


def test_a_token_that_may_begin_two_labels_is_counted_for_none():
    found = top_labels([("1", math.log(0.6)), ("2", math.log(0.3))], ("1", "10", "2"))
    assert found.logps == (None, None, pytest.approx(math.log(0.3)))
    assert found.unresolved == pytest.approx(0.7)


def test_labels_that_differ_in_case_are_told_apart():
    found = top_labels([("a", math.log(0.6)), ("A", math.log(0.3))], ("a", "A"))
    assert found.logps == pytest.approx((math.log(0.6), math.log(0.3)))


@pytest.mark.parametrize("missing", [None, {"content": None}, {"content": []}, {"content": [{"top_logprobs": []}]}])
def test_log_probabilities_that_were_asked_for_and_are_null_are_an_error_that_names_the_provider(missing):
    with pytest.raises(SubjectError, match="Cheap Provider gave no log-probabilities although they were asked for"):
        chat_top(chat("green", logprobs=missing), LABELS, provider="Cheap Provider")


def test_in_a_completion_only_the_label_itself_counts_and_what_begins_one_stays_unresolved():
    top = {"r": -0.2, "blue": -3.0, "b": -4.0, " blue": -5.0, "x": -6.0}
    reply = read_reply({"choices": [{"text": "", "logprobs": {"top_logprobs": [top]}}]})
    found = completion_top(reply, ["red", "blue"], provider="here")
    assert found.logps == (None, -3.0)
    begun = math.exp(-0.2) + math.exp(-4) + math.exp(-5)
    assert found.unresolved == pytest.approx(begun + 1 - sum(map(math.exp, top.values())))


def test_what_was_said_in_parts_is_put_together():
    parts = [{"type": "thinking", "thinking": "?"}, {"type": "text", "text": "gre"}, {"type": "text", "text": "en"}]
    assert read_label("choice", chat(parts), LABELS) == "green"


def test_half_a_character_is_replaced_and_a_whole_one_in_two_halves_is_not():
    assert chat("\ud800 \ud83d\ude00").choice.output == "\ufffd 😀"


def test_a_label_that_an_endpoint_holds_to_be_impossible_has_the_log_probability_that_it_gives():
    found = top_labels([("blue", -9999.0), ("red", -0.5), ("Red", -1.5)], ("blue", "red"))
    assert found.logps[0] == -9999.0
    assert found.logps[1] == pytest.approx(math.log(math.exp(-0.5) + math.exp(-1.5)))

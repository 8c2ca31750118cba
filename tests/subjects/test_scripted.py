"""Scripts and functions answer as they are written, and say so when they cannot."""

from __future__ import annotations

import asyncio

import pytest

from twinbean.errors import SubjectError
from twinbean.sessions.questions import Question
from twinbean.subjects.scripted import Function, Scripted


def question(session="s", n_answered=0):
    return Question(
        session=session,
        text="<<",
        labels=("1", "2"),
        arms=(0, 1),
        n_arms=2,
        trial=0,
        participant="p",
        n_answered=n_answered,
    )


def asked(subject, *sessions):
    """The n-th time that a session is named, it has had n answers."""
    return [
        asyncio.run(subject.ask(question(session, sessions[:place].count(session))))
        for place, session in enumerate(sessions)
    ]


def test_every_session_hears_the_script_from_its_start():
    assert [answer.label for answer in asked(Scripted([1, "2."]), "a", "b", "a", "b")] == ["1", "1", "2", "2"]


def test_a_script_that_is_too_short_says_how_long_it_is():
    with pytest.raises(SubjectError, match="the script has 1 answers, and session 'a' asks for another"):
        asked(Scripted(["1"]), "a", "a")


def test_a_functions_reply_is_kept_as_it_came():
    (answer,) = asked(Function(lambda prompt: f" {len(prompt)}\n"), "a")
    assert (answer.label, answer.raw) == ("2", " 2\n")


def test_a_function_that_returns_no_text_or_raises_is_named():
    with pytest.raises(SubjectError, match="mine returned 1, expected a str"):
        asked(Function(lambda prompt: 1, name="mine"), "a")
    with pytest.raises(SubjectError, match="mine raised ZeroDivisionError: division by zero"):
        asked(Function(lambda prompt: str(1 / 0), name="mine"), "a")


def test_a_dict_is_a_reply_with_something_to_add():
    (answer,) = asked(Function(lambda prompt: {"response": " 2.", "certainty": 0.8}), "a")
    assert (answer.label, answer.raw, answer.also) == ("2", " 2.", {"certainty": 0.8})
    (answer,) = asked(Function(lambda prompt: {"response": 1}), "a")
    assert answer.label == "1"
    with pytest.raises(SubjectError, match=r"mine returned {'certainty': 1}, expected a str, or a dict with a str"):
        asked(Function(lambda prompt: {"certainty": 1}, name="mine"), "a")

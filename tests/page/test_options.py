"""Options are checked before a page is made of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from twinbean.errors import TaskError
from twinbean.page import Collector, PageOptions
from twinbean.page.words import wording


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"incomplete_session": "ask"}, "incomplete_session is 'ask', expected one of 'resume', 'restart', 'block'"),
        ({"completed_session": "resume"}, "completed_session is 'resume', expected one of 'restart', 'block'"),
        ({"max_age": 0}, "max_age is 0, expected a number of milliseconds above 0"),
        ({"iti_ms": float("inf")}, "iti_ms is inf, expected a number of milliseconds above 0"),
        ({"completion_url": "javascript:alert(1)"}, "completion_url is 'javascript:alert(1)', expected an address"),
        ({"ids": {"study": "S"}}, "expected it to say which parameter names the 'participant'"),
        ({"ids": {"participant": "P", "session": "S"}}, "'session', which every row has already"),
        ({"collector": Collector(), "completion_url": "https://x.org"}, "expected None: a collector gives it"),
        ({"words": {"begin": "Los"}}, "words has 'begin', which the page never says"),
        ({"words": {"machine": "Automat {label}"}}, "words['machine'] is 'Automat {label}', expected it to begin with"),
        ({"words": {"score": "Punkte: {points}"}}, "words['score'] has {points}, which is never filled in"),
    ],
)
def test_a_wrong_option_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TaskError, match=re.escape(message)):
        PageOptions(**options)


def test_every_word_can_be_translated() -> None:
    assert PageOptions(words=wording()).to_json()["words"] == wording()


def test_a_laboratory_makes_every_visit_new_whatever_else_is_said() -> None:
    options = PageOptions(lab=True, incomplete_session="resume", completed_session="block").to_json()
    assert (options["incompleteSession"], options["completedSession"]) == ("restart", "restart")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"withdrawal": "forget"}, "withdrawal is 'forget', expected one of 'keep', 'discard'"),
        ({"address": "https://elsewhere.org/"}, "address is 'https://elsewhere.org/', expected one relative"),
        ({"address": "/api/"}, "address is '/api/', expected one relative"),
        ({"address": "api"}, "address is 'api', expected one relative"),
    ],
)
def test_a_collector_is_at_the_pages_own_address(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TaskError, match=re.escape(message)):
        Collector(**options)


@pytest.mark.parametrize("policy", ["keep", "discard"])
def test_the_consent_form_ends_with_what_becomes_of_a_withdrawal(policy: Any) -> None:
    name = {"keep": "withdrawKeep", "discard": "withdrawDiscard"}[policy]
    collector = Collector(withdrawal=policy)
    shown = PageOptions(consent="Please read.\n", collector=collector).to_json()["consent"]
    assert shown == f"Please read.\n\n{wording()[name]}"
    translated = PageOptions(consent="Bitte lesen.", collector=collector, words={name: "Jederzeit."}, language="de")
    assert translated.consents_shown == ("Bitte lesen.\n\nJederzeit.",)
    assert PageOptions(collector=collector).consents_shown == ()


def test_a_page_without_a_collector_knows_of_none() -> None:
    assert "collector" not in PageOptions(consent="Please read.").to_json()
    assert PageOptions(consent="Please read.").consents_shown == ("Please read.",)

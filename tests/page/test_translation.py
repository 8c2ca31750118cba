"""A page in several languages says which, and shows everybody a consent form that they can read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from twinbean.cli.arguments import translations_of
from twinbean.errors import TaskError, TwinbeanError
from twinbean.page import Collector, PageOptions
from twinbean.page.translation import Translation, translation_from
from twinbean.page.words import direction_of

GERMAN = {"language": "de", "title": "Studie", "words": {"start": "Los"}, "consent": "Bitte lesen."}


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("he", "rtl"),
        ("HE-IL", "rtl"),
        ("ar-EG", "rtl"),
        ("az-Arab-IR", "rtl"),
        ("ar-Latn", "ltr"),
        ("pt-BR", "ltr"),
        ("art", "ltr"),
    ],
)
def test_the_direction_is_that_of_the_script(language: str, direction: str) -> None:
    assert direction_of(language) == direction


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([], "de.json holds list, expected an object"),
        ({"words": {}}, "de.json has no 'language'"),
        ({"language": "de", "colour": "red"}, "de.json has 'colour', expected some of language, title, words, consent"),
        ({"language": "Deutsch, bitte"}, "de.json: language is 'Deutsch, bitte', expected a tag"),
        ({"language": 3}, "de.json: language is 3, expected a text in quotes"),
        ({"language": "de", "words": {"start": 1}}, "de.json: words is {'start': 1}, expected an object of names"),
        ({"language": "de", "words": "Los"}, "de.json: words is 'Los', expected an object of names and words"),
        ({"language": "de", "words": {"begin": "Los"}}, "de.json: words has 'begin', which the page never says"),
        ({"language": "de", "consent": " "}, "de.json: consent is empty"),
    ],
)
def test_a_wrong_translation_is_refused_by_file_and_key(found: object, message: str, tmp_path: Path) -> None:
    file = tmp_path / "de.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(TwinbeanError, match=re.escape(message)):
        translations_of([file])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"language": ""}, "language is '', expected a tag"),
        ({"translations": [GERMAN]}, "the translation 'de' has a consent form and the page has none"),
        (
            {"consent": "Read.", "translations": [{"language": "de"}]},
            "the page has a consent form and the tra",
        ),
        ({"language": "DE", "consent": "Lies.", "translations": [GERMAN]}, "the language 'de' is given twice"),
        ({"consent": "Read.", "translations": [GERMAN, GERMAN]}, "the language 'de' is given twice"),
    ],
)
def test_consent_is_given_for_every_language_and_each_language_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TaskError, match=re.escape(message)):
        PageOptions(**options)


def test_each_consent_form_ends_with_what_becomes_of_a_withdrawal_in_its_language() -> None:
    german = {**GERMAN, "words": {"withdrawDiscard": "Jederzeit."}}
    hebrew = Translation(language="he", consent="X")
    options = PageOptions(
        consent="Read.", words={"withdrawDiscard": "Any time."}, translations=[german, hebrew], collector=Collector()
    )
    assert options.consents_shown == ("Read.\n\nAny time.", "Bitte lesen.\n\nJederzeit.", "X\n\nAny time.")
    said = options.to_json()
    assert said["consent"] == "Read.\n\nAny time."
    assert [(one["language"], one["direction"], one["consent"]) for one in said["translations"]] == [
        ("de", "ltr", "Bitte lesen.\n\nJederzeit."),
        ("he", "rtl", "X\n\nAny time."),
    ]


def test_a_translation_is_read_as_it_was_written() -> None:
    assert translation_from(GERMAN, "de.json") == Translation(
        language="de", title="Studie", words={"start": "Los"}, consent="Bitte lesen."
    )

"""A page in another language: its title, its words and its consent form. What the task says is the task's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from twinbean.errors import TaskError
from twinbean.page.words import check_language, check_words


@dataclass(frozen=True, kw_only=True)
class Translation:
    """What a visitor reads who prefers `language` (a BCP 47 tag): words that are not given stay as the page's own.

    `consent` is given for every language or for none: nobody agrees to a text that they may not understand.
    """

    language: str
    title: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    consent: str | None = None

    def __post_init__(self) -> None:
        check_language(self.language)
        check_words(self.words)


def translation_from(found: object, where: str) -> Translation:
    """A translation from JSON. Raises TaskError, naming `where`, for anything else."""
    if not isinstance(found, Mapping):
        raise TaskError(f"{where} holds {type(found).__name__}, expected an object with 'language' and its texts")
    known = [one.name for one in fields(Translation)]
    if unknown := [name for name in found if name not in known]:
        raise TaskError(f"{where} has {unknown[0]!r}, expected some of {', '.join(known)}")
    if "language" not in found:
        raise TaskError(f"{where} has no 'language', expected a tag such as 'de'")
    given: dict[str, Any] = {name: value for name, value in found.items() if value is not None}
    for name, value in given.items():
        if name == "words":
            fits = isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values())
        else:
            fits = isinstance(value, str)
        if not fits:
            expected = "an object of names and words" if name == "words" else "a text in quotes"
            raise TaskError(f"{where}: {name} is {value!r}, expected {expected}")
    if (empty := given.get("consent")) is not None and not empty.strip():
        raise TaskError(f"{where}: consent is empty")
    try:
        return Translation(**given)
    except TaskError as error:
        raise TaskError(f"{where}: {error}") from error

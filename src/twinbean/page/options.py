"""What a researcher can choose about a participant's page."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from twinbean.errors import TaskError
from twinbean.page.translation import Translation, translation_from
from twinbean.page.words import check_language, check_words, direction_of, wording

# What every row says anyway; an id from the address cannot take such a name.
_TAKEN = frozenset(
    {
        "format",
        "task",
        "fingerprint",
        "seed",
        "variant",
        "parameters",
        "twinbean",
        "page",
        "session",
        "resumed",
        "timing",
        "declined",
        "parts",
        "ids",
        "condition",
        "device",
        "started",
        "consented",
        "finished",
        "resumed_at",
        "interruptions",
        "page_language",
    }
)
_IDS = {"participant": "PROLIFIC_PID", "study_id": "STUDY_ID", "session_id": "SESSION_ID"}


@dataclass(frozen=True, kw_only=True)
class Collector:
    """The server that collects a page's rows: its address, relative to the page's own, and what becomes of the answers
    of a participant who withdraws. With `pair` the end shows what a model did that has played beside them."""

    address: str = "api/1/"
    withdrawal: Literal["keep", "discard"] = "discard"
    pair: bool = False

    def __post_init__(self) -> None:
        _check_choice("withdrawal", self.withdrawal, ("keep", "discard"))
        if not re.fullmatch(r"([\w.-]+/)+", self.address):
            raise TaskError(f"address is {self.address!r}, expected one relative to the page's, such as 'api/1/'")


@dataclass(frozen=True, kw_only=True)
class PageOptions:
    """How a page greets, saves and ends; nothing here changes the task.

    `title` greets the participant; the definition's own is for researchers and may tell what the model is not told.
    `language` (a BCP 47 tag) defaults to the definition's. `words` replaces what the page says, by the names
    in `wording()`. A visitor who asks for one of the `translations` (`?lang=de` in the address, else the browser's
    languages) has the page in it. `consent` is a text to be agreed to first, or declined; blank lines part its
    paragraphs. `completion_url` is where the last button leads, once it has offered the answers as a file. `progress`
    adds a progress bar, which tells the participant how many trials are left although the model may not be told.

    `incomplete_session` says what a participant meets who left before the end: "resume" goes on where they stopped,
    "restart" begins anew, "block" refuses. An unfinished session older than `max_age` (milliseconds) is as if it had
    never been; None sets no limit. `completed_session` is for one who has finished: "block" shows the end again,
    "restart" begins anew. The three have the names and units that jsPsych proposes for its version 9 (its pull request
    3713); there "restart" is the default for a completed session. `lab`, for a computer at which one person sits down
    after the other, makes every visit new whatever the three say: nobody is shown what an earlier visit left.

    Times in milliseconds, instead of what the definition says of its machines: `feedback_ms` is how long an outcome
    stays, `response_window_ms` after how long a trial is missed, `iti_ms` how long the screen is empty before the next
    (the inter-trial interval). A model is not told of them; a missed trial is replayed as missed.

    `ids` says which parameter of the page's address holds which id; `participant` names the participant where it is
    given, others are kept in every row under their own name.

    With a `collector` the page opens its session on a server and sends it every row; the server draws the variant and
    gives the address to leave for, so the definition has no variants and `completion_url` stays None. The consent text
    then ends with what becomes of the answers of somebody who withdraws.
    """

    title: str = "Study"
    language: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    translations: Sequence[Translation] = ()
    consent: str | None = None
    completion_url: str | None = None
    progress: bool = False
    incomplete_session: Literal["resume", "restart", "block"] = "resume"
    completed_session: Literal["restart", "block"] = "block"
    max_age: float | None = None
    lab: bool = False
    feedback_ms: float | None = None
    response_window_ms: float | None = None
    iti_ms: float | None = None
    ids: Mapping[str, str] = field(default_factory=lambda: dict(_IDS))
    collector: Collector | None = None

    def __post_init__(self) -> None:
        _check_choice("incomplete_session", self.incomplete_session, ("resume", "restart", "block"))
        _check_choice("completed_session", self.completed_session, ("restart", "block"))
        if self.max_age is not None and not 0 < self.max_age < math.inf:
            raise TaskError(f"max_age is {self.max_age!r}, expected a number of milliseconds above 0")
        for name in ("feedback_ms", "response_window_ms", "iti_ms"):
            found = getattr(self, name)
            if found is not None and not 0 < found < math.inf:
                raise TaskError(f"{name} is {found!r}, expected a number of milliseconds above 0")
        if self.completion_url is not None and not re.match(r"https?://", self.completion_url):
            raise TaskError(f"completion_url is {self.completion_url!r}, expected an address with https:// or http://")
        if self.collector and self.completion_url is not None:
            raise TaskError(
                f"completion_url is {self.completion_url!r}, expected None: a collector gives it when it has every row"
            )
        if "participant" not in self.ids:
            raise TaskError(f"ids is {dict(self.ids)!r}, expected it to say which parameter names the 'participant'")
        if taken := sorted(_TAKEN & self.ids.keys()):
            raise TaskError(f"ids has {taken[0]!r}, which every row has already: give that id another name")
        check_words(self.words)
        if self.language is not None:
            check_language(self.language)
        self._check_translations()

    def _check_translations(self) -> None:
        # A study's settings keep them as JSON.
        read = [
            one if isinstance(one, Translation) else translation_from(one, f"translation {number}")
            for number, one in enumerate(self.translations, 1)
        ]
        object.__setattr__(self, "translations", tuple(read))
        tags = [self.language.lower()] if self.language else []
        for one in read:
            if one.language.lower() in tags:
                raise TaskError(f"the language {one.language!r} is given twice, expected one translation for each")
            tags.append(one.language.lower())
            if (one.consent is None) != (self.consent is None):
                has, lacks = ("the page", f"the translation {one.language!r}")[:: 1 if one.consent is None else -1]
                raise TaskError(f"{has} has a consent form and {lacks} has none: give it for every language")

    @property
    def timing(self) -> dict[str, float]:
        """The times that are set, by the names of docs/page-format.md."""
        times = {"feedback": self.feedback_ms, "window": self.response_window_ms, "pause": self.iti_ms}
        return {name: ms for name, ms in times.items() if ms is not None}

    @property
    def consents_shown(self) -> tuple[str, ...]:
        """The texts that participants agree to: the page's own, then each translation's; none without consent."""
        if self.consent is None:
            return ()
        texts = [(self.consent, self.words)]
        texts += [(one.consent, {**self.words, **one.words}) for one in self.translations if one.consent is not None]
        return tuple(self._shown(consent, words) for consent, words in texts)

    def _shown(self, consent: str, words: Mapping[str, str]) -> str:
        """With a collector, the text ends with what becomes of a withdrawal."""
        if self.collector is None:
            return consent
        name = {"keep": "withdrawKeep", "discard": "withdrawDiscard"}[self.collector.withdrawal]
        return f"{consent.rstrip()}\n\n{words.get(name) or wording()[name]}"

    def to_json(self) -> dict[str, Any]:
        """The options as the page's script reads them."""
        collector = self.collector and {
            "collector": {
                "address": self.collector.address,
                "withdrawal": self.collector.withdrawal,
                "lab": self.lab,
            }
        }
        consent, *consents = self.consents_shown or [None] * (1 + len(self.translations))
        return {
            "words": dict(self.words),
            "translations": [
                {
                    "language": one.language,
                    "direction": direction_of(one.language),
                    "title": one.title,
                    "words": dict(one.words),
                    "consent": text,
                }
                for one, text in zip(self.translations, consents, strict=True)
            ],
            "consent": consent,
            "completionUrl": self.completion_url,
            "progress": self.progress,
            "incompleteSession": "restart" if self.lab else self.incomplete_session,
            "completedSession": "restart" if self.lab else self.completed_session,
            "maxAge": self.max_age,
            "ids": dict(self.ids),
            **(collector or {}),
        }


def _check_choice(name: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        raise TaskError(f"{name} is {found!r}, expected one of {', '.join(map(repr, allowed))}")

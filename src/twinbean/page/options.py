"""What a researcher can choose about a participant's page."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from twinbean import _assets
from twinbean.errors import TaskError

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
    }
)
_IDS = {"participant": "PROLIFIC_PID", "study_id": "STUDY_ID", "session_id": "SESSION_ID"}


@dataclass(frozen=True, kw_only=True)
class Collector:
    """The server that collects a page's rows: its address, relative to the page's own, and what becomes of the answers
    of a participant who withdraws."""

    address: str = "api/1/"
    withdrawal: Literal["keep", "discard"] = "discard"

    def __post_init__(self) -> None:
        _check_choice("withdrawal", self.withdrawal, ("keep", "discard"))
        if not re.fullmatch(r"([\w.-]+/)+", self.address):
            raise TaskError(f"address is {self.address!r}, expected one relative to the page's, such as 'api/1/'")


@dataclass(frozen=True, kw_only=True)
class PageOptions:
    """How a page greets, saves and ends; nothing here changes the task.

    `title` greets the participant; the definition's own is for researchers and may tell what the model is not told.
    `language` (a BCP 47 tag) defaults to the definition's. `words` replaces what the page says, by the names
    in `wording()`. `consent` is a text to be agreed to first, or declined; blank lines part its paragraphs.
    `completion_url` is where the last button leads, once it has offered the answers as a file. `progress` adds a
    progress bar, which tells the participant how many trials are left although the model may not be told.

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
        _check_words(self.words)

    @property
    def timing(self) -> dict[str, float]:
        """The times that are set, by the names of docs/page-format.md."""
        times = {"feedback": self.feedback_ms, "window": self.response_window_ms, "pause": self.iti_ms}
        return {name: ms for name, ms in times.items() if ms is not None}

    @property
    def consent_shown(self) -> str | None:
        """The text that participants agree to: with a collector, it ends with what becomes of a withdrawal."""
        if self.consent is None or self.collector is None:
            return self.consent
        name = {"keep": "withdrawKeep", "discard": "withdrawDiscard"}[self.collector.withdrawal]
        return f"{self.consent.rstrip()}\n\n{self.words.get(name) or wording()[name]}"

    def to_json(self) -> dict[str, Any]:
        """The options as the page's script reads them."""
        collector = self.collector and {
            "collector": {
                "address": self.collector.address,
                "withdrawal": self.collector.withdrawal,
                "lab": self.lab,
            }
        }
        return {
            "words": dict(self.words),
            "consent": self.consent_shown,
            "completionUrl": self.completion_url,
            "progress": self.progress,
            "incompleteSession": "restart" if self.lab else self.incomplete_session,
            "completedSession": "restart" if self.lab else self.completed_session,
            "maxAge": self.max_age,
            "ids": dict(self.ids),
            **(collector or {}),
        }


def wording() -> dict[str, str]:
    """Every word that the page itself says, by name: what `PageOptions(words=...)` can replace."""
    words: dict[str, str] = json.loads((_assets.static() / "src" / "words.json").read_text(encoding="utf-8"))
    return words


def _check_choice(name: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        raise TaskError(f"{name} is {found!r}, expected one of {', '.join(map(repr, allowed))}")


def _check_words(words: Mapping[str, str]) -> None:
    if not words:
        return
    known = wording()
    for name, text in words.items():
        if name not in known:
            raise TaskError(f"words has {name!r}, which the page never says; it says {', '.join(known)}")
        unknown = set(re.findall(r"\{(\w+)\}", text)) - set(re.findall(r"\{(\w+)\}", known[name]))
        if unknown:
            raise TaskError(f"words[{name!r}] has {{{min(unknown)}}}, which is never filled in; it is {known[name]!r}")
    # Who speaks to the browser says what they see on the machine.
    machine = words.get("machine", known["machine"])
    if not machine.startswith("{label}"):
        raise TaskError(f"words['machine'] is {machine!r}, expected it to begin with {{label}}, which is what is seen")

"""The text of a session, and where its choices stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where a transcript holds one choice: `text[start:end]` is the label; `labels` and `arms` as in Question."""

    start: int
    end: int
    labels: tuple[str, ...]
    arms: tuple[int, ...]
    trial: int


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """The whole text of one session, with the character span of every choice that can be scored, in order."""

    participant: str
    experiment: str
    text: str
    spans: tuple[Span, ...]
    session: str = ""


OPEN, CLOSE = "<<", ">>"

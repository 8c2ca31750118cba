"""What a model of a run was shown: one whole transcript, and what was sent to an endpoint."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinbean import _journal
from twinbean.sessions import Trial
from twinbean.sessions.transcripts import CLOSE, OPEN

_CHOICE = re.compile(f"{re.escape(OPEN)}(.*?){re.escape(CLOSE)}", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of a transcript. A choice `is_choice`; `p` is the probability that the model gave to it, None for one
    of the record that it was not asked about, and where nothing is known."""

    text: str
    is_choice: bool = False
    recorded: bool = False
    p: float | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """What was sent to an endpoint, or came back: who says it, and what."""

    role: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """The first session of a run: its text in pieces, and the first and last exchange with an endpoint."""

    participant: str
    session: str
    pieces: tuple[Piece, ...]
    exchanges: tuple[tuple[Message, ...], ...] = ()


def first_transcript(folder: Path) -> Mapping[str, Any] | None:
    """The first line of a run's transcripts; None where it has none, or what stands there is none."""
    path = folder / "transcripts.jsonl"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        entry = _object(file.readline())
    return entry if isinstance(entry.get("text"), str) else None


def example_of(folder: Path, transcript: Mapping[str, Any], trials: Sequence[Trial]) -> Example:
    """`trials` are those of the transcript's session, in their order."""
    session = str(transcript.get("session", ""))
    return Example(
        participant=str(transcript.get("participant", "")),
        session=session,
        pieces=tuple(_pieces(transcript["text"], trials)),
        exchanges=_exchanges(folder, session),
    )


def _pieces(text: str, trials: Sequence[Trial]) -> Iterator[Piece]:
    found = list(_CHOICE.finditer(text))
    chosen = [trial for trial in trials if trial.is_choice]
    # Where the marks are not those of the trials, nobody can say which probability belongs to which.
    known: Sequence[Trial | None] = chosen if len(chosen) == len(found) else [None] * len(found)
    end = 0
    for match, trial in zip(found, known, strict=True):
        yield Piece(text=text[end : match.start()])
        p = None if trial is None else _probability(trial)
        recorded = trial is not None and trial.origin == "recorded" and p is None
        yield Piece(text=match[1], is_choice=True, recorded=recorded, p=p)
        end = match.end()
    yield Piece(text=text[end:])


def _probability(trial: Trial) -> float | None:
    if trial.logp_legal is not None:
        return math.exp(trial.logp_legal)
    return trial.p[trial.choice] if trial.choice is not None and trial.choice < len(trial.p) else None


def _exchanges(folder: Path, session: str) -> tuple[tuple[Message, ...], ...]:
    first = last = None
    for _, text in _journal.lines(folder / "calls.jsonl"):
        # Only lines of this session are worth reading whole.
        if json.dumps(session, ensure_ascii=False).encode() not in text:
            continue
        entry = _object(text)
        if entry.get("kind") == "reply" and entry.get("session") == session:
            first, last = first or entry, entry
    kept = [entry for entry in (first, last if last is not first else None) if entry is not None]
    return tuple(tuple(_messages(entry)) for entry in kept)


def _object(text: str | bytes) -> dict[str, Any]:
    """An example is no data: what cannot be read is left out of it."""
    try:
        entry = json.loads(text)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _messages(entry: Mapping[str, Any]) -> Iterator[Message]:
    request = entry.get("request") or {}
    for message in request.get("messages") or ():
        yield Message(role=str(message.get("role", "")), text=_said(message.get("content")))
    if isinstance(request.get("prompt"), str):
        yield Message(role="prompt", text=request["prompt"])
    yield Message(role="reply", text=_reply(entry.get("reply")))


def _reply(reply: Any) -> str:
    try:
        choice = reply["choices"][0]
        return _said(choice["message"]["content"] if "message" in choice else choice["text"])
    except (KeyError, IndexError, TypeError):
        return _said(reply)


def _said(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)

"""Transcripts in the form of Psych-101 and Psych-201: one JSON line a participant, every choice inside `<< >>`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from twinbean._files import read_text
from twinbean._json import json_lines
from twinbean.errors import DataError
from twinbean.sessions.transcripts import Span, Transcript

_CHOICE = re.compile(r"<<(.*?)>>", re.DOTALL)
# "J, G, and F", "'S' and I'": single capitals in a list, some of them quoted (the quotes are not always balanced).
_NAME = r"['\"]?[A-Z0-9]['\"]?"
_LIST = re.compile(rf"(?<![\w'\"])({_NAME}(?:, {_NAME})*,? (?:and|or) {_NAME})(?!\w)")


def read_transcripts(path: Path, *, labels: Sequence[str] | None = None) -> list[Transcript]:
    """The transcripts in a .jsonl file, or in a .zip that holds one.

    The legal labels of a choice are `labels`, or else those that the text listed last before it ("J, G, and F"); never
    only those that were pressed. Raises DataError naming the participant when a choice is not among them.
    """
    transcripts = []
    for where, entry in json_lines(read_text(path, member=".jsonl"), str(path)):
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise DataError(f"{where} has no 'text', expected a Psych-101 transcript")
        transcripts.append(_transcript(entry, labels, where))
    if not transcripts:
        raise DataError(f"{path} holds no transcripts")
    return _uniquely_named(transcripts)


def _uniquely_named(transcripts: Sequence[Transcript]) -> list[Transcript]:
    """Sessions are named by their participant, and by experiment and number where that is not unique: Psych-101 counts
    the participants of every experiment from 0."""
    names = Counter(transcript.session for transcript in transcripts)
    seen: Counter[str] = Counter()
    named = []
    for transcript in transcripts:
        name = transcript.session
        if names[name] > 1:
            name = f"{transcript.experiment}/{name}"
            seen[name] += 1
            name = name if seen[name] == 1 else f"{name}#{seen[name]}"
        named.append(replace(transcript, session=name))
    return named


def _transcript(entry: dict[str, Any], labels: Sequence[str] | None, where: str) -> Transcript:
    for name in ("participant", "experiment"):
        if not isinstance(entry.get(name, ""), str | int | float):
            raise DataError(f"{where}: {name} is {entry[name]!r}, expected a name or a number")
    text, participant = entry["text"], str(entry.get("participant", where))
    found = list(_CHOICE.finditer(text))
    if not found:
        raise DataError(f"{where}: participant {participant!r} has no choice inside << >>")
    listings = [(match.end(), names_in(match[0])) for match in _LIST.finditer(text)]
    spans = []
    for trial, choice in enumerate(found):
        legal = tuple(labels or next((names for end, names in reversed(listings) if end <= choice.start()), ()))
        if choice[1] not in legal:
            raise DataError(
                f"{where}: participant {participant!r} chose {choice[1]!r}, and the labels are "
                f"{', '.join(legal) or 'not listed in the instructions'}; name them with --labels"
            )
        arms = tuple(range(len(legal)))
        spans.append(Span(start=choice.start(1), end=choice.end(1), labels=legal, arms=arms, trial=trial))
    experiment = str(entry.get("experiment", "unknown"))
    return Transcript(
        participant=participant, experiment=experiment, text=text, spans=tuple(spans), session=participant
    )


def names_in(listing: str) -> tuple[str, ...]:
    """The labels of a listing such as "'S' and I'", in its order."""
    return tuple(dict.fromkeys(re.findall(r"[A-Z0-9]", listing)))

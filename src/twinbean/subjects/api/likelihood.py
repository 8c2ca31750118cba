"""Log-probabilities of labels at an opened response, from an endpoint for plain completions.

An endpoint that echoes the prompt with its log-probabilities gives every label exactly, however many tokens it has.
One that does not gives the most likely next tokens; labels that are not among them stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from twinbean.errors import SubjectError
from twinbean.questions import Transcript
from twinbean.subjects.api.calls import Call
from twinbean.subjects.api.client import Sender
from twinbean.subjects.api.reading import TOP, TopLabels, completion_top, content, no_logprobs

PATH = "/completions"
_CLOSE = ">>"


@dataclass(frozen=True, kw_only=True)
class Echoed:
    """A prompt as the endpoint split it: the tokens and, from the second on, their log-probabilities and the most
    likely tokens in their place."""

    tokens: tuple[str, ...]
    logps: tuple[float | None, ...]
    top: tuple[Mapping[str, float], ...]


class Likelihood:
    """Asks one endpoint; remembers that it does not echo once it has said so."""

    def __init__(self, sender: Sender, *, model: str, provider: str) -> None:
        self._sender = sender
        self._model = model
        self._provider = provider
        self._echoes = True

    async def labels(self, place: Call, text: str, labels: Sequence[str]) -> TopLabels:
        """The log-probabilities of `labels` after `text`; `place` says whose question it is."""
        if self._echoes:
            exact = await self._echoed_labels(place, text, labels)
            if exact is not None:
                return exact
        reply = await self._sender.send(replace(place, path=PATH, body=self._body(text, logprobs=TOP)))
        return completion_top(reply, labels, provider=self._provider)

    async def transcript(self, place: Call, transcript: Transcript) -> list[tuple[float, ...] | None]:
        """Of every span, the log-probabilities of its labels, where one request for the whole text tells them all:
        each label one token, and in the list of the most likely ones. None elsewhere."""
        unknown: list[tuple[float, ...] | None] = [None] * len(transcript.spans)
        if not self._echoes:
            return unknown
        echoed = await self._echo(place, [transcript.text], top=TOP)
        if echoed is None:
            return unknown
        return [
            _single_tokens(echoed[0], transcript.text, span.start, span.end, span.labels) for span in transcript.spans
        ]

    async def _echoed_labels(self, place: Call, text: str, labels: Sequence[str]) -> TopLabels | None:
        echoed = await self._echo(place, [text + label + _CLOSE for label in labels], top=1)
        if echoed is None:
            return None
        parts = [_tail(one, label, _CLOSE) for one, label in zip(echoed, labels, strict=True)]
        tokens = [one.tokens[start:end] for one, (start, end) in zip(echoed, parts, strict=True)]
        # The closing marker is left out unless one label's tokens begin another's (as in subjects/local/labels.py).
        closed = any(after[: len(before)] == before for before, after in pairwise(sorted(tokens)))
        logps = []
        for one, (start, end) in zip(echoed, parts, strict=True):
            found = one.logps[start : end + closed]
            if any(logp is None for logp in found):
                raise no_logprobs(self._provider)
            logps.append(sum(logp for logp in found if logp is not None))
        return TopLabels(logps=tuple(logps), unresolved=0.0)

    async def _echo(self, place: Call, texts: Sequence[str], *, top: int) -> list[Echoed] | None:
        """None where the endpoint does not echo."""
        call = replace(place, path=PATH, body=self._body(list(texts), logprobs=top) | {"echo": True})
        try:
            reply = await self._sender.send(call)
        except SubjectError as error:
            # The endpoint names the parameter that it does not know.
            if not re.search(r"\b(400|422)\b", str(error)) or not re.search(r"\becho\b", str(error)):
                raise
            self._echoes = False
            return None
        choices = sorted(reply["choices"], key=lambda choice: choice.get("index", 0))
        if not all(
            content({"choices": [choice]}).startswith(text) for choice, text in zip(choices, texts, strict=False)
        ):
            self._echoes = False
            return None
        if len(choices) != len(texts):
            raise SubjectError(f"{self._provider} answered {len(texts)} prompts with {len(choices)} completions")
        return [self._of(choice, text) for choice, text in zip(choices, texts, strict=True)]

    def _of(self, choice: Mapping[str, Any], text: str) -> Echoed:
        listed = choice.get("logprobs") or {}
        tokens, logps = listed.get("tokens") or (), listed.get("token_logprobs") or ()
        if not tokens or len(tokens) != len(logps):
            raise no_logprobs(self._provider)
        # One token was generated, since some endpoints take a limit of none as no limit.
        extra = len(content({"choices": [choice]})) - len(text)
        n = len(tokens)
        while n and extra > 0:
            n -= 1
            extra -= len(tokens[n])
        top = tuple(one or {} for one in listed.get("top_logprobs") or [{}] * len(tokens))
        return Echoed(tokens=tuple(tokens[:n]), logps=tuple(logps[:n]), top=top[:n])

    def _body(self, prompt: str | list[str], *, logprobs: int) -> dict[str, Any]:
        return {"model": self._model, "prompt": prompt, "max_tokens": 1, "temperature": 1.0, "logprobs": logprobs}


def _tail(echoed: Echoed, label: str, close: str) -> tuple[int, int]:
    """Where the label's tokens begin and end, counted from the end of the text: what stands first may be a
    begin-of-text token that is in no text."""
    end = _place(echoed.tokens, len(close))
    start = None if end is None else _place(echoed.tokens[:end], len(label))
    if start is None or end is None or "".join(echoed.tokens[start:end]) != label:
        raise SubjectError(
            f"the endpoint's tokens do not begin and end with the label {label!r} ({' | '.join(echoed.tokens[-4:])}); "
            f"choose other labels"
        )
    return start, end


def _place(tokens: Sequence[str], characters: int) -> int | None:
    """The index of the token that begins `characters` before the end; None where no token begins there."""
    index = len(tokens)
    while characters > 0 and index:
        index -= 1
        characters -= len(tokens[index])
    return index if characters == 0 else None


def _single_tokens(
    echoed: Echoed, text: str, start: int, end: int, labels: tuple[str, ...]
) -> tuple[float, ...] | None:
    index = _place(echoed.tokens, len(text) - start)
    if index is None or echoed.tokens[index : index + 1] != (text[start:end],) or echoed.logps[index] is None:
        return None
    listed = dict(echoed.top[index]) | {text[start:end]: echoed.logps[index]}
    found = [listed.get(label) for label in labels]
    known = tuple(float(logp) for logp in found if logp is not None)
    return known if len(known) == len(labels) else None

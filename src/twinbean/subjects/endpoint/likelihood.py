"""Log-probabilities of labels at an opened response, from an endpoint for plain completions.

An endpoint that echoes the prompt with its log-probabilities gives every label exactly, however many tokens it has.
One that does not gives the most likely next tokens; labels that are not among them stay unknown.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from twinbean.errors import SubjectError, SubjectUnavailable
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.endpoint import probe
from twinbean.subjects.endpoint.calls import Call
from twinbean.subjects.endpoint.client import Transport
from twinbean.subjects.endpoint.reading import TOP, TopLabels, completion_top, no_logprobs
from twinbean.subjects.endpoint.replies import Choice

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
    """Asks one endpoint; remembers that it does not echo, or takes one prompt at a time, once that is known."""

    def __init__(self, transport: Transport, *, model: str, provider: str) -> None:
        self._transport = transport
        self._model = model
        self._provider = provider
        self._echoes = True
        self._one_at_a_time = False
        self._probed = False
        self._probing = asyncio.Lock()

    async def labels(self, place: Call, text: str, labels: Sequence[str]) -> TopLabels:
        """The log-probabilities of `labels` after `text`; `place` says whose question it is."""
        await self._probe()
        if self._echoes:
            exact = await self._echoed_labels(place, text, labels)
            if exact is not None:
                return exact
        reply = await self._transport.send(replace(place, path=PATH, body=self._body(text, logprobs=TOP)))
        return completion_top(reply, labels, provider=self._provider)

    async def transcript(self, place: Call, transcript: Transcript) -> list[tuple[float, ...] | None]:
        """Of every span, the log-probabilities of its labels, where one request for the whole text tells them all:
        each label one token, and in the list of the most likely ones. None elsewhere."""
        await self._probe()
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

    async def _probe(self) -> None:
        """Once, before anything else is asked: see `probe`."""
        async with self._probing:
            if self._probed:
                return
            place = Call("", None, "probe", PATH, {})
            (echoed,) = await self._echo(place, [probe.SENTENCE], top=1) or [Echoed(tokens=(), logps=(), top=())]
            differences = []
            for index in probe.places(echoed.tokens):
                token, logp = echoed.tokens[index], echoed.logps[index]
                before = probe.SENTENCE[: -len("".join(echoed.tokens[index:]))]
                call = replace(place, body=self._body(before, logprobs=TOP), labels=(token,))
                listed = dict((await self._transport.send(call)).choice.listed)
                if logp is not None and listed:
                    differences.append(probe.difference(logp, token, listed))
            probe.check(differences, provider=self._provider)
            self._probed = True

    async def _echo(self, place: Call, texts: Sequence[str], *, top: int) -> list[Echoed] | None:
        """None where the endpoint does not echo."""
        if len(texts) > 1 and not self._one_at_a_time:
            # Some servers take one prompt at a time, and refuse several in ways of their own, or hang.
            found = await self._echo_of(replace(place, tries=1), list(texts), top=top)
            if found is not None and len(found) == len(texts):
                return found
            self._one_at_a_time = self._echoes
        echoed = []
        for text, label in zip(texts, place.labels or [""] * len(texts), strict=True):
            found = await self._echo_of(replace(place, labels=(label,)), text, top=top) if self._echoes else None
            if found is None:
                return None
            echoed += found
        return echoed

    async def _echo_of(self, place: Call, prompt: str | list[str], *, top: int) -> list[Echoed] | None:
        """None where the endpoint does not echo, or does not take several prompts at a time."""
        texts = [prompt] if isinstance(prompt, str) else prompt
        call = replace(place, path=PATH, body=self._body(prompt, logprobs=top) | {"echo": True})
        try:
            choices = (await self._transport.send(call)).choices
        except SubjectUnavailable:
            raise
        except SubjectError as error:
            # The endpoint names the parameter that it does not know.
            if re.search(r"\b(400|422)\b", str(error)) and re.search(r"\becho\b", str(error)):
                self._echoes = False
            elif isinstance(prompt, str):
                raise
            return None
        choices = sorted(choices, key=lambda choice: choice.index or 0)
        if not all(choice.output.startswith(text) for choice, text in zip(choices, texts, strict=False)):
            self._echoes = False
            return None
        if len(choices) != len(texts):
            if isinstance(prompt, str):
                raise SubjectError(f"{self._provider} answered one prompt with {len(choices)} completions")
            return None
        return [self._of(choice, text) for choice, text in zip(choices, texts, strict=True)]

    def _of(self, choice: Choice, text: str) -> Echoed:
        listed = choice.logprobs
        if listed is None or not listed.tokens or not listed.token_logprobs:
            raise no_logprobs(self._provider)
        # One token was generated, since some endpoints take a limit of none as no limit.
        extra = len(choice.output) - len(text)
        n = len(listed.tokens)
        while n and extra > 0:
            n -= 1
            extra -= len(listed.tokens[n])
        top = [
            {token: logp for token, logp in (one or {}).items() if logp is not None}
            for one in listed.top_logprobs or [{}] * len(listed.tokens)
        ]
        return Echoed(tokens=tuple(listed.tokens[:n]), logps=tuple(listed.token_logprobs[:n]), top=tuple(top[:n]))

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

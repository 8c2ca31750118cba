"""An endpoint with completions and log-probabilities as a scorer of recorded choices."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import Any

from twinbean.errors import SubjectError, SubjectUnavailable
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.endpoint.calls import Call
from twinbean.subjects.endpoint.client import Transport
from twinbean.subjects.endpoint.likelihood import PATH, Likelihood


class ApiScorer:
    """Scores transcripts through an endpoint that echoes, with one request a transcript and one more for each choice
    that it leaves open; elsewhere with one request a choice."""

    # No endpoint says how much it reads; it refuses what is too long.
    context = sys.maxsize

    def __init__(
        self, transport: Transport, *, name: str, model: str, provider: str, described: dict[str, Any]
    ) -> None:
        self.name = name
        self._transport = transport
        self._provider = provider
        self._described = described
        self._likelihood = Likelihood(transport, model=model, provider=provider)

    def describe(self) -> dict[str, Any]:
        return self._described

    def lengths(self, transcript: Transcript) -> list[int]:
        raise SubjectError(f"{self.name} does not say how many tokens it reads; choose another --window than first")

    def logps(
        self, transcripts: Sequence[Transcript], *, on_progress: Callable[[int], None]
    ) -> list[list[tuple[float, ...]] | SubjectError]:
        """As `twinbean.subjects.base.Scorer` says. A label that is not among those listed is an error in its
        transcript's place: what is unknown cannot be scored. Raises SubjectUnavailable."""

        async def all_of_them() -> list[list[tuple[float, ...]] | SubjectError]:
            tasks = [asyncio.ensure_future(self._score_or_say(one, on_progress)) for one in transcripts]
            try:
                return list(await asyncio.gather(*tasks))
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._transport.close()

        return asyncio.run(all_of_them())

    async def _score_or_say(
        self, transcript: Transcript, on_progress: Callable[[int], None]
    ) -> list[tuple[float, ...]] | SubjectError:
        try:
            return await self._score(transcript, on_progress)
        except SubjectUnavailable:
            raise
        except SubjectError as error:
            return SubjectError(f"scoring needs an endpoint with plain completions and log-probabilities: {error}")

    async def _score(self, transcript: Transcript, on_progress: Callable[[int], None]) -> list[tuple[float, ...]]:
        session = transcript.session or transcript.participant
        whole = await self._likelihood.transcript(Call(session, None, "score", PATH, {}), transcript)
        scores: list[tuple[float, ...]] = []
        for span, known in zip(transcript.spans, whole, strict=True):
            if known is not None:
                scores.append(known)
                continue
            place = Call(session, span.trial, "score", PATH, {}, labels=span.labels)
            found = await self._likelihood.labels(place, transcript.text[: span.start], span.labels)
            for label, logp in zip(span.labels, found.logps, strict=True):
                if logp is None:
                    raise SubjectError(
                        f"{self._provider} does not list the label {label!r} at trial {span.trial} of {session!r} "
                        f"(unlisted: {found.unresolved:.2g}) and does not echo prompts; it cannot score"
                    )
            scores.append(tuple(logp for logp in found.logps if logp is not None))
        on_progress(1)
        return scores

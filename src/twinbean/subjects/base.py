"""The contract between a replay and whoever answers in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from twinbean.errors import SubjectError
from twinbean.sessions.questions import Answer, Question
from twinbean.sessions.transcripts import Transcript


@runtime_checkable
class Subject(Protocol):
    """Answers one question at a time, for many sessions at once.

    All calls come from one asyncio loop. `name` is what tables show as the source.
    """

    name: str

    async def ask(self, question: Question) -> Answer:
        """The answer to `question`; several sessions may be waiting for theirs at the same time."""
        ...

    def describe(self) -> dict[str, Any]:
        """What a run's manifest says about this subject: model, revision, dtype, engine, ... (JSON values)."""
        ...


@runtime_checkable
class RemembersSessions(Protocol):
    """A subject that keeps something for every session: a key-value cache, what it has learned."""

    def end_session(self, session: str) -> None:
        """Called when a session has ended, so that what is kept for it can be freed."""
        ...


@runtime_checkable
class HandlesSessionEnd(Protocol):
    """A subject that has something to do after the last outcome, too: notes to finish."""

    async def on_session_end(self, ended: Question) -> None:
        """Called when a session was played to its end. `ended` holds the whole text and history, and asks nothing."""
        ...


@runtime_checkable
class HoldsConnections(Protocol):
    """A subject that has something open while a replay lasts."""

    async def close(self) -> None:
        """Called in the replay's loop once every session has ended; another replay may follow."""
        ...


@runtime_checkable
class BatchingSubject(Subject, RemembersSessions, Protocol):
    """A subject that answers best when every waiting session is asked together."""

    def close_batch(self) -> None:
        """Called when no session can go on before an answer comes: answer what is waiting, if anything is."""
        ...


@runtime_checkable
class Scorer(Protocol):
    """Gives log-probabilities to labels without sampling anything. `context` is the most tokens it can be shown."""

    name: str
    context: int

    def logps(
        self, transcripts: Sequence[Transcript], *, on_progress: Callable[[int], None]
    ) -> Sequence[Sequence[tuple[float, ...]] | SubjectError]:
        """For each transcript and span, the log-probability (nats, full vocabulary) of every legal label.

        What goes wrong with one transcript alone, such as a reply that cannot be read, stands in its place. Raises
        SubjectError for a transcript with more tokens than `context`.
        """
        ...

    def lengths(self, transcript: Transcript) -> list[int]:
        """For each span, the number of tokens from the beginning of the text to the end of its label."""
        ...

    def describe(self) -> dict[str, Any]:
        """What a run's manifest says about this scorer (JSON values)."""
        ...


@runtime_checkable
class CountsEncodings(Protocol):
    """A scorer or subject that encodes texts piece by piece, and knows where that makes a difference."""

    def encoded_otherwise(self, transcripts: Sequence[Transcript]) -> int:
        """How many transcripts would have other tokens if encoded in one go."""
        ...

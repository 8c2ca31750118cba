"""What a run keeps of a session that has ended. Its rows and prompts, which are most of it, are in no file of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from twinbean._messages import short
from twinbean.play.game import Played
from twinbean.play.scheduler import Failed
from twinbean.runs.responses import responses_of
from twinbean.sessions import Session
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.base import CountsEncodings

Status = Literal["complete", "failed", "interrupted"]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A session with how it ended: `reason` is why it did so early, short, as a table can hold it; the journal has it
    whole. One that ended early has no transcript, and no transcript has spans, which are not written. `responses` are
    its rows of responses.csv. `encoded_otherwise` is 1 where who read the transcript would encode it otherwise in one
    go, 0 where not, and None where nobody counts."""

    session: Session
    status: Status
    reason: str = ""
    warnings: tuple[str, ...] = ()
    transcript: Transcript | None = None
    responses: Sequence[Mapping[str, Any]] = ()
    encoded_otherwise: int | None = None

    @classmethod
    def of(cls, result: Played | Failed, *, reader: object = None) -> Self:
        if isinstance(result, Failed):
            return cls(session=result.session, status=status_of(result), reason=short(result.reason))
        counted = reader.encoded_otherwise([result.transcript]) if isinstance(reader, CountsEncodings) else None
        return cls(
            session=result.session,
            status="complete",
            warnings=result.warnings,
            transcript=replace(result.transcript, spans=()),
            responses=list(responses_of(result)),
            encoded_otherwise=counted,
        )


def status_of(failed: Failed) -> Status:
    """An outage interrupts a session, which is asked again when the run is resumed; illegal answers end it."""
    return "failed" if failed.final else "interrupted"

"""Who plays, and what is on record of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twinbean.definitions.definition import Definition
from twinbean.sessions import Session, Trial
from twinbean.sessions.session import Response
from twinbean.sessions.shown import Shown


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who plays, and what is drawn for them: the labels on their machines and where on the screen these stand."""

    participant: str
    session: str
    task: str
    source: str = "human"
    sample: int = 0
    seed: int = 0
    variant: str | None = None
    wording: str | None = None
    labels: tuple[str, ...] | None = None
    positions: tuple[int, ...] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def session_of(self, trials: Sequence[Trial]) -> Session:
        """The session of this seat with the trials that it has so far."""
        return Session(
            participant=self.participant,
            session=self.session,
            task=self.task,
            trials=tuple(trials),
            source=self.source,
            sample=self.sample,
            variant=self.variant,
            wording=self.wording,
            details=self.details,
        )


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is replayed: trials up to the branch, and the responses to screens that are no trials, in order, each with
    the number of trials before it.

    With `asked`, the subject is asked for its probabilities at every recorded choice; the choice stays the record's.
    `n_answered` is how many answers the subject gave in an earlier start of the run. `shown` is what was on the screens
    of a whole record whose task nothing else can be told from.
    """

    trials: tuple[Trial, ...] = ()
    responses: tuple[Response, ...] = ()
    asked: bool = False
    n_answered: int = 0
    shown: Shown | None = None


@dataclass(frozen=True, kw_only=True)
class Seating:
    """One session to be played: the seat, what is on record, and how the definition with this participant's payoffs is
    made, which takes more memory than all the rest. `given` is the digest of what
    that draws, and of all that is on record of the person."""

    seat: Seat
    define: Callable[[], Definition]
    trials_per_session: int
    given: str
    record: Record = field(default_factory=Record)

    @property
    def definition(self) -> Definition:
        return self.define()

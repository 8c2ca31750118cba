"""Who sits down to play: people whose record is continued, and simulated participants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from twinbean.definitions.arms import draw_labels
from twinbean.definitions.definition import Definition
from twinbean.definitions.emission import emit_definition
from twinbean.errors import RecordMismatch
from twinbean.play.game import Play, Seat
from twinbean.play.scheduler import Seating, until_choice
from twinbean.sessions import Session
from twinbean.sessions.questions import Answer, Question
from twinbean.tasks.task import Task

Parameters = Mapping[str, Any]
# No page has as many variants as this has digits.
_DIGITS = 9


def seat_person(
    task: Task, person: Session, source: str, *, after: int, samples: int, seed: int, given: Parameters | None
) -> list[Seating]:
    """The seatings that continue one person's record after `after` choices, against that person's payoffs."""
    details = person.details
    parameters = task.parameters() | dict(details.get("parameters") or {}) | dict(given or {})
    unknown = sorted(parameters.keys() - task.parameters().keys())
    if unknown:
        raise RecordMismatch(
            f"participant {person.participant!r} has a session of a task with the parameter {unknown[0]!r}, "
            f"which {task.name!r} does not have"
        )
    variant = person.variant or "0"
    if not variant.isdecimal() or len(variant) > _DIGITS:
        raise RecordMismatch(
            f"participant {person.participant!r} played variant {variant!r}, expected the number of a page's variant"
        )
    definition = task.define(
        seed=int(details.get("seed", seed)), variant=int(variant), parameters=parameters, person=person
    )
    fingerprint = emit_definition(definition).fingerprint(parameters)
    found = details.get("fingerprint", fingerprint)
    if found != fingerprint:
        raise RecordMismatch(
            f"participant {person.participant!r} played {person.task!r} with fingerprint {found[:12]}, and "
            f"{task.name!r} has {fingerprint[:12]}: it is another task, or its file has changed since"
        )
    if len(person.trials) > definition.trials_per_session:
        raise RecordMismatch(
            f"participant {person.participant!r} has {len(person.trials)} trials, and {task.name!r} has "
            f"{definition.trials_per_session}: it is a session of another task"
        )
    positions = _positions(person)
    if positions is not None and len(positions) != (definition.n_arms or len(positions)):
        raise RecordMismatch(
            f"participant {person.participant!r} has places of {len(positions)} arms on record, and {task.name!r} has "
            f"{definition.n_arms} arms"
        )
    drawn = draw_labels(definition, seed=seed, participant=person.participant)
    recorded = person.trials[0].labels if person.trials and drawn else None
    seat = Seat(
        participant=person.participant,
        session=person.session,
        task=task.name,
        source=source,
        seed=seed,
        variant=person.variant,
        wording=definition.wording().name,
        labels=recorded or drawn,
        positions=positions,
        details={
            "fingerprint": fingerprint,
            "parameters": parameters,
            "seed": details.get("seed", seed),
            **({"kept": person.kept} if person.kept else {}),
        },
    )
    record = until_choice(person, after)
    return [
        Seating(
            definition=definition,
            seat=replace(seat, session=f"{person.session}.{sample}", sample=sample),
            record=record,
        )
        for sample in range(samples)
    ]


def check_record(person: Session, seating: Seating) -> None:
    """Play the whole record, also what comes after the branch, before anybody is asked.

    Raises RecordMismatch when the definition gives other payoffs, scores or arms than the record.
    """

    def ask(question: Question) -> Answer:
        raise _RecordEnds

    with suppress(_RecordEnds):
        Play(seating.definition, seating.seat, ask, record=until_choice(person, person.n_choices)).run()


class _RecordEnds(Exception):
    pass


def seat_simulated(
    task: Task, source: str, *, samples: int, seed: int, given: Parameters | None, participant: str | None = None
) -> list[Seating]:
    """Seatings of whole sessions, the k-th with the payoffs of the page's k-th variant."""
    parameters = task.parameters() | dict(given or {})
    seatings = []
    fingerprint = ""
    for sample in range(samples):
        definition = task.define(seed=seed, variant=sample, parameters=parameters)
        # The fingerprint leaves out what is drawn, so that one variant's is every variant's.
        fingerprint = fingerprint or emit_definition(definition).fingerprint(parameters)
        name = participant or f"simulated-{sample:04d}"
        seat = Seat(
            participant=name,
            session=name,
            task=task.name,
            source=source,
            seed=seed,
            variant=str(sample),
            wording=definition.wording().name,
            labels=draw_labels(definition, seed=seed, participant=name),
            details={"fingerprint": fingerprint, "parameters": parameters, "seed": seed},
        )
        seatings.append(Seating(definition=definition, seat=seat))
    return seatings


def _positions(person: Session) -> tuple[int, ...] | None:
    positions = person.details.get("positions")
    return tuple(positions) if positions else None


def digest_of(people: Sequence[Session]) -> str:
    """Who made which choices for which payoffs, as one hash: what a run is resumed with must be the same."""
    made = [
        [person.participant, person.session, [(trial.choice, trial.reward) for trial in person.trials]]
        for person in people
    ]
    return hashlib.sha256(json.dumps(made).encode()).hexdigest()


def check_sessions(seatings: Sequence[Seating]) -> None:
    """Raises RecordMismatch when two seatings share a session: their lines in the journal could not be told apart."""
    seen: set[str] = set()
    for seating in seatings:
        if seating.seat.session in seen:
            raise RecordMismatch(f"session {seating.seat.session!r} is in the data more than once")
        seen.add(seating.seat.session)


def not_told(definition: Definition) -> list[str]:
    """What the page shows and the text cannot say."""
    return definition.untold()

"""Who sits down to play: people whose record is continued, and simulated participants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

from twinbean import _json
from twinbean.definitions.arms import draw_arrangement, draw_labels
from twinbean.definitions.counterbalancing import Arrangement
from twinbean.definitions.definition import Definition
from twinbean.errors import RecordMismatch, RunError
from twinbean.play.identity import Identities, check_identity, how_matched
from twinbean.play.record import play_record
from twinbean.play.scheduler import until_choice
from twinbean.play.seat import Record, Seat, Seating
from twinbean.play.shard import WHOLE, Shard
from twinbean.sessions import Session, checked
from twinbean.sessions.columns import values_of
from twinbean.sessions.session import OF_PARTICIPANT
from twinbean.tasks.task import Task

Parameters = Mapping[str, Any]
# All sessions of a run are seated before the first question, in memory.
MOST_SESSIONS = 100_000
# So many definitions stay in memory; those of more sessions are made again when each is played.
_KEPT = 512
# What a model's session says of the person whose record it continues; their device is in their own table.
_OF_PERSON = (*(name for name in OF_PARTICIPANT if name != "device"), "ids", "kept", "answers")
# No page has as many variants as this has digits.
_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class Seatings:
    """Everybody who plays in a run, in order, and what the run's manifest says of them.

    `people` has those whose records are continued, with their seatings. `n_sessions` are in the full list, of which a
    shard has a part.
    """

    seatings: Sequence[Seating]
    people: Sequence[tuple[Session, Sequence[Seating]]]
    n_sessions: int
    facts: Mapping[str, Any]


def seat_all(
    task: Task,
    data: Sequence[Session],
    source: str,
    *,
    after: int | None,
    samples: int = 1,
    seed: int,
    given: Parameters | None,
    shard: Shard = WHOLE,
) -> Seatings:
    """Seat every person of `data` once, and number their sessions.

    Each is seated for `samples` continuations of their first `after` choices; with `after` None for a single session,
    under its own name, with the whole record. Without `data`, `samples` simulated participants are seated. Of the full
    list only what is in `shard` is given back; what the manifest says is said of all. Raises RecordMismatch for another
    task's data, and RunError for a number of sessions that is none.
    """
    if not 1 <= samples * max(len(data), 1) <= MOST_SESSIONS:
        of_people = f" of {len(data)} recorded sessions" if data else ""
        raise RunError(f"samples is {samples}{of_people}, expected at least 1 and at most {MOST_SESSIONS} in one run")
    identities = Identities(per_person=task.per_person)
    people: list[tuple[Session, Sequence[Seating]]] = []
    if not data:
        if after:
            raise RecordMismatch(f"after is {after}, and without data there is nothing to continue from")
        numbers = shard.part(range(samples))
        seatings = seat_simulated(
            task, source, samples=samples, seed=seed, given=given, numbers=numbers, identities=identities
        )
    else:
        seatings, names = [], list[str]()
        for person in checked(data):
            own = seat_person(
                task, person, source, after=after, samples=samples, seed=seed, given=given, identities=identities
            )
            taken = [seating for place, seating in enumerate(own, start=len(names)) if shard.takes(place)]
            people += [(person, taken)] if taken else []
            seatings += taken
            names += [seating.seat.session for seating in own]
        check_sessions(names)
        shard.part(names)
    first = seatings[0]
    parameters = first.seat.details["parameters"]
    facts = {
        "fingerprint": first.seat.details["fingerprint"],
        "parts": identities.of(first.definition, parameters).parts,
        "parameters": parameters,
        "wording": first.seat.wording,
        "not_told": first.definition.untold(),
        "data": digest_of(data) if data else None,
        "matched": dict(Counter(map(how_matched, data))),
        "participants": len({person.participant for person in data}) if data else samples,
    }
    return Seatings(seatings=seatings, people=people, n_sessions=samples * max(len(data), 1), facts=facts)


def seat_person(
    task: Task,
    person: Session,
    source: str,
    *,
    after: int | None,
    samples: int,
    seed: int,
    given: Parameters | None,
    identities: Identities | None = None,
) -> list[Seating]:
    """The seatings that continue one person's record after `after` choices, against that person's payoffs; with `after`
    None a single one with the whole record."""
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
    identity = (identities or Identities()).of(definition, parameters)
    check_identity(person, task.name, identity, parameters)
    definition = definition.arranged(_way_of(person, definition))
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
            "fingerprint": identity.fingerprint,
            "parameters": parameters,
            "seed": details.get("seed", seed),
            **{name: details[name] for name in _OF_PERSON if name in details},
        },
    )

    # With what is on record after the branch, too, which is checked before anybody is asked.
    given_to = _digest(definition, vars(person) | {"trials": [values_of(trial) for trial in person.trials]})

    def seating(seat: Seat, record: Record) -> Seating:
        made = definition.trials_per_session
        return Seating(seat=seat, record=record, define=lambda: definition, trials_per_session=made, given=given_to)

    if after is None:
        return [seating(seat, until_choice(person, person.n_choices))]
    # Who made no choice among arms is continued from the start: no number says where else.
    record = until_choice(person, after) if person.n_choices or after else Record()
    return [
        seating(replace(seat, session=f"{person.session}.{sample}", sample=sample), record) for sample in range(samples)
    ]


def check_record(person: Session, seating: Seating) -> None:
    """Play the whole record, also what comes after the branch, before anybody is asked.

    Raises RecordMismatch when the definition gives other payoffs, scores or arms than the record.
    """
    play_record(replace(seating, record=until_choice(person, person.n_choices)))


def seat_simulated(
    task: Task,
    source: str,
    *,
    samples: int,
    seed: int,
    given: Parameters | None,
    participant: str | None = None,
    numbers: Sequence[int] | None = None,
    identities: Identities | None = None,
) -> list[Seating]:
    """Seatings of whole sessions, the k-th with the payoffs of the page's k-th variant; only `numbers`, if given."""
    parameters = task.parameters() | dict(given or {})
    identities = identities or Identities()

    @lru_cache(_KEPT)
    def define(variant: int) -> Definition:
        defined = task.define(seed=seed, variant=variant, parameters=parameters)
        return defined.arranged(draw_arrangement(defined, seed=seed, number=variant))

    seatings = []
    for sample in range(samples) if numbers is None else numbers:
        definition = define(sample)
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
            details={
                "fingerprint": identities.of(definition, parameters).fingerprint,
                "parameters": parameters,
                "seed": seed,
                **({"kept": dict(recorded)} if (recorded := definition.way and definition.way.recorded) else {}),
            },
        )
        made = definition.trials_per_session
        seatings.append(
            Seating(seat=seat, define=partial(define, sample), trials_per_session=made, given=_digest(definition))
        )
    return seatings


def _digest(definition: Definition, on_record: Mapping[str, Any] | None = None) -> str:
    """Of the timelines, which hold what is drawn, and of a record."""
    return _json.digest([[block.timeline for block in definition.blocks], on_record], of_any=True)


def _way_of(person: Session, definition: Definition) -> Arrangement:
    """The order and conditions that are on record of a person."""
    ways = definition.arrangements
    if len(ways) == 1:
        return ways[0]
    names = list(dict.fromkeys(name for way in ways for name in way.recorded))
    found = {name: person.kept[name] for name in names if person.kept.get(name) is not None}
    for way in ways:
        if way.recorded == found:
            return way
    known = ", ".join(f"{name} {value!r}" for name, value in found.items()) or f"no {names[0]}"
    expected = " or ".join(", ".join(f"{name} {value!r}" for name, value in way.recorded.items()) for way in ways[:4])
    raise RecordMismatch(
        f"participant {person.participant!r} has {known} on record, expected {expected}"
        f"{f' or one of {len(ways) - 4} others' if len(ways) > 4 else ''}"
    )


def _positions(person: Session) -> tuple[int, ...] | None:
    positions = person.details.get("positions")
    return tuple(positions) if positions else None


def digest_of(people: Sequence[Session]) -> str:
    """Who made which choices for which payoffs, as one hash: what a run is resumed with must be the same."""
    made = [
        [
            person.participant,
            person.session,
            [(trial.choice, trial.reward) for trial in person.trials] or person.responses,
        ]
        for person in people
    ]
    return _json.digest(made)


def check_sessions(names: Sequence[str]) -> None:
    """Raises RecordMismatch when two seatings share a session: the journal could not keep their lines apart."""
    twice = next((name for name, n in Counter(names).items() if n > 1), None)
    if twice is not None:
        raise RecordMismatch(f"session {twice!r} is in the data more than once")

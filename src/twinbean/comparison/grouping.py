"""Which sessions are compared with which: groups of model sessions, and the people whose payoffs they met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twinbean.sessions import Session

PEOPLE = "people"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Sessions of one source that begin at the same choice.

    `start` is the number of recorded choices that come before the model's own. `persons[i]` is the person's session
    whose payoffs model session i met; empty for people, and for models that met payoffs of their own.
    """

    name: str
    source: str
    start: int
    sessions: tuple[Session, ...]
    persons: tuple[Session, ...] = ()
    failed: tuple[Session, ...] = ()

    @property
    def is_people(self) -> bool:
        return self.source == "human"

    @property
    def paired(self) -> bool:
        return bool(self.persons)


def is_scored(session: Session) -> bool:
    """Whether a model's session holds its probabilities for a person's choices, and no choice of its own."""
    own = any(trial.origin == "subject" for trial in session.trials)
    return session.source != "human" and not own and any(trial.logp_legal is not None for trial in session.trials)


def n_recorded(session: Session) -> int:
    """How many choices of a model's session are the record's."""
    return sum(trial.counts and trial.origin == "recorded" for trial in session.trials)


def group_sessions(sessions: Sequence[Session], statuses: Mapping[tuple[str, str], str]) -> list[Group]:
    """People first, once for every number of recorded choices that a model continued from; then the models.

    `statuses` maps (source, session) to "complete" or "failed", as run folders say; a session of unknown status counts
    as failed when it stops short of the person's, or of the longest of its group.
    """
    people = tuple(session for session in sessions if session.source == "human")
    by_name: dict[str, list[Session]] = {}
    for person in people:
        by_name.setdefault(person.participant, []).append(person)
    played: dict[tuple[str, int, bool], list[tuple[Session, Session | None]]] = {}
    for session in sessions:
        if session.source == "human" or is_scored(session):
            continue
        met = _person_of(session, by_name.get(session.participant, []))
        key = (session.source, n_recorded(session), met is not None)
        played.setdefault(key, []).append((session, met))
    starts = sorted({0, *(start for _, start, _ in played)}) if people else []
    groups = [
        Group(name=PEOPLE if not n else f"{PEOPLE}, from choice {n + 1}", source="human", start=n, sessions=people)
        for n in starts
    ]
    for (source, start, paired), pairs in sorted(played.items(), key=lambda item: item[0]):
        longest = max(len(session.trials) for session, _ in pairs)
        kept: list[tuple[Session, Session | None]] = []
        failed: list[tuple[Session, Session | None]] = []
        for session, met in pairs:
            full = len(met.trials) if met is not None else longest
            status = statuses.get((source, session.session)) or (
                "complete" if len(session.trials) >= full else "failed"
            )
            (kept if status == "complete" else failed).append((session, met))
        groups.append(
            Group(
                name=f"{source} after {start}" if start else source if paired else f"{source}, simulated",
                source=source,
                start=start,
                sessions=tuple(session for session, _ in kept),
                persons=tuple(met for _, met in kept if met is not None),
                failed=tuple(session for session, _ in failed),
            )
        )
    return groups


def _person_of(session: Session, own: Sequence[Session]) -> Session | None:
    """The person's session that `session` continues or repeats: samples are named after it."""
    named = [person for person in own if session.session in (person.session, f"{person.session}.{session.sample}")]
    candidates = named or (own if len(own) == 1 else [])
    return next((person for person in candidates if _same_payoffs(session, person)), None)


def _same_payoffs(session: Session, person: Session) -> bool:
    return all(
        a == b
        for mine, theirs in zip(session.trials, person.trials, strict=False)
        # Where another choice led elsewhere, other arms were met.
        if mine.state == theirs.state
        for a, b in zip(mine.outcomes, theirs.outcomes, strict=False)
        if a is not None and b is not None
    )

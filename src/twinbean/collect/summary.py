"""How a study stands: who has started, finished and left, by condition, and what a researcher should look at."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twinbean.collect import settings, visits
from twinbean.collect.clock import before
from twinbean.collect.collected import Collected, collected
from twinbean.collect.reading import conditions_of
from twinbean.collect.records import SessionRecord
from twinbean.collect.store import Transaction
from twinbean.collect.study import Settings, Study
from twinbean.errors import DataError
from twinbean.sessions.session import total_reward

_LAST = 10
# Finds what in a session contradicts its task.
Check = Callable[[Collected], str | None]


@dataclass(frozen=True, kw_only=True)
class Group:
    """The participants of one condition, each by their first attempt. Who has neither finished nor sent anything for as
    long as the study's cutoff has left: `left_after` counts them by how many screens they had answered."""

    condition: str
    started: int
    active: int
    finished: int
    left: int
    withdrawn: int
    left_after: Mapping[int, int]
    outcomes: Mapping[str, int]
    minutes: float | None
    scores: Sequence[float]

    @property
    def done(self) -> int:
        """How many count towards the target."""
        return self.outcomes.get("done", 0)

    @property
    def score(self) -> float | None:
        return statistics.median(self.scores) if self.scores else None

    @property
    def places(self) -> str:
        """Where people left, most first: "2 after 14 screens, 1 after 3"."""
        most = sorted(self.left_after.items(), key=lambda place: (-place[1], place[0]))
        return ", ".join(
            f"{count} after {screens} {'screen' if screens == 1 else 'screens'}" for screens, count in most
        )


@dataclass(frozen=True, kw_only=True)
class Finding:
    score: float | None
    contradiction: str | None


@dataclass(frozen=True, kw_only=True)
class Flagged:
    session: str
    participant: str
    flags: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`opened` and `declined` count visits, of whom nothing else is known. `problems` are the last, newest first."""

    task: str
    created: str
    paused: bool
    target: int | None
    opened: int
    declined: int
    tests: int
    groups: Sequence[Group]
    total: Group
    flagged: Sequence[Flagged]
    problems: Sequence[tuple[str, str]]


def minutes_said(minutes: float | None) -> str:
    if minutes is None:
        return ""
    return "< 0.1" if minutes < 0.1 else f"{minutes:.1f}"


class Findings:
    """What the rows of finished sessions come to, found once for each: a dashboard asks again and again."""

    def __init__(self, study: Settings, check: Check) -> None:
        self._conditions = conditions_of(study)
        self._check = check
        self._known: dict[tuple[str, int], Finding] = {}

    def lacks(self, record: SessionRecord) -> bool:
        return record.state == "finished" and (record.session, record.stored) not in self._known

    def of(self, one: Collected) -> Finding:
        if one.record.state != "finished":
            return Finding(score=None, contradiction=None)
        key = (one.record.session, one.record.stored)
        if key not in self._known:
            self._known[key] = Finding(score=self._score(one), contradiction=self._check(one))
        return self._known[key]

    def _score(self, one: Collected) -> float | None:
        try:
            session = one.session(self._conditions)
        except DataError:
            return None
        return total_reward(session.trials) if session is not None and session.trials else None


def summarise(study: Study, findings: Findings, at: datetime) -> Summary:
    """How `study` stands at the time `at`."""

    def query(transaction: Transaction) -> tuple[list[Collected], dict[str, int], bool, int | None, list[Any]]:
        return (
            collected(transaction, findings.lacks),
            visits.counts(transaction),
            settings.is_paused(transaction),
            settings.target(transaction),
            transaction.execute("SELECT at, what FROM problems ORDER BY number DESC LIMIT ?", (_LAST,)),
        )

    found, visited, paused, target, problems = study.store.read(query)
    since = before(at, minutes=study.settings.policies.cutoff_minutes)
    counted = [one for one in found if one.left_out is None or one.record.state == "withdrawn"]
    people = [one for one in counted if not one.record.test and one.record.attempt == 1]
    return Summary(
        task=study.settings.task,
        created=study.settings.created,
        paused=paused,
        target=target,
        opened=visited.get("opened", 0),
        declined=visited.get("declined", 0),
        tests=sum(one.record.test for one in found),
        groups=[
            _group(name, [one for one in people if one.record.condition == name], findings, since)
            for name in study.settings.conditions
            if name
        ],
        total=_group("", people, findings, since),
        flagged=list(_flagged(found, findings)),
        problems=[(str(when), str(what)) for when, what in problems],
    )


def _group(condition: str, own: Sequence[Collected], findings: Findings, since: str) -> Group:
    finished = [one for one in own if one.record.state == "finished"]
    here = [one for one in own if one.record.state == "active"]
    left = [one for one in here if one.record.active < since]
    lengths = [_minutes(one) for one in finished]
    return Group(
        condition=condition,
        started=len(own),
        active=len(here) - len(left),
        finished=len(finished),
        left=len(left),
        withdrawn=sum(one.record.state == "withdrawn" for one in own),
        left_after=Counter(one.record.stored for one in left),
        outcomes=Counter(one.record.outcome or "" for one in finished),
        minutes=statistics.median(lengths) if lengths else None,
        scores=[score for one in finished if (score := findings.of(one).score) is not None],
    )


def _flagged(found: Sequence[Collected], findings: Findings) -> Iterator[Flagged]:
    for one in found:
        if one.record.test:
            continue
        contradiction = findings.of(one).contradiction
        flags = [*one.flags, *([f"contradicts the task: {contradiction}"] if contradiction else [])]
        if flags:
            yield Flagged(session=one.record.session, participant=one.pseudonym, flags=flags)


def _minutes(one: Collected) -> float:
    assert one.record.ended is not None
    length = datetime.fromisoformat(one.record.ended) - datetime.fromisoformat(one.record.opened)
    return length.total_seconds() / 60

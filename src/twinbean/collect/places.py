"""The places of a closed loop's conditions: each has as many as participants are wanted, and nobody has more than one.

A participant holds a place from the moment the session is opened, and for good once it is done. Who has sent nothing
for as long as the study's cutoff has lost it, and so have those who still play when the loop stops waiting. Who has
answered nothing for a third of that loses it to the next who comes, where no other is free: a page is easily opened.
What comes of any of them later is kept, marked, and counts towards no condition. Sessions that are not first
attempts, and tests, have no place.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from twinbean.collect.assignment import assign, least
from twinbean.collect.clock import before, stamp
from twinbean.collect.conditions import Asked, open_now
from twinbean.collect.store import Transaction

# Of the cutoff: twenty minutes unless a study says otherwise, which is long enough to read instructions.
UNANSWERED = 1 / 3
# Whoever can have a place, and still plays.
_PLAYING = "state = 'active' AND test = 0 AND attempt = 1 AND condition <> ''"
_HELD = (
    "SELECT condition, session, state FROM sessions WHERE test = 0 AND attempt = 1 AND condition <> '' AND "
    "(state = 'active' OR (state = 'finished' AND outcome = 'done')) AND "
    "session NOT IN (SELECT session FROM late) ORDER BY number"
)


class Holder(NamedTuple):
    condition: str
    session: str
    is_done: bool


def take(transaction: Transaction, *, cutoff_minutes: float, at: datetime, seed: int) -> tuple[str, int] | None:
    """The condition that lacks most participants, and its least filled variant; None where every place is held."""
    active_since = before(at, minutes=cutoff_minutes)
    release(transaction, active_since=active_since, at=at)
    asked = open_now(transaction)
    held = _held(transaction)
    if all(one.wanted <= held[one.name] for one in asked):
        _free_one(transaction, before(at, minutes=UNANSWERED * cutoff_minutes), at)
        held = _held(transaction)
    free = [one for one in asked if one.wanted > held[one.name]]
    if not free:
        return None
    draw = transaction.execute("SELECT coalesce(max(number), 0) FROM sessions")[0][0]
    lacking = [held[one.name] - one.wanted for one in free]
    chosen = free[least(lacking, seed=seed, draw=draw, purpose="place")]
    return _in(transaction, chosen, active_since=active_since, seed=seed)


def any_of(transaction: Transaction, *, active_since: str, seed: int) -> tuple[str, int]:
    """A condition for somebody who only tries the study out; the task as it is while no loop asks for any."""
    asked = open_now(transaction)
    return _in(transaction, asked[0], active_since=active_since, seed=seed) if asked else ("", 0)


def _in(transaction: Transaction, condition: Asked, *, active_since: str, seed: int) -> tuple[str, int]:
    return assign(
        transaction,
        {condition.name: len(condition.arrangements)},
        active_since=active_since,
        seed=seed,
        arrangements={condition.name: condition.arrangements},
    )


def release(transaction: Transaction, *, active_since: str, at: datetime, session: str | None = None) -> None:
    """Take their places from those who have sent nothing since `active_since`; only that of `session`, if it is given.

    Once and for all: their place may have been given to somebody else before they come back.
    """
    only, whose = ("", ()) if session is None else (" AND session = ?", (session,))
    transaction.execute(
        f"INSERT INTO late (session, at) SELECT session, ? FROM sessions WHERE {_PLAYING} AND active < ?{only} "
        "ON CONFLICT DO NOTHING",
        (stamp(at), active_since, *whose),
    )


def _free_one(transaction: Transaction, opened_before: str, at: datetime) -> None:
    """Take the place of who has had the page open for longest without an answer."""
    transaction.execute(
        f"INSERT INTO late (session, at) SELECT session, ? FROM sessions WHERE {_PLAYING} AND stored = 0 AND "
        "active < ? AND condition IN (SELECT name FROM conditions WHERE closed IS NULL) AND "
        "session NOT IN (SELECT session FROM late) ORDER BY number LIMIT 1",
        (stamp(at), opened_before),
    )


def close(transaction: Transaction, cycle: str, at: datetime) -> None:
    """Wait no longer for a cycle: nobody is given a place of it, and who plays it has none any more."""
    transaction.execute("UPDATE conditions SET closed = ? WHERE cycle = ? AND closed IS NULL", (stamp(at), cycle))
    transaction.execute(
        f"INSERT INTO late (session, at) SELECT session, ? FROM sessions WHERE {_PLAYING} AND "
        "condition IN (SELECT name FROM conditions WHERE cycle = ?) ON CONFLICT DO NOTHING",
        (stamp(at), cycle),
    )


def _held(transaction: Transaction) -> Counter[str]:
    """How many places of each condition are held."""
    return Counter(one.condition for one in holders(transaction))


def holders(transaction: Transaction) -> list[Holder]:
    """Everybody who holds a place, in the order in which their sessions were opened."""
    return [Holder(condition, session, state == "finished") for condition, session, state in transaction.execute(_HELD)]


def came_late(transaction: Transaction) -> frozenset[str]:
    """The sessions that went on after their place was lost."""
    found = transaction.execute(
        "SELECT late.session FROM late JOIN sessions ON late.session = sessions.session WHERE active >= late.at"
    )
    return frozenset(str(session) for (session,) in found)

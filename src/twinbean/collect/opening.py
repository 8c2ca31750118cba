"""A page opens: its participant begins, goes on, or is told why not. All of it is one change to the store."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from twinbean.collect import places, records, settings
from twinbean.collect.assignment import assign, is_full
from twinbean.collect.clock import before, stamp
from twinbean.collect.policies import Policies
from twinbean.collect.records import SessionRecord
from twinbean.collect.requests import SIGNATURE, Opening, Refused
from twinbean.collect.store import Transaction
from twinbean.collect.tokens import hashed, new_lease, new_session, pseudonym_key, signature_for, token_for

Status = Literal["begun", "resumed", "completed", "blocked", "full", "paused"]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What the page is told. `token` is None where it gets none: then nothing of a session is told either."""

    status: Status
    record: SessionRecord | None = None
    token: str | None = None
    lease: str | None = None
    is_new: bool = False
    # Whether it is another browser, which has none of the rows yet.
    is_elsewhere: bool = False


@dataclass(frozen=True, kw_only=True)
class Door:
    """What decides who comes in.

    `variants` says how many each condition has, `arrangements` in which order of parts each of them is, and `consents`
    which texts may be agreed to: a page that was opened before the form changed shows the old one.
    """

    policies: Policies
    variants: Mapping[str, int]
    arrangements: Mapping[str, Sequence[str]]
    seed: int
    ids: frozenset[str]
    consents: frozenset[str]
    asks_for_consent: bool
    # Whether a program asks for conditions: then it is the database that has them, and a place in one must be free.
    closed_loop: bool = False

    def check(self, opening: Opening) -> None:
        """Raises Refused for what no page of this study sends."""
        if unknown := sorted(opening.ids.keys() - self.ids):
            raise Refused(422, f"ids: this study knows no {unknown[0]!r}, expected {', '.join(sorted(self.ids))}")
        if opening.anonymous != ("participant" not in opening.ids):
            raise Refused(422, "anonymous: expected true where ids has no participant, and false where it has one")
        if self.asks_for_consent and opening.consent is None:
            raise Refused(422, "consent: this study asks for it before anything else, and none was given")
        if opening.consent is not None and opening.consent.text_sha256 not in self.consents:
            raise Refused(422, "consent.text_sha256: this study has not shown a text of this hash")

    def open(self, transaction: Transaction, opening: Opening, at: datetime) -> Opened:
        """The session that a page gets, in one transaction. Raises Refused (410) for one that was withdrawn."""
        visit = _Visit(self, transaction, opening, at)
        return visit.again() or visit.first()


class _Visit:
    def __init__(self, door: Door, transaction: Transaction, opening: Opening, at: datetime) -> None:
        self.policies = door.policies
        self.door = door
        self.transaction = transaction
        self.opening = opening
        self.at = at
        self.request = hashed(opening.request)
        self.active_since = before(at, minutes=door.policies.cutoff_minutes)

    def again(self) -> Opened | None:
        """The reply to a request that was answered before; what has been stored since is counted."""
        found = self.transaction.execute(
            "SELECT session, lease, status FROM openings WHERE request = ?", (self.request,)
        )
        if not found:
            return None
        session, lease, status = found[0]
        record = records.session_by_id(self.transaction, session)
        assert record is not None
        _refuse_ended(record)
        token = next(
            (one for one in (self.own_token(), self.opening.token) if one and hashed(one) == record.token), None
        )
        if token is None:
            raise Refused(401, "the request was made with another token")
        is_elsewhere = status == "resumed" and token != self.opening.token
        return Opened(status=status, record=record, token=token, lease=lease, is_elsewhere=is_elsewhere)

    def first(self) -> Opened:
        opening = self.opening
        if opening.token and not self.policies.lab:
            record = records.session_by_token(self.transaction, hashed(opening.token))
            if record is not None:
                _refuse_ended(record)
                # Somebody else at the same browser, or the researcher who has tried it out, is not who had the token.
                if (record.participant, record.test) == (opening.participant, opening.is_test):
                    return self.known(record, opening.token)
        return self.unknown()

    def known(self, record: SessionRecord, token: str) -> Opened:
        """A browser that has a session already."""
        if record.state == "finished":
            if self.policies.completed_session == "block":
                return self.go_on("completed", record, token)
            return self.begin(self.attempts(record))
        if self.is_too_old(record) or self.policies.incomplete_session == "restart":
            return self.begin(self.attempts(record))
        if self.policies.incomplete_session == "block":
            # The lease stays as it was: what the browser has not sent yet can still come.
            return Opened(status="blocked")
        return self.go_on("resumed", record, token)

    def unknown(self) -> Opened:
        """A browser without a session; an id from the address authorises nothing, but says who has been here."""
        participant = self.opening.participant
        if participant is None or self.policies.lab or self.opening.is_test:
            return self.begin([])
        if self.is_excluded(participant):
            return Opened(status="blocked")
        earlier = [one for one in records.sessions_of(self.transaction, participant) if not one.test]
        signed = next(filter(self.is_signed, earlier), None)
        if signed is not None:
            return self.take_over(signed)
        ended = [one for one in earlier if one.state != "active"]
        if ended and self.policies.completed_session == "block":
            return Opened(status="completed")
        live = [one for one in earlier if one.state == "active" and not self.is_too_old(one)]
        if live and self.policies.other_device == "block":
            return Opened(status="blocked")
        return self.begin(earlier)

    def is_signed(self, record: SessionRecord) -> bool:
        """Whether the link was made for this session, by whoever runs the study, and has not been used."""
        if not self.policies.signed_links or self.opening.signature is None or self.is_too_old(record):
            return False
        signature = signature_for(self.secret(), record.session, record.token)
        return hmac.compare_digest(signature.encode(), self.opening.signature.encode())

    def take_over(self, record: SessionRecord) -> Opened:
        """The session goes on in this browser, and the one that had it has lost its token."""
        _refuse_ended(record)
        token = self.own_token()
        self.transaction.execute("UPDATE sessions SET token = ? WHERE session = ?", (hashed(token), record.session))
        if record.state == "finished":
            return self.go_on("completed", record, token)
        return replace(self.go_on("resumed", record, token), is_elsewhere=True)

    def attempts(self, record: SessionRecord) -> list[SessionRecord]:
        if record.participant is None:
            return [record]
        return [one for one in records.sessions_of(self.transaction, record.participant) if not one.test] or [record]

    def begin(self, earlier: Sequence[SessionRecord]) -> Opened:
        """A new session; of somebody who has been here before in the condition and order that they know."""
        opening = self.opening
        if not earlier and not opening.is_test:
            if settings.is_paused(self.transaction):
                return Opened(status="paused")
            if is_full(self.transaction, settings.target(self.transaction), active_since=self.active_since):
                return Opened(status="full")
        assigned = self.place(earlier) if self.door.closed_loop else self.assign(earlier)
        if assigned is None:
            return Opened(status="paused")
        condition, variant = assigned
        session, lease, token = new_session(), new_lease(), self.own_token()
        now = stamp(self.at)
        ids = {name: value for name, value in opening.ids.items() if name not in ("participant", SIGNATURE)}
        records.insert(
            self.transaction,
            {
                "session": session,
                "token": hashed(token),
                "lease": lease,
                "participant": opening.participant,
                "ids": json.dumps(ids),
                "anonymous": int(opening.anonymous),
                "test": int(opening.is_test),
                "attempt": 1 + max((one.attempt for one in earlier), default=0),
                "condition": condition,
                "variant": variant,
                "page": opening.page,
                "consent": None if opening.consent is None else opening.consent.model_dump_json(),
                "state": "active",
                "opened": now,
                "started": opening.started,
                "active": now,
                "stored": 0,
                "bytes": 0,
            },
        )
        self.remember(session, lease, "begun")
        record = records.session_by_id(self.transaction, session)
        return Opened(status="begun", record=record, token=token, lease=lease, is_new=True)

    def assign(self, earlier: Sequence[SessionRecord]) -> tuple[str, int]:
        return assign(
            self.transaction,
            self.door.variants,
            active_since=self.active_since,
            seed=self.door.seed,
            before=(earlier[0].condition, earlier[0].variant) if earlier else None,
            arrangements=self.door.arrangements,
        )

    def place(self, earlier: Sequence[SessionRecord]) -> tuple[str, int] | None:
        """Where a closed loop wants a participant next; who has been here has had their place."""
        if earlier:
            return earlier[0].condition, earlier[0].variant
        seed = self.door.seed
        if self.opening.is_test:
            return places.any_of(self.transaction, active_since=self.active_since, seed=seed)
        cutoff = self.door.policies.cutoff_minutes
        return places.take(self.transaction, cutoff_minutes=cutoff, at=self.at, seed=seed)

    def go_on(self, status: Status, record: SessionRecord, token: str) -> Opened:
        """The same session under a new lease: whoever had the old one is stale from now on."""
        if self.door.closed_loop:
            places.release(self.transaction, active_since=self.active_since, at=self.at, session=record.session)
        lease = new_lease()
        self.transaction.execute(
            "UPDATE sessions SET lease = ?, active = ? WHERE session = ?", (lease, stamp(self.at), record.session)
        )
        self.remember(record.session, lease, status)
        return Opened(status=status, record=replace(record, lease=lease), token=token, lease=lease)

    def remember(self, session: str, lease: str, status: Status) -> None:
        self.transaction.execute(
            "INSERT INTO openings (request, session, lease, status) VALUES (?, ?, ?, ?)",
            (self.request, session, lease, status),
        )

    def own_token(self) -> str:
        return token_for(self.secret(), self.opening.request)

    def secret(self) -> str:
        secret = settings.get(self.transaction, "secret")
        assert secret is not None
        return secret

    def is_too_old(self, record: SessionRecord) -> bool:
        oldest = self.policies.max_age_ms
        return oldest is not None and record.opened < before(self.at, milliseconds=oldest)

    def is_excluded(self, participant: str) -> bool:
        key = pseudonym_key(self.secret(), participant)
        return bool(self.transaction.execute("SELECT 1 FROM excluded WHERE participant = ?", (key,)))


def _refuse_ended(record: SessionRecord) -> None:
    if record.state in ("withdrawn", "erased"):
        raise Refused(410, f"the session was {record.state}")

"""What participants are to be paid for what they earned. A file is written; nobody is paid by this."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

from twinbean._files import write_text
from twinbean.collect import settings
from twinbean.collect.agreeing import Referee
from twinbean.collect.clock import now, stamp
from twinbean.collect.collected import Collected, collected
from twinbean.collect.reading import conditions_of, data_of
from twinbean.collect.store import StudyError, Transaction
from twinbean.collect.study import Study
from twinbean.collect.tokens import pseudonym_key
from twinbean.sessions.session import Session, total_reward

_CENT = Decimal("0.01")
# What a panel's submission is called: nothing that a spreadsheet could take for a formula.
_SUBMISSION = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9_-]*\Z")


@dataclass(frozen=True, kw_only=True)
class Payment:
    submission: str
    session: str
    amount: Decimal


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a submission."""

    amount: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Bonuses:
    """`unpaid` are the other sessions, with the reason; `earlier` is what earlier files came to."""

    payments: Sequence[Payment]
    unpaid: Mapping[str, str]
    earlier: Decimal

    @property
    def total(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), Decimal(0))


def bonuses(study: Study, *, rate: Decimal, cap: Decimal | None, exclude: Sequence[str] = ()) -> Bonuses:
    """Who is to get `rate` for each point of the main phase, at most `cap`, and why the others are not.

    Only a finished session counts that plays again to the same payoffs, and that no rule of `exclude` leaves out.
    Raises TaskError where the study's task cannot be loaded.
    """
    referee = Referee(study.settings)
    found, ledger, secret = study.store.read(_state)
    ruled_out = _ruled_out(study, found, exclude)
    claimed = Counter(_submission(one) for one in found if not one.record.test)
    conditions = conditions_of(study.settings)
    payments: list[Payment] = []
    unpaid: dict[str, str] = {}
    for one in found:
        submission = _submission(one) or ""
        reason = (
            _out(one)
            or referee.contradiction(one)
            or _nameless(submission, claimed[submission])
            or _written(ledger.get(_key(secret, submission)))
            or ruled_out.get(one.record.session)
        )
        session = None if reason else one.session(conditions)
        points = 0.0 if session is None else total_reward(session.trials)
        amount = _amount(Decimal(str(points)), rate, cap)
        if amount > 0:
            payments.append(Payment(submission=submission, session=one.record.session, amount=amount))
        else:
            unpaid[one.record.session] = reason or _nothing(session)
    earlier = sum((Decimal(entry.amount) for entry in ledger.values()), Decimal(0))
    return Bonuses(payments=payments, unpaid=unpaid, earlier=earlier)


def write_bonuses(study: Study, found: Bonuses, path: Path, *, limit: Decimal | None) -> None:
    """Write `submission,amount` lines, and remember that they were written.

    Raises StudyError, and writes nothing, where the total of this and all earlier files is above `limit`, or the file
    is there: it may not have been paid yet.
    """
    total = found.total + found.earlier
    if limit is not None and total > limit:
        before = f" and {found.earlier} written before" if found.earlier else ""
        raise StudyError(f"the bonuses come to {found.total}{before}, and --total allows {limit}: nothing was written")
    if path.exists():
        raise StudyError(f"{path} is there already, and may hold bonuses that were not paid yet: name another file")
    secret, at = study.store.read(_secret), stamp(now())
    keys = [_key(secret, payment.submission) for payment in found.payments]

    def enter(transaction: Transaction) -> None:
        for key, payment in zip(keys, found.payments, strict=True):
            if transaction.execute("SELECT 1 FROM bonuses WHERE submission = ?", (key,)):
                raise StudyError("some of these bonuses were written in the meantime: nothing was written, start again")
            transaction.execute(
                "INSERT INTO bonuses (submission, session, amount, at) VALUES (?, ?, ?, ?)",
                (key, payment.session, str(payment.amount), at),
            )

    def take_back(transaction: Transaction) -> None:
        for key in keys:
            transaction.execute("DELETE FROM bonuses WHERE submission = ?", (key,))

    # The ledger first: what is in it and in no file is paid by nobody, what is in a file alone would be paid twice.
    study.store.write(enter).result()
    try:
        write_text(path, "".join(f"{payment.submission},{payment.amount}\n" for payment in found.payments))
    except BaseException:
        study.store.write(take_back).result()
        raise


def _ruled_out(study: Study, found: Sequence[Collected], rules: Sequence[str]) -> dict[str, str]:
    """The sessions of whom a rule leaves out, with the rule."""
    if not rules:
        return {}
    from twinbean.comparison.exclusions import exclude_people

    sessions = data_of(found, conditions_of(study.settings)).sessions
    reasons: dict[str, str] = {}
    for rule in rules:
        kept = {session.session for session in exclude_people(sessions, [rule])[0]}
        for session in sessions:
            if session.session not in kept:
                reasons.setdefault(session.session, session.excluded or f"left out by {rule}")
    return reasons


def _out(one: Collected) -> str | None:
    record = one.record
    if one.left_out is not None:
        return one.left_out
    if record.state != "finished":
        return "not finished" if record.state == "active" else record.state
    if record.outcome != "done":
        return str(record.outcome)
    return f"{one.conflicts} rows came with other bytes" if one.conflicts else None


def _nothing(session: Session | None) -> str:
    return "it earned nothing" if session is not None and session.trials else "it has no choice that pays"


def _nameless(submission: str, claimed: int) -> str | None:
    if not submission:
        return "its link named no submission"
    if not _SUBMISSION.match(submission):
        return "what its link named is no submission's id"
    return f"{claimed} sessions name its submission" if claimed > 1 else None


def _written(entry: Entry | None) -> str | None:
    return None if entry is None else f"{entry.amount} was written for its submission on {entry.at[:10]}"


def _submission(one: Collected) -> str | None:
    """Prolific's submission has an id of its own; elsewhere the participant's id is all there is."""
    return one.record.ids.get("session_id") or one.record.participant


def _amount(points: Decimal, rate: Decimal, cap: Decimal | None) -> Decimal:
    amount = max(points * rate, Decimal(0)).quantize(_CENT, ROUND_HALF_UP)
    return amount if cap is None else min(amount, cap.quantize(_CENT, ROUND_DOWN))


def _key(secret: str, submission: str) -> bytes:
    """What the ledger knows a submission by: an erased participant's id is not in it."""
    return pseudonym_key(secret, f"submission {submission}")


def _secret(transaction: Transaction) -> str:
    secret = settings.get(transaction, "secret")
    assert secret is not None
    return secret


def _state(transaction: Transaction) -> tuple[list[Collected], dict[bytes, Entry], str]:
    ledger = {
        bytes(key): Entry(amount, at)
        for key, amount, at in transaction.execute("SELECT submission, amount, at FROM bonuses")
    }
    return collected(transaction), ledger, _secret(transaction)

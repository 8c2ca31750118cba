"""Bonuses: who earned what, once, from sessions that play again to the same payoffs; the others with the reason."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from collecting import Called
from taking_part import rows_for, take_part
from twinbean.collect import bonus
from twinbean.collect.bonus import Bonuses, bonuses, write_bonuses
from twinbean.collect.excluding import exclude
from twinbean.collect.store import StudyError

RATE = Decimal("0.01")


@pytest.fixture
def study(tmp_path: Path) -> Called:
    with Called(tmp_path / "study", parameters={"trials": 6}) as called:
        yield called


def found(study: Called, *, rate: Decimal = RATE, cap: Decimal | None = None) -> Bonuses:
    return bonuses(study.study, rate=rate, cap=cap)


def paid(sent: list[bytes]) -> Decimal:
    """What the rows say was paid, added up by hand."""
    rows = [json.loads(row) for row in sent]
    return sum((Decimal(str(row["bean_value"])) for row in rows if "bean_bandits" in row), Decimal(0))


def sub(number: int) -> dict[str, str]:
    return {"session_id": f"{number:024x}"}


def test_everybody_gets_what_their_rows_paid_under_their_submission(study: Called) -> None:
    people = [take_part(study, f"p{n}", ids=sub(n)) for n in range(4)]
    payments = {payment.submission: payment.amount for payment in found(study).payments}
    expected = {f"{n:024x}": (paid(people[n]["sent"]) * RATE).quantize(Decimal("0.01")) for n in range(4)}
    assert payments == {submission: amount for submission, amount in expected.items() if amount > 0}
    assert len(payments) > 1


def test_no_amount_is_above_the_cap(study: Called) -> None:
    take_part(study, "p", ids=sub(1))
    [payment] = found(study, rate=Decimal(1), cap=Decimal("0.35")).payments
    assert payment.amount == Decimal("0.35")


@pytest.mark.parametrize(
    ("points", "amount"), [("50", "0.50"), ("0.4", "0.00"), ("0.5", "0.01"), ("-20", "0.00"), ("600", "5.00")]
)
def test_amounts_are_rounded_to_cents_between_nothing_and_the_cap(points: str, amount: str) -> None:
    assert bonus._amount(Decimal(points), RATE, Decimal(5)) == Decimal(amount)


def test_the_others_are_listed_with_the_reason(study: Called) -> None:
    reasons = {}
    reasons[take_part(study, "tester", ids=sub(1), test=True)["session"]] = "a test visit"
    reasons[take_part(study, "left", rows=4, outcome=None, ids=sub(2))["session"]] = "not finished"
    reasons[take_part(study, "screened", rows=4, outcome="screened_out", ids=sub(3))["session"]] = "screened_out"
    reasons[take_part(study, None)["session"]] = "its link named no submission"
    reasons[take_part(study, "bad", ids=sub(5))["session"]] = "the participant is excluded"
    exclude(study.study.store, ["bad"])
    gone = take_part(study, "gone", rows=4, outcome=None, ids=sub(6))
    study.withdraw(gone)
    reasons[gone["session"]] = "withdrawn"
    reasons[take_part(study, "formula", ids={"session_id": "=1+1"})["session"]] = (
        "what its link named is no submission's id"
    )
    for who in ("victim", "thief"):
        reasons[take_part(study, who, ids=sub(8))["session"]] = "2 sessions name its submission"
    liar = study.open("liar", ids=sub(9))
    rows = [json.loads(row) for row in rows_for(study, liar, "liar")]
    for row in rows:
        if "bean_bandits" in row:
            row["bean_value"] = 1000
    sent = [json.dumps(row).encode() for row in rows]
    study.send(liar, 0, sent)
    assert study.finish(liar, sent).json()["complete"]
    result = found(study)
    contradiction = dict(result.unpaid).pop(liar["session"])
    assert "1000" in contradiction
    assert result.unpaid == {**reasons, liar["session"]: contradiction}
    assert result.payments == []


def test_no_submission_is_written_twice(study: Called, tmp_path: Path) -> None:
    take_part(study, "a", ids=sub(1))
    first = found(study)
    write_bonuses(study.study, first, tmp_path / "first.csv", limit=None)
    assert (tmp_path / "first.csv").read_text() == f"{sub(1)['session_id']},{first.payments[0].amount}\n"
    take_part(study, "b", ids=sub(2))
    second = found(study)
    assert [payment.submission for payment in second.payments] == [sub(2)["session_id"]]
    assert f"{first.total} was written for its submission" in next(iter(second.unpaid.values()))
    assert second.earlier == first.total
    # What was computed before the ledger knew of it cannot be written either.
    with pytest.raises(StudyError, match="written in the meantime"):
        write_bonuses(study.study, first, tmp_path / "again.csv", limit=None)
    assert not (tmp_path / "again.csv").exists()


def test_a_total_is_not_passed_earlier_files_included(study: Called, tmp_path: Path) -> None:
    take_part(study, "a", ids=sub(1))
    first = found(study)
    with pytest.raises(StudyError, match="nothing was written"):
        write_bonuses(study.study, first, tmp_path / "b.csv", limit=first.total - Decimal("0.01"))
    assert not (tmp_path / "b.csv").exists()
    write_bonuses(study.study, first, tmp_path / "b.csv", limit=first.total)
    take_part(study, "b", ids=sub(2))
    with pytest.raises(StudyError, match="written before"):
        write_bonuses(study.study, found(study), tmp_path / "c.csv", limit=first.total)


def test_a_file_that_may_not_have_been_paid_is_not_overwritten(study: Called, tmp_path: Path) -> None:
    take_part(study, "a", ids=sub(1))
    (tmp_path / "bonus.csv").write_text("x,1\n")
    with pytest.raises(StudyError, match="is there already"):
        write_bonuses(study.study, found(study), tmp_path / "bonus.csv", limit=None)
    assert (tmp_path / "bonus.csv").read_text() == "x,1\n"


def test_what_could_not_be_written_is_not_in_the_ledger(study: Called, tmp_path: Path) -> None:
    take_part(study, "a", ids=sub(1))
    with pytest.raises(OSError, match="No such file"):
        write_bonuses(study.study, found(study), tmp_path / "gone" / "bonus.csv", limit=None)
    assert len(found(study).payments) == 1

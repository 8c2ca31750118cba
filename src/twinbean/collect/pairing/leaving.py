"""Of whom a study must not have a run, and whose is no data: both may change after it was played."""

from __future__ import annotations

from pathlib import Path

from twinbean.collect import records
from twinbean.collect.collected import Collected, collected
from twinbean.collect.pairing.folders import LEFT_OUT, RUNS, WAITING, remove
from twinbean.collect.store import Transaction
from twinbean.collect.study import Study
from twinbean.collect.tokens import SESSION


def is_gone(transaction: Transaction, session: str) -> bool:
    """Whether nothing is kept of it: erased, or withdrawn with all that was answered."""
    record = records.session_by_id(transaction, session)
    if record is None or record.state == "erased":
        return True
    return record.state == "withdrawn" and not transaction.execute(
        "SELECT 1 FROM events WHERE session = ? LIMIT 1", (session,)
    )


def place_of(one: Collected) -> str:
    """Where the run of a session is, by whether an analysis of the study has the session."""
    return RUNS if one.left_out is None else LEFT_OUT


def sweep(study: Study) -> None:
    """Remove the runs of those who are gone, as a server that was killed may not have done, and set aside those of
    participants who were excluded since. At the start alone, as nobody may be playing."""
    places = (study.folder / RUNS, study.folder / LEFT_OUT, study.folder / RUNS / WAITING)
    found = {path.name for place in places if place.is_dir() for path in place.iterdir()}
    names = sorted(filter(SESSION.fullmatch, found))
    if not names:
        return
    known = {one.record.session: one for one in study.store.read(_all)}
    gone = set(study.store.read(lambda transaction: [name for name in names if is_gone(transaction, name)]))
    for session in names:
        if session in gone:
            remove(study.folder, session)
        else:
            _set_right(study.folder, known[session])


def _all(transaction: Transaction) -> list[Collected]:
    return collected(transaction, with_rows=lambda record: False)


def _set_right(folder: Path, one: Collected) -> None:
    """A run that is elsewhere than it should be is moved there."""
    place = place_of(one)
    run = folder / place / one.record.session
    elsewhere = folder / (LEFT_OUT if place == RUNS else RUNS) / one.record.session
    if elsewhere.is_dir() and not run.exists():
        run.parent.mkdir(exist_ok=True)
        elsewhere.rename(run)

"""Of whom a study must not have a run: whoever was erased, or has withdrawn with all that they had answered."""

from __future__ import annotations

import re

from twinbean.collect import records
from twinbean.collect.pairing.folders import RUNS, TESTS, WAITING, remove
from twinbean.collect.store import Transaction
from twinbean.collect.study import Study

_SESSION = re.compile(r"[0-9a-f]{16}")


def is_gone(transaction: Transaction, session: str) -> bool:
    record = records.session_by_id(transaction, session)
    if record is None or record.state == "erased":
        return True
    return record.state == "withdrawn" and not transaction.execute(
        "SELECT 1 FROM events WHERE session = ? LIMIT 1", (session,)
    )


def sweep(study: Study) -> None:
    """Remove the runs of those who are gone: a server that was killed may not have come to it. At the start alone, as
    nobody may be playing."""
    places = (study.folder / RUNS, study.folder / TESTS, study.folder / RUNS / WAITING)
    found = {path.name for place in places if place.is_dir() for path in place.iterdir()}
    names = sorted(filter(_SESSION.fullmatch, found))
    for session in study.store.read(lambda transaction: [name for name in names if is_gone(transaction, name)]):
        remove(study.folder, session)

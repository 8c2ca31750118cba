"""A participant is erased: nothing that they said, and nothing that says who they are, is left."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from twinbean.collect import settings
from twinbean.collect.clock import now, stamp
from twinbean.collect.naming import sessions_named
from twinbean.collect.pairing.folders import remove
from twinbean.collect.store import StoreUnavailable, Transaction
from twinbean.collect.study import BACKUPS, Study

# When somebody was last erased: what was copied before holds them.
ERASED = "erased"
# In the folder of a closed loop's cycle that people took part in, beside their sessions.
COLLECTED = "collected.json"
_TRIES = 20
_WAIT_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Erased:
    """`backups` still hold the person until the next backup is made; `runs` are folders to be looked at by hand."""

    sessions: Sequence[str]
    rows: int
    backups: Sequence[Path]
    runs: Sequence[Path]


def erase(study: Study, participant: str, *, runs: Iterable[Path] = ()) -> Erased:
    """Erase whoever has this id, pseudonym or session, with all sessions of theirs: rows, those set aside, ids,
    consent and times.

    What is left of a session is that there was one, in which condition: whoever still has its token is told that it is
    gone. `runs` are folders in which to look for runs that hold the participant. Raises StudyError where nobody is
    found.
    """
    at = stamp(now())

    def change(transaction: Transaction) -> tuple[list[str], int, set[str]]:
        found = sessions_named(transaction, participant)
        names = {name for _, own in found for name in own}
        rows = sum(_erase(transaction, record.session) for record, _ in found)
        settings.put(transaction, ERASED, at)
        return [record.session for record, _ in found], rows, names

    sessions, rows, names = study.store.write(change).result()
    for session in sessions:
        remove(study.folder, session)
    _purge(study)
    return Erased(
        sessions=sessions,
        rows=rows,
        backups=sorted(path for path in (study.folder / BACKUPS).glob("*") if path.is_file()),
        runs=[folder for place in runs for folder in _runs_with(place, names)],
    )


def _erase(transaction: Transaction, session: str) -> int:
    """The number of rows that are gone."""
    deleted = [
        transaction.execute(f"DELETE FROM {table} WHERE session = ? RETURNING seq", (session,))
        for table in ("events", "quarantine")
    ]
    for table in ("problems", "late"):
        transaction.execute(f"DELETE FROM {table} WHERE session = ?", (session,))
    transaction.execute(
        "UPDATE sessions SET state = 'erased', participant = NULL, ids = '{}', consent = NULL, anonymous = 1, "
        "page = '', started = '', opened = '', active = '', ended = NULL, outcome = NULL, n = NULL, digest = NULL, "
        "lease = '', stored = 0, bytes = 0 WHERE session = ?",
        (session,),
    )
    return len(deleted[0])


def _purge(study: Study) -> None:
    """Raises StoreUnavailable where the database is read without a pause."""
    for left in reversed(range(_TRIES)):
        try:
            study.store.purge()
            return
        except StoreUnavailable:
            if not left:
                raise
            time.sleep(_WAIT_S)


def _runs_with(place: Path, names: set[str]) -> list[Path]:
    wanted = [name.encode() for name in names]
    folders = sorted({manifest.parent for name in ("run.json", COLLECTED) for manifest in place.rglob(name)})
    return [folder for folder in folders if any(_holds(file, wanted) for file in sorted(folder.rglob("*")))]


def _holds(file: Path, wanted: Sequence[bytes]) -> bool:
    if not file.is_file():
        return False
    content = file.read_bytes()
    return any(name in content for name in wanted)

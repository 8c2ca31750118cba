"""Who must not take part: participants of a list, or of another study. What their ids hash to is kept, not the ids."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from twinbean._files import read_text
from twinbean.collect import settings
from twinbean.collect.records import all_sessions
from twinbean.collect.store import Store, StudyError, Transaction
from twinbean.collect.study import is_study, open_study
from twinbean.collect.tokens import pseudonym_key


def excluded_in(sources: Iterable[Path]) -> frozenset[str]:
    """The ids in files, one a line, and those of everybody who opened a session of a study."""
    found: set[str] = set()
    for source in sources:
        found |= _of_study(source) if is_study(source) else _of_file(source)
    return frozenset(found)


def _of_study(folder: Path) -> set[str]:
    with open_study(folder) as study:
        sessions = study.store.read(all_sessions)
    return {one.participant for one in sessions if one.participant is not None and not one.test}


def _of_file(path: Path) -> set[str]:
    ids = {line.strip() for line in read_text(path).splitlines()} - {""}
    if not ids:
        raise StudyError(f"{path} names nobody, expected a participant's id in each line")
    return ids


def exclude(store: Store, participants: Iterable[str]) -> None:
    def change(transaction: Transaction) -> None:
        secret = settings.get(transaction, "secret")
        assert secret is not None
        for participant in participants:
            transaction.execute(
                "INSERT INTO excluded (participant) VALUES (?) ON CONFLICT DO NOTHING",
                (pseudonym_key(secret, participant),),
            )

    store.write(change).result()

"""A participant by any of the names that a researcher may have: the id, the pseudonym, a session."""

from __future__ import annotations

from twinbean.collect import settings
from twinbean.collect.collected import pseudonym
from twinbean.collect.records import SessionRecord, all_sessions
from twinbean.collect.store import StudyError, Transaction
from twinbean.collect.study import Study


def names_of(secret: str, record: SessionRecord) -> set[str]:
    """Whom a session is of, by every name; who was erased has none."""
    if record.state == "erased":
        return set()
    names = {pseudonym(secret, record), record.session}
    return names if record.participant is None else names | {record.participant}


def sessions_named(transaction: Transaction, name: str) -> list[tuple[SessionRecord, set[str]]]:
    """All sessions of whoever has this name, with all names of theirs. Raises StudyError where nobody has it."""
    secret = settings.get(transaction, "secret")
    assert secret is not None
    everybody = [(record, names_of(secret, record)) for record in all_sessions(transaction)]
    # One session leads to the person, and the person to all of theirs.
    people = {pseudonym(secret, record) for record, names in everybody if name in names}
    found = [(record, names) for record, names in everybody if names & people]
    if not found:
        raise StudyError(f"no participant of the study is called {name!r}: give an id, a pseudonym or a session")
    return found


def id_of(study: Study, name: str) -> str:
    """The id of whoever has this name. Raises StudyError where their link had none."""
    found = study.store.read(lambda transaction: sessions_named(transaction, name))
    participant = found[0][0].participant
    if participant is None:
        raise StudyError(f"{name!r} came without an id, by which they could be known again")
    return participant

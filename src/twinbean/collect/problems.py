"""What went wrong, for the researcher to see. No id and no address is in it."""

from __future__ import annotations

from datetime import datetime

from twinbean.collect.clock import stamp
from twinbean.collect.store import Transaction

_KEPT = 1_000


def note(transaction: Transaction, what: str, at: datetime, *, session: str | None = None) -> None:
    """Keep a sentence, unless it is known of this session already; the oldest of very many are forgotten."""
    # It may quote what came from outside, in which there may be characters that no database keeps.
    what = what.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    if session is not None and transaction.execute(
        "SELECT 1 FROM problems WHERE session = ? AND what = ?", (session, what)
    ):
        return
    transaction.execute("INSERT INTO problems (at, session, what) VALUES (?, ?, ?)", (stamp(at), session, what))
    newest = transaction.execute("SELECT max(number) FROM problems")[0][0]
    transaction.execute("DELETE FROM problems WHERE number <= ?", (newest - _KEPT,))

"""What can be changed while a study runs, kept in its database."""

from __future__ import annotations

from twinbean.collect.store import Transaction


def get(transaction: Transaction, name: str) -> str | None:
    found = transaction.execute("SELECT value FROM settings WHERE name = ?", (name,))
    return str(found[0][0]) if found else None


def put(transaction: Transaction, name: str, value: str | None) -> None:
    transaction.execute("DELETE FROM settings WHERE name = ?", (name,))
    if value is not None:
        transaction.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (name, value))


def is_paused(transaction: Transaction) -> bool:
    return get(transaction, "paused") is not None


def pause(transaction: Transaction, paused: bool) -> None:
    """Whether newcomers are refused; who has started goes on in any case."""
    put(transaction, "paused", "yes" if paused else None)


def target(transaction: Transaction) -> int | None:
    """How many finished participants are wanted; None for as many as come."""
    found = get(transaction, "target")
    return None if found is None else int(found)


def set_target(transaction: Transaction, wanted: int | None) -> None:
    put(transaction, "target", None if wanted is None else str(wanted))

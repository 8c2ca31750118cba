"""What is known of people before they agree: how many opened the page, how many declined, and what they were shown."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from twinbean.collect.clock import now, stamp
from twinbean.collect.store import Store, Transaction


def count(transaction: Transaction, event: str) -> None:
    transaction.execute(
        "INSERT INTO visits (event, n) VALUES (?, 1) ON CONFLICT (event) DO UPDATE SET n = visits.n + 1", (event,)
    )


def counts(transaction: Transaction) -> dict[str, int]:
    return dict(transaction.execute("SELECT event, n FROM visits ORDER BY event"))


def remember_consents(store: Store, texts: Sequence[str]) -> frozenset[str]:
    """Keep the consent forms that are shown from now on; the hashes of all that this study has ever shown."""

    def change(transaction: Transaction) -> frozenset[str]:
        for text in texts:
            transaction.execute(
                "INSERT INTO consents (text_sha256, text, first_shown) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (hashlib.sha256(text.encode()).hexdigest(), text, stamp(now())),
            )
        return frozenset(found for (found,) in transaction.execute("SELECT text_sha256 FROM consents"))

    return store.write(change).result()

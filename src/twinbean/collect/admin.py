"""Who may see a study's dashboard: whoever has its token, which is printed once and of which a hash is kept.

A browser that gave the token has a cookie instead, good for some hours. Another token makes both worthless.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from twinbean.collect import settings
from twinbean.collect.clock import now
from twinbean.collect.store import Store, Transaction

_TOKEN = "admin"
_HOURS = 12


def new_token(store: Store) -> str:
    """Another token for the dashboard; the one before, and who came in by it, is out."""
    token = secrets.token_urlsafe(32)
    store.write(lambda transaction: settings.put(transaction, _TOKEN, _hash(token))).result()
    return token


def has_token(store: Store) -> bool:
    return store.read(lambda transaction: settings.get(transaction, _TOKEN)) is not None


class Admin:
    """Checks what browsers bring along."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def enter(self, token: str) -> str | None:
        """The cookie of who has the token; None for anybody else."""
        kept = self._store.read(lambda transaction: settings.get(transaction, _TOKEN))
        if kept is None or not hmac.compare_digest(_hash(token), kept):
            return None
        until = int((now() + timedelta(hours=_HOURS)).timestamp())
        claim = f"{until}.{secrets.token_urlsafe(16)}"
        return f"{claim}.{self._sign('cookie', claim)}"

    def is_in(self, cookie: str) -> bool:
        claim, _, signature = cookie.rpartition(".")
        until = claim.partition(".")[0]
        if not until.isdecimal() or not hmac.compare_digest(signature, self._sign("cookie", claim)):
            return False
        return now() < datetime.fromtimestamp(int(until), tz=now().tzinfo)

    def form_key(self, cookie: str) -> str:
        """What a form of ours brings along, and another site's does not know."""
        return self._sign("form", cookie)

    def is_ours(self, cookie: str, key: str) -> bool:
        return hmac.compare_digest(key, self.form_key(cookie))

    def _sign(self, purpose: str, text: str) -> str:
        secret, token = self._store.read(_keys)
        made = hmac.digest(bytes.fromhex(secret), f"{purpose}:{token}:{text}".encode(), "sha256")
        return made.hex()


def _keys(transaction: Transaction) -> tuple[str, str]:
    secret = settings.get(transaction, "secret")
    assert secret is not None
    return secret, settings.get(transaction, _TOKEN) or ""


def _hash(token: str) -> str:
    # Drawn from 256 bits: nothing to be guessed, so that nothing slower is needed.
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()

"""What a browser is known by: a token that nobody can guess, of which the study keeps a hash.

The token belongs to the request that asked for it, which a browser draws at random and repeats until it is answered:
made from both the study's secret and the request, it is the same each time, and is in no file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

SESSION = re.compile(r"[0-9a-f]{16}")


def new_secret() -> str:
    return secrets.token_hex(32)


def new_session() -> str:
    return secrets.token_hex(8)


def new_lease() -> str:
    return secrets.token_hex(16)


def token_for(secret: str, request: str) -> str:
    """256 bits in base64url, without the padding."""
    made = hmac.digest(bytes.fromhex(secret), b"token:" + request.encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def signature_for(secret: str, session: str, token: bytes) -> str:
    """What lets another browser go on with a session, once: it is made of what is kept of the session's token, and the
    other browser gets a token of its own."""
    made = hmac.digest(bytes.fromhex(secret), b"link:" + session.encode() + token, "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def hashed(text: str) -> bytes:
    """What is kept of a token or a request. Both are drawn from 128 bits and more, so that no salt is needed."""
    return hashlib.sha256(text.encode()).digest()


def pseudonym_key(secret: str, participant: str) -> bytes:
    """What stands for an id that is not kept, as that of somebody who must not take part. Ids are guessable, so that
    they are hashed with the study's secret."""
    return hmac.digest(
        bytes.fromhex(secret), b"participant:" + participant.encode("utf-8", "backslashreplace"), "sha256"
    )

"""Players that speak a study's protocol as its page does, without a browser: by the hundred, and with faults.

async with asyncio.TaskGroup() as group:
    for number in range(100):
        group.create_task(Participant(address, name=f"P{number}", faults=Misfortune(rate=0.1)).take_part(rows))
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from twinbean.testing.connection import Connection, Reply

API = "/api/1/"
_NDJSON = {"Content-Type": "application/x-ndjson"}
_JSON = {"Content-Type": "application/json"}
# What a page may send at once.
_BATCH = 50


@dataclass(frozen=True, kw_only=True)
class Misfortune:
    """What happens to a participant: before each request, one of `kinds` with the probability `rate`.

    "cut" closes the connection when the request is written, "repeat" sends it twice, "reload" opens the page again,
    "early" sends what is to come later first. All are drawn from `seed`.
    """

    rate: float = 0.0
    kinds: Sequence[str] = ("cut", "repeat", "reload", "early")
    seed: int = 0


class Refused(Exception):
    """The server's answer says that trying again is of no use."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status}: {reply.content.decode(errors='replace')}")
        self.reply = reply


class Participant:
    """One browser. `acknowledged` has the number of every row that the server has said to have.

    `name` is the id in the address, None for somebody who came without one. `wait_s` is how long to wait before trying
    again.
    """

    def __init__(
        self,
        address: str,
        *,
        name: str | None = None,
        ids: dict[str, str] | None = None,
        test: bool = False,
        consent: dict[str, str] | None = None,
        misfortune: Misfortune | None = None,
        wait_s: float = 0.2,
    ) -> None:
        self.connection = Connection(address)
        self.ids = dict(ids or {}) | ({} if name is None else {"participant": name})
        self.anonymous = name is None
        self.test = test
        self.consent = consent
        self.misfortune = misfortune or Misfortune()
        self.rng = random.Random(f"{self.misfortune.seed} {name}")
        self.wait_s = wait_s
        self.opened: dict[str, Any] = {}
        self.rows: list[bytes] = []
        self.acknowledged: set[int] = set()
        self.token: str | None = None

    @property
    def session(self) -> str:
        return str(self.opened["session"])

    async def take_part(
        self, rows: Callable[[dict[str, Any]], Sequence[bytes]], *, pace_s: float = 0.0, outcome: str = "done"
    ) -> dict[str, Any]:
        """Open, send the rows that `rows` makes of the server's reply, `pace_s` after each other, and finish."""
        await self.open()
        for row in rows(self.opened):
            self.rows.append(row)
            await self.drain()
            await asyncio.sleep(pace_s)
        return await self.finish(outcome)

    async def open(self) -> dict[str, Any]:
        """What the server gives this browser; again, what it gives somebody who comes back."""
        content = {
            "request": self.rng.randbytes(16).hex(),
            "page": "a page",
            "ids": self.ids,
            "anonymous": self.anonymous,
            "test": self.test,
            "consent": self.consent,
            "started": "2026-01-01T00:00:00.000Z",
            "token": self.token,
        }
        reply = await self._until_answered("sessions", json.dumps(content).encode(), lambda: _JSON)
        self.opened = reply.json()
        self.token = self.opened.get("token", self.token)
        return self.opened

    async def drain(self) -> None:
        """Send until everything recorded so far is acknowledged."""
        while len(self.acknowledged) < len(self.rows):
            first = next(number for number in range(len(self.rows)) if number not in self.acknowledged)
            if self._happens("early"):
                first = self.rng.randrange(first, len(self.rows))
            batch = self.rows[first : first + _BATCH]
            if self._happens("reload"):
                await self.open()
            reply = await self._until_answered(
                f"sessions/{self.session}/rows",
                b"".join(row + b"\n" for row in batch),
                lambda first=first: _NDJSON | self._access() | {"Twinbean-First": str(first)},  # type: ignore[misc]
            )
            stored = reply.json()["stored"]
            self.acknowledged |= {*range(first, first + len(batch)), *range(min(stored, len(self.rows)))}

    async def finish(self, outcome: str = "done", **instead: Any) -> dict[str, Any]:
        """The server's reply; `instead` replaces what is sent."""
        made = hashlib.sha256(b"".join(row + b"\n" for row in self.rows)).hexdigest()
        content = {"n": len(self.rows), "digest": made, "outcome": outcome, **instead}
        path = f"sessions/{self.session}/finish"
        reply = await self._until_answered(path, json.dumps(content).encode(), lambda: _JSON | self._access())
        return reply.json()

    async def withdraw(self) -> dict[str, Any]:
        path = f"sessions/{self.session}/withdraw"
        return (await self._until_answered(path, b"", lambda: _JSON | self._access())).json()

    def close(self) -> None:
        self.connection.close()

    def _access(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Twinbean-Lease": str(self.opened["lease"])}

    def _happens(self, kind: str) -> bool:
        return kind in self.misfortune.kinds and self.rng.random() < self.misfortune.rate

    async def _until_answered(self, path: str, body: bytes, headers: Callable[[], dict[str, str]]) -> Reply:
        """Try until there is an answer, as a page does. Raises Refused for one that trying again would not change."""
        while True:
            try:
                if self._happens("cut"):
                    await self.connection.post(API + path, body, headers(), cut=True)
                if self._happens("repeat"):
                    await self.connection.post(API + path, body, headers())
                reply = await self.connection.post(API + path, body, headers())
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(self.wait_s)
                continue
            if reply.status in (200, 201):
                return reply
            if reply.status not in (429, 500, 502, 503):
                raise Refused(reply)
            await asyncio.sleep(self.wait_s)

"""How many requests may be under way at an endpoint that does not say how many it takes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_FIRST = 32


class Limiter:
    """Admits up to `limit` requests at once, in the order in which they came.

    It begins with a few and takes twice as many each round, up to `most`. A refusal (429) tells how many the endpoint
    takes: those still under way. From then on each round of successes tries one more. So the endpoint stays full, at
    the price of about one refusal a round. Belongs to one event loop.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(min(most, _FIRST))
        self._was_refused = False
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed_until = 0.0

    @property
    def limit(self) -> int:
        return int(self._limit)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Room for one request, for the length of the block."""
        await self._enter()
        try:
            yield
        finally:
            self._under_way -= 1
            self._admit()

    def succeeded(self) -> None:
        more = 1 / self._limit if self._was_refused else 1.0
        self._limit = min(float(self._most), self._limit + more)
        self._admit()

    def refused(self, retry_after: float | None) -> None:
        """A request that is still in its slot was refused; `retry_after` (seconds) is how long to leave it alone.

        With a time to wait the limit is one of requests in a time, which waiting cures: the slots are at most halved.
        """
        self._was_refused = True
        others = max(1.0, self._under_way - 1.0)
        if retry_after is None:
            self._limit = min(self._limit, others)
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._closed_until:
            self._limit = min(self._limit, max(others, self._limit / 2))
        self._closed_until = max(self._closed_until, loop.time() + retry_after)
        loop.call_at(self._closed_until, self._admit)

    async def _enter(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._waiting and self._has_room(loop.time()):
            self._under_way += 1
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._under_way -= 1
                self._admit()
            raise

    def _has_room(self, now: float) -> bool:
        return now >= self._closed_until and self._under_way < self.limit

    def _admit(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._waiting and self._has_room(now):
            turn = self._waiting.popleft()
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)

"""How much one may send: checked before it is read, and by token, never by address."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import Request

from twinbean.collect.requests import Refused

# A page sends rows of some hundred bytes, one by one; what it has kept while it was offline comes in batches.
MOST_BODY = 2**20
# Requests a second of one session, and how many at once after a pause.
RATE, BURST = 20.0, 100.0
# Of new sessions, together: far above what a campus can click, far below what fills a disk.
OPENINGS, OPENINGS_BURST = 200.0, 2_000.0
_REMEMBERED = 50_000


async def body_of(request: Request, most: int = MOST_BODY) -> bytes:
    """The body. Raises Refused (413) before more than `most` bytes of it are read."""
    length = request.headers.get("content-length")
    if length is not None and (not length.isdecimal() or int(length) > most):
        raise Refused(413, f"the request has {length} bytes, expected at most {most}")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise Refused(413, f"the request has more than {most} bytes")
        parts.append(part)
    return b"".join(parts)


class Limiter:
    """A token bucket for each name: `rate` a second, `burst` at once. The longest idle are forgotten first."""

    def __init__(self, *, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> None:
        """Raises Refused (429) for one too many."""
        now = self._clock()
        left, at = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        allowed = left >= 1
        self._buckets[name] = (left - allowed, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        if not allowed:
            raise Refused(429, "too many requests of this session: come again in a second", retry_after=1)

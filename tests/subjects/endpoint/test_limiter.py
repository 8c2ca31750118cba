"""How many requests are under way."""

from __future__ import annotations

import asyncio
import time

from twinbean.subjects.endpoint.limiter import Limiter


class Endpoint:
    """Takes `limit` requests at once, each for `seconds`, and refuses more."""

    def __init__(self, limit, seconds):
        self.limit = limit
        self.seconds = seconds
        self.under_way = 0
        self.refused = 0

    async def serve(self):
        if self.under_way >= self.limit:
            self.refused += 1
            return False
        self.under_way += 1
        await asyncio.sleep(self.seconds)
        self.under_way -= 1
        return True


async def through(limiter, endpoint, calls):
    for _ in range(calls):
        done = False
        while not done:
            async with limiter.slot():
                done = await endpoint.serve()
                if done:
                    limiter.succeeded()
                else:
                    limiter.refused(None)
            if not done:
                await asyncio.sleep(endpoint.seconds / 4)


def test_an_endpoint_that_does_not_say_how_many_it_takes_is_kept_full():
    endpoint = Endpoint(limit=20, seconds=0.05)

    async def play():
        limiter = Limiter(200)
        await asyncio.gather(*[through(limiter, endpoint, 5) for _ in range(100)])
        return limiter.limit

    began = time.perf_counter()
    limit = asyncio.run(play())
    ideal = 100 * 5 * endpoint.seconds / endpoint.limit
    assert 15 <= limit <= 25
    assert time.perf_counter() - began < 1.5 * ideal
    assert endpoint.refused < 100 + 3 * 25


def test_requests_are_admitted_in_the_order_in_which_they_came():
    order = []

    async def one(limiter, number):
        async with limiter.slot():
            order.append(number)
            await asyncio.sleep(0)

    async def play():
        limiter = Limiter(2)
        await asyncio.gather(*[one(limiter, number) for number in range(20)])

    asyncio.run(play())
    assert order == list(range(20))


def test_a_time_to_wait_is_waited_for_by_all():
    async def play():
        limiter = Limiter(4)
        async with limiter.slot():
            limiter.refused(0.2)
        began = time.monotonic()
        async with limiter.slot():
            return time.monotonic() - began

    assert 0.19 <= asyncio.run(play()) < 1


def test_repeated_refusals_leave_room_for_one():
    async def play():
        limiter = Limiter(8)
        for retry_after in (None, 0.0, None, 0.0, 0.0, 0.0):
            async with limiter.slot():
                limiter.refused(retry_after)
        return limiter.limit

    assert asyncio.run(play()) == 1


def test_whoever_stops_waiting_takes_no_room():
    async def one(limiter, seconds):
        async with limiter.slot():
            await asyncio.sleep(seconds)

    async def play():
        limiter = Limiter(1)
        first = asyncio.create_task(one(limiter, 0.05))
        await asyncio.sleep(0)
        second, third = (asyncio.create_task(one(limiter, 0)) for _ in range(2))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait_for(asyncio.gather(first, third), timeout=5)

    asyncio.run(play())


def test_nothing_is_admitted_before_the_time_that_the_endpoint_named():
    async def play(retry_after):
        loop, limiter, admitted = asyncio.get_running_loop(), Limiter(4), []

        async def one():
            async with limiter.slot():
                admitted.append(loop.time())

        async with limiter.slot():
            limiter.refused(retry_after)
        named = loop.time() + retry_after
        waiting = asyncio.create_task(one())
        await asyncio.wait([waiting], timeout=0.2)
        waiting.cancel()
        return all(time >= named - 0.1 for time in admitted), len(admitted)

    assert asyncio.run(play(600.0)) == (True, 0)
    assert asyncio.run(play(0.0)) == (True, 1)

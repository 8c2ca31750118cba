"""What was acknowledged is stored, once, as it was sent, however often the server is killed."""

from __future__ import annotations

import asyncio
import random

from collecting import Served, stored
from twinbean.testing.participants import Misfortune, Participant

ROWS = 4_000


def row(name, number):
    # About as long as a page's row.
    return f'{{"participant":"{name}","trial_index":{number},"text":"{"æ" * 380}"}}'.encode()


async def load_and_kill(server, people, *, kills, rng):
    """People send for as long as it takes to kill the server `kills` times, each time after some more were told that
    their rows are stored."""

    async def go_on(one, name):
        await one.open()
        for number in range(ROWS):
            one.rows.append(row(name, number))
            await one.drain()

    tasks = [asyncio.create_task(go_on(one, f"P{number}")) for number, one in enumerate(people)]
    acknowledged = 0
    for _ in range(kills):
        wanted = acknowledged + rng.randrange(20, 120)
        while (acknowledged := sum(len(one.acknowledged) for one in people)) < wanted:
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0)
        server.kill()
        await asyncio.to_thread(server.start)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for one in people:
        one.close()


def test_nothing_acknowledged_is_missing_doubled_or_changed_after_kills_under_load(tmp_path, request):
    kills = request.config.getoption("kills")
    folder = tmp_path / "study"
    with Served(folder) as server:
        people = [
            Participant(server.address, name=f"P{number}", misfortune=Misfortune(rate=0.05, seed=7), wait_s=0.05)
            for number in range(20)
        ]
        asyncio.run(load_and_kill(server, people, kills=kills, rng=random.Random(3)))
    found = stored(folder)
    sent = {(one.session, number): content for one in people for number, content in enumerate(one.rows)}
    acknowledged = {(one.session, number) for one in people for number in one.acknowledged}
    assert len(acknowledged) >= 20 * kills
    assert acknowledged <= found.keys()
    assert all(sent[key] == content for key, content in found.items())

"""Whether a model that plays beside visitors keeps their answers waiting, and how long after them it is done.

    python bench/pair.py [--model smollm2] [--visitors 20] [--trials 20] [--pace 1.5]

Visitors begin within one pace of each other and make a choice in each, as people do; every row is sent as the page
sends it, and the time to each acknowledgement is taken. First without a pair, then beside it, on the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from collect import served
from twinbean.tasks.task import load
from twinbean.testing.participants import Participant
from twinbean.testing.recorded import recorded_rows

TASK = "two_armed_bandit"


async def visit(address: str, n: int, pace_s: float, trials: int) -> tuple[list[Participant], list[float]]:
    """Who has played to the end, and the seconds to each acknowledgement."""
    people = [Participant(address, name=f"P{number}") for number in range(n)]
    waits: list[float] = []
    # What takes this process long is done before any time is taken. The page has `--set`, the server's reply has not.
    sent = [
        recorded_rows(load(TASK), {**await one.open(), "condition": {"trials": trials}}, participant="", choices=number)
        for number, one in enumerate(people)
    ]

    async def take_part(one: Participant, rows: Sequence[bytes]) -> None:
        await asyncio.sleep(random.random() * pace_s)
        for row in rows:
            one.rows.append(row)
            began = time.monotonic()
            await one.drain()
            waits.append(time.monotonic() - began)
            await asyncio.sleep(pace_s if "bean_bandits" in json.loads(row) else 0.0)
        await one.finish()
        one.close()

    await asyncio.gather(*map(take_part, people, sent))
    return people, waits


async def seconds_to_the_last(address: str, people: Sequence[Participant]) -> float:
    """From the last answer until every visitor can be shown what the model did."""
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=f"{address}api/1/sessions/") as client:
        for one in people:
            access = {"Authorization": f"Bearer {one.token}", "Twinbean-Lease": str(one.opened["lease"])}
            state = "waiting"
            while state in ("waiting", "playing"):
                await asyncio.sleep(0.1)
                state = (await client.get(f"{one.session}/pair", headers=access)).json()["state"]
            assert state == "ready", state
    return time.monotonic() - began


def line(name: str, waits: list[float]) -> str:
    cuts = statistics.quantiles(waits, n=100)
    return f"{name:<28}" + "".join(f"{1000 * wait:>10.1f}" for wait in (cuts[49], cuts[98], max(waits)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--pace", type=float, default=1.5, help="seconds from choice to choice")
    options = parser.parse_args()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {options.visitors} visitors, {options.trials} trials")
    print(f"{'milliseconds to be stored':<28}{'p50':>10}{'p99':>10}{'most':>10}")
    trials = ("--set", f"trials={options.trials}")
    with tempfile.TemporaryDirectory() as place:
        with served(Path(place) / "alone", *trials, task=TASK) as (address, _):
            _, waits = asyncio.run(visit(address, options.visitors, options.pace, options.trials))
            print(line("without a pair", waits), flush=True)
        with served(Path(place) / "paired", *trials, "--pair", options.model, task=TASK) as (address, _):
            people, waits = asyncio.run(visit(address, options.visitors, options.pace, options.trials))
            print(line(f"beside {options.model}", waits), flush=True)
            behind = asyncio.run(seconds_to_the_last(address, people))
            print(f"the last course was ready {behind:.1f} s after the last answer")


if __name__ == "__main__":
    main()

"""How quickly a study's server acknowledges rows: participants at their natural rate, and as many as it takes.

    python bench/collect.py [--participants 200] [--seconds 60] [--stored 1000000] [--greedy-seconds 15]

Every participant sends a row a second, as people do who press a key and see an outcome, and waits until it is
acknowledged; tokens, leases and checks are as in a study. Then the same again in a study that holds `--stored` rows
already. Greedy participants send the next row as soon as the last is acknowledged; the last line is a server that
commits every row by itself. Players and server share the machine; the last two columns are what each spent of its
processor on a row.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from twinbean.collect.study import open_study
from twinbean.tasks.task import load
from twinbean.testing.participants import Participant
from twinbean.testing.recorded import recorded_rows

MAIN = "from twinbean.cli import main; main()"
SINGLE = f"from twinbean.collect import store; store.GROUP = 1; {MAIN}"
TASK = "restless_four_armed"
# As long as a row of the page.
BYTES = 800


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came of some seconds of load: seconds to each acknowledgement, and processor time of both sides."""

    waits: list[float]
    seconds: float
    server_s: float
    players_s: float

    def line(self, name: str) -> str:
        cuts = statistics.quantiles(self.waits, n=100)
        waits = [f"{1000 * wait:.0f}" for wait in (cuts[49], cuts[98], max(self.waits))]
        costs = [f"{1e6 * spent / len(self.waits):.0f}" for spent in (self.server_s, self.players_s)]
        return _line(name, f"{len(self.waits) / self.seconds:.0f}", *waits, *costs)


def _line(name: str, *cells: str) -> str:
    return f"{name:<34}" + "".join(f"{cell:>12}" for cell in cells)


@contextmanager
def served(folder: Path, *options: str, task: str = TASK, main: str = MAIN) -> Iterator[tuple[str, int]]:
    """The address of a study that is served, and the process that serves it."""
    command = [sys.executable, "-c", main, "serve", task, "-o", str(folder), "--port", "0"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[0], server.pid
        finally:
            server.send_signal(signal.SIGINT)


def processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def play(address: str, pid: int, rows: list[bytes], *, participants: int, seconds: float, pace_s: float) -> Load:
    waits: list[float] = []
    people = [Participant(address, name=f"P{random.getrandbits(60)}") for _ in range(participants)]
    for one in people:
        await one.open()

    async def go_on(one: Participant, until: float) -> None:
        await asyncio.sleep(random.random() * pace_s)
        number = 0
        while (began := time.monotonic()) < until:
            one.rows.append(rows[number % len(rows)])
            await one.drain()
            waits.append(time.monotonic() - began)
            number += 1
            await asyncio.sleep(max(0.0, pace_s - (time.monotonic() - began)))

    began, server_s, players_s = time.monotonic(), processor_s(pid), time.process_time()
    await asyncio.gather(*(go_on(one, began + seconds) for one in people))
    load = Load(
        waits=waits,
        seconds=time.monotonic() - began,
        server_s=processor_s(pid) - server_s,
        players_s=time.process_time() - players_s,
    )
    for one in people:
        one.close()
    return load


def real_rows(folder: Path) -> list[bytes]:
    """A session's rows, padded to the length of a page's, which says more in each."""
    with served(folder) as (address, _):
        opened = asyncio.run(_opened(address))
    rows = recorded_rows(load(TASK), opened, participant="5f3c2a9d1b7e4f0012345678")
    return [row[:-1] + f',"interruptions":"{"x" * (BYTES - len(row) - 20)}"}}'.encode() for row in rows]


async def _opened(address: str) -> dict[str, object]:
    one = Participant(address)
    opened = await one.open()
    one.close()
    return opened


def fill(folder: Path, rows: list[bytes], n: int) -> None:
    """Put `n` rows of sessions that were, as their participants would have."""
    with open_study(folder) as study:
        for first in range(0, n, 10_000):

            def put(transaction: object, first: int = first) -> None:
                for number in range(first, min(first + 10_000, n)):
                    transaction.execute(
                        "INSERT INTO events (session, seq, row, received) VALUES (?, ?, ?, ?)",
                        (f"{number // len(rows):016x}", number % len(rows), rows[number % len(rows)], "2026-01-01"),
                    )

            study.store.write(put).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--greedy-seconds", type=float, default=15)
    parser.add_argument("--stored", type=int, default=1_000_000)
    arguments = parser.parse_args()
    natural = {"participants": arguments.participants, "seconds": arguments.seconds, "pace_s": 1.0}
    greedy = {"participants": arguments.participants, "seconds": arguments.greedy_seconds, "pace_s": 0.0}
    with tempfile.TemporaryDirectory() as place:
        folder, other = Path(place) / "study", Path(place) / "single"
        rows = real_rows(Path(place) / "first")
        length = statistics.mean(map(len, rows))
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, rows of {length:.0f} bytes")
        print(_line("", "rows/s", "p50 ms", "p99 ms", "most ms", "server us", "players us"))
        with served(folder) as (address, pid):
            print(asyncio.run(play(address, pid, rows, **natural)).line("a row a second each"), flush=True)
            most = asyncio.run(play(address, pid, rows, **greedy))
            print(most.line("greedy"), flush=True)
        fill(folder, rows, arguments.stored)
        with served(folder) as (address, pid):
            print(
                asyncio.run(play(address, pid, rows, **natural)).line(f"the same after {arguments.stored} rows"),
                flush=True,
            )
        with served(other, main=SINGLE) as (address, pid):
            single = asyncio.run(play(address, pid, rows, **greedy))
            print(single.line("greedy, one transaction a row"), flush=True)
        ratio = (len(most.waits) / most.seconds) / (len(single.waits) / single.seconds)
        print(f"grouping takes {ratio:.1f} times as many rows as one transaction a row")


if __name__ == "__main__":
    main()

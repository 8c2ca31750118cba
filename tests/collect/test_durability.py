"""Each acknowledgement leaves the server after its commit was synced, seen from outside, by the system calls."""

from __future__ import annotations

import asyncio
import re
import shutil
from dataclasses import dataclass, field

import pytest

from collecting import Served
from twinbean.testing.participants import Participant

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace, which watches system calls, is not there"
)

STRACE = ("strace", "-f", "-y", "-s", "65536", "-e", "trace=sendto,recvfrom,pwrite64,fdatasync", "-o")
MARK = re.compile(r"mark-(\d+)-of-a-row")
CALL = re.compile(r"^(\d+)\s+(\w+)\(\d+<(.*?)>(?:, (.*)|(.*))$")
RESUMED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$")


@dataclass
class Watched:
    """What was seen of rows, in the order of the system calls."""

    # Written to the log, and on disk.
    written: set[str] = field(default_factory=set)
    synced: set[str] = field(default_factory=set)
    acknowledged: list[str] = field(default_factory=list)
    # Acknowledged although no sync of the log came between its writing and the reply.
    too_early: list[str] = field(default_factory=list)
    # By connection, the row that was asked to be stored last; a browser asks for one after the other.
    asked: dict[str, str] = field(default_factory=dict)

    def begun(self, name: str, file: str, content: str) -> None:
        """What counts from the moment a call begins: what leaves, and what is given to the log."""
        if name == "sendto" and "200 OK" in content and file in self.asked:
            row = self.asked.pop(file)
            self.acknowledged.append(row)
            if row not in self.synced:
                self.too_early.append(row)
        elif name == "pwrite64" and file.endswith("-wal"):
            self.written |= set(MARK.findall(content))

    def done(self, name: str, file: str, content: str, written_before: set[str]) -> None:
        """What counts only once a call has returned: what has come, and what is on disk."""
        if name == "recvfrom" and (found := MARK.findall(content)):
            self.asked[file] = found[0]
        elif name == "fdatasync" and file.endswith("-wal") and content.rstrip().endswith("= 0"):
            self.synced |= written_before


def watched(trace: str) -> Watched:
    seen = Watched()
    # Calls of several threads overlap: by thread, what it has begun.
    unfinished: dict[str, tuple[str, str, set[str]]] = {}
    for line in trace.splitlines():
        if call := CALL.match(line):
            thread, name, file, *contents = call.groups()
            content = "".join(part or "" for part in contents)
            seen.begun(name, file, content)
            if content.endswith("<unfinished ...>"):
                unfinished[thread] = (name, file, set(seen.written))
            else:
                seen.done(name, file, content, set(seen.written))
        elif resumed := RESUMED.match(line):
            thread, name, content = resumed.groups()
            if thread in unfinished:
                name, file, written_before = unfinished.pop(thread)
                seen.done(name, file, content, written_before)
    return seen


async def send_rows(address, people):
    async def send(number):
        one = Participant(address, name=f"P{number}")
        await one.open()
        for row in range(5):
            one.rows.append(f'{{"text":"mark-{number * 100 + row}-of-a-row"}}'.encode())
            await one.drain()
        one.close()

    await asyncio.gather(*map(send, range(people)))


def trace_of(tmp_path, *, main=None):
    """The system calls of a server that was sent 40 rows by 8 people."""
    trace = tmp_path / "trace"
    server = Served(tmp_path / "study", prefix=(*STRACE, str(trace)), **({} if main is None else {"main": main}))
    with server:
        asyncio.run(send_rows(server.address, 8))
        server.stop()
    return trace.read_text(errors="replace")


def test_every_acknowledgement_follows_the_sync_of_its_commit(tmp_path):
    seen = watched(trace_of(tmp_path))
    assert sorted(map(int, seen.acknowledged)) == [number * 100 + row for number in range(8) for row in range(5)]
    assert seen.too_early == []


def test_a_server_that_does_not_sync_is_found_out(tmp_path):
    """The same with `synchronous = OFF`, which only a power cut would show otherwise."""
    mutant = (
        "from twinbean.collect import sqlite; "
        "sqlite._PRAGMAS = tuple(one.replace('= FULL', '= OFF') for one in sqlite._PRAGMAS); "
        "from twinbean.cli import main; main()"
    )
    seen = watched(trace_of(tmp_path, main=mutant))
    assert len(seen.acknowledged) == 40
    assert seen.too_early

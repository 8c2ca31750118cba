"""A study that is served in a process of its own, or called in this one; and what is in its database."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx

from twinbean.collect.app import make_app
from twinbean.collect.starting import Wanted, start

MAIN = "from twinbean.cli import main; main()"


class Served:
    """`twinbean serve` as users start it, on a port that stays the same when it is started again."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        task: str = "two_armed_bandit",
        prefix: tuple[str, ...] = (),
        main: str = MAIN,
    ) -> None:
        self.folder = folder
        self._options = options
        self._task = task
        self._command = [*prefix, sys.executable, "-c", main]
        self._port = 0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        command = [*self._command, "serve", self._task, "-o", str(self.folder), "--port", str(self._port)]
        self.process = subprocess.Popen(
            [*command, *self._options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Whoever watches it is ended with it.
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.communicate()[1])
        self.address = line.split()[0]
        self._port = httpx.URL(self.address).port
        return self.address

    def kill(self) -> None:
        """As a power cut would, for the process."""
        self._end(signal.SIGKILL)

    def stop(self) -> tuple[int, str]:
        """As Ctrl-C does; the exit status and what was said on stderr."""
        return self._end(signal.SIGINT)

    def _end(self, number: int) -> tuple[int, str]:
        assert self.process is not None
        os.killpg(self.process.pid, number)
        _, said = self.process.communicate()
        status, self.process = self.process.returncode, None
        return status, said

    def __enter__(self) -> Served:
        self.start()
        return self

    def __exit__(self, *about: object) -> None:
        if self.process is not None:
            self.kill()


class Called:
    """A study whose application is called in this process."""

    def __init__(self, folder: Path, task: str = "two_armed_bandit", **wanted: object) -> None:
        self.study, self.game = start(folder, Wanted(task=task, **wanted))
        self.app = make_app(self.study, self.game)

    def post(self, path: str, json: object = None, *, content: object = None, headers: object = None) -> httpx.Response:
        return asyncio.run(self._request("POST", f"/api/1/{path}", json=json, content=content, headers=headers))

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._request("GET", path))

    async def _request(self, method: str, path: str, **content: object) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://study") as client:
            return await client.request(method, path, **content)

    def opening(self, participant: str | None = None, *, ids: dict[str, str] | None = None) -> dict[str, object]:
        """What a page asks for; `request` is another one each time."""
        return {
            "request": secrets.token_hex(16),
            "page": "p",
            "ids": (ids or {}) | ({} if participant is None else {"participant": participant}),
            "anonymous": participant is None,
            "test": False,
            "consent": None,
            "started": "2026-01-01T00:00:00.000Z",
            "token": None,
        }

    def open(self, participant: str | None = None, *, ids: dict[str, str] | None = None, **changed: object) -> dict:
        """What it is told."""
        reply = self.post("sessions", self.opening(participant, ids=ids) | changed)
        assert reply.status_code in (200, 201), reply.text
        return reply.json()

    def send(self, opened: dict, first: int, rows: list[bytes], **headers: str) -> httpx.Response:
        return self.post(
            f"sessions/{opened['session']}/rows",
            content=b"".join(row + b"\n" for row in rows),
            headers={"Content-Type": "application/x-ndjson", "Twinbean-First": str(first)} | access(opened) | headers,
        )

    def finish(self, opened: dict, rows: list[bytes], outcome: str = "done", **instead: object) -> httpx.Response:
        said = {"n": len(rows), "digest": digest(rows), "outcome": outcome} | instead
        return self.post(f"sessions/{opened['session']}/finish", said, headers=access(opened))

    def withdraw(self, opened: dict) -> httpx.Response:
        return self.post(f"sessions/{opened['session']}/withdraw", {}, headers=access(opened))

    def __enter__(self) -> Called:
        return self

    def __exit__(self, *about: object) -> None:
        self.study.close()


def access(opened: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {opened['token']}", "Twinbean-Lease": opened["lease"]}


def digest(rows: list[bytes]) -> str:
    return hashlib.sha256(b"".join(row + b"\n" for row in rows)).hexdigest()


def some_rows(n: int, *, size: int = 40, mark: str = "") -> list[bytes]:
    """Rows that are none of a task, each different, in more than ASCII."""
    return [f'{{"n":{number},"mark":"{mark}","text":"{"å" * size}"}}'.encode() for number in range(n)]


def stored(folder: Path) -> dict[tuple[str, int], bytes]:
    """Every row in the database of a study, read by nothing of Twinbean's."""
    with contextlib.closing(sqlite3.connect(folder / "study.sqlite")) as database:
        rows = database.execute("SELECT session, seq, row FROM events").fetchall()
    found = {(session, seq): row for session, seq, row in rows}
    assert len(found) == len(rows), "a row is stored twice"
    return found


def everything_in(folder: Path) -> bytes:
    """All bytes of all files of a study."""
    return b"".join((Path(place) / name).read_bytes() for place, _, names in os.walk(folder) for name in names)

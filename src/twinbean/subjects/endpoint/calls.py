"""calls.jsonl: every request that was sent and what came back, so that no reply is paid for twice."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from twinbean.errors import RunError

FORMAT = 1
Purpose = Literal["choice", "notes", "score", "probe"]


@dataclass(frozen=True)
class Call:
    """One thing to be asked: `body` is posted to `path`; the rest says whose it is, and which labels are legal.
    `tries` is how often it is asked where something fails, if less often than others."""

    session: str
    trial: int | None
    purpose: Purpose
    path: str
    body: Mapping[str, Any] = field(repr=False)
    attempt: int = 0
    labels: tuple[str, ...] = ()
    tries: int | None = None

    @property
    def place(self) -> dict[str, Any]:
        """Whose call it is, as calls.jsonl says it."""
        return {"session": self.session, "trial": self.trial, "attempt": self.attempt, "purpose": self.purpose}

    @cached_property
    def key(self) -> str:
        """The same for the same question in the same place, in this process or another."""
        content = json.dumps([self.place, self.path, self.body], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


class Calls:
    """The calls of one run; without a file they are kept in memory.

    A line is in the file before its reply is used, and on disk before `add` returns; lines that come while the disk is
    busy share the next write.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._replies: dict[str, Any] = {}
        self._flags: set[str] = set()
        self._opened = False
        self._file: io.FileIO | None = None
        self._syncing = asyncio.Lock()
        self._written = self._on_disk = 0
        self.n_sent = 0

    def reply(self, call: Call) -> Any:
        """The reply that this run already has, as it was kept; None where there is none."""
        self._open()
        return self._replies.get(call.key)

    async def add_reply(self, call: Call, reply: Mapping[str, Any], details: Mapping[str, Any]) -> None:
        """`details` may hold the request as it was sent, where an endpoint wants other names in it."""
        self._open()
        self._replies[call.key] = reply
        self.n_sent += 1
        await self._append(
            {"kind": "reply", "key": call.key, **call.place, "request": call.body, **details, "reply": reply}
        )

    async def add_error(self, call: Call, details: Mapping[str, Any]) -> None:
        """A request that came to nothing."""
        self._open()
        self.n_sent += 1
        await self._append({"kind": "error", "key": call.key, **call.place, **details})

    async def flag(self, call: Call, what: Mapping[str, Any]) -> None:
        """Something to know about a reply, once, however often the reply is read."""
        entry = {"kind": "flag", **call.place, **what}
        line = json.dumps(entry, ensure_ascii=False)
        if line not in self._flags:
            self._flags.add(line)
            await self._append(entry)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._opened = False

    def _open(self) -> None:
        """Only now: the folder of a run has its manifest before anything else, and is this process's own."""
        if self._opened:
            return
        self._opened = True
        if self._path is None:
            return
        self._replies, self._flags, self.n_sent = {}, set(), 0
        for entry in read_calls(self._path, cut=True):
            match entry.pop("kind", None):
                case "reply":
                    self.n_sent += 1
                    self._replies[str(entry.get("key"))] = entry.get("reply")
                case "error":
                    self.n_sent += 1
                case "flag":
                    entry.pop("format")
                    self._flags.add(json.dumps({"kind": "flag", **entry}, ensure_ascii=False))
        self._file = io.FileIO(self._path, "a")
        # A lock belongs to one event loop.
        self._syncing = asyncio.Lock()

    async def _append(self, entry: Mapping[str, Any]) -> None:
        if self._file is None:
            return
        line = json.dumps({"format": FORMAT, **entry}, ensure_ascii=False) + "\n"
        self._file.write(line.encode("utf-8", "backslashreplace"))
        self._written += 1
        mine = self._written
        async with self._syncing:
            if self._on_disk < mine:
                together = self._written
                await asyncio.to_thread(os.fsync, self._file.fileno())
                self._on_disk = together


def read_calls(path: Path, *, cut: bool = False) -> Iterator[dict[str, Any]]:
    """The lines of a calls.jsonl. A last line that was not finished is left out, and with `cut` taken away."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if cut and len(whole) < len(content):
        os.truncate(path, len(whole))
    for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
        try:
            entry = json.loads(line)
            found = entry["format"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise RunError(f"{path}, line {number} is damaged: expected one JSON object") from None
        if found != FORMAT:
            raise RunError(f"{path}, line {number} has format {found!r}, expected {FORMAT}")
        yield entry

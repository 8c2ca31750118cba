"""calls.jsonl: every request that was sent and what came back, so that no reply is paid for twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from twinbean._journal import Journal, read
from twinbean.errors import DataError, RunError
from twinbean.sessions.open_ended import OpenEnded
from twinbean.subjects.endpoint.spent import Spent

Purpose = Literal["choice", "notes", "score", "probe"]


@dataclass(frozen=True)
class Call:
    """One thing to be asked: `body` is posted to `path`; the rest says whose it is, and what is an answer.
    `tries` is how often it is asked where something fails, if less often than others."""

    session: str
    trial: int | None
    purpose: Purpose
    path: str
    body: Mapping[str, Any] = field(repr=False)
    attempt: int = 0
    labels: tuple[str, ...] = ()
    tries: int | None = None
    open_ended: OpenEnded | None = None

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

    A line is on disk before its reply is used. What is counted is the run's own, or `spent` with that of others.
    """

    def __init__(self, path: Path | None, spent: Spent | None = None) -> None:
        self._path = path
        self._shares = spent is not None
        self._spent = spent or Spent()
        self._replies: dict[str, Any] = {}
        self._flags: set[str] = set()
        self._opened = False
        self._journal: Journal | None = None

    @property
    def n_sent(self) -> int:
        """How many requests were sent, over all starts of the run, or of the runs that share a bound."""
        self._open()
        return self._spent.n_sent

    def reply(self, call: Call) -> Any:
        """The reply that this run already has, as it was kept; None where there is none."""
        self._open()
        kept = self._replies.get(call.key)
        if kept is None and "max_tokens" in call.body:
            # 0.1.0 set no limit to chats, and a run that it began was begun with the limit that is the default now.
            body = {name: value for name, value in call.body.items() if name != "max_tokens"}
            kept = self._replies.get(replace(call, body=body).key)
        return kept

    async def add_reply(self, call: Call, reply: Mapping[str, Any], details: Mapping[str, Any]) -> None:
        """`details` may hold the request as it was sent, where an endpoint wants other names in it."""
        self._open()
        self._replies[call.key] = reply
        self._spent.add(details.get("cost"))
        await self._append(
            {"kind": "reply", "key": call.key, **call.place, "request": call.body, **details, "reply": reply}
        )

    async def add_error(self, call: Call, details: Mapping[str, Any]) -> None:
        """A request that came to nothing."""
        self._open()
        self._spent.add(None)
        await self._append({"kind": "error", "key": call.key, **call.place, **details})

    async def flag(self, call: Call, what: Mapping[str, Any]) -> None:
        """Something to know about a reply, once, however often the reply is read."""
        entry = {"kind": "flag", **call.place, **what}
        line = json.dumps(entry, ensure_ascii=False)
        if line not in self._flags:
            self._flags.add(line)
            await self._append(entry)

    def cost(self) -> float:
        """What all replies have cost, over all starts, as far as that is known."""
        self._open()
        return self._spent.cost

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._opened = False

    def _open(self) -> None:
        """Only now: the folder of a run has its manifest before anything else, and is this process's own."""
        if self._opened:
            return
        self._opened = True
        if self._path is None:
            return
        own = Spent()
        self._replies, self._flags = {}, set()
        for entry in read_calls(self._path):
            match entry.pop("kind", None):
                case "reply":
                    own.add(entry.get("cost"))
                    self._replies[str(entry.get("key"))] = entry.get("reply")
                case "error":
                    own.add(None)
                case "flag":
                    entry.pop("format")
                    self._flags.add(json.dumps({"kind": "flag", **entry}, ensure_ascii=False))
        if not self._shares:
            self._spent = own
        self._journal = Journal(self._path, ensure_ascii=False)

    async def _append(self, entry: Mapping[str, Any]) -> None:
        if self._journal is not None:
            self._journal.append(entry)
            await self._journal.commit()


def read_calls(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a calls.jsonl; a last line that was not finished is left out. Raises RunError for a damaged one."""
    try:
        for _, entry in read(path, as_is=True):
            yield entry
    except DataError as error:
        raise RunError(str(error)) from None

"""A real HTTP server that speaks the OpenAI protocol, to test with: chat, completions, and faults on demand.

with serve(Script(lambda body: "<Answer>green</Answer>"), delay_s=0.2, faults=Faults(rate=0.3)) as server:
    ...  # --model api:script --base-url server.base_url
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from twinbean.errors import TwinbeanError
from twinbean.testing.dialects import DIALECTS, Dialect, Name
from twinbean.testing.faults import Faults
from twinbean.testing.hostile import HOSTILE
from twinbean.testing.responders import BadRequest, Responder
from twinbean.testing.wire import WireReply, send


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request as it came, from 0; `fault` is what was done to it, `key` its Idempotency-Key, `at` when it came
    (seconds of a clock that only runs forward)."""

    number: int
    path: str
    body: Mapping[str, Any] = field(repr=False)
    key: str | None
    fault: str | None
    at: float = field(default_factory=time.monotonic)


class Server:
    """Use `serve`. `requests` are those that were let in, in their order; `n_refused` counts the others.

    `n_paid` counts the replies that were made; one that is asked for again with the same Idempotency-Key is not made
    again.
    """

    def __init__(
        self,
        responder: Responder,
        *,
        faults: Faults,
        delay_s: float,
        limit: int | None,
        key: str | None,
        cost: float | None,
        dialect: Dialect,
    ) -> None:
        self.requests: list[Received] = []
        self.n_paid = 0
        self.n_refused = 0
        self.most_under_way = 0
        self._began: float | None = None
        self._ended = 0.0
        self.port = 0
        self._responder = responder
        self._faults = faults
        self._delay_s = delay_s
        self._limit = limit
        self._key = key
        self._cost = cost
        self._dialect = dialect
        self._under_way = 0
        self._made: dict[str, dict[str, Any]] = {}
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def busy_s(self) -> float:
        """Seconds from the first request that was let in to the end of the last."""
        return 0.0 if self._began is None else self._ended - self._began

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def run(self, port: int, started: threading.Event, stopped: asyncio.Event) -> None:
        """Serve until `stopped` is set."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", port, backlog=1024, limit=2**24)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await stopped.wait()
        server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The client has gone, or the server is stopping.
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection ends."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        content = await reader.readexactly(int(headers.get("content-length") or 0))
        if self._limit is not None and self._under_way >= self._limit:
            self.n_refused += 1
            return await send(writer, self._dialect.failure(429, "too many requests under way"))
        self._began = self._began or time.monotonic()
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        try:
            reply = await self._reply(path, headers, content)
        finally:
            self._under_way -= 1
            self._ended = time.monotonic()
        if reply is None:
            writer.transport.abort()
            return False
        return await send(writer, reply)

    async def _reply(self, path: str, headers: Mapping[str, str], content: bytes) -> WireReply | None:
        """None where the connection is to be cut."""
        error = self._dialect.failure
        given = headers.get("authorization")
        if self._key is not None and given != f"Bearer {self._key}":
            # Some endpoints say the key again.
            return error(401, f"Incorrect API key provided: {given}")
        if path not in (self._dialect.chat, self._dialect.completions):
            return error(404, f"there is no {path}")
        try:
            body = json.loads(content)
        except ValueError:
            return error(400, "the request is no JSON")
        number = len(self.requests)
        fault = self._faults.at(number)
        key = headers.get("idempotency-key")
        self.requests.append(Received(number=number, path=path, body=body, key=key, fault=fault))
        if body.get("model") != self._responder.model:
            return error(404, f"the model {body.get('model')!r} does not exist", code="model_not_found")
        refused = self._dialect.refuses(body)
        if refused is not None:
            status, message, code = refused
            return error(status, message, code=code)
        body = self._dialect.understood(body)
        if fault in ("refused", "refused_with_time"):
            asked = self._faults.retry_after_s
            wait = (
                {"Retry-After": asked if isinstance(asked, str) else f"{asked:g}"}
                if fault == "refused_with_time"
                else {}
            )
            return error(429, "slow down", headers=wait)
        if fault == "error":
            return error(500, "something broke")
        await asyncio.sleep(self._delay_s + (self._faults.slow_s if fault == "slow" else 0))
        try:
            made = await self._make(path, body, key)
        except BadRequest as wrong:
            return error(wrong.status, str(wrong))
        if fault in HOSTILE:
            return HOSTILE[fault](made)
        text = json.dumps(self._dialect.said(self._faults.spoilt(fault, made))).encode()
        if fault == "cut":
            return None
        return WireReply(200, text[: len(text) // 2] if fault == "malformed" else text)

    async def _make(self, path: str, body: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        if key is not None and key in self._made:
            return self._made[key]
        is_chat = path == self._dialect.chat
        answer = self._responder.chat if is_chat else self._responder.complete
        choices = await asyncio.get_running_loop().run_in_executor(None, answer, body)
        self.n_paid += 1
        prompt, output = (len(json.dumps(part)) // 4 for part in (body.get("messages") or body.get("prompt"), choices))
        made = {
            "id": f"test-{self.n_paid}",
            "object": "chat.completion" if is_chat else "text_completion",
            "model": self._responder.model,
            "choices": choices,
            "usage": {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output}
            | ({} if self._cost is None else {"cost": self._cost}),
        }
        if key is not None:
            self._made[key] = made
        return made


@contextmanager
def serve(
    responder: Responder,
    *,
    faults: Faults | None = None,
    delay_s: float = 0.0,
    limit: int | None = None,
    key: str | None = None,
    cost: float | None = None,
    port: int = 0,
    dialect: Name = "plain",
) -> Iterator[Server]:
    """A server on this machine for the length of a `with` block, in a thread of its own.

    Every reply takes `delay_s`; more than `limit` requests at once are refused with 429; with `key`, a request
    without it is refused with 401; `cost` is what each reply says that it cost. The port is a free one unless given.
    `dialect` is whose server it speaks like.
    """
    server = Server(
        responder,
        faults=faults or Faults(),
        delay_s=delay_s,
        limit=limit,
        key=key,
        cost=cost,
        dialect=DIALECTS[dialect],
    )
    started = threading.Event()
    stopping: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    failure: list[BaseException] = []

    async def run() -> None:
        stopped = asyncio.Event()
        stopping.append((asyncio.get_running_loop(), stopped))
        await server.run(port, started, stopped)

    def thread() -> None:
        try:
            asyncio.run(run())
        except OSError as taken:
            failure.append(taken)
            started.set()

    running = threading.Thread(target=thread, name="twinbean-test-server")
    running.start()
    started.wait()
    if failure:
        running.join()
        raise TwinbeanError(f"no server can be started at port {port}: {failure[0]}")
    try:
        yield server
    finally:
        loop, stopped = stopping[0]
        loop.call_soon_threadsafe(stopped.set)
        running.join()

"""One request to an endpoint, asked until there is a reply or a reason why there cannot be one."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from twinbean._extras import how_to_install
from twinbean._messages import short
from twinbean.errors import SubjectError, SubjectUnavailable
from twinbean.subjects.endpoint.calls import Call, Calls
from twinbean.subjects.endpoint.endpoint import Endpoint
from twinbean.subjects.endpoint.limiter import Limiter
from twinbean.subjects.endpoint.prices import Price
from twinbean.subjects.endpoint.reading import no_logprobs
from twinbean.subjects.endpoint.refusals import Passing, error_in, refusal
from twinbean.subjects.endpoint.replies import MalformedReply, Reply, parse, read_reply, text_of
from twinbean.subjects.endpoint.response import NoResponse

if TYPE_CHECKING:
    from twinbean.subjects.endpoint.anthropic import AnthropicConnection
    from twinbean.subjects.endpoint.connection import Connection

# Of a reply that cannot be read so many characters are kept.
_KEPT = 100_000


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often and how long a request is tried again.

    What passes (time-outs, broken connections, 5xx, unreadable replies) is asked `tries` times, refusals (429) for
    `refused_s` seconds. Between two tries lie `first_s`, twice as long each time up to `most_s`, less a random part of
    up to a half, so that many clients do not come back together. A time that the endpoint names (Retry-After) takes
    their place, from `first_s` to `longest_s`: what it says may be a mistake.
    """

    tries: int = 8
    refused_s: float = 1800.0
    first_s: float = 0.5
    most_s: float = 60.0
    longest_s: float = 300.0
    timeout_s: float = 120.0

    def pause(self, earlier: int, rng: random.Random) -> float:
        """Seconds to wait after `earlier` failures and one more."""
        return min(self.most_s, self.first_s * 2.0 ** min(earlier, 30)) * rng.uniform(0.5, 1)

    def bounded(self, retry_after: float) -> float:
        """Seconds to wait where the endpoint asks for `retry_after`."""
        return min(max(retry_after, self.first_s), self.longest_s)


class Transport(Protocol):
    """What gives replies: a `Client`, or a dry run."""

    async def send(self, call: Call) -> Reply: ...

    async def flag(self, call: Call, what: Mapping[str, Any]) -> None: ...

    async def close(self) -> None: ...


class Client:
    """Sends calls to an endpoint under a limiter and keeps every reply.

    After an answer that is the same for every call (no such model, a refused key) nothing more is sent.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        calls: Calls,
        *,
        concurrency: int = 64,
        max_calls: int | None = None,
        retry_policy: RetryPolicy | None = None,
        price: Price | None = None,
        max_cost: float | None = None,
    ) -> None:
        self._connect = _connection_to(endpoint)
        if concurrency < 1:
            raise SubjectError(f"the concurrency is {concurrency!r}, expected at least 1")
        self.endpoint = endpoint
        self._calls = calls
        self._concurrency = concurrency
        self._max_calls = max_calls
        self._retry = retry_policy or RetryPolicy()
        # Its own generator: draws of the analysis must not depend on how often a server was busy.
        self._rng = random.Random()
        self._connection: Connection | AnthropicConnection | None = None
        self._limiter = Limiter(concurrency)
        self._under_way = 0
        self._refused_for_all: str | None = None
        self._newer_limit = endpoint.provider is not None and endpoint.provider.newer_limit
        self._price = price
        self._max_cost = max_cost

    async def send(self, call: Call) -> Reply:
        """The endpoint's reply, from this run's earlier calls where it is there.

        Raises SubjectError with the reason where there is none.
        """
        earlier = self._earlier(call)
        if earlier is not None:
            return earlier
        faults = refusals = 0
        most = min(self._retry.tries, call.tries or self._retry.tries)
        began = time.monotonic()
        while True:
            try:
                return await self._try(call)
            except Passing as fault:
                if fault.at_once:
                    continue
                pause = self._retry.pause(faults + refusals, self._rng)
                asked = None if fault.retry_after is None else self._retry.bounded(fault.retry_after)
                if fault.status == 429:
                    refusals += 1
                    given_up = time.monotonic() - began + (asked or pause) > self._retry.refused_s
                    # A time that the endpoint names is waited for in the limiter, by all calls.
                    pause = pause if asked is None else 0.0
                else:
                    faults += 1
                    given_up = faults >= most
                    pause = asked or pause
                if given_up:
                    raise SubjectError(
                        f"{self.endpoint.host} gave no reply in {faults + refusals} tries, the last: {fault}"
                    ) from None
            await asyncio.sleep(pause)

    async def flag(self, call: Call, what: Mapping[str, Any]) -> None:
        await self._calls.flag(call, what)

    async def close(self) -> None:
        """Close the connections and the file. Another event loop can then use the client."""
        connection, self._connection = self._connection, None
        self._calls.close()
        if connection is not None:
            await connection.close()

    def _earlier(self, call: Call) -> Reply | None:
        """What this run already has; a reply that cannot be read, kept by an earlier version, is asked for again."""
        kept = self._calls.reply(call)
        try:
            return None if kept is None else self._checked(kept, call)
        except (MalformedReply, SubjectError):
            return None

    # One try

    async def _try(self, call: Call) -> Reply:
        connection = self._connected()
        async with self._limiter.slot():
            self._check_may_send()
            self._under_way += 1
            began = time.monotonic()
            body = self._wire(call)
            try:
                parsed, reply = await self._ask(connection, call, body)
            except (Passing, SubjectError) as error:
                reply, fault = None, error
                if isinstance(error, SubjectUnavailable):
                    self._refused_for_all = str(error)
                if isinstance(error, Passing) and error.at_once:
                    self._newer_limit = True
                elif isinstance(error, Passing) and error.status == 429:
                    asked = error.retry_after
                    self._limiter.refused(None if asked is None else self._retry.bounded(asked))
            else:
                self._limiter.succeeded()
            finally:
                self._under_way -= 1
        # Outside its slot, which another request can have while this one is written down.
        if reply is not None:
            await self._calls.add_reply(call, parsed, {**self._details(reply, began, body), "request": body})
            return reply
        await self._calls.add_error(call, self._failure(fault, began))
        raise fault

    def _check_may_send(self) -> None:
        if self._refused_for_all is not None:
            raise SubjectUnavailable(self._refused_for_all)
        if self._max_calls is not None and self._calls.n_sent + self._under_way >= self._max_calls:
            raise SubjectError(
                f"this run may send {self._max_calls} requests (--max-calls) and has; "
                f"with a larger number the same command goes on from here"
            )
        if self._max_cost is not None and self._calls.cost() >= self._max_cost:
            currency = "" if self._price is None else f" {self._price.currency}"
            raise SubjectError(
                f"this run may cost {self._max_cost:g}{currency} (--max-cost) and has cost {self._calls.cost():.4g}; "
                f"with a larger number the same command goes on from here"
            )

    async def _ask(
        self, connection: Connection | AnthropicConnection, call: Call, body: Mapping[str, Any]
    ) -> tuple[Any, Reply]:
        """The reply, as it came and checked. Every way in which there is none ends as Passing or SubjectError."""
        try:
            response = await connection.post(call.path, body, key=call.key)
        except NoResponse as error:
            raise Passing(short(self.endpoint.hide(str(error)))) from None
        if response.status != 200:
            raise refusal(self.endpoint, response, body)
        text = self.endpoint.hide(text_of(response.content))
        try:
            # Again within, where the key may have been written in another way.
            parsed = self.endpoint.hide_in(parse(text))
            failure = error_in(self.endpoint, parsed, body)
            if failure is not None:
                raise failure
            return parsed, self._checked(parsed, call)
        except MalformedReply as error:
            raise Passing(str(error), status=200, content=text[:_KEPT]) from None

    def _checked(self, parsed: object, call: Call) -> Reply:
        """Raises MalformedReply, and SubjectError where log-probabilities were asked for and there are none."""
        reply = read_reply(parsed)
        echo = call.body.get("echo")
        if call.body.get("logprobs") and not all(one.listed or (echo and one.echoed) for one in reply.choices):
            raise no_logprobs(reply.provider or self.endpoint.host)
        return reply

    def _wire(self, call: Call) -> dict[str, Any]:
        """The body of a call as this endpoint wants it."""
        body = dict(call.body)
        if self._newer_limit and "max_tokens" in body and "messages" in body:
            body["max_completion_tokens"] = body.pop("max_tokens")
        return body

    def _connected(self) -> Connection | AnthropicConnection:
        """The connections and the limiter of this event loop."""
        if self._connection is None:
            self._connection = self._connect(self.endpoint, timeout_s=self._retry.timeout_s)
            self._limiter = Limiter(self._concurrency)
        return self._connection

    # What is kept beside a reply

    def _failure(self, fault: Exception, began: float) -> dict[str, Any]:
        failure = {"status": getattr(fault, "status", None), "error": str(fault), "latency_s": _seconds_since(began)}
        content = getattr(fault, "content", None)
        return failure if content is None else {**failure, "content": content}

    def _details(self, reply: Reply, began: float, body: Mapping[str, Any]) -> dict[str, Any]:
        """Tokens, cost where the endpoint names it or prices are known, latency, and who answered."""
        thought = reply.reasoning_tokens
        return {
            "latency_s": _seconds_since(began),
            "provider": reply.provider or self.endpoint.host,
            "model": reply.model,
            "prompt_tokens": reply.used("prompt_tokens"),
            "completion_tokens": reply.used("completion_tokens"),
            **({} if thought is None else {"reasoning_tokens": thought}),
            "cost": self._cost(reply, body),
        }

    def _cost(self, reply: Reply, body: Mapping[str, Any]) -> float | None:
        """What the endpoint says, or what its tokens come to. Where it does not say how many there were, the most that
        there can have been: a token has a byte at least."""
        said = reply.used("cost")
        if said is not None or self._price is None:
            return said
        asked, written = reply.used("prompt_tokens"), reply.used("completion_tokens")
        if asked is None:
            asked = len(json.dumps(body.get("messages") or body.get("prompt"), ensure_ascii=False).encode())
        if written is None:
            written = body.get("max_completion_tokens") or body.get("max_tokens") or 0
        return self._price.of(asked, written)


def _connection_to(endpoint: Endpoint) -> type[Connection | AnthropicConnection]:
    extra = "anthropic" if endpoint.kind == "anthropic" else "api"
    try:
        if extra == "anthropic":
            from twinbean.subjects.endpoint.anthropic import AnthropicConnection

            return AnthropicConnection
        from twinbean.subjects.endpoint.connection import Connection
    except ModuleNotFoundError as error:
        raise SubjectError(f"{endpoint.model!r} needs {error.name}: {how_to_install(extra)}") from None
    return Connection


def _seconds_since(began: float) -> float:
    return round(time.monotonic() - began, 4)

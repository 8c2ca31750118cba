"""One request to an endpoint, asked until there is a reply or a reason why there cannot be one."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import openai

from twinbean.errors import SubjectError, SubjectUnavailable
from twinbean.subjects.api.calls import Call, Calls
from twinbean.subjects.api.endpoint import Endpoint
from twinbean.subjects.api.limiter import Limiter

_OTHER_TIMES = (408, 409, 425)
_FOR_EVERYBODY = (401, 402, 404)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to go on asking.

    What passes (time-outs, broken connections, 5xx, unreadable replies) is asked `tries` times, refusals (429) for
    `refused_s` seconds. Between two tries lie `first_s`, twice as long each time up to `most_s`, less a random part of
    up to a half, so that many clients do not come back together.
    """

    tries: int = 8
    refused_s: float = 1800.0
    first_s: float = 0.5
    most_s: float = 60.0
    timeout_s: float = 120.0

    def pause(self, earlier: int, rng: random.Random) -> float:
        """Seconds to wait after `earlier` failures and one more."""
        return min(self.most_s, self.first_s * 2.0 ** min(earlier, 30)) * rng.uniform(0.5, 1)


class Sender(Protocol):
    """What gives replies: a `Client`, or a rehearsal of one."""

    async def send(self, call: Call) -> Mapping[str, Any]: ...

    async def flag(self, call: Call, what: Mapping[str, Any]) -> None: ...

    async def close(self) -> None: ...


class _Passing(Exception):
    """A fault that another try may be spared."""

    def __init__(self, reason: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


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
        patience: Patience | None = None,
    ) -> None:
        if concurrency < 1:
            raise SubjectError(f"the concurrency is {concurrency!r}, expected at least 1")
        self.endpoint = endpoint
        self._calls = calls
        self._concurrency = concurrency
        self._max_calls = max_calls
        self._patience = patience or Patience()
        # Its own generator: draws of the analysis must not depend on how often a server was busy.
        self._rng = random.Random()
        self._api: openai.AsyncOpenAI | None = None
        self._limiter = Limiter(concurrency)
        self._under_way = 0
        self._refused_for_all: str | None = None

    async def send(self, call: Call) -> Mapping[str, Any]:
        """The endpoint's reply as parsed JSON, from this run's earlier calls where it is there.

        Raises SubjectError with the reason where there is none.
        """
        earlier = self._calls.reply(call)
        if earlier is not None:
            return earlier
        faults = refusals = 0
        began = time.monotonic()
        while True:
            try:
                return await self._try(call)
            except _Passing as fault:
                pause = self._patience.pause(faults + refusals, self._rng)
                if fault.status == 429:
                    refusals += 1
                    waited = time.monotonic() - began + (fault.retry_after or pause)
                    given_up = waited > self._patience.refused_s
                else:
                    faults += 1
                    given_up = faults >= self._patience.tries
                # A time that the endpoint names is waited for in the limiter, by all calls.
                pause = 0.0 if fault.retry_after is not None else pause
                if given_up:
                    raise SubjectError(
                        f"{self.endpoint.host} gave no reply in {faults + refusals} tries, the last: {fault}"
                    ) from None
            await asyncio.sleep(pause)

    async def flag(self, call: Call, what: Mapping[str, Any]) -> None:
        await self._calls.flag(call, what)

    async def close(self) -> None:
        """Close the connections and the file. Another event loop can then use the client."""
        api, self._api = self._api, None
        self._calls.close()
        if api is not None:
            await api.close()

    # One try

    async def _try(self, call: Call) -> Mapping[str, Any]:
        api = self._connected()
        async with self._limiter.slot():
            self._check_may_send()
            self._under_way += 1
            began = time.monotonic()
            try:
                reply = self._parsed(await self._post(api, call))
            except (_Passing, SubjectError) as error:
                reply, fault = None, error
                if isinstance(error, _Passing) and error.status == 429:
                    self._limiter.refused(error.retry_after)
            else:
                self._limiter.succeeded()
            finally:
                self._under_way -= 1
        # Outside its slot, which another request can have while this one is written down.
        if reply is not None:
            await self._calls.add_reply(call, reply, self._details(reply, began))
            return reply
        await self._calls.add_error(call, self._told(fault, began))
        raise fault

    def _check_may_send(self) -> None:
        if self._refused_for_all is not None:
            raise SubjectUnavailable(self._refused_for_all)
        if self._max_calls is not None and self._calls.n_sent + self._under_way >= self._max_calls:
            raise SubjectError(
                f"this run may send {self._max_calls} requests (--max-calls) and has; "
                f"with a larger number the same command goes on from here"
            )

    async def _post(self, api: openai.AsyncOpenAI, call: Call) -> str:
        """The text of the reply. Every way in which there is none ends as _Passing or SubjectError."""
        endpoint, patience = self.endpoint, self._patience
        # An endpoint that knows this header does not charge again for a reply that was lost on the way.
        headers = {"Idempotency-Key": f"twinbean-{call.key}"}
        try:
            async with asyncio.timeout(patience.timeout_s):
                text = await api.post(call.path, cast_to=str, body=dict(call.body), options={"headers": headers})
        except (TimeoutError, openai.APITimeoutError):
            raise _Passing(f"no reply within {patience.timeout_s:g} s") from None
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            raise _Passing(endpoint.hide(f"the connection failed ({type(cause).__name__}: {cause})")) from None
        except openai.APIStatusError as error:
            self._raise_status(error.status_code, _message(error.body), _code(error.body), _retry_after(error))
            raise AssertionError from None
        except UnicodeDecodeError:
            raise _Passing("the reply is not text") from None
        return text

    def _connected(self) -> openai.AsyncOpenAI:
        """The connections and the limiter of this event loop."""
        if self._api is None:
            endpoint = self.endpoint
            omit = openai.Omit()
            # Names of an account at OpenAI, which the library reads from the environment, are for OpenAI alone.
            foreign = endpoint.key_variable != "OPENAI_API_KEY"
            self._api = openai.AsyncOpenAI(
                api_key=endpoint.key or "none",
                base_url=endpoint.base_url,
                max_retries=0,
                timeout=self._patience.timeout_s,
                default_headers={"OpenAI-Organization": omit, "OpenAI-Project": omit} if foreign else None,  # type: ignore[dict-item]
            )
            self._limiter = Limiter(self._concurrency)
        return self._api

    def _parsed(self, text: str) -> Mapping[str, Any]:
        try:
            reply = self.endpoint.hide_in(json.loads(text))
        except ValueError:
            raise _Passing(f"the reply is no JSON: {self.endpoint.hide(text)[:80]!r}") from None
        if isinstance(reply, dict) and reply.get("choices"):
            return reply
        error = reply.get("error") if isinstance(reply, dict) else None
        if isinstance(error, dict) and isinstance(error.get("code"), int):
            # OpenRouter reports the errors of its providers in a reply of status 200.
            self._raise_status(error["code"], _message(error), None, None)
        raise _Passing(f"the reply has no choices: {self.endpoint.hide(text)[:80]!r}")

    def _raise_status(self, status: int, message: str, code: str | None, retry_after: float | None) -> None:
        """Raises _Passing where another try may help, SubjectError where it cannot."""
        endpoint = self.endpoint
        said = endpoint.hide(message)
        if status == 429 and code != "insufficient_quota":
            raise _Passing(f"refused (429): {said}", status=429, retry_after=retry_after)
        if status >= 500 or status in _OTHER_TIMES:
            raise _Passing(f"status {status}: {said}", status=status)
        reason = f"{endpoint.host} answered {status}: {said}"
        if status == 401:
            # What it says may hold a part of the key.
            reason = f"{endpoint.host} refused the key (401): set {endpoint.key_variable} to one that it knows"
        elif status == 404:
            reason = f"{endpoint.host} has no model {endpoint.model!r}, or {endpoint.base_url} is wrong (404): {said}"
        elif status in (402, 429):
            reason = f"the account at {endpoint.host} has no credit left ({status}): {said}"
        elif code == "context_length_exceeded" or "context" in said.lower():
            reason = f"the prompt is too long for {endpoint.model!r} ({status}): {said}"
        if status in _FOR_EVERYBODY or status == 429 or code == "model_not_found":
            self._refused_for_all = reason
            raise SubjectUnavailable(reason)
        raise SubjectError(reason)

    # What is kept beside a reply

    def _told(self, fault: Exception, began: float) -> dict[str, Any]:
        return {"status": getattr(fault, "status", None), "error": str(fault), "latency_s": _seconds_since(began)}

    def _details(self, reply: Mapping[str, Any], began: float) -> dict[str, Any]:
        """Tokens, cost where the endpoint names it, latency, and who answered."""
        usage = reply.get("usage") or {}
        return {
            "latency_s": _seconds_since(began),
            "provider": reply.get("provider") or self.endpoint.host,
            "model": reply.get("model"),
            "prompt_tokens": usage.get("prompt_tokens"),
            "completion_tokens": usage.get("completion_tokens"),
            "cost": usage.get("cost"),
        }


def _seconds_since(began: float) -> float:
    return round(time.monotonic() - began, 4)


def _message(body: object) -> str:
    error = body.get("error", body) if isinstance(body, dict) else body
    text = error.get("message", error) if isinstance(error, dict) else error
    return " ".join(str(text).split())[:300]


def _code(body: object) -> str | None:
    error = body.get("error", body) if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds that the headers ask to wait, given as a number or as a date (RFC 9110, 10.2.3)."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) / unit)
        except (KeyError, ValueError):
            continue
    try:
        return max(0.0, parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError):
        return None

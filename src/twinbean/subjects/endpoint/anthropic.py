"""One request to Anthropic, by its own library: what was asked in OpenAI's words in its words, and back.

Everything above this module, from the limiter to the journal, is the same for every endpoint.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import anthropic

from twinbean.errors import SubjectError
from twinbean.subjects.endpoint.connection import MOST_BYTES, check_origin, failed
from twinbean.subjects.endpoint.endpoint import Endpoint
from twinbean.subjects.endpoint.response import NoResponse, Response

_PATH = "/v1/messages"
# Why a reply ended, in OpenAI's words.
_REASONS = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "refusal": "content_filter"}


class AnthropicConnection:
    """The connections to Anthropic. Belongs to one event loop."""

    def __init__(self, endpoint: Endpoint, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s

        async def check(request: Any) -> None:
            check_origin(endpoint, str(request.url))

        self._api = anthropic.AsyncAnthropic(
            api_key=endpoint.key or "none",
            # What the library would read from the environment instead.
            auth_token=None,
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=timeout_s,
            http_client=anthropic.DefaultAsyncHttpxClient(event_hooks={"request": [check]}),
        )

    async def post(self, path: str, body: Mapping[str, Any], *, key: str) -> Response:
        """Raises NoResponse, and SubjectError where the request cannot be sent at all."""
        headers = {"Idempotency-Key": f"twinbean-{key}", "X-Stainless-Raw-Response": "true"}
        try:
            async with asyncio.timeout(self._timeout_s):
                raw: Any = await self._api.post(
                    _PATH, cast_to=object, body=to_anthropic(body), options={"headers": headers}
                )
                found = raw.http_response
                content = await found.aread()
        except (TimeoutError, anthropic.APITimeoutError):
            raise NoResponse(f"no reply within {self._timeout_s:g} s") from None
        except anthropic.APIConnectionError as error:
            if isinstance(error.__cause__, SubjectError):
                raise error.__cause__ from None
            raise NoResponse(failed(error.__cause__ or error)) from None
        except anthropic.APIStatusError as error:
            response = error.response
            return Response(status=response.status_code, headers=response.headers, content=response.content)
        except (UnicodeError, ValueError, TypeError) as error:
            raise SubjectError(f"the request cannot be written as JSON: {error}") from None
        except Exception as error:
            if not type(error).__module__.startswith(("httpx", "httpcore")):
                raise
            raise NoResponse(failed(error)) from None
        if len(content) > MOST_BYTES:
            raise NoResponse(f"the reply has more than {MOST_BYTES} bytes")
        return Response(status=found.status_code, headers=found.headers, content=from_anthropic(content))

    async def close(self) -> None:
        await self._api.close()


def to_anthropic(body: Mapping[str, Any]) -> dict[str, Any]:
    """A chat in OpenAI's words as one in Anthropic's, where what the system says stands by itself."""
    messages: Sequence[Mapping[str, Any]] = body["messages"]
    system = [one["content"] for one in messages if one["role"] == "system"]
    asked = {name: value for name, value in body.items() if name != "messages"}
    asked["messages"] = [dict(one) for one in messages if one["role"] != "system"]
    return asked | ({"system": "\n\n".join(system)} if system else {})


def from_anthropic(content: bytes) -> bytes:
    """A reply in OpenAI's words; what is no message stays as it came, and is refused where replies are checked."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return content
    blocks = said.get("content") if isinstance(said, dict) else None
    if not isinstance(blocks, list):
        return content
    texts = [one.get("text") for one in blocks if isinstance(one, dict) and one.get("type") == "text"]
    reason = said.get("stop_reason")
    choice = {
        # Of parts that are no text nothing is read.
        "message": {"content": "".join(text for text in texts if isinstance(text, str))},
        "finish_reason": _REASONS.get(reason, reason) if isinstance(reason, str) else None,
    }
    used = said.get("usage") if isinstance(said.get("usage"), dict) else {}
    tokens = [used[name] for name in _OF_PROMPT if type(used.get(name)) is int]
    usage = {"prompt_tokens": sum(tokens) if tokens else None, "completion_tokens": used.get("output_tokens")}
    made = {"choices": [choice], "model": said.get("model"), "usage": usage}
    return json.dumps(made).encode()


# What was read anew, written into the cache, and read from it.
_OF_PROMPT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")

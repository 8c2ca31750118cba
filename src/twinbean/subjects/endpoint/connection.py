"""One request over HTTP, through the openai library, and whatever came back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import openai

from twinbean.errors import SubjectError
from twinbean.subjects.endpoint.endpoint import Endpoint
from twinbean.subjects.endpoint.response import NoResponse, Response

# The longest reply that is read: the echo of 100,000 tokens with the 20 likeliest in the place of each has about 60 MB.
MOST_BYTES = 2**28


class Connection:
    """The connections to one endpoint. Belongs to one event loop."""

    def __init__(self, endpoint: Endpoint, *, timeout_s: float) -> None:
        self._endpoint = endpoint
        self._timeout_s = timeout_s
        omit = openai.Omit()
        # Names of an account at OpenAI, which the library reads from the environment, are for OpenAI alone.
        foreign = endpoint.key_variable != "OPENAI_API_KEY"
        self._api = openai.AsyncOpenAI(
            api_key=endpoint.key or "none",
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=timeout_s,
            default_headers={"OpenAI-Organization": omit, "OpenAI-Project": omit} if foreign else None,  # type: ignore[dict-item]
            http_client=openai.DefaultAsyncHttpxClient(event_hooks={"request": [self._check]}),
        )

    async def post(self, path: str, body: Mapping[str, Any], *, key: str) -> Response:
        """Raises NoResponse, and SubjectError where the request cannot be sent at all."""
        # An endpoint that knows the first header does not charge again for a reply that was lost on the way. The
        # second is the library's own: the reply is given as it comes, so that an endless one is not read to its end.
        headers = {"Idempotency-Key": f"twinbean-{key}", "X-Stainless-Raw-Response": "stream"}
        try:
            async with asyncio.timeout(self._timeout_s):
                raw = await self._api.post(path, cast_to=str, body=dict(body), options={"headers": headers})
                response = cast(Any, raw).http_response
                try:
                    content = await _read(response)
                finally:
                    await response.aclose()
                return Response(status=response.status_code, headers=response.headers, content=content)
        except (TimeoutError, openai.APITimeoutError):
            raise NoResponse(f"no reply within {self._timeout_s:g} s") from None
        except openai.APIConnectionError as error:
            raise NoResponse(failed(error.__cause__ or error)) from None
        except openai.APIStatusError as error:
            found = error.response
            return Response(status=found.status_code, headers=found.headers, content=found.content)
        except (SubjectError, NoResponse):
            raise
        except (UnicodeError, ValueError, TypeError) as error:
            raise SubjectError(f"the request cannot be written as JSON: {error}") from None
        except Exception as error:
            # While the reply is read the library hands on what its HTTP client raises, and that has changed its name.
            if not type(error).__module__.startswith(("httpx", "httpcore")):
                raise
            raise NoResponse(failed(error)) from None

    async def close(self) -> None:
        await self._api.close()

    async def _check(self, request: Any) -> None:
        check_origin(self._endpoint, str(request.url))


def check_origin(endpoint: Endpoint, asked: str) -> None:
    """Neither the key nor a participant's words go where a redirect sends them: raises SubjectError."""
    if _origin(asked) != _origin(endpoint.base_url):
        raise SubjectError(
            f"{endpoint.host} redirects to {urlsplit(asked).netloc}, and nothing is sent there; if that is the "
            f"endpoint, give its address with --base-url"
        )


async def _read(response: Any) -> bytes:
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > MOST_BYTES:
            raise NoResponse(f"the reply has more than {MOST_BYTES} bytes")
    return bytes(content)


def failed(cause: BaseException) -> str:
    return f"the connection failed ({type(cause).__name__}: {cause})"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port

"""One HTTP connection that is kept open: small and quick, so that hundreds of players fit beside their server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found


class Connection:
    """To the server at `address` (http only). It is made at the first request, and again after it was lost."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str], *, cut: bool = False, timeout_s: float = 30.0
    ) -> Reply:
        """Raises ConnectionError or TimeoutError where no whole reply comes: what became of the request is not known.

        With `cut` the connection is closed once the request is written, as by a browser that is closed.
        """
        return await self.request("POST", path, body, headers, cut=cut, timeout_s=timeout_s)

    async def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        cut: bool = False,
        timeout_s: float = 30.0,
    ) -> Reply:
        try:
            async with asyncio.timeout(timeout_s):
                reader, writer = await self._opened()
                head = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", f"Content-Length: {len(body)}"]
                head += [f"{name}: {value}" for name, value in (headers or {}).items()]
                writer.write("\r\n".join([*head, "", ""]).encode() + body)
                await writer.drain()
                if cut:
                    raise ConnectionAbortedError("the connection was cut, as was asked")
                return await self._reply(reader)
        except (ConnectionError, TimeoutError):
            self.close()
            raise
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.close()
            raise ConnectionError(f"no whole reply came: {error!r}") from error
        except BaseException:
            # What is left of a reply would be taken for that to the next request.
            self.close()
            raise

    def close(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self._reader, self._writer

    async def _reply(self, reader: asyncio.StreamReader) -> Reply:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        content = b"" if status == 204 else await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.close()
        return Reply(status=status, headers=headers, content=content)

"""A reply as it goes over the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True)
class WireReply:
    """`headers` replace those that a reply has anyway. With `cut` the connection ends after `content`."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


def error(status: int, message: str, *, code: str | None = None, headers: Mapping[str, str] | None = None) -> WireReply:
    content = json.dumps({"error": {"message": message, "code": code}}).encode()
    return WireReply(status, content, headers or {})


async def send(writer: asyncio.StreamWriter, reply: WireReply) -> bool:
    """False where the connection was cut."""
    headers = {"Content-Type": "application/json", **reply.headers}
    if "Transfer-Encoding" not in headers and reply.status != 204:
        headers.setdefault("Content-Length", str(len(reply.content)))
    head = [f"HTTP/1.1 {reply.status} {_PHRASES.get(reply.status, 'Status')}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*head, "", ""]).encode("latin-1") + reply.content)
    await writer.drain()
    return not reply.cut

"""Firefox for Playwright's WebDriver BiDi: started in place of Firefox, with Firefox's path in TWINBEAN_FIREFOX.

Playwright sets the preferred colour scheme of every context by a command that Debian's Firefox (153) does not have, and
that no test needs. It is answered here; everything else passes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

import websockets

_SAYS = b"WebDriver BiDi listening on "
_UNKNOWN = "emulation.setMediaFeaturesOverride"


async def serve(address: str) -> int:
    """The port at which the browser at `address` answers, and to that one command, too."""

    async def connected(client: websockets.WebSocketServerProtocol) -> None:
        async with websockets.connect(f"{address}/session", max_size=None, ping_interval=None) as firefox:

            async def forward() -> None:
                async for message in client:
                    command = json.loads(message)
                    if command["method"] == _UNKNOWN:
                        await client.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
                    else:
                        await firefox.send(message)

            async def back() -> None:
                async for message in firefox:
                    await client.send(message)

            _, others = await asyncio.wait(
                [asyncio.create_task(forward()), asyncio.create_task(back())], return_when=asyncio.FIRST_COMPLETED
            )
            for other in others:
                other.cancel()

    server = await websockets.serve(connected, "127.0.0.1", 0, max_size=None, ping_interval=None)
    return server.sockets[0].getsockname()[1]


async def main() -> int:
    firefox = await asyncio.create_subprocess_exec(
        os.environ["TWINBEAN_FIREFOX"], *sys.argv[1:], stderr=asyncio.subprocess.PIPE
    )
    assert firefox.stderr is not None
    async for line in firefox.stderr:
        if line.startswith(_SAYS):
            port = await serve(line.removeprefix(_SAYS).decode().strip())
            line = _SAYS + f"ws://127.0.0.1:{port}\n".encode()
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
    return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

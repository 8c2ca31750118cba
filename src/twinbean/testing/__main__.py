"""The test server from the command line: python -m twinbean.testing --port 8000"""

from __future__ import annotations

import argparse
import contextlib
import signal

from twinbean.testing.faults import FAULTS, Faults
from twinbean.testing.responders import Responder, Script, note_keeper
from twinbean.testing.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m twinbean.testing", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--model", choices=("note-keeper", "smollm2"), default="note-keeper")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every reply takes")
    parser.add_argument("--limit", type=int, help="how many requests at once; more are refused with 429")
    parser.add_argument(
        "--faults", type=float, default=0.0, help=f"the share of requests with one of {', '.join(FAULTS)}"
    )
    arguments = parser.parse_args()
    faults = Faults(rate=arguments.faults)
    # Stopped either way, it says what it has done.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with serve(
        _responder(arguments.model), faults=faults, delay_s=arguments.delay, limit=arguments.limit, port=arguments.port
    ) as server:
        print(f"--model api:{arguments.model} --base-url {server.base_url}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        print(f"{len(server.requests)} requests, {server.n_refused} refused, {server.busy_s:.3f} s", flush=True)


def _responder(name: str) -> Responder:
    if name == "note-keeper":
        return Script(note_keeper, model=name)
    from twinbean.testing.smollm2 import SmolLM2

    return SmolLM2()


if __name__ == "__main__":
    main()

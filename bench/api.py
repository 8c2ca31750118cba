"""How busy an endpoint is kept: sessions at once against a server that answers in 200 ms and takes so many at a time.

    python bench/api.py [--sessions 200] [--trials 10] [--delay 0.2] [--limits 16,32,64]

The ideal is a server that is full from the first to the last request: requests times delay, divided by what it takes.
Of what it takes the client knows nothing; it learns it from being refused.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from twinbean.subjects.catalogue import SubjectOptions
from twinbean.tasks import load
from twinbean.testing.responders import Script
from twinbean.testing.server import serve
from twinbean.workflow import replay


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--delay", type=float, default=0.2, help="seconds that the server takes for a reply")
    parser.add_argument("--limits", default="16,32,64", help="how many requests it takes at once")
    arguments = parser.parse_args()
    task = load("five_armed_buttons")
    print(f"{'limit':>6}{'requests':>10}{'refused':>9}{'seconds':>9}{'ideal':>8}{'ratio':>7}")
    for limit in map(int, arguments.limits.split(",")):
        server_time = [0.0, 0.0]

        def say(body: object, seen: list[float] = server_time) -> str:
            seen[0] = seen[0] or time.perf_counter()
            seen[1] = time.perf_counter()
            return "<Answer>green</Answer>"

        with (
            serve(Script(say), delay_s=arguments.delay, limit=limit) as server,
            tempfile.TemporaryDirectory() as folder,
        ):
            options = SubjectOptions(base_url=server.base_url, memory="summary", concurrency=arguments.sessions)
            replay(
                task,
                model="api:script",
                run=Path(folder) / "run",
                samples=arguments.sessions,
                parameters={"trials": arguments.trials},
                options=options,
            )
            requests, refused = len(server.requests), server.n_refused
        # From the first request, which is answered after one delay, to the last reply.
        seconds = server_time[1] - server_time[0] + arguments.delay
        ideal = requests * arguments.delay / limit
        print(f"{limit:>6}{requests:>10}{refused:>9}{seconds:>9.2f}{ideal:>8.2f}{seconds / ideal:>7.2f}")


if __name__ == "__main__":
    main()

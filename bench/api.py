"""How busy an endpoint is kept: sessions at once against a server that answers in 200 ms and takes so many at a time.

    python bench/api.py [--sessions 200] [--trials 10] [--delay 0.2] [--limits 16,32]

The ideal is a server that is full from its first request to its last: requests times delay, divided by how many it
takes. The client does not know how many; it learns it from being refused. The server is a process of its own.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from twinbean.runs.replaying import replay
from twinbean.subjects.registry import SubjectOptions
from twinbean.tasks.task import load


def played(*, sessions: int, trials: int, delay: float, limit: int) -> tuple[int, int, float]:
    """Requests that were let in, those that were refused, and seconds from the first to the last."""
    command = [sys.executable, "-m", "twinbean.testing", "--port", "0", "--delay", str(delay), "--limit", str(limit)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert server.stdout is not None
        options = SubjectOptions(base_url=server.stdout.readline().split()[-1], memory="summary", concurrency=sessions)
        replay(
            load("five_armed_buttons"),
            model="api:note-keeper",
            run=Path(folder) / "run",
            samples=sessions,
            parameters={"trials": trials},
            options=options,
        )
        server.terminate()
        requests, refused, seconds = re.findall(r"[\d.]+", server.stdout.readline())
    return int(requests), int(refused), float(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--delay", type=float, default=0.2, help="seconds that the server takes for a reply")
    parser.add_argument("--limits", default="16,32", help="how many requests it takes at once")
    arguments = parser.parse_args()
    print(f"{'limit':>6}{'requests':>10}{'refused':>9}{'seconds':>9}{'ideal':>8}{'ratio':>7}")
    for limit in map(int, arguments.limits.split(",")):
        requests, refused, seconds = played(
            sessions=arguments.sessions, trials=arguments.trials, delay=arguments.delay, limit=limit
        )
        ideal = requests * arguments.delay / limit
        print(f"{limit:>6}{requests:>10}{refused:>9}{seconds:>9.2f}{ideal:>8.2f}{seconds / ideal:>7.2f}")


if __name__ == "__main__":
    main()

"""Processor time and memory of opening a large run again: one that is complete, and one that lacks a session.

    python bench/reopening.py [--sessions 10000] [--model wsls1]

The run is played in a temporary folder first. Every start is a process of its own, as from a shell, and counted whole.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from seed import show


def start(options: argparse.Namespace, run: Path) -> tuple[float, float]:
    """The processor seconds of one start, and the most memory that it took, in MB."""
    command = ["replay", "two_armed_bandit", "--samples", str(options.sessions), "--model", options.model, "-o", run]
    process = subprocess.Popen(
        [Path(sys.executable).with_name("twinbean"), *map(str, command)],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"twinbean replay ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def lose(run: Path, session: str) -> None:
    """Take a session's last choice out of the journal, and what it left when it ended."""
    for name in ("trials.jsonl", "ended.jsonl"):
        lines = (run / name).read_bytes().splitlines(keepends=True)
        lines.remove([line for line in lines if json.loads(line)["session"] == session][-1])
        (run / name).write_bytes(b"".join(lines))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--model", default="wsls1")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        rows.append(["played", *start(options, run)])
        rows.append(["opened again, complete", *start(options, run)])
        lose(run, f"simulated-{options.sessions // 2:04d}")
        rows.append(["opened again, one session missing", *start(options, run)])
    show(
        f"{options.sessions} sessions of {options.model}, two_armed_bandit",
        ["start", "CPU s", "peak MB"],
        [[str(name), f"{seconds:.1f}", f"{peak:.0f}"] for name, seconds, peak in rows],
        [],
    )


if __name__ == "__main__":
    main()

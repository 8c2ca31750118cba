"""Runs tests for `tests/mutation.py`, each time in a fork that has the libraries loaded and nothing of Twinbean.

As a plugin of pytest it writes down how many seconds each test takes, to the file that TWINBEAN_SECONDS names.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

# pyarrow's allocator, which pandas loads, starts a thread of its own.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}

_seconds: defaultdict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] += report.duration


def pytest_sessionfinish() -> None:
    if file := os.environ.get("TWINBEAN_SECONDS"):
        Path(file).write_text(json.dumps(_seconds), encoding="utf-8")


def main() -> None:
    for library in ("numba.extending", "pandas", "pydantic", "scipy.optimize", "scipy.stats", "typer"):
        importlib.import_module(library)

    assert len(os.listdir("/proc/self/task")) == 1, "a fork would have one thread of these"
    for line in sys.stdin:
        tests, limit_s = json.loads(line)
        print(json.dumps(outcome(tests, limit_s)), flush=True)


def outcome(tests: list[str], limit_s: float) -> str:
    child = os.fork()
    if child == 0:
        # What the tests start ends with them.
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os._exit(int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests])))
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return "SURVIVED" if status == 0 else "noticed"
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hangs"


if __name__ == "__main__":
    main()

"""Runs tests for `tests/mutation.py`, each time in a fork that has the libraries loaded, and nothing of Twinbean.

With `--loaded` Twinbean is loaded, too, and the mutant is made in the fork where that can be done. As a plugin of
pytest it writes down how much processor time each test takes, to the file that TWINBEAN_SECONDS names.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from mutation_in_place import exchange, loaded_functions

# pyarrow's allocator, which pandas loads, starts a thread of its own.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
# What takes long to import, and is not Twinbean.
LIBRARIES = (
    *("numba.extending", "pandas", "pydantic", "scipy.optimize", "scipy.stats", "typer"),
    *("jinja2", "pyppeteer"),
)
# Who wants no processor time for so long waits for what will not come. A process that is only kept waiting wants it.
STILL_S = 30.0

_seconds: defaultdict[str, float] = defaultdict(float)


def processor_time() -> float:
    """Of this process and the children that it has waited for: what a busy machine does not change."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    begun = processor_time()
    try:
        return (yield)
    finally:
        _seconds[item.nodeid] += processor_time() - begun


def pytest_sessionfinish() -> None:
    if file := os.environ.get("TWINBEAN_SECONDS"):
        Path(file).write_text(json.dumps(_seconds), encoding="utf-8")


class FirstFailure:
    """Says which test failed, or else which file could not be imported."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._say(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._say(report)

    def _say(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            os.write(self._pipe, f"{report.nodeid}\n".encode())


def main() -> None:
    loaded = "--loaded" in sys.argv
    for library in LIBRARIES:
        importlib.import_module(library)
    make = _making() if loaded else _nothing
    gc.freeze()  # what is here already is no garbage of a test's

    assert len(os.listdir("/proc/self/task")) == 1, "a fork would have one thread of these"
    for line in sys.stdin:
        tests, limit_s, file, source = json.loads(line)
        print(json.dumps(outcome(tests, limit_s, partial(make, file, source))), flush=True)


def _nothing(file: str, source: str) -> bool:
    """The mutant is in the file already."""
    return True


def _making() -> Callable[[str, str], bool]:
    """A function that makes a mutant in what is loaded."""
    from numba.core.caching import Cache

    from mutation_drawing import MODULES

    mutated = (f"twinbean.{module.removesuffix('.py').replace('/', '.')}" for module in MODULES)
    for module in ("twinbean.definitions", "twinbean.cli", *mutated):
        importlib.import_module(module)
    functions = loaded_functions()

    def make(file: str, source: str) -> bool:
        # What is compiled from here on is not the code of the file.
        Cache.save_overload = lambda *_: None
        return exchange(functions, file, Path(file).read_text(encoding="utf-8"), source)

    return make


def outcome(tests: list[str], limit_s: float, make: Callable[[], bool]) -> tuple[str, str]:
    """ "noticed" and by which test; "hangs" after `limit_s` of processor time, or where nothing goes on; "SURVIVED",
    also where it cannot be made."""
    said, say = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if make():
                _run(tests, limit_s, say)
        finally:
            os._exit(0)
    os.close(say)
    with open(said, encoding="utf-8") as pipe:
        status = _ended(child)
        if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
            return "hangs", ""
        return ("noticed", pipe.readline().strip()) if status else ("SURVIVED", "")


def _run(tests: list[str], limit_s: float, say: int) -> None:
    """In the child: run the tests up to the first that fails. What they start ends with them."""
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s), int(limit_s) + 10))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    # Time limits of pytest are of the clock on the wall. The other plugins take longer to load than most tests.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "pytest_timeout", "--timeout", "0", "--basetemp", "../tmp"]
    os._exit(int(pytest.main([*options, *tests], plugins=[FirstFailure(say)])))


def _ended(child: int) -> int | None:
    """Its status; None where nothing in its group of processes went on for STILL_S."""
    used, since = 0, time.monotonic()
    try:
        while time.monotonic() < since + STILL_S:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
            wants, now = _group(child)
            if wants or now != used:
                used, since = now, time.monotonic()
            time.sleep(0.05)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)


def _group(leader: int) -> tuple[bool, int]:
    """Whether one of a group of processes runs or waits for a processor or a disk; what they have used."""
    wants, used = False, 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            wants |= fields[0] in "RD"
            used += sum(map(int, fields[11:15]))
    return wants, used


if __name__ == "__main__":
    main()

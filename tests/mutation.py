"""Draws small changes of the code by seed, and runs for each the tests that cover the changed line (`make mutants`).

Which tests cover a line is measured by coverage, once, and a mutant has seconds: its quickest tests first. Those that
notice any must pass without a mutant at the end. What no test notices is printed; above LIMIT of those that are not
equivalent, the status is 1. Those that are, are not tried.

A mutant is made in modules that are loaded; what no test notices there, or cannot be made there, is written into the
file and tried again. Times are of the processor, so that a busy machine notices no mutant. Results are kept in a file:
the next run tries those that are not in it, and those that survived.
"""

from __future__ import annotations

import argparse
import compileall
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue

from coverage import CoverageData

from checkout import copy_of_checkout
from equivalent_mutants import EQUIVALENT
from mutation_drawing import MODULES, Mutant, drawn
from mutation_worker import ONE_THREAD

# Compiled code is not seen by coverage: who calls the second covers the first, too.
COMPILED = {"cognitive/rules.py": "cognitive/likelihood.py"}
# What is quick and needs neither a browser nor a language model.
TESTS = (
    *("definitions", "play", "comparison", "experiments", "cognitive", "sessions", "runs", "scoring"),
    *("subjects/test_scripted.py", "subjects/test_learners.py", "test_notebook.py"),
)
# What looks at every module, and runs none of its lines: of use for those that run at import.
OF_ALL = "tests/test_values.py"
LIMIT = 0.10
# Processor time: of a mutant's tests together when they pass; and how many times as much counts as hanging.
SECONDS, PATIENCE, LONGEST = 10.0, 4.0, 600.0


@dataclass(frozen=True)
class Covering:
    """Which tests run which line, and how many seconds each takes."""

    lines: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that run the line, the quickest first; of a line that runs at import, those that use the module.
        Those for which it must be compiled come last."""
        lines = self.lines.get(mutant.module, {})
        seen = lines.get(mutant.line, set()) or set().union(*lines.values()) | {OF_ALL}
        compiled = set[str]().union(*self.lines.get(COMPILED.get(mutant.module, ""), {}).values())
        return self._quickest(seen) + self._quickest(compiled - seen)

    def _quickest(self, names: set[str]) -> list[str]:
        quickest = sorted(names, key=lambda name: (self.seconds.get(name, 0.0), name))
        spent = itertools.accumulate(self.seconds.get(name, 0.0) for name in quickest)
        return [name for name, seconds in zip(quickest, spent, strict=True) if seconds <= SECONDS] or quickest[:1]

    def uncompiled(self, mutant: Mutant, tests: list[str]) -> list[str]:
        """Those of a mutant's tests that run its line as Python."""
        seen = self.lines.get(mutant.module, {}).get(mutant.line, set())
        return [name for name in tests if name in seen] if mutant.module in COMPILED else tests


def measured(copy: Path, data: Path) -> Covering:
    """Every test is run once, with coverage."""
    seconds = data.with_suffix(".seconds")
    if not data.exists():
        settings = data.with_suffix(".rc")
        settings.write_text(
            f"[run]\nsource = twinbean\nconcurrency = greenlet,thread\ndata_file = {data}\n", encoding="utf-8"
        )
        command = [sys.executable, "-m", "pytest", "-q", "-p", "mutation_worker", "-p", "no:cacheprovider"]
        command += ["--cov=twinbean", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
        environment = _environment(copy) | {"TWINBEAN_SECONDS": str(seconds)}
        done = subprocess.run([*command, *(f"tests/{name}" for name in TESTS)], cwd=copy, env=environment, check=False)
        if done.returncode:
            data.unlink(missing_ok=True)
            sys.exit("error: tests fail without any mutant")
    found = CoverageData(str(data))
    found.read()
    lines: dict[str, dict[int, set[str]]] = defaultdict(dict)
    for file in found.measured_files():
        module = file.partition("/src/twinbean/")[2]
        for line, contexts in found.contexts_by_lineno(file).items():
            lines[module][line] = {context.rpartition("|")[0] for context in contexts} - {""}
    return Covering(lines, json.loads(seconds.read_text(encoding="utf-8")))


def _environment(copy: Path) -> dict[str, str]:
    paths = os.pathsep.join([str(copy / "src"), str(copy / "tests")])
    return os.environ | {"PYTHONPATH": paths, **ONE_THREAD}


def checkout(copy: Path) -> None:
    """A copy of the checkout whose modules are compiled anew as soon as their text is another: a mutant can be as long
    and as old as what it was made from, which is what Python looks at otherwise."""
    copy_of_checkout(copy)
    compileall.compile_dir(copy / "src", quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


def unchanged(sources: Path) -> Mutant:
    """No mutant at all."""
    return Mutant(MODULES[0], 0, "", "", (sources / MODULES[0]).read_text(encoding="utf-8"))


class Worker:
    """Processes with a checkout of their own in which mutants are tried one after the other: one has the libraries
    loaded, and one Twinbean itself, which is quicker."""

    def __init__(self, copy: Path) -> None:
        self._sources = copy / "src" / "twinbean"
        command = [sys.executable, str(copy / "tests" / "mutation_worker.py")]
        streams = {"cwd": copy, "env": _environment(copy), "stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._program = subprocess.Popen(command, text=True, **streams)
        self._loaded = subprocess.Popen([*command, "--loaded"], text=True, **streams)

    def notices_in_place(self, mutant: Mutant, tests: list[str], limit_s: float) -> tuple[str, str]:
        """As `notices`, and "SURVIVED" also where the mutant cannot be made in what is loaded."""
        return self._told(self._loaded, tests, limit_s, str(self._sources / mutant.module), mutant.source)

    def notices(self, mutant: Mutant, tests: list[str], limit_s: float) -> tuple[str, str]:
        """ "noticed" and by which test, "hangs" or "SURVIVED"."""
        file = self._sources / mutant.module
        source = file.read_text(encoding="utf-8")
        file.write_text(mutant.source, encoding="utf-8")
        try:
            return self._told(self._program, tests, limit_s, "", "")
        finally:
            file.write_text(source, encoding="utf-8")

    def _told(self, program: subprocess.Popen[str], *asked: object) -> tuple[str, str]:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(json.dumps(asked) + "\n")
        program.stdin.flush()
        outcome, by = json.loads(program.stdout.readline())
        return outcome, by

    def failing(self, tests: list[str]) -> str | None:
        """Which of the tests that have noticed mutants fails without any. None where all pass, as they must here."""
        outcome, by = self.notices(unchanged(self._sources), tests, LONGEST)
        return None if outcome == "SURVIVED" else by or outcome

    def end(self) -> None:
        for program in (self._program, self._loaded):
            program.kill()
            program.wait()


class Results:
    """What became of each mutant, a line each, kept from run to run."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found: dict[str, tuple[str, str]] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                found = json.loads(line)
                self._found[found["mutant"]] = found["outcome"], found["by"]

    def outcome(self, mutant: Mutant) -> str | None:
        return self._found.get(str(mutant), (None, ""))[0]

    def tests(self, mutants: Iterable[Mutant]) -> list[str]:
        """The tests by which they were noticed. A file that could not be imported is none."""
        return sorted({by for one in mutants if "::" in (by := self._found.get(str(one), ("", ""))[1])})

    def add(self, mutant: Mutant, outcome: str, by: str) -> None:
        self._found[str(mutant)] = outcome, by
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"mutant": str(mutant), "outcome": outcome, "by": by}) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--covering", type=Path, help="keep the measured coverage in this file")
    parser.add_argument("--results", type=Path, required=True, help="keep what became of each mutant in this file")
    options = parser.parse_args()
    results = Results(options.results)
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder) / str(number) / "checkout" for number in range(options.jobs)]
        for copy in copies:
            checkout(copy)
        covering = measured(copies[0], (options.covering or Path(folder) / "covering").absolute())
        workers: SimpleQueue[Worker] = SimpleQueue()
        for copy in copies:
            workers.put(Worker(copy))

        def tried(mutant: Mutant) -> tuple[Mutant, str]:
            outcome, by, tests = results.outcome(mutant) or "SURVIVED", "", covering.tests(mutant)
            if (mutant.module, mutant.old, mutant.new) in EQUIVALENT:
                outcome = "equivalent"
            elif outcome == "SURVIVED" and tests:
                worker = workers.get()
                try:
                    limit_s = 20 + PATIENCE * sum(covering.seconds.get(name, 0.0) for name in tests)
                    # No test at all would be every test for pytest.
                    if uncompiled := covering.uncompiled(mutant, tests):
                        outcome, by = worker.notices_in_place(mutant, uncompiled, limit_s)
                    if outcome == "SURVIVED":
                        outcome, by = worker.notices(mutant, tests, limit_s)
                    # Tests that end badly without one that fails have not been run.
                    if outcome == "noticed" and not by:
                        sys.exit(f"error: the tests of {mutant} cannot be run")
                finally:
                    workers.put(worker)
                results.add(mutant, outcome, by)
            print(f"{outcome:11}{len(tests):4} tests  {mutant}", flush=True)
            return mutant, outcome

        with ThreadPoolExecutor(options.jobs) as pool:
            found = list(pool.map(tried, drawn(copies[0], options.number, options.seed)))
        last = workers.get()
        if failing := last.failing(results.tests([mutant for mutant, _ in found])):
            sys.exit(f"error: {failing} fails without any mutant, so those that it noticed have not been tried")
        last.end()
        while not workers.empty():
            workers.get().end()
    return told(found)


def told(results: list[tuple[Mutant, str]]) -> int:
    counts = Counter(outcome for _, outcome in results)
    alive = [mutant for mutant, outcome in results if outcome == "SURVIVED"]
    equivalent = counts["equivalent"]
    print(f"{len(results)} mutants: {counts['noticed']} noticed, {counts['hangs']} noticed by the time limit, ", end="")
    print(f"{equivalent} equivalent, {len(alive)} survived ({len(alive) / max(len(results) - equivalent, 1):.1%})")
    for mutant in alive:
        print(f"  {mutant}")
    return len(alive) > LIMIT * (len(results) - equivalent)


if __name__ == "__main__":
    sys.exit(main())

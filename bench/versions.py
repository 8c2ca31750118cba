"""What commands cost in another checkout and in this one: `python bench/versions.py CHECKOUT [--times 5]`.

The two take turns, so that whatever else the machine does falls on both. What counts is the processor time (user and
system) of each command with all that it starts. CHECKOUT must have its scripts built (`make assets`).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
MAIN = "from twinbean.cli import main; main()"
TASK = "two_armed_bandit"
SMALL = ("--set", "trials=10")
# Of each command what follows `twinbean`; OUT is a path that nothing else has.
COMMANDS: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "export": ("export", TASK, "-o", "OUT.html"),
    "replay of 20 learners": ("replay", TASK, "--model", "rw", "--samples", "20", "-o", "OUT"),
    "fit of 20 people": ("fit", "people.csv", "-o", "OUT.csv"),
    "score, SmolLM2, 2 people of 10 trials": ("score", TASK, "two.csv", "--model", "smollm2", *SMALL, "-o", "OUT"),
    "replay, SmolLM2, 2 people of 10 trials": (
        *("replay", TASK, "--model", "smollm2", "--samples", "2", *SMALL, "-o", "OUT"),
    ),
}


def cost(checkout: Path, arguments: Sequence[str], folder: Path) -> float:
    """Seconds of processor time; the command's own words if it fails."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"}
    with (folder / "said").open("w+") as said:
        command = [sys.executable, "-c", MAIN, *arguments]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{checkout}: twinbean {' '.join(arguments)}: {said.read()}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, nargs="?")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if options.checkout is None:
        print("give the checkout of another version to compare this one with")
        return
    sides = (options.checkout.resolve(), HERE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for people, number, more in (("people", 20, ()), ("two", 2, SMALL)):
            cost(sides[0], ["replay", TASK, "--model", "rw", "--samples", str(number), *more, "-o", people], folder)
            (folder / people / "trials.csv").rename(folder / f"{people}.csv")
        print("| processor time, s | before | now | ratio |\n|---|---|---|---|")
        for what, arguments in COMMANDS.items():
            if not any(part in what for part in options.only.split(",")):
                continue
            spent: tuple[list[float], list[float]] = ([], [])
            # The first time fills caches on disk.
            for turn in range(options.times + 1):
                for side, (checkout, seconds) in enumerate(zip(sides, spent, strict=True)):
                    own = [one.replace("OUT", f"{what.split()[0]}-{turn}-{side}") for one in arguments]
                    found = cost(checkout, own, folder)
                    seconds += [found] if turn else []
            before, now = map(statistics.median, spent)
            print(f"| {what} | {before:.2f} | {now:.2f} | {now / before:.2f} |", flush=True)


if __name__ == "__main__":
    main()

"""What `import twinbean` and `twinbean --help` cost, beside Python itself: medians of fresh processes.

python bench/import_time.py [--repeats N]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python": ["-c", "pass"],
    "import twinbean": ["-c", "import twinbean"],
    "import twinbean.sessions": ["-c", "import twinbean.sessions"],
    "twinbean --help": ["-c", "from twinbean.cli import main; main()", "--help"],
    "twinbean tasks": ["-c", "from twinbean.cli import main; main()", "tasks"],
}


def seconds(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7, help="processes a command, after one that fills the caches")
    repeats = parser.parse_args().repeats

    bare = None
    print(f"{'command':<26}{'seconds':>9}{'times python':>14}")
    for name, arguments in COMMANDS.items():
        seconds(arguments)
        median = statistics.median(seconds(arguments) for _ in range(repeats))
        bare = bare or median
        print(f"{name:<26}{median:>9.3f}{median / bare:>14.1f}")


if __name__ == "__main__":
    main()

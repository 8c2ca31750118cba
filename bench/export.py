"""What exporting a task costs, beside SweetBean's own `to_html` of the same definition in the same run.

python bench/export.py [--repeats N]

Seconds of the call alone, in fresh processes: what starting Python and importing costs is in bench/import_time.py. The
first export of a process translates the task's functions; another one finds them translated.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TWINBEAN = """
import json, time
from twinbean.tasks.task import load
from twinbean.page.export import export
task = load({task!r})
seconds = []
for _ in range(2):
    start = time.perf_counter()
    page = export(task)
    seconds.append(time.perf_counter() - start)
json.dump([*seconds, len(page.encode())], open("measured.json", "w"))
"""

STOCK = """
import json, os, time
from twinbean import _assets
import importlib.util, sweetbean
spec = importlib.util.spec_from_file_location("task", _assets.experiments() / "{task}.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
experiment = module.build(rng=None)
seconds = []
for _ in range(2):
    start = time.perf_counter()
    experiment.to_html("stock.html")
    seconds.append(time.perf_counter() - start)
json.dump([*seconds, os.path.getsize("stock.html")], open("measured.json", "w"))
"""


def measured(program: str, repeats: int) -> list[float]:
    """Medians of (first call, second call, bytes) over fresh processes."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            # Transcrypt prints on both streams.
            subprocess.run([sys.executable, "-c", program], cwd=folder, check=True, capture_output=True)
            runs.append(json.loads((Path(folder) / "measured.json").read_text(encoding="utf-8")))
    return [statistics.median(column) for column in zip(*runs, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--task", default="two_armed_bandit", help="a built-in task whose build draws nothing")
    arguments = parser.parse_args()

    print(f"{'exported by':<22}{'first, s':>10}{'second, s':>11}{'kB':>8}")
    first, second, size = measured(TWINBEAN.format(task=arguments.task), arguments.repeats)
    print(f"{'twinbean export':<22}{first:>10.3f}{second:>11.3f}{size / 1000:>8.0f}")
    if shutil.which("java") is None:
        print("SweetBean's to_html: not measured, it needs Java and there is none here")
        return
    stock_first, stock_second, stock_size = measured(STOCK.format(task=arguments.task), 1)
    print(f"{'SweetBean to_html':<22}{stock_first:>10.3f}{stock_second:>11.3f}{stock_size / 1000:>8.0f}")
    print(f"{'ratio':<22}{stock_first / first:>10.1f}{stock_second / second:>11.1f}")


if __name__ == "__main__":
    main()

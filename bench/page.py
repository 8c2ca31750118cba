"""What a page weighs, how exactly it times responses, and whether it slows down or grows over a long session.

`python bench/page.py` plays 200 trials with eight machines in a headless Chromium. A script inside the page presses a
key a known time after the machines were painted, and the recorded response time is compared with that time.
"""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from twinbean.page import render
from twinbean.testing.browser import launch

N_TRIALS = 200
N_ARMS = 8

# Sees the machines appear, waits for their paint, and presses a key 50 to 149 ms later; keeps when it really pressed.
PLAYER = """() => {
  window.pressed = [];
  new MutationObserver((changes) => {
    if (!changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.querySelector?.(".machine")))) return;
    requestAnimationFrame(() => setTimeout(() => {
      const painted = performance.now();
      const number = pressed.length;
      setTimeout(() => {
        pressed.push(performance.now() - painted);
        document.dispatchEvent(new KeyboardEvent("keydown", { key: String((number % 8) + 1) }));
      }, 50 + (number * 37) % 100);
    }));
  }).observe(document.getElementById("twinbean"), { childList: true, subtree: true });
}"""


def definition() -> dict[str, Any]:
    """Eight machines, no feedback time, a running score."""
    bandits = [{"color": "teal", "value": {"$timeline": f"arm {arm}"}} for arm in range(N_ARMS)]
    score = {"$call": [0, [{"$shared": "score"}, {"$data": ["value", 0]}]]}
    return {
        "format": 1,
        "task": "bench",
        "title": "bench",
        "language": "en",
        "fingerprint": "",
        "seed": 0,
        "parameters": {},
        "variant": 0,
        "shared": {"score": 0},
        "blocks": [
            {
                "timeline": [{f"arm {arm}": (arm * trial) % 11 for arm in range(N_ARMS)} for trial in range(N_TRIALS)],
                "stimuli": [
                    {
                        "kind": "Bandit",
                        "arguments": {"bandits": bandits, "duration": None, "time_after_response": 20},
                        "effects": [{"shared": "score", "value": score}],
                    }
                ],
            }
        ],
    }


def play(html: str) -> tuple[list[dict[str, Any]], list[float], tuple[float, float]]:
    """The recorded rows, the true response times, and the heap before and after, in MB."""
    with launch() as browser, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        page = browser.new_page()
        session = page.context.new_cdp_session(page)

        def heap() -> float:
            session.send("HeapProfiler.collectGarbage")
            return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

        page.goto(path.as_uri())
        page.evaluate(PLAYER)
        before = heap()
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="Download").wait_for(timeout=120_000)
        after = heap()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        rows = json.loads(download.value.path().read_text(encoding="utf-8"))
        return rows, page.evaluate("pressed"), (before, after)


def main() -> None:
    html = render(definition(), ["(py) => (a, b) => py.add(a, b)"])
    rows, pressed, (before, after) = play(html)
    errors = [row["rt"] - true for row, true in zip(rows, pressed, strict=True)]
    ends = [row["time_elapsed"] for row in rows]
    overhead = [
        later - row["rt"] - earlier for (earlier, later), row in zip(itertools.pairwise(ends), rows[1:], strict=True)
    ]
    first, last = overhead[:50], overhead[-50:]
    print(f"| page weight | {len(html.encode()) / 1000:.0f} kB |")
    print(f"| response-time error, mean | {statistics.mean(errors):+.2f} ms |")
    print(f"| response-time error, sd | {statistics.stdev(errors):.2f} ms |")
    print(f"| response-time error, largest | {max(map(abs, errors)):.2f} ms |")
    print(f"| between response and next paint, trials 2-51 | {statistics.median(first):.1f} ms |")
    print(f"| between response and next paint, last 50 trials | {statistics.median(last):.1f} ms |")
    print(f"| the same, last to first | {statistics.median(last) / statistics.median(first):.2f} |")
    print(f"| heap after {N_TRIALS} trials | +{after - before:.2f} MB |")


if __name__ == "__main__":
    main()

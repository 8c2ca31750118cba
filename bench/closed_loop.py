"""How often a closed loop finds the gap at which two learners part most, and how often gaps drawn at random do.

    python bench/closed_loop.py [FOLDER] [--seeds 50] [--first 0]

The loop of docs/autora.md; beside it the same number of sessions at gaps drawn at random, with the same
theorist. The truth is the highest point of a curve through many sessions. What is done stands in FOLDER, and a second
start goes on from there.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from autora.state import Delta, on_state
from scipy import stats

from twinbean.runs.replaying import replay

DOCUMENT = Path(__file__).parents[1] / "docs" / "autora.md"
LEARNERS = (("rw", {"alpha": 0.2, "beta": 8.0}), ("wsls1", {"eps": 0.1}))
# Each learner's accuracy at a gap is then known to about .002.
TRUTH_SAMPLES = 1_000
GAPS = np.linspace(0.05, 1.0, 20)
CLOSE = 0.1
WAYS = ("loop", "random")


def names_of_the_document() -> dict[str, Any]:
    """What the document defines before it runs its loop."""
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.S | re.M)[:3])
    names: dict[str, Any] = {}
    exec(compile(code[: code.index("asked, state = ")], str(DOCUMENT), "exec"), names)
    return names


@on_state()
def at_random(rng: Any, n: int) -> Any:
    return Delta(conditions=pd.DataFrame({"gap": rng.uniform(0.05, 1.0, n).round(2)}))


def difference_at(gap: float, shared: dict[str, Any]) -> float:
    """How much more accurate the first learner is, over many sessions."""
    means = []
    for model, options in LEARNERS:
        parameters = {**shared, "gap": gap}
        played = replay(
            "five_armed_buttons", model=model, samples=TRUTH_SAMPLES, parameters=parameters, seed=9, **options
        )
        means.append(np.mean([trial.choice == trial.best_arm for one in played for trial in one.main_trials]))
    return float(means[0] - means[1])


def highest(gaps: Any, differences: Any) -> float:
    curve = np.polynomial.Polynomial.fit(gaps, differences, 6)
    fine = np.linspace(0.05, 1.0, 96)
    return float(fine[np.argmax(curve(fine))])


def found(way: str, names: dict[str, Any], seed: int, folder: Path) -> float:
    place = folder / f"{way}-{seed}"
    _, state = names["loop"](str(place), seed=seed, cycles=3, conditions=4, samples=8)
    shutil.rmtree(place)
    return float(names["most"](state.models[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("results/closed_loop"))
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="the first of the seeds")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    done = arguments.folder / "done.json"
    known: dict[str, float] = json.loads(done.read_text()) if done.exists() else {}

    def once(key: str, measure: Callable[[], float]) -> float:
        if key not in known:
            known[key] = measure()
            done.with_suffix(".new").write_text(json.dumps(known, indent=1) + "\n")
            done.with_suffix(".new").replace(done)
        return known[key]

    names = {way: names_of_the_document() for way in WAYS}
    names["random"]["propose"] = lambda state, rng, n: at_random(state, rng=rng, n=n)
    table = pd.DataFrame(
        {way: once(f"{way} {seed}", partial(found, way, names[way], seed, arguments.folder)) for way in WAYS}
        for seed in range(arguments.first, arguments.first + arguments.seeds)
    )
    differences = [once(f"truth {gap:.2f}", partial(difference_at, gap, names["loop"]["SHARED"])) for gap in GAPS]
    report(table, highest(GAPS, differences))


def report(table: pd.DataFrame, best: float) -> None:
    print(f"the learners part most at a gap of {best:.2f}")
    away = (table - best).abs()
    for way in WAYS:
        hits = int((away[way] <= CLOSE).sum())
        print(f"{way}: within {CLOSE} of it {hits} of {len(table)} seeds; median distance {away[way].median():.3f}")
    near = away <= CLOSE
    loop, random = int((near["loop"] & ~near["random"]).sum()), int((near["random"] & ~near["loop"]).sum())
    exact = stats.binomtest(loop, loop + random).pvalue if loop + random else 1.0
    print(f"the loop alone {loop}, gaps at random alone {random}: McNemar's exact test p = {exact:.4f}")
    signed = stats.wilcoxon(away["random"], away["loop"])
    print(f"distances, Wilcoxon's signed ranks: p = {signed.pvalue:.4f}")


if __name__ == "__main__":
    main()

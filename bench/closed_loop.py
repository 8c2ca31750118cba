"""How often a closed loop finds the gap at which two learners part most, and how often gaps drawn at random do.

The loop of docs/autora.md, over 50 seeds. `python bench/closed_loop.py [SEEDS]`
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from autora.state import Delta, on_state

from twinbean.runs.replaying import replay

DOCUMENT = Path(__file__).parents[1] / "docs" / "autora.md"
LEARNERS = (("rw", {"alpha": 0.2, "beta": 8.0}), ("wsls1", {"eps": 0.1}))
CLOSE = 0.1


def names_of_the_document() -> dict[str, Any]:
    """What the document defines before it runs its loop."""
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.S | re.M)[:3])
    names: dict[str, Any] = {}
    exec(compile(code[: code.index("asked, state = ")], str(DOCUMENT), "exec"), names)
    return names


def difference_at(gap: float, shared: dict[str, Any], samples: int) -> float:
    """How much more accurate the first learner is, over many sessions."""
    means = []
    for model, options in LEARNERS:
        parameters = {**shared, "gap": gap}
        played = replay("five_armed_buttons", model=model, samples=samples, parameters=parameters, seed=9, **options)
        means.append(np.mean([trial.choice == trial.best_arm for one in played for trial in one.main_trials]))
    return float(means[0] - means[1])


def truth(shared: dict[str, Any], *, samples: int = 1000) -> float:
    """The gap at which the learners part most: the highest point of a curve through many sessions."""
    gaps = np.linspace(0.05, 1.0, 20)
    curve = np.polynomial.Polynomial.fit(gaps, [difference_at(gap, shared, samples) for gap in gaps], 6)
    fine = np.linspace(0.05, 1.0, 96)
    return float(fine[np.argmax(curve(fine))])


@on_state()
def at_random(rng: Any, n: int) -> Any:
    return Delta(conditions=pd.DataFrame({"gap": rng.uniform(0.05, 1.0, n).round(2)}))


def found(names: dict[str, Any], seed: int, folder: Path) -> float:
    _, state = names["loop"](str(folder), seed=seed, cycles=4, conditions=4, samples=8)
    return float(names["most"](state.models[-1]))


if __name__ == "__main__":
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    loop, random = names_of_the_document(), names_of_the_document()
    random["propose"] = lambda state, rng, n: at_random(state, rng=rng, n=n)
    best = truth(loop["SHARED"], samples=1000 if seeds >= 50 else 100)
    print(f"the learners part most at a gap of {best:.2f}")
    hits = {"loop": 0, "random": 0}
    with tempfile.TemporaryDirectory() as place:
        for seed in range(seeds):
            for name, names in (("loop", loop), ("random", random)):
                near = abs(found(names, seed, Path(place) / f"{name}-{seed}") - best) <= CLOSE
                hits[name] += near
    print(f"within {CLOSE} of it, of {seeds} seeds: the loop {hits['loop']}, gaps at random {hits['random']}")

"""Recovery of the hybrid learner's parameters from the two-step task, at the length of the original and longer.

    python bench/two_step.py [--simulations 100]

True w, lam, alpha1 and alpha2 ~ U(0, 1), beta1 and beta2 ~ U(1, 10), stickiness ~ N(.1, .2).
"""

from __future__ import annotations

import argparse
import time

import pandas as pd

from twinbean.cognitive import model
from twinbean.cognitive.recovery import parameter_recovery, summarise
from twinbean.play.payoffs import environments
from twinbean.tasks.task import load

# 201 trials are those of Daw et al. 2011.
LENGTHS = (201, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=100)
    simulations = parser.parse_args().simulations
    for trials in LENGTHS:
        started = time.perf_counter()
        met = environments(load("two_step"), number=simulations, seed=0, parameters={"trials": trials})
        table = summarise(parameter_recovery(met, [model("hybrid")], simulations=simulations))
        print(f"hybrid, {trials} trials, {simulations} simulations, {time.perf_counter() - started:.1f} s")
        wide = pd.pivot_table(
            table, values=["pearson", "spearman", "at_bound"], index="parameter", columns="method", sort=False
        )
        print(wide.round(2).to_string())


if __name__ == "__main__":
    main()

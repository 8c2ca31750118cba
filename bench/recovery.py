"""Parameter recovery and model confusion at published settings.

    python bench/recovery.py [--simulations 200]

Rescorla-Wagner: T = 200, true alpha ~ U(0, 1), beta ~ U(1, 10), arms .2/.8, stationary and reversed every 25 trials.
Five models of Wilson and Collins (2019): T = 1000, inverse temperatures 1 + Exp(1), arms .2/.8.
"""

from __future__ import annotations

import argparse
import time

import pandas as pd

from twinbean._random import generator
from twinbean.cognitive import MODELS
from twinbean.cognitive.recovery import FIVE, model_confusion, parameter_recovery, summarise
from twinbean.cognitive.simulation import Environment, environment
from twinbean.tasks.schedules import Bernoulli, Reversal


def drawn(schedule: Bernoulli, *, trials: int, number: int) -> list[Environment]:
    draws = (schedule.draw(generator(0, sample=k, purpose="payoffs"), trials) for k in range(number))
    return [environment(payoffs.outcomes) for payoffs in draws]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=200)
    simulations = parser.parse_args().simulations
    stationary, reversing = Bernoulli((0.2, 0.8)), Reversal((0.2, 0.8), between=(25, 25))
    for title, schedule in (("stationary", stationary), ("reversal every 25", reversing)):
        started = time.perf_counter()
        met = drawn(schedule, trials=200, number=simulations)
        table = summarise(parameter_recovery(met, [MODELS["rw"]], simulations=simulations))
        print(f"{title}, T = 200, {simulations} simulations, {time.perf_counter() - started:.1f} s")
        print(table.drop(columns=["model", "n"]).round(2).to_string(index=False))
    started = time.perf_counter()
    met = drawn(stationary, trials=1000, number=simulations)
    confusion = model_confusion(met, [MODELS[name] for name in FIVE], simulations=simulations)
    print(f"confusion, T = 1000, {simulations} simulations a model, {time.perf_counter() - started:.1f} s")
    shares = pd.pivot_table(confusion, values="share", index="simulated", columns="fitted", sort=False)
    print(shares.round(2).to_string())
    own = [bool(shares.loc[name].idxmax() == name) for name in FIVE]
    print("every row's largest cell is the diagonal" if all(own) else "a row's largest cell is off the diagonal")


if __name__ == "__main__":
    main()

"""Parameter recovery and model confusion at published settings, and on tasks that come with Twinbean.

    python bench/recovery.py [published] [risky_choice] [go_nogo] ... [--simulations 200]

Rescorla-Wagner: T = 200, true alpha ~ U(0, 1), beta ~ U(1, 10), arms .2/.8, stationary and reversed every 25 trials.
Five models of Wilson and Collins (2019): T = 1000, inverse temperatures 1 + Exp(1), arms .2/.8. Of a task, the table of
docs/cognitive-models.md: what `twinbean recover` finds by the command that is printed above it. The tasks take
about six minutes of processor time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from twinbean._random import generator
from twinbean.cli.fitting import VARIANTS
from twinbean.cognitive import MODELS, model
from twinbean.cognitive.recovery import FIVE, METHODS, model_confusion, parameter_recovery, recover, summarise
from twinbean.cognitive.simulation import Environment, environment
from twinbean.play.payoffs import environments
from twinbean.tasks.schedules import Bernoulli, Reversal
from twinbean.tasks.task import load


@dataclass(frozen=True, kw_only=True)
class OfTask:
    """A table of docs/cognitive-models.md: what is recovered from a task, and which of its models have rows."""

    task: str
    shown: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    models: tuple[str, ...] | None = None
    simulations: int = 200
    note: str = ""

    @property
    def command(self) -> str:
        named = f" --models {','.join(self.models)}" if self.models else ""
        settings = "".join(f" --set {name}={str(value).lower()}" for name, value in self.parameters.items())
        return f"twinbean recover {self.task}{named} --simulations {self.simulations}{settings}"

    def rows(self) -> dict[tuple[str, str], str]:
        """What begins each row, by model and parameter."""
        pairs = [(name, parameter.name) for name in self.shown for parameter in model(name).open]
        return {(name, parameter): f"{name}{self.note}: {parameter}" for name, parameter in pairs}


TASKS = (
    OfTask(task="risky_choice", shown=("eu",)),
    OfTask(task="risky_choice", shown=("eu_loss",), parameters={"losses": True}, note=", losses"),
    OfTask(task="delay_discounting", shown=("hyperbolic", "exponential")),
    OfTask(task="go_nogo", shown=("go_bias", "pavlovian")),
    OfTask(task="balloon_risk", shown=("target", "bayesian_target")),
    OfTask(task="observe_or_bet", shown=("evidence_threshold",)),
    OfTask(task="structured_bandit", shown=("gp_ucb",), models=("gp_ucb",)),
    OfTask(task="contextual_bandit", shown=("blind_ucb", "linear_ucb"), simulations=100),
)


def drawn(schedule: Bernoulli, *, trials: int, number: int) -> list[Environment]:
    draws = (schedule.draw(generator(0, sample=k, purpose="payoffs"), trials) for k in range(number))
    return [environment(payoffs.outcomes) for payoffs in draws]


def table(of: OfTask) -> Iterator[str]:
    """The lines of its table, and how often each model describes its own sessions best."""
    met = environments(load(of.task), number=min(of.simulations, VARIANTS), seed=0, parameters=of.parameters)
    found = recover(met, models=of.models, simulations=of.simulations)
    known = found.summary.set_index(["model", "parameter", "method"])
    for (name, parameter), label in of.rows().items():
        numbers = [known.loc[name, parameter, method][r] for r in ("pearson", "spearman") for method in METHODS]
        yield f"| {label} | {' | '.join(short(number) for number in numbers)} |"
    for row in found.confusion.itertuples():
        yield f"{row.simulated} sessions: {short(row.share)} described best by {row.fitted}"


def short(number: float) -> str:
    """As docs/cognitive-models.md has numbers: .05, −.01, 1.00."""
    return f"{number:.2f}".replace("0.", ".", 1).replace("-", "−")


def published(simulations: int) -> None:
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


def main() -> None:
    names = ["published", *dict.fromkeys(of.task for of in TASKS)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="*", help=f"some of {', '.join(names)} (default: all)")
    parser.add_argument("--simulations", type=int, help="default: as many as in the documentation")
    given = parser.parse_args()
    which = given.which or names
    if unknown := sorted(set(which) - set(names)):
        parser.error(f"{unknown[0]!r} is not known: expected some of {', '.join(names)}")
    if "published" in which:
        published(given.simulations or 200)
    for of in TASKS:
        if of.task in which:
            of = replace(of, simulations=given.simulations or of.simulations)
            started = time.perf_counter()
            print(f"\n`{of.command}`", flush=True)
            print(*table(of), f"{time.perf_counter() - started:.0f} s", sep="\n", flush=True)


if __name__ == "__main__":
    main()

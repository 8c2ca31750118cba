"""Simulation-based calibration and coverage of hierarchical Bayes: truths from the stated priors are fitted again.

    python bench/calibration.py [FOLDER] [--models rw,wsls2] [--studies 200]

Each study has 20 people of 60 trials in two groups of ten, whose means differ by a drawn effect. If sampler and
likelihood are right, the rank of a truth among its posterior draws is even (Talts et al. 2018, arXiv:1804.06788), and
nine intervals of 95 % in ten and more hold it. Studies are fitted 20 at a time, compiled once a model; what is done
stands in FOLDER, and a second start goes on from there. Prints a line a model and quantity, and writes
ranks.csv, ranks.svg and coverage.csv.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pandas as pd
from numpyro.infer import init_to_median
from numpyro.infer.hmc import hmc
from numpyro.infer.util import initialize_model
from scipy import stats

from twinbean.cognitive import Scale, fit_one, model
from twinbean.cognitive.simulation import environment, simulate
from twinbean.inference.arrays import arrays_of
from twinbean.inference.centring import centring
from twinbean.inference.hierarchy import EFFECT_SD, hierarchy, own
from twinbean.inference.links import GroupPrior, group_prior, natural

# Likelihoods of many choices lose their small differences in single precision.
jax.config.update("jax_enable_x64", True)
PEOPLE, TRIALS, BATCH = 20, 60, 20
ARMS = (0.3, 0.7)
WARMUP, DRAWS, THIN = 300, 500, 5
# Powers of two: with twenty studies at once each waits for the longest of the trajectories.
DEPTH, TARGET, FIRST_STEP = (5, 6), 0.85, 0.3
BINS = 20
Truth = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("results/calibration"))
    parser.add_argument("--models", default="rw,wsls2")
    parser.add_argument("--studies", type=int, default=200)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tables = []
    for name in arguments.models.split(","):
        sample = None
        for first in range(0, arguments.studies, BATCH):
            path = arguments.folder / f"{name}_{first:04}.csv"
            if not path.exists():
                started = time.process_time()
                sample = sample or sampler_of(name)
                table = pd.concat(fitted_batch(name, first, sample))
                table.to_csv(path.with_suffix(".part"), index=False)
                path.with_suffix(".part").rename(path)
                print(f"{path.name}: {time.process_time() - started:.0f} s of processor time", flush=True)
            tables.append(pd.read_csv(path))
    ranks = pd.concat(tables, ignore_index=True)
    ranks.to_csv(arguments.folder / "ranks.csv", index=False)
    summary = summarised(ranks)
    summary.to_csv(arguments.folder / "coverage.csv", index=False)
    draw(ranks, arguments.folder / "ranks.svg")
    print(summary.to_string(index=False))
    if not summary["within"].all():
        raise SystemExit("a coverage is outside the binomial 99.9 % limits of 95 %")


def priors_of(name: str) -> list[GroupPrior]:
    return [group_prior(parameter) for parameter in model(name).parameters(len(ARMS))]


def study(name: str, number: int) -> tuple[Truth, list[Any]]:
    """Truths from the priors, and what people with them choose."""
    rng = np.random.default_rng([17, number, len(name)])
    priors = priors_of(name)
    n = len(priors)
    mean = np.array([rng.normal(prior.mean, prior.mean_sd) for prior in priors])
    sd = np.array([abs(rng.normal(0, prior.sd)) for prior in priors])
    effect = rng.normal(0, EFFECT_SD, n)
    z = mean + GROUP[:, None] * effect + sd * rng.normal(size=(PEOPLE, n))
    people = []
    for values in natural(z, priors):
        payoffs = (rng.random((TRIALS, len(ARMS))) < ARMS).astype(float)
        people.append(simulate(model(name), values, environment(payoffs), Scale(), rng))
    return {"mean": mean, "sd": sd, "effect": effect, "z": z}, people


GROUP = np.arange(PEOPLE) % 2


def sampler_of(name: str) -> Callable[..., Any]:
    """The draws of many studies at once, a function of keys and data with the studies first; compiled once.

    The functional interface of numpyro's NUTS, over which jax maps; a `Sampler` maps over chains of the same data.
    """
    sampled = hierarchy(model(name), priors_of(name), n_groups=2, own_spreads=False)
    shares = centring(model(name), priors_of(name), n_groups=2, own_spreads=False)

    def one(key: Any, data: dict[str, Any]) -> Any:
        group = jax.numpy.asarray(GROUP)
        arguments = data, group, shares(data, group)
        begin, go_on = jax.random.split(key)
        info = initialize_model(begin, sampled, model_args=arguments, init_strategy=init_to_median(num_samples=10))
        init, step = hmc(info.potential_fn, algo="NUTS")
        state = init(
            info.param_info,
            num_warmup=WARMUP,
            target_accept_prob=TARGET,
            rng_key=go_on,
            step_size=FIRST_STEP,
            max_tree_depth=DEPTH,
        )

        def iterate(state: Any, _: Any) -> tuple[Any, Any]:
            state = step(state)
            return state, (info.postprocess_fn(state.z), state.diverging)

        _, (draws, diverging) = jax.lax.scan(iterate, state, None, length=WARMUP + DRAWS)
        kept = {key: value[WARMUP:] for key, value in draws.items()}
        return kept | {"centred": arguments[2]}, diverging[WARMUP:].sum()

    return jax.jit(jax.vmap(one))


def fitted_batch(name: str, first: int, sample: Callable[..., Any]) -> Iterator[pd.DataFrame]:
    studies = [study(name, number) for number in range(first, first + BATCH)]
    trees = [arrays_of(people).tree() for _, people in studies]
    data = {key: np.stack([tree[key] for tree in trees]) for key in trees[0]}
    keys = jax.random.split(jax.random.PRNGKey(first), BATCH)
    draws, diverging = sample(keys, data)
    for i, (truth, people) in enumerate(studies):
        found = {key: np.asarray(value[i]) for key, value in draws.items()}
        found["sd"] = found["sd"][:, 0]
        found["effect"] = found["effect"][:, 0]
        mean = found["mean"][:, None] + GROUP[:, None] * found["effect"][:, None]
        found["z"] = own(found["raw"], mean, found["sd"][:, None], found["centred"])
        yield rows(name, first + i, truth, found, people, int(diverging[i]))


def rows(name: str, number: int, truth: Truth, draws: Truth, people: list[Any], diverging: int) -> pd.DataFrame:
    """One row a quantity: its rank among the thinned draws, and whether intervals of 95 % hold it."""
    priors = priors_of(name)
    fits = [fit_one(model(name), [one]).values for one in people]
    found = []
    for i, prior in enumerate(priors):
        kinds = {
            "group mean": (truth["mean"][i], draws["mean"][:, i]),
            "group sd": (truth["sd"][i], draws["sd"][:, i]),
            "difference": (truth["effect"][i], draws["effect"][:, i]),
            # One person: those of a study share its group, and are no independent looks.
            "person": (truth["z"][0, i], draws["z"][:, 0, i]),
        }
        for kind, (true, drawn) in kinds.items():
            low, high = np.quantile(drawn, [0.025, 0.975])
            found.append(
                {
                    "model": name,
                    "study": number,
                    "parameter": prior.parameter,
                    "kind": kind,
                    "rank": int((drawn[::THIN] < true).sum()),
                    "covered": bool(low <= true <= high),
                    "diverging": diverging,
                }
            )
        true = natural(truth["z"], priors)[:, i]
        shrunk = natural(draws["z"], priors)[:, :, i].mean(axis=0)
        alone = np.array([values[i] for values in fits])
        found[-1] |= {"error_bayes": np.abs(shrunk - true).mean(), "error_ml": np.abs(alone - true).mean()}
    return pd.DataFrame(found)


def summarised(ranks: pd.DataFrame) -> pd.DataFrame:
    """One row a model and kind of quantity, pooled over parameters."""
    found = []
    for (name, kind), of_kind in ranks.groupby(["model", "kind"], sort=False):
        n, hits = len(of_kind), int(of_kind["covered"].sum())
        low, high = stats.binom.ppf([0.0005, 0.9995], n, 0.95)
        bins = np.bincount(of_kind["rank"] * BINS // (DRAWS // THIN + 1), minlength=BINS)
        found.append(
            {
                "model": name,
                "kind": kind,
                "n": n,
                "coverage": hits / n,
                "low": low / n,
                "high": high / n,
                "within": low <= hits <= high,
                "chi2_p": stats.chisquare(bins, n * widths()).pvalue,
                "diverging": of_kind.loc[of_kind["diverging"] > 0, "study"].nunique(),
                "error_bayes": of_kind["error_bayes"].mean(),
                "error_ml": of_kind["error_ml"].mean(),
            }
        )
    return pd.DataFrame(found)


def widths() -> np.ndarray:
    """The share of possible ranks in each bin."""
    possible = DRAWS // THIN + 1
    return np.bincount(np.arange(possible) * BINS // possible, minlength=BINS) / possible


def draw(ranks: pd.DataFrame, path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    names, kinds = ranks["model"].unique(), ranks["kind"].unique()
    figure, axes = plt.subplots(
        len(names), len(kinds), figsize=(2.6 * len(kinds), 2.0 * len(names)), squeeze=False, layout="constrained"
    )
    for row, name in zip(axes, names, strict=True):
        for axis, kind in zip(row, kinds, strict=True):
            own = ranks[(ranks["model"] == name) & (ranks["kind"] == kind)]
            bins = np.bincount(own["rank"] * BINS // (DRAWS // THIN + 1), minlength=BINS)
            low, high = stats.binom.ppf([0.005, 0.995], len(own), 1 / BINS)
            axis.axhspan(low, high, color="0.85", linewidth=0)
            axis.bar(range(BINS), bins, width=1, color="#4477aa", edgecolor="white", linewidth=0.3)
            axis.set(title=f"{name}: {kind}", ylim=(0, None))
            axis.tick_params(labelsize=7)
            axis.title.set_fontsize(9)
    figure.savefig(path)


if __name__ == "__main__":
    main()

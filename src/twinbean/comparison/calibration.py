"""Whether people choose as often as a model says they do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from twinbean._random import generator
from twinbean.comparison.likelihood import by_source, scored_trials
from twinbean.comparison.statistics import FEWEST, LEVEL, RESAMPLES, expanded_tail
from twinbean.sessions import Session

BINS = 10
# So many studies are drawn of people who choose as the model says.
STUDIES = 1_000


def calibration_table(sessions: Sequence[Session], *, seed: int) -> pd.DataFrame:
    """One row a model and tenth of probability: what the model gave to arms on offer, and how often people chose them.

    Pooled over choices and people, since a bin of one person is nearly empty; the interval is over resampled persons.
    Probabilities are over legal labels.
    """
    rows = []
    for source, pairs in _pairs(sessions).items():
        people = pairs["participant"].nunique()
        for number in sorted(pairs["bin"].unique()):
            inside = pairs[pairs["bin"] == number]
            low, high = _interval(inside, people, seed, f"calibration {source} {number}")
            rows.append(
                {
                    "model": source,
                    "from": number / BINS,
                    "to": (number + 1) / BINS,
                    "predicted": inside["p"].mean(),
                    "chosen": inside["chosen"].mean(),
                    "n": len(inside),
                    "chosen_low": low,
                    "chosen_high": high,
                }
            )
    columns = ["model", "from", "to", "predicted", "chosen", "n", "chosen_low", "chosen_high"]
    return pd.DataFrame(rows, columns=columns)


def _pairs(sessions: Sequence[Session]) -> dict[str, pd.DataFrame]:
    """Of each model one row an option on offer: what it gave to it, and whether it was chosen."""
    found = {}
    for source, own in by_source(sessions).items():
        rows = [
            (session.participant, number, p, float(arm == trial.choice))
            for number, (session, trial) in enumerate((one, trial) for one in own for trial in scored_trials(one))
            for arm, p in enumerate(trial.p)
            if p is not None and (not trial.offered or arm in trial.offered)
        ]
        table = pd.DataFrame(rows, columns=["participant", "trial", "p", "chosen"])
        if len(table):
            found[source] = table.assign(bin=np.minimum((table["p"] * BINS).astype(int), BINS - 1))
    return found


def _interval(inside: pd.DataFrame, people: int, seed: int, purpose: str) -> tuple[float, float]:
    """Of the share chosen in a bin. Who has no choice in it counts as one of those who could have had."""
    by_person = inside.groupby("participant", sort=False)["chosen"].agg(["sum", "count"]).to_numpy(dtype=float)
    if len(by_person) < FEWEST:
        return np.nan, np.nan
    padded = np.concatenate([by_person, np.zeros((people - len(by_person), 2))])
    rng = generator(seed, purpose=f"bootstrap {purpose}")
    counts = rng.multinomial(people, np.full(people, 1 / people), size=RESAMPLES)
    sums = counts @ padded
    with np.errstate(invalid="ignore"):
        shares = sums[:, 0] / np.where(sums[:, 1] > 0, sums[:, 1], np.nan)
    tail = expanded_tail(len(by_person))
    low, high = np.nanquantile(shares, [tail, 1 - tail])
    return float(low), float(high)


def calibration_errors(sessions: Sequence[Session], *, seed: int) -> pd.DataFrame:
    """One row a model: the expected calibration error, which is the mean distance of the bins from the diagonal
    weighted by their options (Guo et al. 2017, ICML). It is never 0 by chance: `by_chance` and `by_chance_high` are
    its mean and its 95th percentile over studies in which people chose exactly as the model says."""
    rows = []
    for source, pairs in _pairs(sessions).items():
        rng = generator(seed, purpose=f"calibrated people {source}")
        trials = np.asarray(pairs["trial"].factorize()[0])
        p, bins = pairs["p"].to_numpy(), pairs["bin"].to_numpy()
        starts = np.flatnonzero(np.diff(trials, prepend=-1))
        above = np.cumsum(p)
        before = above - p - (above[starts] - p[starts])[trials]
        total = np.add.reduceat(p, starts)[trials]
        errors = []
        for _ in range(STUDIES):
            draw = rng.random(len(starts))[trials] * total
            errors.append(_error(p, ((before <= draw) & (draw < before + p)).astype(float), bins))
        rows.append(
            {
                "model": source,
                "error": _error(p, pairs["chosen"].to_numpy(), bins),
                "by_chance": float(np.mean(errors)),
                "by_chance_high": float(np.quantile(errors, LEVEL)),
                "n": len(pairs),
            }
        )
    return pd.DataFrame(rows, columns=["model", "error", "by_chance", "by_chance_high", "n"])


def _error(p: np.ndarray, chosen: np.ndarray, bins: np.ndarray) -> float:
    gaps = np.bincount(bins, weights=chosen - p, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))

"""Whether choices look as the fitted model makes them: posterior predictive checks, one step ahead.

Every choice is drawn again given the recorded ones before it. So what was paid is what was recorded, also where nobody
knows what the other arm would have paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import jax
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twinbean._random import generator
from twinbean.cognitive.parameters import Numbers
from twinbean.inference.arrays import Arrays
from twinbean.inference.jax_rules import log_probabilities
from twinbean.inference.sampling import Posterior

BINS = 10
_DRAWS = 200
COLUMNS = ("group", "check", "bin", "observed", "predicted", "low", "high", "p", "n_choices")


def checks(posterior: Posterior, data: Arrays, *, seed: int = 0) -> pd.DataFrame:
    """One row a group and check: `learning` in tenths of the block (how often the arm that paid most in the block was
    chosen), `stay_win` and `stay_loss` (how often the last choice was repeated after a win, and after none).

    `predicted`, `low` and `high` are mean and interval of 95 % over replicated data sets, `p` the share of them above
    what was observed, ties half: the posterior predictive p-value (Gelman, Meng & Stern 1996, Stat Sin 6:733).
    """
    rng = generator(seed, purpose=f"posterior predictive checks {posterior.model.name}")
    flat = posterior.values.reshape(-1, *posterior.values.shape[2:])
    picked = flat[np.linspace(0, len(flat) - 1, min(_DRAWS, len(flat))).astype(int)]
    tree = data.tree()
    probabilities = jax.jit(lambda values: log_probabilities(posterior.model, values, tree))
    drawn = [_drawn(np.exp(np.asarray(probabilities(values))), rng) for values in picked]
    chosen = data.chosen.argmax(axis=1)
    rows = []
    for group, name in enumerate(posterior.groups):
        for check, number, mask, arm in _asked(data, posterior.group == group):
            n = int(mask.sum())
            if not n:
                continue
            observed = float((chosen == arm)[mask].mean())
            replicated = np.array([(one == arm)[mask].mean() for one in drawn])
            low, high = np.quantile(replicated, [0.025, 0.975])
            p = float((replicated > observed).mean() + (replicated == observed).mean() / 2)
            rows.append((name, check, number, observed, replicated.mean(), low, high, p, n))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _asked(data: Arrays, group: NDArray[np.bool_]) -> Iterator[tuple[str, int, NDArray[np.bool_], NDArray[np.int64]]]:
    """Each check: its name and bin, the choices (trials, people) that it is about, and the arm that is counted."""
    counted = (data.weight > 0) & (data.offered.sum(axis=1) > 1) & group
    best, place = _best_arms(data)
    for number in range(BINS):
        yield "learning", number, counted & (best >= 0) & (place == number), best
    last = np.where(data.last.any(axis=1), data.last.argmax(axis=1), -1)
    stays = counted & (last >= 0)
    yield "stay_win", 0, stays & data.after_win, last
    yield "stay_loss", 0, stays & ~data.after_win, last


def _best_arms(data: Arrays) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The arm that paid most on average in the block, -1 where nothing was paid or two paid alike, and the tenth of the
    block, both (trials, people)."""
    people, trials, _ = data.shape
    best = np.full((trials, people), -1)
    tenth = np.zeros((trials, people), dtype=np.int64)
    for person in range(people):
        last = int(np.flatnonzero(~data.missed[:, person] | data.begins[:, person]).max(initial=-1)) + 1
        edges = [*np.flatnonzero(data.begins[:last, person]).tolist(), last]
        for begin, end in pairwise(edges):
            seen = data.seen[begin:end, :, person]
            with np.errstate(invalid="ignore", divide="ignore"):
                paid = data.rewards[begin:end, :, person].sum(axis=0) / seen.sum(axis=0)
            tenth[begin:end, person] = BINS * np.arange(end - begin) // (end - begin)
            if not np.isnan(paid).all() and (paid == np.nanmax(paid)).sum() == 1:
                best[begin:end, person] = np.nanargmax(paid)
    return best, tenth


def _drawn(p: Numbers, rng: np.random.Generator) -> NDArray[np.int64]:
    """An arm a trial and person, (trials, people), by probabilities (trials, arms, people)."""
    below = p.cumsum(axis=1) < rng.random((p.shape[0], 1, p.shape[2])) * p.sum(axis=1, keepdims=True)
    return np.asarray(below.sum(axis=1))

"""Whether chains have told enough to conclude anything.

Source: Vehtari et al. 2021, Bayesian Anal 16:667 (rank-normalised r-hat, bulk and tail effective sizes).
"""

from __future__ import annotations

from dataclasses import dataclass

import arviz
import numpy as np

from twinbean.cognitive.parameters import Numbers
from twinbean.inference.sampling import Posterior

HIGHEST_RHAT = 1.01
FEWEST_EFFECTIVE = 400


@dataclass(frozen=True, kw_only=True)
class Diagnostics:
    """The worst r-hat, bulk and tail effective sample size of any quantity, and how many trajectories diverged."""

    rhat: float
    ess_bulk: float
    ess_tail: float
    diverging: int

    @property
    def problem(self) -> str:
        """Why nothing may be concluded; empty where it may."""
        found = []
        if not self.rhat <= HIGHEST_RHAT:
            found.append(f"r-hat is {self.rhat:.3f}, above {HIGHEST_RHAT}")
        for name, size in (("bulk", self.ess_bulk), ("tail", self.ess_tail)):
            if not size >= FEWEST_EFFECTIVE:
                found.append(f"the {name} effective sample size is {size:.0f}, below {FEWEST_EFFECTIVE}")
        if self.diverging:
            found.append(f"{self.diverging} trajectories diverged")
        return " and ".join(found)


def diagnose(posterior: Posterior) -> Diagnostics:
    """Of the groups' means and standard deviations and of everybody's parameters."""
    parts = [posterior.mean, posterior.sd, posterior.z]
    rhats, bulks, tails = zip(*(worst(one) for one in parts), strict=True)
    return Diagnostics(rhat=max(rhats), ess_bulk=min(bulks), ess_tail=min(tails), diverging=posterior.diverging)


def worst(draws: Numbers) -> tuple[float, float, float]:
    """The highest r-hat, the lowest bulk and the lowest tail effective size of draws (chains, draws, ...)."""
    data = {"x": draws}
    # Of draws that never moved neither is a number, and no comparison with one is true.
    with np.errstate(invalid="ignore", divide="ignore"):
        rhat = np.asarray(arviz.rhat(data)["x"])
        bulk, tail = (np.asarray(arviz.ess(data, method=method)["x"]) for method in ("bulk", "tail"))
    return float(rhat.max()), float(bulk.min()), float(tail.min())

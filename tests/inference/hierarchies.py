"""Real fits of the hierarchy beside a grid over all of its parameters: `make inference`.

Compiling a sampler takes longer than all other tests of inference together, so `make test` leaves these out.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from staying import four_people
from twinbean.cognitive import Scale, choices_of, model, negative_log_likelihoods
from twinbean.inference.hierarchical import bayes
from twinbean.inference.leaving_out import integrated, leave_out
from twinbean.inference.links import group_prior
from twinbean.inference.sampling import Posterior, Sampling

# Its parameter is on the scale of its link: the grid needs no change of variables.
STICKY = model("sticky")


@pytest.fixture(scope="module")
def people():
    return four_people()


@pytest.fixture(scope="module")
def fitted(people, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bayes")
    found = bayes(people, models=["sticky"], sampling=Sampling(warmup=250, draws=500), folder=folder)
    return found, folder


def posterior_of(folder):
    draws = np.load(folder / "models" / "sticky.npz")
    return Posterior(
        model=STICKY,
        priors=tuple(group_prior(one) for one in STICKY.parameters(2)),
        groups=("human",),
        group=np.zeros(draws["z"].shape[2], dtype=int),
        **draws,
        diverging=0,
    )


class Grid:
    """The whole posterior of one parameter: mean by sd by person, added up cell by cell."""

    def __init__(self, people):
        (prior,) = (group_prior(one) for one in STICKY.parameters(2))
        self.people = choices_of(people, Scale())
        z = np.linspace(-14, 14, 561)
        self.mean, self.sd = (one.ravel() for one in np.meshgrid(np.linspace(-5, 5, 61), np.linspace(0.05, 4.05, 50)))
        self.prior = stats.norm.logpdf(self.mean, prior.mean, prior.mean_sd)
        self.prior += stats.halfnorm.logpdf(self.sd, scale=prior.sd)
        each = [self.of_group(z, person) for person in self.people]
        self.each = np.array(each)

    def of_group(self, z, person, mean=None, sd=None):
        mean, sd = (self.mean if mean is None else mean), (self.sd if sd is None else sd)
        known = -negative_log_likelihoods(STICKY, z[:, None], person)
        density = np.exp(-0.5 * ((z - mean[:, None]) / sd[:, None]) ** 2)
        return np.log((density * np.exp(known)).sum(axis=1) / density.sum(axis=1))

    def evidence(self, *, without=None):
        kept = [i for i in range(len(self.people)) if i != without]
        return special.logsumexp(self.prior + self.each[kept].sum(axis=0))


def test_the_posterior_is_that_of_a_grid(people, fitted):
    grid, posterior = Grid(people), posterior_of(fitted[1])
    weights = special.softmax(grid.prior + grid.each.sum(axis=0))
    for drawn, exact in ((posterior.mean, grid.mean), (posterior.sd, grid.sd)):
        middle = weights @ exact
        spread = np.sqrt(weights @ (exact - middle) ** 2)
        # Four standard errors of 400 effective draws.
        assert drawn.mean() == pytest.approx(middle, abs=4 * spread / 20)
        assert drawn.std() == pytest.approx(spread, rel=0.2)


def test_somebody_left_out_is_as_likely_as_a_grid_over_everything_has_it(people, fitted):
    grid, posterior = Grid(people), posterior_of(fitted[1])
    for i, person in enumerate(grid.people):
        each, error = integrated(posterior, person, i, points=2**14, draws=40)
        flat = np.linspace(0, 1999, 40).astype(int)
        mean, sd = posterior.mean.reshape(-1)[flat], posterior.sd.reshape(-1)[flat]
        wide = sd > 0.1
        exact = grid.of_group(np.linspace(-20, 20, 2001), person, mean[wide], sd[wide])
        assert each[wide] == pytest.approx(exact, abs=0.02)
        assert abs((each[wide] - exact).mean()) < 1e-3
        assert error < 0.1
        row = fitted[0].left_out.iloc[i]
        assert row["elpd"] == pytest.approx(grid.evidence() - grid.evidence(without=i), abs=0.1)
        assert row["mc_error"] < 0.5


def test_whom_psis_cannot_leave_out_is_fitted_without(people, fitted):
    posterior, asked = posterior_of(fitted[1]), []
    shifted = replace(posterior, mean=posterior.mean + 40 * (np.arange(500) == 7)[:, None, None])

    def refit(i):
        asked.append(i)
        return posterior

    found = leave_out(shifted, choices_of(people, Scale())[:1], refit=refit)
    assert found[0].refitted == (asked == [0])


def test_the_tables_are_written_and_a_second_call_samples_nothing(people, fitted, monkeypatch):
    found, folder = fitted
    assert found.models["problem"].tolist() == [""]
    found.write(folder)
    content = json.loads((folder / "bayes.json").read_text())
    assert content["version"] == 1
    assert content["groups"][0]["parameter"] == "kappa"
    assert len(pd.read_csv(folder / "people.csv")) == 4
    stay = found.checks.set_index("check").loc["stay_win"]
    assert stay["low"] <= stay["observed"] <= stay["high"]
    monkeypatch.setattr("twinbean.inference.hierarchical.Sampler.run", None)
    again = bayes(people, models=["sticky"], sampling=Sampling(warmup=250, draws=500), folder=folder)
    pd.testing.assert_frame_equal(again.groups, found.groups)
    with pytest.raises(TypeError):
        bayes(people[1:], models=["sticky"], sampling=Sampling(warmup=250, draws=500), folder=folder)

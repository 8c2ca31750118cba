"""The hierarchy agrees with a grid over all of its parameters, and says nothing where its chains did not converge."""

from __future__ import annotations

import numpy as np
import pytest

from staying import four_people
from twinbean.cognitive import Scale, choices_of, model, negative_log_likelihoods
from twinbean.errors import TwinbeanError
from twinbean.sessions import Session, Trial

pytest.importorskip("numpyro")
from twinbean.inference.arrays import arrays_of
from twinbean.inference.diagnostics import Diagnostics
from twinbean.inference.estimates import difference_rows, group_rows
from twinbean.inference.hierarchical import MODELS, VERSION, bayes
from twinbean.inference.jax_rules import log_likelihoods
from twinbean.inference.links import group_prior
from twinbean.inference.sampling import Posterior

STICKY = model("sticky")


def wild(rng, participant, *, arms=3, n=24):
    """Blocks, forced and missed trials, arms not on offer, foregone payoffs."""
    trials = []
    for t in range(n):
        offered = tuple(sorted(rng.choice(arms, size=rng.integers(1, arms + 1), replace=False).tolist()))
        choice = int(rng.choice(offered))
        paid = tuple(rng.integers(0, 3, arms).astype(float).tolist())
        missed = bool(rng.random() < 0.1)
        trials.append(
            Trial(
                trial=t,
                block=t // 9,
                choice=None if missed else choice,
                reward=None if missed else paid[choice],
                outcomes=paid,
                feedback="all" if t % 3 else "chosen",
                offered=offered,
                forced=len(offered) == 1,
                missed=missed,
            )
        )
    return Session(participant=participant, session=participant, task="t", trials=tuple(trials))


@pytest.fixture(scope="module")
def people():
    return four_people()


def test_every_likelihood_is_that_of_the_fits():
    rng = np.random.default_rng(0)
    people = choices_of([wild(rng, str(i)) for i in range(5)], Scale(unit=2.0))
    data = arrays_of(people, trials=30).tree()
    for name in (*MODELS, "kalman_ucb", "wsls1", "forgetting", "base_rate"):
        one = model(name)
        lower, upper = np.array([(p.lower, min(p.upper, 20)) for p in one.parameters(3)]).T
        values = rng.uniform(lower + 0.01, upper - 0.01, (5, len(lower)))
        exact = [-negative_log_likelihoods(one, own[None], who)[0] for own, who in zip(values, people, strict=True)]
        assert np.asarray(log_likelihoods(one, values, data)) == pytest.approx(exact, abs=1e-6), name


@pytest.fixture
def stuck(monkeypatch):
    """Nothing is sampled, and every draw is 0. The calls are counted."""
    draws, calls = np.zeros((4, 10, 1, 1)), []
    posterior = Posterior(
        model=STICKY,
        priors=tuple(group_prior(one) for one in STICKY.parameters(2)),
        groups=("human",),
        group=np.zeros(4, dtype=int),
        mean=draws,
        sd=draws,
        z=np.zeros((4, 10, 4, 1)),
        diverging=0,
    )
    monkeypatch.setattr("twinbean.inference.hierarchical.Sampler.run", lambda *_, **__: calls.append(1) or posterior)
    return calls


def test_without_convergence_there_is_a_sentence_and_nothing_else(people, stuck):
    bad = Diagnostics(rhat=1.2, ess_bulk=90.0, ess_tail=500.0, diverging=3)
    assert bad.problem == (
        "r-hat is 1.200, above 1.01 and the bulk effective sample size is 90, below 400 and 3 trajectories diverged"
    )
    found = bayes(people, models=["sticky"])
    assert "r-hat is nan" in found.models["problem"][0]
    assert all(getattr(found, name).empty for name in ("groups", "differences", "people", "checks", "left_out"))


def test_what_is_kept_is_fitted_again_only_if_asked_for_or_sampled_in_another_way(people, stuck, tmp_path, monkeypatch):
    for seed, fits in ((0, 1), (0, 1), (1, 2)):
        bayes(people, models=["sticky"], folder=tmp_path, seed=seed)
        assert len(stuck) == fits
    monkeypatch.setattr("twinbean.inference.hierarchical.VERSION", VERSION + 1)
    bayes(people, models=["sticky"], folder=tmp_path, seed=1)
    assert len(stuck) == 3


def test_a_difference_is_measured_in_standard_deviations_of_the_reference():
    rng = np.random.default_rng(5)
    mean = np.zeros((4, 500, 2, 1))
    mean[:, :, 1] = 3.0
    posterior = Posterior(
        model=STICKY,
        priors=tuple(group_prior(one) for one in STICKY.parameters(2)),
        groups=("human", "lm"),
        group=np.array([0, 0, 1]),
        mean=mean + 0.01 * rng.normal(size=mean.shape),
        sd=np.full(mean.shape, 2.0) + 0.01 * rng.normal(size=mean.shape),
        z=rng.normal(size=(4, 500, 3, 1)),
        diverging=0,
    )
    (row,) = difference_rows(posterior)
    assert (row["group"], row["reference"], row["above"]) == ("lm", "human", 1.0)
    assert row["difference"] == pytest.approx(3, abs=0.01)
    assert row["in_sd"] == pytest.approx(1.5, abs=0.01)
    assert [one["people"] for one in group_rows(posterior)] == [2, 1]


@pytest.mark.parametrize(
    ("models", "message"),
    [(["uniform"], "uniform has no hierarchy: it has no parameter"), (["kalman_thompson"], "expected one of Twinbean")],
)
def test_a_model_without_a_hierarchy_is_refused(people, models, message):
    with pytest.raises(TwinbeanError, match=message):
        bayes(people, models=models)


def test_one_person_is_no_group(people):
    with pytest.raises(TwinbeanError, match="one person is no group"):
        bayes(people[:1], models=["sticky"])

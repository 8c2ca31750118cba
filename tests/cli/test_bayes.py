"""`twinbean fit --bayes`: sentences only where the chains converged."""

from __future__ import annotations

import importlib.util

import pandas as pd
import pytest

from twinbean.cli.hierarchical import conclusions
from twinbean.sessions import Session, Trial, write_table

pytest.importorskip("numpyro")
from twinbean.inference import Bayes


@pytest.fixture
def data(tmp_path):
    trials = tuple(Trial(trial=t, choice=t // 3 % 2, reward=float(t % 2), offered=(0, 1)) for t in range(12))
    people = [Session(participant=name, session=name, task="t", trials=trials) for name in ("a", "b")]
    write_table(people, tmp_path / "people.csv")
    return tmp_path / "people.csv"


def found(models, differences=()):
    empty = pd.DataFrame()
    return Bayes(
        models=pd.DataFrame(models),
        groups=empty,
        differences=pd.DataFrame(differences),
        people=empty,
        checks=empty,
        left_out=empty,
        priors=empty,
        about={},
    )


def test_of_chains_that_did_not_converge_nothing_is_said_but_why():
    row = {"model": "rw", "people": 4, "problem": "r-hat is 1.200, above 1.01", "elpd": float("nan")}
    assert list(conclusions(found([row]))) == ["rw: nothing is concluded, since r-hat is 1.200, above 1.01"]


def test_one_model_alone_is_the_highest_of_nothing():
    row = {"model": "rw", "people": 4, "problem": "", "elpd": -100.0, "k_high": 0}
    assert list(conclusions(found([row]))) == ["rw: ln p of people left out is -100.0 (4 people)"]


def test_models_are_compared_and_differences_have_their_interval():
    rows = [
        {"model": "rw", "people": 4, "problem": "", "elpd": -100.0, "k_high": 1, "behind": None, "behind_se": None},
        {"model": "ck", "people": 4, "problem": "", "elpd": -110.0, "k_high": 0, "behind": 10.0, "behind_se": 3.0},
    ]
    difference = {"model": "rw", "parameter": "alpha", "group": "lm", "reference": "human"}
    difference |= {"in_sd": 1.5, "in_sd_low": 0.5, "in_sd_high": 2.5}
    assert list(conclusions(found(rows, [difference]))) == [
        "rw: ln p of people left out is -100.0, the highest (4 people, 1 of them fitted without)",
        "ck: ln p of people left out is -110.0, 10.0 nats behind the highest (standard error 3.0) (4 people)",
        "rw, alpha: lm is +1.50 standard deviations of human away (+0.50 to +2.50)",
    ]


def test_without_the_extra_one_line_says_what_to_install(run, data, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    status, _, err = run("fit", data, "--bayes", "-o", tmp_path / "out")
    assert status == 2
    assert err.startswith("twinbean: error: --bayes needs jax: run pip install '.[bayes]'")


def test_bounds_and_methods_of_other_fits_are_refused(run, data, tmp_path):
    status, _, err = run("fit", data, "--bayes", "--method", "map", "-o", tmp_path / "out")
    assert status == 2
    assert "leave out --method and --beta-bound" in err
    assert not (tmp_path / "out").exists()

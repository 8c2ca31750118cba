"""`twinbean fit` and the fits of `twinbean compare`: what is written, and what is refused in one line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twinbean.sessions import Session, Trial, write_table


@pytest.fixture
def people(tmp_path):
    """Six people of 30 choices, in a tidy table."""
    rng = np.random.default_rng(4)
    sessions = []
    for number in range(6):
        arms = np.cumsum(rng.random(30) < 0.3) % 2
        trials = tuple(
            Trial(trial=t, choice=int(arm), reward=10.0 * (arm == 0), outcomes=(10.0, 0.0), offered=(0, 1))
            for t, arm in enumerate(arms)
        )
        sessions.append(Session(participant=f"p{number}", session=f"p{number}", task="bandit", trials=trials))
    path = tmp_path / "people.csv"
    write_table(sessions, path)
    return path


def test_fits_are_a_row_for_each_participant_and_model(run, people, tmp_path):
    status, out, _ = run("fit", people, "--models", "wsls2,rw", "--method", "map", "-o", tmp_path / "fits.csv")
    assert status == 0
    assert out.endswith("fits.csv: 2 models, 6 participants, map; a reward of 1 is 10 of payoff from 0\n")
    table = pd.read_csv(tmp_path / "fits.csv")
    assert len(table) == 12
    assert list(table.columns[:9]) == [
        "participant",
        "source",
        "model",
        "nll",
        "n_choices",
        "mean_nll",
        "n_parameters",
        "aic",
        "bic",
    ]
    assert table.loc[table["model"] == "wsls2", "alpha"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "rw,q", "-o", "fits.csv"], "model 'q' is not known: expected one of"),
        (["-o", "."], "is a folder, expected a file to write"),
        (["--method", "bayes", "-o", "fits.csv"], "'bayes' is not one of"),
    ],
)
def test_what_cannot_be_fitted_is_one_line_and_no_file(run, people, tmp_path, arguments, message):
    status, out, err = run("fit", people, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_the_bound_of_inverse_temperatures_can_be_set(run, people, tmp_path):
    assert run("fit", people, "--models", "rw", "--beta-bound", 2, "-o", tmp_path / "fits.csv")[0] == 0
    assert pd.read_csv(tmp_path / "fits.csv")["beta"].max() <= 2
    status, out, err = run("fit", people, "--models", "rw", "--beta-bound", "nan", "-o", tmp_path / "none.csv")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "beta_bound is nan, expected a finite number above 0" in err


def test_a_comparison_fits_cognitive_models_unless_told_otherwise(run, people, tmp_path):
    assert run("compare", people, "-o", tmp_path / "with")[0] == 0
    likelihood = pd.read_csv(tmp_path / "with" / "tables" / "likelihood.csv")
    assert set(likelihood["model"]) == {"base_rate", "sticky", "wsls2", "rw", "rw_stick"}
    assert set(likelihood["quantity"]) == {"in-sample", "predictive", "predictive, later"}
    assert "Parameters of the cognitive models" in (tmp_path / "with" / "report.html").read_text(encoding="utf-8")
    assert run("compare", people, "--models", "none", "-o", tmp_path / "without")[0] == 0
    assert pd.read_csv(tmp_path / "without" / "tables" / "likelihood.csv").empty


def test_recovery_writes_a_page_and_warns_of_a_short_task(run, tmp_path):
    arguments = ["two_armed_bandit", "--models", "sticky,rw_ck", "--simulations", 4, "-o", tmp_path / "recovery"]
    status, out, err = run("recover", *arguments)
    assert (status, out) == (0, f"{tmp_path / 'recovery' / 'recovery.html'}\n")
    assert err.startswith("twinbean: warning: ")
    assert "with 11 choices a person" in err
    assert {"recovery.html", "recovery.json", "tables", "figures"} == {
        path.name for path in (tmp_path / "recovery").iterdir()
    }


def test_a_recovery_of_an_unknown_model_leaves_nothing_behind(run, tmp_path):
    status, out, err = run("recover", "two_armed_bandit", "--models", "q", "-o", tmp_path / "recovery")
    assert (status, out) == (2, "")
    assert err.startswith("twinbean: error: model 'q' is not known")
    assert not (tmp_path / "recovery").exists()

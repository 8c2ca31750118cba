"""`twinbean predict`: a row for each participant and predictor, and one for each choice."""

from __future__ import annotations

import pandas as pd
import pytest


@pytest.fixture
def data(tmp_path):
    rows = [
        f"p{person},s{person},human,{trial},{(trial // (3 + person)) % 2},{trial % 2}"
        for person in range(4)
        for trial in range(12)
    ]
    (tmp_path / "people.csv").write_text("\n".join(["participant,session,source,trial,choice,reward", *rows]))
    return tmp_path


def test_people_are_predicted_by_models_and_their_mixture(run, data):
    status, out, err = run(
        *("predict", data / "people.csv", "-o", data / "people_scores.csv", "--choices", data / "choices.csv"),
        *("--models", "sticky", "--mixture", "either=sticky,base_rate", "--folds", "2", "--points", "512"),
    )
    assert status == 0, err
    assert "3 predictors, 4 participants, history session" in out
    persons, choices = pd.read_csv(data / "people_scores.csv"), pd.read_csv(data / "choices.csv")
    assert len(persons) == 3 * 4
    assert len(choices) == 3 * 48
    sums = -choices.groupby(["participant", "model"])["prequential"].sum()
    assert persons.set_index(["participant", "model"])["nll"].to_dict() == pytest.approx(sums.to_dict())


def test_a_mixture_without_members_is_refused_in_one_line(run, data):
    status, _, err = run("predict", data / "people.csv", "-o", data / "scores.csv", "--mixture", "either")
    assert status == 2
    assert err.strip() == "twinbean: error: --mixture 'either' has no '=', expected NAME=A,B"
    assert not (data / "scores.csv").exists()

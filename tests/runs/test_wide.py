"""The first seed's table of a run; beside the seed's own script it is tested in tests/prompting/test_seed.py."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from twinbean.cli import app
from twinbean.errors import DataError
from twinbean.runs.replaying import replay
from twinbean.runs.wide import wide_table, write_wide
from twinbean.subjects.scripted import Scripted


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two sessions of three choices, blue, red, blue, by somebody who is no endpoint."""
    folder = tmp_path_factory.mktemp("wide") / "run"
    script = Scripted(["blue", "red", "blue"])
    replay("five_armed_buttons", model=script, run=folder, samples=2, parameters={"trials": 3, "arms": 3})
    return folder


def test_running_sums_are_those_of_the_tidy_table(run):
    wide, tidy = wide_table(run), pd.read_csv(run / "trials.csv")
    assert list(wide["session"]) == list(tidy["session"])
    assert list(wide["arm_name"]) == ["blue", "red", "blue"] * 2
    assert list(wide["arm_idx"]) == list(tidy["choice"])
    for session, rows in wide.groupby("session"):
        paid = tidy[tidy["session"] == session].reset_index()
        assert list(rows["cumulative_reward"]) == list(paid["reward"].cumsum())
        for label in ("blue", "green", "red"):
            chosen = paid["label"] == label
            assert list(rows[f"cumulative_occurrence_{label}"]) == list(chosen.cumsum())
            assert list(rows[f"cumulative_reward_{label}"]) == list((paid["reward"] * chosen).cumsum())
        best = [json.loads(labels)[arm] for labels, arm in zip(paid["labels"], paid["best_arm"], strict=True)]
        assert list(rows["best_arm"]) == best


def test_without_an_endpoint_prompts_and_notes_are_empty(run):
    assert wide_table(run)[["system_prompt", "user_prompt", "history_summary"]].isna().all(axis=None)


@pytest.mark.parametrize("name", ["wide.csv", "wide.parquet"])
def test_what_is_written_is_read_back(run, tmp_path, name):
    path = tmp_path / name
    assert write_wide(run, path) == 6
    read = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    assert list(read.columns) == list(wide_table(run).columns)
    assert list(read["cumulative_reward"]) == list(wide_table(run)["cumulative_reward"])


def test_whole_points_are_written_as_the_seed_writes_them(run, tmp_path):
    write_wide(run, tmp_path / "wide.csv")
    first = pd.read_csv(tmp_path / "wide.csv", dtype=str).iloc[0]
    assert first["reward"] in ("0", "1")
    assert first["cumulative_occurrence_blue"] == "1"


def test_a_run_that_is_still_going_on_has_a_table_too(run, tmp_path):
    going = tmp_path / "going"
    going.mkdir()
    for name in ("run.json", "trials.jsonl"):
        (going / name).write_bytes((run / name).read_bytes())
    (going / "calls.jsonl").write_text('{"format": 1, "kind": "fl', encoding="utf-8")
    assert len(wide_table(going)) == 6


def test_only_a_run_has_a_wide_table(run, tmp_path):
    with pytest.raises(DataError, match=r"trials\.csv is no run folder"):
        wide_table(run / "trials.csv")
    result = CliRunner().invoke(app, ["convert", str(run), str(run), "--wide", "-o", str(tmp_path / "wide.csv")])
    assert "a wide table is made of one run, and 2 were given" in str(result.exception)
    assert not (tmp_path / "wide.csv").exists()

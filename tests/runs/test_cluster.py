"""Shards as jobs: on this machine's processes, and on SLURM where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from twinbean import cli, replay
from twinbean.errors import RunError
from twinbean.runs.cluster import Cluster, submit

pytest.importorskip("submitit")

COMMAND = ("replay", "two_armed_bandit", "--model", "ucb", "--samples", "6", "--seed", "3")
TABLES = ("trials.csv", "sessions.csv", "transcripts.jsonl")


@pytest.fixture
def one(tmp_path: Path) -> Path:
    replay("two_armed_bandit", model="ucb", samples=6, seed=3, run=tmp_path / "one")
    return tmp_path / "one"


def assert_same_tables(run: Path, one: Path) -> None:
    for name in TABLES:
        assert (run / name).read_bytes() == (one / name).read_bytes()


def test_a_submitted_run_is_the_one_run(one: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    n_sessions = submit(
        COMMAND, tmp_path / "run", shards=2, cluster=Cluster(on="local"), on_progress=lambda *done: told.append(done)
    )
    assert n_sessions == 6
    assert_same_tables(tmp_path / "run", one)
    assert told == [(0, 2), (2, 2)]


def test_only_shards_that_are_not_complete_are_started(
    one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is there already, the second half way; what is left is run in this process."""
    from twinbean.runs import cluster

    shards = tmp_path / "run.shards"
    replay("two_armed_bandit", model="ucb", samples=6, seed=3, run=shards / "1", shard="1/2")
    started: list[list[str]] = []

    def run_all(commands: list[list[str]], folder: Path, where: Cluster) -> list[str]:
        started.extend(commands)
        if len(started) == 1:
            return ["the machine is gone"]
        replay("two_armed_bandit", model="ucb", samples=6, seed=3, run=shards / "2", shard="2/2")
        return [""]

    monkeypatch.setattr(cluster, "_run_all", run_all)
    submit(COMMAND, tmp_path / "run", shards=2, cluster=Cluster(on="local"))
    assert started == [[*COMMAND, "--shard", "2/2", "-o", str(shards / "2")]] * 2
    assert_same_tables(tmp_path / "run", one)


def test_shards_that_go_on_failing_are_named_with_their_reason(tmp_path: Path) -> None:
    with pytest.raises(RunError) as raised:
        submit(
            ("replay", "no_such_task", "--model", "ucb"), tmp_path / "run", shards=1, cluster=Cluster(on="local"),
            retries=0,
        )  # fmt: skip
    assert raised.match(r"1 of 1 shards are not complete: 1 \(twinbean: error: .*no_such_task.*\); their logs are in")
    assert "no_such_task" in "".join(file.read_text() for file in (tmp_path / "run.shards" / "logs").glob("*.out"))
    assert not (tmp_path / "run").exists()


def test_a_cluster_that_is_not_there_is_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="there is no cluster 'cloud': expected slurm or local"):
        submit(COMMAND, tmp_path / "run", shards=1, cluster=Cluster(on="cloud"))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(RunError, match="submitit cannot submit to slurm: .*"):
        submit(COMMAND, tmp_path / "run", shards=1, cluster=Cluster(on="slurm"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fit", "data"], "'fit' cannot be submitted: expected replay or score"),
        ([*COMMAND, "-o", "elsewhere"], "-o is given to replay: shards and folders are given to submit"),
    ],
)
def test_a_command_that_cannot_be_submitted_is_refused(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["submit", "--on", "local", "--shards", "2", "-o", str(tmp_path / "run")]
    monkeypatch.setattr(sys, "argv", ["twinbean", *options, *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def has_slurm() -> bool:
    if shutil.which("sinfo") is None:
        return False
    found = subprocess.run(["sinfo", "--noheader"], capture_output=True, encoding="utf-8", check=False, timeout=30)
    return found.returncode == 0 and "idle" in found.stdout


@pytest.mark.skipif(not has_slurm(), reason="no SLURM with an idle node here")
def test_a_run_on_slurm_is_the_one_run(one: Path, tmp_path: Path) -> None:
    assert submit(COMMAND, tmp_path / "run", shards=2, cluster=Cluster(on="slurm", options={"timeout_min": 10})) == 6
    assert_same_tables(tmp_path / "run", one)

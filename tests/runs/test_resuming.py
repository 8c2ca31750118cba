"""A run is killed with SIGKILL at places spread over its journal, and ends as if it had never been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from mutation_worker import ONE_THREAD
from twinbean.errors import SubjectError
from twinbean.sessions import read
from twinbean.subjects.local.smollm2 import fetch_smollm2

PLAYER = Path(__file__).parents[1] / "dying_player.py"


@contextmanager
def player(model: str):
    """Plays a run in a folder, in a process of its own that dies once its journal holds so many bytes."""
    # From 3.12 on Python itself warns of a fork beside other threads.
    command = [sys.executable, "-W", "error:This process:DeprecationWarning", str(PLAYER), model]
    program = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | ONE_THREAD,
    )
    if program.stdout.readline() != "ready\n":
        pytest.fail(f"the player of {model} did not start: {program.communicate()[1]}")

    def play(folder: Path, *, die_at: int | None = None) -> tuple[int, int]:
        program.stdin.write(json.dumps([str(folder), die_at]) + "\n")
        program.stdin.flush()
        answer = program.stdout.readline()
        assert answer, program.communicate()[1]
        status, asked = json.loads(answer)
        return status, asked

    with program:
        try:
            yield play
        finally:
            program.kill()


def killed_everywhere(tmp_path, play, kills: int) -> tuple[Path, list[Path]]:
    """The folder of a run that was left alone, and those of runs that were killed and resumed."""
    whole = tmp_path / "whole"
    assert play(whole)[0] == 0
    lines = (whole / "trials.jsonl").read_bytes()
    n_lines, folders = lines.count(b"\n"), []
    sizes = [1 + (len(lines) - 2) * point // (kills - 1) for point in range(kills)]
    # One of them between two lines, the others within one.
    sizes[kills // 2] = lines.index(b"\n", sizes[kills // 2]) + 1
    for size in sizes:
        folder = tmp_path / f"killed-at-{size}"
        assert play(folder, die_at=size) == (-signal.SIGKILL, 0)
        left = (folder / "trials.jsonl").read_bytes()
        assert len(left) == size
        assert not (folder / "trials.csv").exists()
        kept = left[: left.rfind(b"\n") + 1]
        assert play(folder) == (0, n_lines - kept.count(b"\n"))
        journal = (folder / "trials.jsonl").read_bytes()
        assert journal.startswith(kept)
        trials = [(line["session"], line["trial"]) for line in map(json.loads, journal.splitlines())]
        assert len(trials) == len(set(trials)) == n_lines
        folders.append(folder)
    return whole, folders


def test_a_language_model_makes_the_same_choices_with_the_same_probabilities(tmp_path, pytestconfig):
    try:
        fetch_smollm2()
    except SubjectError as error:
        pytest.skip(f"SmolLM2 cannot be had here: {error}")
    with player("smollm2") as play:
        whole, folders = killed_everywhere(tmp_path, play, pytestconfig.getoption("run_kills"))
    expected = [trial for session in read(whole) for trial in session.trials]
    for folder in folders:
        found = [trial for session in read(folder) for trial in session.trials]
        assert [trial.choice for trial in found] == [trial.choice for trial in expected]
        assert [trial.logp for trial in found] == pytest.approx([trial.logp for trial in expected], abs=1e-3, rel=0)


def test_a_learner_ends_with_the_same_bytes(tmp_path, pytestconfig):
    with player("rw:alpha=0.4,beta=0.05") as play:
        whole, folders = killed_everywhere(tmp_path, play, pytestconfig.getoption("run_kills"))
    for folder in folders:
        for name in ("trials.csv", "transcripts.jsonl"):
            assert (folder / name).read_bytes() == (whole / name).read_bytes()
        # Sessions that wait together may be written in another order.
        journals = [(each / "trials.jsonl").read_bytes().splitlines() for each in (folder, whole)]
        assert sorted(journals[0]) == sorted(journals[1])

"""A run is killed with SIGKILL at twenty places spread over its journal, and ends as if it had never been."""

from __future__ import annotations

import json
import os
import signal
import traceback
from pathlib import Path

import pytest
import torch
from sweetbean import Block, Experiment
from sweetbean.variable import TimelineVariable

from twinbean import runs
from twinbean.bean.stimuli import Instructions, SlotMachines
from twinbean.errors import SubjectError
from twinbean.records import read
from twinbean.subjects.catalogue import open_subject
from twinbean.subjects.local import LocalSubject, load
from twinbean.tasks import Task
from twinbean.workflow import replay

POINTS = 20


def build(*, rng, trials: int = 4) -> Experiment:
    payoffs = rng.integers(1, 100, size=(trials, 2)).tolist()
    timeline = [{"a": {"color": "red", "value": a}, "b": {"color": "blue", "value": b}} for a, b in payoffs]
    machines = SlotMachines(bandits=[TimelineVariable("a"), TimelineVariable("b")])
    return Experiment([Block([Instructions("Machines {labels}.")]), Block([machines], timeline=timeline)])


TASK = Task("drawn", build)


def in_a_process(play, folder: Path) -> tuple[int, int]:
    """The status with which a fork of this process ends, and how many questions it asked: what `play` returns.

    The model that is loaded here is loaded there.
    """
    asked, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(answer, bytes([play(folder)]))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(answer)
    with os.fdopen(asked, "rb") as file:
        return status, sum(file.read())


def dying_at(monkeypatch, journal: Path, size: int) -> None:
    """Writes to the journal go as far as `size` bytes; then the process kills itself."""
    write = runs.Run._write

    def write_or_die(run, lines) -> None:
        room = size - journal.stat().st_size
        if len(lines) >= room:
            run._journal.write(lines[:room])
            run._journal.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        write(run, lines)

    monkeypatch.setattr(runs.Run, "_write", write_or_die)


def killed_everywhere(tmp_path, monkeypatch, play) -> tuple[Path, list[Path]]:
    """The folder of a run that was left alone, and those of runs that were killed and resumed."""
    whole = tmp_path / "whole"
    assert in_a_process(play, whole)[0] == 0
    lines = (whole / "trials.jsonl").read_bytes()
    n_lines, folders = lines.count(b"\n"), []
    sizes = [1 + (len(lines) - 2) * point // (POINTS - 1) for point in range(POINTS)]
    # One of them between two lines, the others within one.
    sizes[POINTS // 2] = lines.index(b"\n", sizes[POINTS // 2]) + 1
    for size in sizes:
        folder = tmp_path / f"killed-at-{size}"
        with monkeypatch.context() as patched:
            dying_at(patched, folder / "trials.jsonl", size)
            assert in_a_process(play, folder) == (-signal.SIGKILL, 0)
        left = (folder / "trials.jsonl").read_bytes()
        assert len(left) == size
        assert not (folder / "trials.csv").exists()
        kept = left[: left.rfind(b"\n") + 1]
        assert in_a_process(play, folder) == (0, n_lines - kept.count(b"\n"))
        journal = (folder / "trials.jsonl").read_bytes()
        assert journal.startswith(kept)
        trials = [(line["session"], line["trial"]) for line in map(json.loads, journal.splitlines())]
        assert len(trials) == len(set(trials)) == n_lines
        folders.append(folder)
    return whole, folders


class Counted:
    """A subject, and how often it was asked."""

    def __init__(self, subject) -> None:
        self.subject = subject
        self.asked = 0

    def __getattr__(self, name):
        return getattr(self.subject, name)

    async def ask(self, question):
        self.asked += 1
        return await self.subject.ask(question)


def test_a_language_model_makes_the_same_choices_with_the_same_probabilities(tmp_path, monkeypatch):
    torch.set_num_threads(1)
    try:
        model = load("smollm2", dtype="float32", device="cpu")
    except SubjectError as error:
        pytest.skip(f"SmolLM2 cannot be had here: {error}")

    def play(folder) -> int:
        subject = Counted(LocalSubject(model))
        replay(TASK, model=subject, run=folder, samples=2)
        return subject.asked

    whole, folders = killed_everywhere(tmp_path, monkeypatch, play)
    expected = [trial for session in read(whole) for trial in session.trials]
    for folder in folders:
        found = [trial for session in read(folder) for trial in session.trials]
        assert [trial.choice for trial in found] == [trial.choice for trial in expected]
        assert [trial.logp for trial in found] == pytest.approx([trial.logp for trial in expected], abs=1e-3, rel=0)


def test_a_learner_ends_with_the_same_bytes(tmp_path, monkeypatch):
    def play(folder) -> int:
        subject = Counted(open_subject("rw:alpha=0.4,beta=0.05"))
        replay(TASK, model=subject, run=folder, samples=4)
        return subject.asked

    whole, folders = killed_everywhere(tmp_path, monkeypatch, play)
    for folder in folders:
        for name in ("trials.csv", "transcripts.jsonl"):
            assert (folder / name).read_bytes() == (whole / name).read_bytes()
        # Sessions that wait together may be written in another order.
        journals = [(each / "trials.jsonl").read_bytes().splitlines() for each in (folder, whole)]
        assert sorted(journals[0]) == sorted(journals[1])

"""A program that plays runs, each in a process of its own, and kills it in the middle of a write where it is told to.

Started by `tests/test_resuming.py` with the name of a model. Each line on standard input is `[folder, size]`: the run
is played in `folder`, and the process ends with SIGKILL once its journal holds `size` bytes (null: never). Each line on
standard output is `[status, asked]`: how that process ended, and how many questions its model answered.

What takes long to load is loaded once, and every run is played by a fork. A fork has no other thread than the one that
forked, and whatever waits for a thread that was not forked waits for ever: this program has only one when it forks.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path

from sweetbean import Block, Experiment
from sweetbean.variable import TimelineVariable

from twinbean._journal import Journal
from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.runs.replaying import replay
from twinbean.subjects.registry import open_subject
from twinbean.tasks.task import Task

SAMPLES = {"smollm2": 2}


def build(*, rng, trials: int = 4) -> Experiment:
    payoffs = rng.integers(1, 100, size=(trials, 2)).tolist()
    timeline = [{"a": {"color": "red", "value": a}, "b": {"color": "blue", "value": b}} for a, b in payoffs]
    machines = SlotMachines(bandits=[TimelineVariable("a"), TimelineVariable("b")])
    return Experiment([Block([Instructions("Machines {labels}.")]), Block([machines], timeline=timeline)])


def counted(subject):
    """The subject, which counts in `asked` how often it was asked. It stays of its own class, and whatever that can."""

    class Counted(type(subject)):
        asked = 0

        async def ask(self, question):
            self.asked += 1
            return await super().ask(question)

    subject.__class__ = Counted
    return subject


def opener(name: str):
    """Opens the model `name` in a fork: a language model is loaded now, and only wrapped there."""
    if name != "smollm2":
        return lambda: open_subject(name)
    import torch

    from twinbean.subjects.local import LocalSubject, load

    torch.set_num_threads(1)
    model = load(name, dtype="float32", device="cpu")
    return lambda: LocalSubject(model)


def die_at(journal: Path, size: int) -> None:
    """From now on writes to the journal go as far as `size` bytes; then the process kills itself."""
    write = Journal._write

    def write_or_die(written, lines) -> None:
        room = size - journal.stat().st_size
        if len(lines) >= room:
            written._file.write(lines[:room])
            written._file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        write(written, lines)

    Journal._write = write_or_die


def in_a_fork(play) -> tuple[int, int]:
    threads = os.listdir("/proc/self/task")
    assert len(threads) == 1, f"{len(threads)} threads, and a fork would have one of them"
    asked, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(answer, bytes([play()]))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(answer)
    with os.fdopen(asked, "rb") as file:
        return status, sum(file.read())


def main(name: str) -> None:
    open_model = opener(name)
    print("ready", flush=True)
    for line in sys.stdin:
        folder, size = json.loads(line)

        def play(folder=Path(folder), size=size) -> int:
            if size is not None:
                die_at(folder / "trials.jsonl", size)
            subject = counted(open_model())
            replay(Task("drawn", build), model=subject, run=folder, samples=SAMPLES.get(name, 4))
            return subject.asked

        print(json.dumps(in_a_fork(play)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

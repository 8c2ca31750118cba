"""The loop of docs/autora.md, killed in each cycle and started again, beside one that nobody kills: run as a program.

Each attempt is a process of its own, forked from one that has imported everything.
"""

from __future__ import annotations

import os
import pickle
import re
import signal
import sys
import threading
from pathlib import Path

import twinbean.autora.running as room

CYCLES, TRIALS = 2, 6
OPTIONS = {"rw": {"alpha": 0.2, "beta": 8.0}, "wsls1": {"eps": 0.1}}


def names_of(document: Path) -> dict:
    """What the document defines up to its loop."""
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", document.read_text(encoding="utf-8"), re.S | re.M)[:3])
    names: dict = {}
    code = code[: code.index("asked, state = ")]
    exec(compile(code, str(document), "exec"), names)
    return names


def attempt(document: Path, folder: Path, dies_in: int | None = None) -> int:
    """The status of a process that plays the loop; it dies in the middle of a cycle."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    seen = 0

    def count(done: int, total: int, **_: object) -> None:
        nonlocal seen
        seen += (folder / "model" / f"cycle-{dies_in:03}").exists() if dies_in is not None else 0
        if seen == TRIALS:
            os.kill(os.getpid(), signal.SIGKILL)

    replay = room.replay
    room.replay = lambda *given, **options: replay(*given, on_progress=count, **options)
    names = names_of(document)
    names["SHARED"]["trials"] = TRIALS
    asked, state = names["loop"](str(folder), seed=5, cycles=CYCLES, conditions=4, samples=1)
    theory = [list(model.coef) for model in state.models]
    rows = [{name: repr(value) for name, value in row.items()} for row in state.experiment_data.to_dict("records")]
    folder.with_suffix(".pickle").write_bytes(pickle.dumps((asked, rows, theory)))
    os._exit(0)


if __name__ == "__main__":
    document, place = Path(sys.argv[1]), Path(sys.argv[2])
    # What is compiled at first need is compiled once.
    for model in OPTIONS:
        room.replay("five_armed_buttons", model=model, parameters={"trials": 1}, **OPTIONS[model])
    assert threading.active_count() == 1
    assert attempt(document, place / "whole") == 0
    for cycle in range(CYCLES):
        assert attempt(document, place / "killed", cycle) == signal.SIGKILL
        print("cycles begun", len(list((place / "killed" / "model").glob("cycle-*"))))
    assert attempt(document, place / "killed") == 0
    whole, again = (pickle.loads((place / f"{name}.pickle").read_bytes()) for name in ("whole", "killed"))
    print("conditions", whole[0] == again[0], "rows", whole[1] == again[1], "theory", whole[2] == again[2])

"""Centaur through unsloth: the same choices by `--engine unsloth` and by transformers, on a tiny Centaur, on a CPU.

pip install '.[unsloth]' && python bench/by_unsloth.py
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import tempfile
import time
from pathlib import Path

import twinbean
from twinbean.testing.centaur import tiny_centaur

TASK, CHOICES, PEOPLE, AFTER = "crossing_machines", 12, 4, 3


def by(engine: str, adapter: Path, people: list[twinbean.Session]) -> tuple[list[float], list[int | None]]:
    """The log-probability of every choice, and the choices that are made after the first `AFTER`."""
    begun = time.process_time()
    scored = twinbean.score(TASK, people, model=f"hf:{adapter}", engine=engine)
    played = twinbean.replay(TASK, people, model=f"hf:{adapter}", engine=engine, after=AFTER)
    print(f"  {engine}: {time.process_time() - begun:.1f} s of processor time")
    logps = [trial.logp_legal for session in scored for trial in session.trials if trial.logp_legal is not None]
    return logps, [trial.choice for session in played for trial in session.trials[AFTER:]]


def main() -> None:
    if importlib.util.find_spec("unsloth") is None:
        print("unsloth is not installed, so there is nothing to measure: pip install '.[unsloth]'")
        return
    versions = (f"{name} {importlib.metadata.version(name)}" for name in ("unsloth", "transformers", "peft", "torch"))
    print(", ".join(versions))
    people = twinbean.replay(TASK, model="uniform", samples=PEOPLE, parameters={"trials": CHOICES})
    with tempfile.TemporaryDirectory() as folder:
        made = tiny_centaur(Path(folder))
        for name, adapter in (("4-bit base", made.adapter), ("16-bit base", made.whole_adapter)):
            print(name)
            plain, plain_choices = by("transformers", adapter, people)
            logps, choices = by("unsloth", adapter, people)
            apart = [abs(one - other) for one, other in zip(plain, logps, strict=True)]
            alike = sum(one == other for one, other in zip(plain_choices, choices, strict=True))
            print(f"  {len(apart)} choices scored: {sum(apart) / len(apart):.4f} nats apart in the mean, ", end="")
            print(f"{max(apart):.4f} at most; {alike} of {len(choices)} choices played alike")


if __name__ == "__main__":
    main()

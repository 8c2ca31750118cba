"""From 64 people's choices to a small model, and what it predicts of 21 others, on two cores in under 90 minutes.

    python bench/finetune.py OUT --data FOLDER STEP

Each step keeps what it has finished in OUT, and goes on from there when it is started again:

    real         an adapter of SmolLM2 is trained on 6 blocks of 64 people, 60 trials each, and predicts the test people
    shuffled     the same, with each person's payoffs in another order
    scores       both and the base: ablations, and a task that none has seen
    baselines    cognitive models of the same choices
    replays      the trained model and its base play, and are measured as people are
    learners     models of learners whose parameters are known: does the text's payoff tell?
    report       the tables, from what is there

FOLDER holds dezfouli2019 and psych201_thoma2025. `real` and `shuffled` can run side by side, one thread each
(OMP_NUM_THREADS=1). Numbers are in docs/fine-tuning.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from finetune_people import Study, study

from twinbean.scoring.ablations import Ablation
from twinbean.training.corpus import Corpus
from twinbean.training.settings import Settings
from twinbean.training.training import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    STEPS[options.step](options.out, options.data)


def _trained(name: str, ablation: Ablation | None) -> Callable[[Path, Path], None]:
    def step(out: Path, data: Path) -> None:
        found = study(data / "dezfouli2019" / "choices_diagno.csv.gz")
        _train(found, out / name, ablation)

    return step


def _train(found: Study, folder: Path, ablation: Ablation | None) -> None:
    card = train(
        Corpus(sessions=found.sessions, ablation=ablation),
        model="smollm2",
        folder=folder,
        settings=Settings(batch=4, batch_tokens=1700, validations=3, mixed=True),
        split=found.split,
        group="diag",
        window="block",
        data="Dezfouli et al. (2019), PLoS Comput Biol 15(6):e1006903",
        licence="apache-2.0",
        on_progress=_said(folder.name),
        device="cpu",
    )
    print(f"{folder.name}: {dict(card.test)}", flush=True)


def _said(name: str) -> Callable[..., None]:
    started = time.monotonic()

    def said(step: int, n_steps: int, *, tokens: int, loss: float | None) -> None:
        pace = tokens / (time.monotonic() - started)
        shown = "" if loss is None else f", loss {loss:.4f}"
        print(
            f"{name}: step {step}/{n_steps}, {tokens} tokens, {pace:.0f} a second{shown}", file=sys.stderr, flush=True
        )

    return said


STEPS: dict[str, Callable[[Path, Path], None]] = {
    "real": _trained("real", None),
    "shuffled": _trained("shuffled", "rewards"),
}


if __name__ == "__main__":
    main()

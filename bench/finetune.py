"""From 64 people's choices to a small model, and what it predicts of 21 others, on two cores in under 90 minutes.

    python bench/finetune.py OUT STEP --data FOLDER

Each step keeps what it has finished in OUT, and goes on from there when it is started again:

    real         an adapter of SmolLM2 is trained on 6 blocks of 64 people, 60 trials each, and predicts the test people
    shuffled     the same, with each person's payoffs in another order
    baselines    cognitive models of the same choices
    scores       texts that have lost something, and a task that no model here was trained on
    headline     all blocks of the test people, once
    replays      the trained model and its base play, and are measured as people are
    learners     models of learners whose parameters are known: does the text tell that they learn?
    report       the tables, from what is there

FOLDER holds dezfouli2019 and psych201_thoma2025. `real` and `shuffled` can run side by side, one thread each
(OMP_NUM_THREADS=1), and so can what comes after them. Numbers are in docs/fine-tuning.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from finetune_baselines import baselines
from finetune_learners import learners, replays
from finetune_people import study, unseen
from finetune_report import report
from finetune_scores import ABLATIONS, headline, score

from twinbean.scoring.ablations import Ablation
from twinbean.training.corpus import Corpus
from twinbean.training.settings import Settings
from twinbean.training.training import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("step", choices=[*TRAININGS, *STEPS])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, help="of each training, at most")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.step in TRAININGS:
        trained(options.step, options.out, options.data, minutes=options.minutes)
    else:
        STEPS[options.step](options.out, options.data)


def trained(name: str, out: Path, data: Path, *, minutes: float | None) -> None:
    found = study(data)
    card = train(
        Corpus(sessions=found.sessions, ablation=TRAININGS[name]),
        model="smollm2",
        folder=out / name,
        settings=Settings(batch=4, batch_tokens=1700, validations=3, mixed=True),
        split=found.split,
        # As it is, whatever the model was trained on.
        tested=Corpus(sessions=found.sessions),
        group="diag",
        window="block",
        data="Dezfouli et al. (2019), PLoS Comput Biol 15(6):e1006903",
        licence="apache-2.0",
        on_progress=said(name),
        # The same as beside the other one.
        with_base=TRAININGS[name] is None,
        device="cpu",
        minutes=minutes,
    )
    print(f"{name}: {dict(card.test)}", flush=True)


def scores(out: Path, data: Path) -> None:
    found = study(data)
    for model in ("real", "base"):
        for ablation in ABLATIONS:
            score(out, model, ablation, Corpus(sessions=found.first_tested, ablation=ablation))
        score(out, model, "unseen", Corpus(transcripts=unseen(data)))


def said(name: str) -> Callable[..., None]:
    """Says after every batch how far a training has come."""
    started = time.monotonic()

    def line(step: int, n_steps: int, *, tokens: int, loss: float | None) -> None:
        pace = tokens / (time.monotonic() - started)
        shown = "" if loss is None else f", loss {loss:.4f}"
        print(
            f"{name}: step {step}/{n_steps}, {tokens} tokens, {pace:.0f} a second{shown}", file=sys.stderr, flush=True
        )

    return line


TRAININGS: dict[str, Ablation | None] = {"real": None, "shuffled": "rewards"}
STEPS: dict[str, Callable[[Path, Path], None]] = {
    "baselines": baselines,
    "scores": scores,
    "headline": headline,
    "replays": replays,
    "learners": learners,
    "report": report,
}


if __name__ == "__main__":
    main()

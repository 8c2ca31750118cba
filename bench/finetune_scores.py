"""What the models of the fine-tuning benchmark predict: a table a model and text, a row a choice."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
from finetune_people import cut, placed, study

from twinbean._files import write_text
from twinbean.scoring.ablations import Ablation
from twinbean.subjects.local import LanguageModel, load
from twinbean.training.corpus import Corpus
from twinbean.training.prediction import predictions

ABLATIONS: tuple[Ablation, ...] = ("choices", "rewards", "instructions", "labels")
KEYS = ["participant", "block", "place"]


def score(out: Path, model: str, text: str, corpus: Corpus) -> pd.DataFrame:
    """The predictions of `model` (base, or a folder in `out`) for the people of `corpus`; `text` names the table."""
    file = out / "scores" / f"{model}-{text}.csv"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        window = "block" if corpus.sessions else None
        texts = corpus.texts(corpus.people)
        places = [
            (one.participant, block, place)
            for records in corpus.people.values()
            for one in records
            for block, place in (
                [(trial.block, n) for trial, n in zip(one.trials, _places(one), strict=True)]
                if corpus.sessions
                else [(0, n) for n in range(len(one.spans))]
            )
        ]
        scored = [choice for one in predictions(opened(out, model), texts, window=window) for choice in one.scores]
        rows = [
            (*at, one.label, one.logp, one.logp_legal, one.legal_mass) for at, one in zip(places, scored, strict=True)
        ]
        table = pd.DataFrame(rows, columns=[*KEYS, "label", "logp", "logp_legal", "legal_mass"])
        write_text(file, table.to_csv(index=False))
        print(f"{model}, {text}: {-table['logp_legal'].mean():.4f}", flush=True)
    return pd.read_csv(file, dtype={"participant": str})


def _places(session):
    return [place for _, place, _ in placed(session)]


def headline(out: Path, data: Path) -> None:
    """All twelve blocks of the test people, of each as many trials as in the three."""
    everything = Corpus(sessions=[cut(one, range(12)) for one in study(data).side("test")])
    for model in ("real", "base"):
        score(out, model, "all-blocks", everything)


@cache
def opened(out: Path, model: str) -> LanguageModel:
    return load("smollm2" if model == "base" else f"hf:{out / model}", device="cpu")

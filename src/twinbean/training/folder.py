"""The folder of a trained model: adapter, card, splits and predictions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from twinbean import _json
from twinbean._files import read_text, write_text
from twinbean.errors import TrainingError
from twinbean.sessions.cells import csv_text
from twinbean.training.adapter import CONFIG
from twinbean.training.card import Card
from twinbean.training.prediction import Prediction


@dataclass(frozen=True)
class ModelFolder:
    """Where a training keeps what it has, and at its end the model. There is an adapter only once it is finished."""

    folder: Path

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    @property
    def card(self) -> Path:
        return self.folder / "card.json"

    def check(self) -> None:
        """Refuse what is no folder of a training, before anything is loaded."""
        if self.folder.exists() and not self.folder.is_dir():
            raise TrainingError(f"{self.folder} is a file, expected a folder")
        if not self.card.exists() and (self.folder / CONFIG).exists():
            raise TrainingError(f"{self.folder} holds a model that was not trained here: name another folder")

    def begin(self, card: Card) -> Card | None:
        """Write the card of a new training; the card of this one where it is finished already."""
        if self.card.exists():
            known = Card.of_json(_json.loads(read_text(self.card), str(self.card)), str(self.card))
            if known.identity != card.identity:
                raise TrainingError(f"{self.folder} holds {_difference(known, card)}: name another folder with -o")
            return known if known.finished else None
        self.folder.mkdir(parents=True, exist_ok=True)
        people = pd.DataFrame(list(card.people), columns=["participant", "group", "side", "sessions"])
        write_text(self.folder / "splits.csv", csv_text(people))
        self._write(card)
        return None

    def settle(self, card: Card) -> None:
        """The card as it is before test people are predicted."""
        self._write(card)

    def write_predictions(self, found: Mapping[str, Sequence[Prediction]]) -> None:
        """A row for every choice of the test people; what the base predicts has columns of its own."""
        rows = [
            {"participant": one.participant, "session": one.session, "trial": score.trial, "label": score.label}
            for one in found["trained"]
            for score in one.scores
        ]
        table = pd.DataFrame(rows)
        for model, some in found.items():
            before = "" if model == "trained" else f"{model}_"
            for name in ("logp", "logp_legal", "legal_mass"):
                table[before + name] = [getattr(score, name) for one in some for score in one.scores]
        write_text(self.folder / "predictions.csv", csv_text(table))

    def finish(self, card: Card) -> Card:
        """The card in full, for programs and for people."""
        card = replace(card, finished=True)
        write_text(self.folder / "README.md", card.words())
        self._write(card)
        self.checkpoint.unlink(missing_ok=True)
        return card

    def _write(self, card: Card) -> None:
        write_text(self.card, json.dumps(card.as_json(), indent=1) + "\n")


def _difference(known: Card, asked: Card) -> str:
    """What the training in the folder has, in the first respect in which it is another one."""
    for name in ("base", "window", "ablation", "group", "digest", "people", "settings"):
        was, now = getattr(known, name), getattr(asked, name)
        if name == "settings":
            changed = next(one for one in now if was.get(one) != now[one])
            return f"a training with {changed} {was.get(changed)!r}, asked for is {now[changed]!r}"
        if name in ("digest", "people") and json.dumps(was) != json.dumps(now):
            return "a training on other data" if name == "digest" else "a training with another split"
        if was != now and name != "people":
            return f"a training with {name} {was!r}, asked for is {now!r}"
    raise AssertionError("two cards of one training")

"""What a trained model is: whose choices it has learned, how, what it predicts of others, and what it is not for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from twinbean import _json
from twinbean._version import __version__
from twinbean.errors import TrainingError
from twinbean.training.splits import SIDES

FORMAT = 1
# What may differ between two starts of one training.
_NOT_IDENTITY = ("base_description", "data", "licence", "history", "validation", "test", "ended", "finished", "version")

_ENDED = {
    "patience": ", until the validation people were predicted no better",
    "time": ", until its time was over",
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """`people` are (name, group, side, number of sessions). `test` has the means of the base and the trained model;
    `ended` is that of the training's progress."""

    base: str
    base_description: Mapping[str, Any]
    data: str
    licence: str
    digest: str
    people: Sequence[Sequence[Any]]
    group: str | None
    window: Any
    ablation: str | None
    settings: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]] = ()
    validation: float | None = None
    test: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    ended: str = ""
    finished: bool = False
    version: str = __version__

    @property
    def identity(self) -> str:
        """The digest of all that makes the training this one."""
        described = asdict(self)
        quantisation = {name: self.base_description.get(name) for name in ("revision", "dtype", "quantisation")}
        kept = {name: described[name] for name in described if name not in _NOT_IDENTITY}
        return _json.digest([kept, quantisation])

    def as_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self), "identity": self.identity}

    @classmethod
    def of_json(cls, found: Any, where: str) -> Card:
        """Raises TrainingError for a card of another format."""
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise TrainingError(f"{where} is no card of a training, or of another format than {FORMAT}")
        try:
            return cls(**{one.name: found[one.name] for one in fields(cls) if one.name in found})
        except TypeError as error:
            raise TrainingError(f"{where} is no card of a training: {error}") from None

    @property
    def n_people(self) -> dict[str, int]:
        """On each side."""
        counted = Counter(side for _, _, side, _ in self.people)
        return {side: counted[side] for side in SIDES}

    def words(self) -> str:
        """The card as people read it."""
        counts = ", ".join(f"{n} {side}" for side, n in self.n_people.items())
        steps = [row for row in self.history if "loss" in row]
        tokens = sum(row["tokens"] for row in steps)
        lines = [
            "---",
            "library_name: peft",
            f"base_model: {self.base}",
            *([f"license: {self.licence}"] if self.licence else []),
            "---",
            "# A model of people's choices",
            "",
            f"A low-rank adapter of `{self.base}`, trained by Twinbean {self.version} to predict choices among arms.",
            "",
            "| | |",
            "|---|---|",
            f"| data | {self.data or 'not named'} |",
            f"| licence of the data | {self.licence or 'not named: ask before you pass the model on'} |",
            f"| people | {counts}{f', alike in {self.group}' if self.group else ''} |",
            f"| text | {'each block alone' if self.window == 'block' else 'whole sessions'}"
            f"{f', without what the ablation {self.ablation!r} takes' if self.ablation else ''} |",
            f"| training | {len(steps)} steps, {tokens} tokens{_ENDED.get(self.ended, '')} |",
            *(f"| {name.replace('_', ' ')} | {value} |" for name, value in self.settings.items()),
            "",
            "Each person is on one side alone (`splits.csv`); that nobody is on two under another name was checked.",
            "",
            *self._likelihoods(),
            "## Not for",
            "",
            "- predicting, diagnosing or selecting a person: it was tested on means over people, not on individuals;",
            "- taking the place of participants in a claim about people: what it does on another task, another",
            "  population or other words was not tested;",
            "- finding out who took part: choices that it was trained on may be found again in what it says.",
            "",
        ]
        return "\n".join(lines)

    def _likelihoods(self) -> list[str]:
        if not self.test:
            return []
        rows = [
            f"| {name} | {found['nll_legal']:.4f} | {found['nll']:.4f} | {found['legal_mass']:.4f} |"
            for name, found in self.test.items()
        ]
        return [
            "Test people, who were predicted once, after all of the above was settled. Mean negative log-likelihood of "
            "a choice, in nats:",
            "",
            "| model | over the legal labels | over the full vocabulary | legal mass |",
            "|---|---|---|---|",
            *rows,
            "",
        ]

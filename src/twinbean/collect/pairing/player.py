"""The model of a pair, as `replay` is given it for each visitor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinbean.collect.pairing.folders import SPENT
from twinbean.subjects.base import Subject
from twinbean.subjects.endpoint.spent import Spent
from twinbean.subjects.registry import is_api_model, open_subject, temperature_of


@dataclass(frozen=True, kw_only=True)
class Player:
    """`arguments` are those of `replay` that say who plays, and how; `subject` is the model as it was opened once.

    What is behind an endpoint is opened for each visitor anew, which takes no time, so that their run has its calls.
    What is loaded is loaded once.
    """

    subject: Subject
    arguments: Mapping[str, Any]
    spent: Spent = field(default_factory=Spent)

    @property
    def name(self) -> str:
        return self.subject.name

    def close(self) -> None:
        self.spent.close()


def open_player(folder: Path, model: str, options: Mapping[str, Any]) -> Player:
    """Raises SubjectError where the model cannot be opened, and DataError where what it has spent cannot be read."""
    subject = open_subject(model, **options)
    if is_api_model(model):
        spent = Spent(folder / SPENT)
        return Player(subject=subject, arguments={"model": model, "spent": spent, **options}, spent=spent)
    return player_of(subject, temperature=temperature_of(None, options))


def player_of(subject: Subject, *, temperature: float = 1.0) -> Player:
    """A model that is loaded already: `replay` does not see the temperature, at which nothing is asked again."""
    return Player(subject=subject, arguments={"model": subject, "retries": 0 if temperature == 0 else None})

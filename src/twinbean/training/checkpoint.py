"""A training that can be stopped at any moment: all that its next step depends on, in one file."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from twinbean._files import write_bytes
from twinbean.errors import TrainingError

FORMAT = 1


@dataclass
class Progress:
    """How far a training has come: `step` steps are done, `history` has a row for each and for each validation.

    `best` are the weights with the lowest validation loss so far, `waited` how many validations ago they were found.
    `seconds` is how long it has taken, over all starts; `ended` says why no more steps are done: "steps" (all are),
    "patience" or "time", and is empty before.
    """

    step: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    best: dict[str, Tensor] | None = None
    best_loss: float | None = None
    waited: int = 0
    seconds: float = 0.0
    ended: str = ""


def save(
    file: Path, manifest: str, progress: Progress, *, weights: dict[str, Tensor], optimiser: dict[str, Any]
) -> None:
    """Write the file whole or not at all. `manifest` is the digest of what makes this training this one."""
    content = io.BytesIO()
    random = {"cpu": torch.get_rng_state(), "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []}
    torch.save(
        {
            "format": FORMAT,
            "manifest": manifest,
            "progress": vars(progress),
            "weights": weights,
            "optimiser": optimiser,
            "random": random,
        },
        content,
    )
    write_bytes(file, content.getvalue())


def load(file: Path, manifest: str) -> tuple[Progress, dict[str, Tensor], dict[str, Any]]:
    """Progress, weights and the optimiser's state; puts the random generators back where they were."""
    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise TrainingError(f"{file} is no checkpoint that can be read ({type(error).__name__}); delete it") from error
    if found.get("format") != FORMAT:
        raise TrainingError(f"{file} has format {found.get('format')!r}, expected {FORMAT}")
    if found["manifest"] != manifest:
        raise TrainingError(f"{file} belongs to another training: name another folder with -o")
    torch.set_rng_state(found["random"]["cpu"])
    if torch.cuda.is_available() and found["random"]["cuda"]:
        torch.cuda.set_rng_state_all(found["random"]["cuda"])
    return Progress(**found["progress"]), found["weights"], found["optimiser"]

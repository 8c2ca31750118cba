"""How an adapter is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from twinbean.errors import TrainingError

Schedule = Literal["cosine", "linear", "constant"]
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)

# Up to so many parameters a model is small: it learns from a few hundred thousand tokens, and so needs long steps.
SMALL = 1_000_000_000
_RATE_OF_SMALL = 1e-3
# That of Centaur.
_RATE_OF_LARGE = 5e-5


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Low-rank adapters on all linear layers, by AdamW.

    `batch` is the number of texts in a step of the optimiser, `batch_tokens` how many tokens of them are in memory at
    once. The learning rate rises over `warmup` steps and then follows `schedule`; None takes that of the model's size.
    `validations` is how often in an epoch the validation people are scored; after `patience` times without a better
    score training stops. `checkpointing` computes activations twice instead of keeping them. `mixed` multiplies in
    bfloat16 what is kept in float32.
    """

    rank: int = 8
    alpha: float = 8.0
    rank_stabilised: bool = True
    dropout: float = 0.0
    learning_rate: float | None = None
    schedule: Schedule = "cosine"
    warmup: int = 4
    clip: float = 1.0
    weight_decay: float = 0.0
    epochs: int = 1
    batch: int = 8
    batch_tokens: int = 4096
    validations: int = 1
    patience: int = 3
    checkpointing: bool = False
    mixed: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("rank", "epochs", "batch", "batch_tokens", "validations", "patience"):
            if getattr(self, name) < 1:
                raise TrainingError(f"{name} is {getattr(self, name)!r}, expected at least 1")
        for name in ("alpha", "clip"):
            if not getattr(self, name) > 0:
                raise TrainingError(f"{name} is {getattr(self, name)!r}, expected more than 0")
        for name in ("warmup", "weight_decay", "seed"):
            if not getattr(self, name) >= 0:
                raise TrainingError(f"{name} is {getattr(self, name)!r}, expected at least 0")
        if not 0 <= self.dropout < 1:
            raise TrainingError(f"dropout is {self.dropout!r}, expected at least 0 and less than 1")
        if self.learning_rate is not None and not 0 < self.learning_rate < 1:
            raise TrainingError(f"learning_rate is {self.learning_rate!r}, expected more than 0 and less than 1")
        if self.schedule not in SCHEDULES:
            raise TrainingError(f"schedule is {self.schedule!r}, expected one of {', '.join(SCHEDULES)}")

    def for_model(self, n_parameters: int) -> Settings:
        """With the learning rate of a model of so many parameters, where none was chosen."""
        if self.learning_rate is not None:
            return self
        return replace(self, learning_rate=_RATE_OF_SMALL if n_parameters <= SMALL else _RATE_OF_LARGE)

    def described(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)

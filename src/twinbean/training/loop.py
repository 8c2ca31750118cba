"""The training itself: steps of the optimiser, validations between them, and a file from which it goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from twinbean._random import generator
from twinbean.errors import TrainingError
from twinbean.subjects.local.language_model import LanguageModel
from twinbean.training import checkpoint
from twinbean.training.adapter import copied, restore, trained_weights
from twinbean.training.checkpoint import Progress
from twinbean.training.examples import Example
from twinbean.training.loss import loss_of, micro_batches
from twinbean.training.schedule import learning_rate
from twinbean.training.settings import Settings

# So many seconds of work may be lost when a training is killed.
SAVE_EVERY = 60.0


class Watch(Protocol):
    """Called after every batch: steps done and in all, tokens read since the start, and the last step's mean loss."""

    def __call__(self, step: int, n_steps: int, *, tokens: int, loss: float | None) -> None: ...


def unwatched(step: int, n_steps: int, *, tokens: int, loss: float | None) -> None:
    """A training that nobody watches."""


@dataclass(kw_only=True)
class Training:
    """An adapter in training.

    `examples(epoch)` are those of an epoch, `validate()` the figures of the validation people under the model as it is,
    of which `nll` decides; without it the last weights are taken. After `minutes`, over all starts, no further step is
    begun. `file` holds the checkpoint of the training that
    `manifest` names.
    """

    language_model: LanguageModel
    settings: Settings
    examples: Callable[[int], Sequence[Example]]
    validate: Callable[[], dict[str, float]] | None
    file: Path
    manifest: str
    on_progress: Watch = unwatched
    minutes: float | None = None
    save_every: float = SAVE_EVERY

    def run(self) -> Progress:
        """Train to the end, from the checkpoint if there is one; the model then has the best weights."""
        model = self.language_model.model
        weights = trained_weights(model)
        optimiser = torch.optim.AdamW(weights.values(), lr=0.0, weight_decay=self.settings.weight_decay)
        with torch.random.fork_rng():
            torch.manual_seed(self.settings.seed)
            progress = Progress()
            if self.file.exists():
                progress, values, state = checkpoint.load(self.file, self.manifest)
                restore(weights, values)
                optimiser.load_state_dict(state)
            optimiser.zero_grad()
            try:
                self._steps(progress, optimiser, weights)
            finally:
                model.eval()
        if progress.best is not None:
            restore(weights, progress.best)
        return progress

    def _steps(self, progress: Progress, optimiser: torch.optim.Optimizer, weights: dict[str, Any]) -> None:
        epoch, examples = 0, list(self.examples(0))
        if not examples:
            raise TrainingError("there is nothing to train on: the training people made no choice")
        in_epoch = math.ceil(len(examples) / self.settings.batch)
        n_steps = in_epoch * self.settings.epochs
        every = math.ceil(in_epoch / self.settings.validations)
        tokens, seconds = 0, progress.seconds
        started = saved = time.monotonic()
        while not progress.ended:
            now, step = divmod(progress.step, in_epoch)
            if now != epoch:
                epoch, examples = now, list(self.examples(now))
            order = generator(self.settings.seed, sample=epoch, purpose="order of training").permutation(len(examples))
            chosen = order[step * self.settings.batch : (step + 1) * self.settings.batch]
            rate = learning_rate(self.settings, progress.step, n_steps)
            row = {"step": progress.step + 1, "epoch": epoch, "learning_rate": rate}
            for group in optimiser.param_groups:
                group["lr"] = rate
            last = progress.history[-1].get("loss") if progress.history else None
            loss = 0.0
            self.language_model.model.train()
            for batch in micro_batches([examples[i] for i in chosen], self.settings.batch_tokens):
                loss += self._backward(batch, len(chosen))
                tokens += sum(len(one.tokens) for one in batch)
                self.on_progress(progress.step, n_steps, tokens=tokens, loss=last)
            row["loss"] = loss
            row["tokens"] = sum(len(examples[i].tokens) for i in chosen)
            row["gradient"] = float(torch.nn.utils.clip_grad_norm_(weights.values(), self.settings.clip))
            optimiser.step()
            optimiser.zero_grad()
            progress.step += 1
            progress.history.append(row)
            progress.seconds = seconds + time.monotonic() - started
            is_late = self.minutes is not None and progress.seconds >= 60 * self.minutes
            ends = progress.step % in_epoch == 0 or is_late
            if self.validate is not None and (ends or (progress.step % in_epoch) % every == 0):
                self._validate(progress, weights)
            if progress.step == n_steps:
                progress.ended = "steps"
            elif progress.waited >= self.settings.patience:
                progress.ended = "patience"
            elif is_late:
                progress.ended = "time"
            self.on_progress(progress.step, n_steps, tokens=tokens, loss=loss)
            if progress.ended or time.monotonic() - saved >= self.save_every:
                checkpoint.save(
                    self.file, self.manifest, progress, weights=copied(weights), optimiser=optimiser.state_dict()
                )
                saved = time.monotonic()

    def _backward(self, batch: Sequence[Example], in_step: int) -> float:
        """Adds the batch's part of a step's gradient, and gives back its part of the step's loss."""
        device = self.language_model.device
        mixed = torch.autocast(device.type, dtype=torch.bfloat16) if self.settings.mixed else nullcontext()
        with mixed:
            loss = loss_of(self.language_model.model, batch, device) / in_step
        if not torch.isfinite(loss):
            raise TrainingError(f"the loss is {float(loss)}: choose a smaller learning rate, or --dtype float32")
        torch.autograd.backward(loss)
        return float(loss.detach())

    def _validate(self, progress: Progress, weights: dict[str, Any]) -> None:
        assert self.validate is not None
        self.language_model.model.eval()
        found = self.validate()
        progress.history[-1]["validation"] = found
        if progress.best_loss is None or found["nll"] < progress.best_loss:
            progress.best, progress.best_loss, progress.waited = copied(weights), found["nll"], 0
        else:
            progress.waited += 1

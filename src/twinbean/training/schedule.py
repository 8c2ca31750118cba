"""How long each step is."""

from __future__ import annotations

import math

from twinbean.training.settings import Settings


def learning_rate(settings: Settings, step: int, n_steps: int) -> float:
    """That of step `step`, counted from 0, of `n_steps`: up in a line over the warm-up, then as the schedule says."""
    assert settings.learning_rate is not None
    if step < settings.warmup:
        return settings.learning_rate * (step + 1) / (settings.warmup + 1)
    done = min(1.0, (step - settings.warmup) / max(1, n_steps - settings.warmup))
    match settings.schedule:
        case "constant":
            return settings.learning_rate
        case "linear":
            return settings.learning_rate * (1 - done)
        case "cosine":
            return settings.learning_rate * (1 + math.cos(math.pi * done)) / 2

"""The weights that are trained: low-rank adapters beside every linear layer of a model that stays as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from twinbean._files import write_text
from twinbean._json import loads
from twinbean.errors import TrainingError
from twinbean.subjects.local.explaining import need
from twinbean.subjects.local.language_model import LanguageModel
from twinbean.training.settings import Settings

CONFIG = "adapter_config.json"


def with_adapter(language_model: LanguageModel, settings: Settings) -> LanguageModel:
    """The model with a new adapter beside its linear layers, which alone is trained.

    At first the adapter changes nothing. Its weights are drawn by the seed, in float32.
    """
    need("peft", extra="local")
    from peft import LoraConfig, get_peft_model

    if language_model.description.get("adapter_of") is not None:
        raise TrainingError(f"{language_model.name} is an adapter already; train the model that it was made for")
    if language_model.description["engine"] != "transformers":
        raise TrainingError("a model is trained by transformers and peft: choose --engine transformers")
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        use_rslora=settings.rank_stabilised,
        lora_dropout=settings.dropout,
        target_modules="all-linear",
        bias="none",
        task_type="CAUSAL_LM",
    )
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        model = get_peft_model(language_model.model, config)
    if settings.checkpointing:
        # The base has no gradients of its own, so what is recomputed must not hang on those of its inputs.
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    _without_dropout(model)
    return replace(language_model, model=model)


def _without_dropout(model: nn.Module) -> None:
    """What the base drops when it is trained would make its loss another than what is scored."""
    for name, module in model.named_modules():
        if isinstance(module, nn.Dropout) and ".lora_" not in name:
            module.p = 0.0
        if isinstance(getattr(module, "attention_dropout", None), float):
            module.attention_dropout = 0.0


def trained_weights(model: nn.Module) -> dict[str, nn.Parameter]:
    """The adapter's own weights, by name."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


def copied(weights: dict[str, nn.Parameter]) -> dict[str, Tensor]:
    return {name: weight.detach().cpu().clone() for name, weight in weights.items()}


def restore(weights: dict[str, nn.Parameter], values: dict[str, Tensor]) -> None:
    """Put saved numbers back into the adapter."""
    with torch.no_grad():
        for name, weight in weights.items():
            weight.copy_(values[name])


def write_adapter(model: Any, folder: Path, *, base: str) -> None:
    """Write the adapter, naming `base` as the model it belongs to: one that another machine finds, too."""
    model.save_pretrained(folder)
    config = loads((folder / CONFIG).read_text(encoding="utf-8"), str(folder / CONFIG))
    # As a set its order would differ from one process to the next.
    config["target_modules"] = sorted(config["target_modules"])
    write_text(folder / CONFIG, _pretty(config | {"base_model_name_or_path": base}))


def _pretty(values: Any) -> str:
    import json

    return json.dumps(values, indent=2, sort_keys=True) + "\n"

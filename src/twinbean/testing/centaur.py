"""A model of Centaur's shape that a CPU plays in milliseconds: random, but loaded like the real one."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean.subjects.local.loading import CENTAUR
from twinbean.testing.llama3 import N_IDS, llama3_tokenizer

if TYPE_CHECKING:
    from torch import nn
    from transformers import LlamaConfig

# The published base of each Centaur.
BASES = {"centaur-8b": "unsloth/Meta-Llama-3.1-8B-bnb-4bit", "centaur-70b": "unsloth/Meta-Llama-3.1-70B-bnb-4bit"}
LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
# A commit, as the hub's cache names them.
_COMMIT = "0" * 40


@dataclass(frozen=True)
class TinyCentaur:
    """The folders of a 4-bit base, of the same base before it was quantised, and of an adapter on each."""

    base: Path
    adapter: Path
    whole_base: Path
    whole_adapter: Path


def tiny_centaur(folder: Path, *, context: int = 4096, seed: int = 0) -> TinyCentaur:
    """Write a small random Centaur into `folder`: a Llama with grouped heads, llama3 frequencies and 128,256 ids, in
    NF4 with double quantisation as the hub stores it, and an adapter of rank 8, rank-stabilised, on all linear layers.

    Its weights are large, so that a mistake in scaling, positions or begin-of-text moves the probabilities. Needs
    torch, transformers, peft and bitsandbytes.
    """
    import torch
    from transformers import AutoModelForCausalLM, LlamaForCausalLM

    from twinbean.subjects.local.precision import nf4

    made = TinyCentaur(*(folder / name for name in ("base", "adapter", "whole-base", "whole-adapter")))
    tokenizer = llama3_tokenizer()
    config = _config(context, tokenizer.bos_token_id, tokenizer.eos_token_id)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config)
        # A float32 copy of what bfloat16 can hold: both bases are of the same numbers.
        model.to(torch.bfloat16).save_pretrained(made.whole_base)
        _write_adapter(model, made)
    stored = AutoModelForCausalLM.from_pretrained(
        made.whole_base, dtype=torch.bfloat16, device_map={"": "cpu"}, quantization_config=nf4(torch.bfloat16)
    )
    stored.save_pretrained(made.base)
    for base in (made.base, made.whole_base):
        tokenizer.save_pretrained(base)
    return made


def as_hub(centaur: TinyCentaur, cache: Path, *, model: str = "centaur-8b") -> None:
    """Lay `centaur` out under the published names of `model` as a cache of the hub, for `HF_HUB_CACHE`."""
    base = _snapshot(cache, BASES[model])
    adapter = _snapshot(cache, CENTAUR[model])
    shutil.copytree(centaur.base, base, dirs_exist_ok=True)
    shutil.copytree(centaur.adapter, adapter, dirs_exist_ok=True)
    name_base(adapter, BASES[model])


def name_base(adapter: Path, base: str) -> None:
    """Let the file of an adapter name `base`."""
    file = adapter / "adapter_config.json"
    config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(config | {"base_model_name_or_path": base}, indent=2), encoding="utf-8")


def _config(context: int, begin: int, end: int) -> LlamaConfig:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=N_IDS, hidden_size=64, intermediate_size=128, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=context, rms_norm_eps=1e-5, initializer_range=0.15,
        bos_token_id=begin, eos_token_id=end, pad_token_id=None, tie_word_embeddings=False,
        # Llama 3.1's are 8.0, 1.0, 4.0 and 8,192, which a short session would not feel.
        rope_parameters={
            "rope_type": "llama3", "rope_theta": 10_000.0, "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 128,
        },
    )  # fmt: skip


def _write_adapter(model: nn.Module, made: TinyCentaur) -> None:
    """A random adapter, once for each base."""
    import torch
    from peft import LoraConfig, get_peft_model

    options = LoraConfig(
        r=8, lora_alpha=8, use_rslora=True, target_modules=list(LAYERS), lora_dropout=0.0, bias="none",
        task_type="CAUSAL_LM",
    )  # fmt: skip
    adapted = get_peft_model(model, options)
    for name, weight in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    for adapter, base in ((made.adapter, made.base), (made.whole_adapter, made.whole_base)):
        adapted.save_pretrained(adapter)
        name_base(adapter, str(base))


def _snapshot(cache: Path, repository: str) -> Path:
    place = cache / f"models--{repository.replace('/', '--')}"
    (place / "refs").mkdir(parents=True, exist_ok=True)
    (place / "refs" / "main").write_text(_COMMIT, encoding="utf-8")
    return place / "snapshots" / _COMMIT

"""Llamas with random weights that are made where they are to run, layer by layer: no file, no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from seed import INSTRUCTIONS, OPENING, outcome_words
from torch import nn

from twinbean.subjects.local import LanguageModel
from twinbean.subjects.local.attention import use_grouped_attention
from twinbean.subjects.local.encoding import Encoder
from twinbean.testing.centaur import LAYERS
from twinbean.testing.llama3 import small_tokenizer

if TYPE_CHECKING:
    from transformers import LlamaConfig

# Llama-3.1-8B, and one that a CPU runs in milliseconds.
SHAPES: dict[str, dict[str, Any]] = {
    "8B": {
        "vocab_size": 128_256, "hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8, "max_position_embeddings": 131_072,
    },
    "tiny": {
        "vocab_size": 2048, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 16_384,
    },
}  # fmt: skip


def random_llama(shape: str, *, nf4: bool, device: torch.device, dtype: torch.dtype) -> LanguageModel:
    """The architecture `shape` with random weights; with `nf4` in 4 bits with a random adapter, as Centaur is."""
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    tokenizer = small_tokenizer((INSTRUCTIONS + OPENING + outcome_words()).split(" "))
    config = LlamaConfig(
        **SHAPES[shape], rms_norm_eps=1e-5, bos_token_id=tokenizer.bos_token_id, eos_token_id=None, pad_token_id=None,
        tie_word_embeddings=False,
        rope_parameters={
            "rope_type": "llama3", "rope_theta": 500_000.0, "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 8192,
        },
    )  # fmt: skip
    with torch.device("meta"):
        model = LlamaForCausalLM(config).to(dtype)
    for name, module in list(model.named_modules()):
        if nf4 and name.endswith(LAYERS):
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, _four_bit(module, device, dtype))
        else:
            _fill(module, device, dtype)
    model.model.rotary_emb = LlamaRotaryEmbedding(config).to(device)
    model = model.eval().requires_grad_(False)
    use_grouped_attention(model)
    if nf4:
        model = _adapted(model).to(device)
    return LanguageModel(
        name=f"{shape} {'NF4' if nf4 else str(dtype).removeprefix('torch.')}",
        model=model.eval().requires_grad_(False),
        encoder=Encoder(tokenizer),
        context=config.max_position_embeddings,
        device=device,
        description={"engine": "transformers", "quantisation": "nf4" if nf4 else None},
    )


def operations(config: LlamaConfig, lengths: Sequence[int], n_heads: int) -> float:
    """Floating-point operations of one pass over sequences of `lengths` tokens, with the head at `n_heads` places.

    Two for each multiplication with a weight; of attention, scores and sums over the tokens that are seen.
    """
    size = config.head_dim * config.num_attention_heads
    keys = config.head_dim * config.num_key_value_heads
    weights = config.hidden_size * (2 * size + 2 * keys) + 3 * config.hidden_size * config.intermediate_size
    seen = sum(n * (n + 1) / 2 for n in lengths)
    layers = config.num_hidden_layers * (2 * weights * sum(lengths) + 4 * size * seen)
    return layers + 2 * config.hidden_size * config.vocab_size * n_heads


def _fill(module: nn.Module, device: torch.device, dtype: torch.dtype) -> None:
    for name, weight in list(module.named_parameters(recurse=False)):
        made = torch.empty(weight.shape, device=device, dtype=dtype)
        made = made.fill_(1.0) if weight.ndim == 1 else made.normal_(std=0.02)
        setattr(module, name, nn.Parameter(made, requires_grad=False))


def _four_bit(linear: Any, device: torch.device, dtype: torch.dtype) -> nn.Module:
    from bitsandbytes.nn import Linear4bit, Params4bit

    layer = Linear4bit(
        linear.in_features, linear.out_features, bias=False, compute_dtype=dtype, compress_statistics=True,
        quant_type="nf4", device="meta",
    )  # fmt: skip
    weight = torch.empty(linear.weight.shape, device=device, dtype=dtype).normal_(std=0.02)
    layer.weight = Params4bit(weight, requires_grad=False, compress_statistics=True, quant_type="nf4", module=layer)
    made: nn.Module = layer.to(device)
    return made


def _adapted(model: Any) -> Any:
    from peft import LoraConfig, get_peft_model

    options = LoraConfig(r=8, lora_alpha=8, use_rslora=True, target_modules=list(LAYERS), task_type="CAUSAL_LM")
    adapted = get_peft_model(model, options)
    for name, weight in adapted.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(weight, std=0.01)
    return adapted

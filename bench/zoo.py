"""Tiny random models of every architecture, by three paths: scoring, lock step, and one prompt at a time.

    python bench/zoo.py [--only llama gpt2]

Prints the table of docs/models.md: the largest difference between any two paths, of any label at any choice, in nats,
in float32. Those within 1e-3 are the architectures that `twinbean.subjects.local.probe` lists as tested; the status is
1 where list and table do not say the same.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from itertools import combinations

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from twinbean.subjects.local import LanguageModel, probe
from twinbean.subjects.local.attention import use_grouped_attention
from twinbean.subjects.local.encoding import Encoder
from twinbean.testing.llama3 import small_tokenizer

SMALL = {
    "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 1024, "initializer_range": 0.2,
}  # fmt: skip
EXPERTS = {"num_local_experts": 4, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
# Each family and what its configuration needs beside, or instead of, the names above.
ZOO: dict[str, dict[str, object]] = {
    "llama": {}, "mistral": {"sliding_window": None}, "qwen2": {}, "qwen3": {}, "gemma": {}, "gemma2": {},
    "gemma3_text": {}, "phi": {}, "phi3": {"pad_token_id": 0}, "olmo": {}, "olmo2": {}, "granite": {}, "cohere": {},
    "cohere2": {}, "stablelm": {}, "starcoder2": {"sliding_window": None}, "nemotron": {}, "glm": {"pad_token_id": 0},
    "glm4": {"pad_token_id": 0}, "smollm3": {"pad_token_id": 0}, "helium": {},
    "exaone4": {"sliding_window": 1024, "sliding_window_pattern": 2},
    "ernie4_5": {}, "seed_oss": {}, "mixtral": EXPERTS, "qwen2_moe": EXPERTS, "qwen3_moe": EXPERTS,
    "gpt_oss": {**EXPERTS, "sliding_window": 1024}, "olmoe": EXPERTS,
    "gpt2": {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 1024},
    "gpt_neox": {}, "gptj": {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 1024, "rotary_dim": 8},
    "gpt_bigcode": {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 1024},
    "opt": {"ffn_dim": 96, "word_embed_proj_dim": 64, "init_std": 0.2}, "bloom": {"n_layer": 2, "n_head": 4},
    "falcon": {"alibi": False}, "mpt": {"d_model": 64, "n_heads": 4, "n_layers": 2, "max_seq_len": 1024},
    "deepseek_v3": {
        **EXPERTS, "q_lora_rank": 32, "kv_lora_rank": 16, "qk_rope_head_dim": 8, "qk_nope_head_dim": 8,
        "v_head_dim": 16, "n_routed_experts": 4, "n_group": 2, "topk_group": 1, "n_shared_experts": 1,
        "first_k_dense_replace": 1, "num_key_value_heads": 4, "head_dim": 8,
    },
    "gpt_neo": {"num_layers": 2, "num_heads": 4, "attention_types": [[["global", "local"], 1]], "window_size": 16},
    "codegen": {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 1024, "rotary_dim": 8},
    "rwkv": {"attention_hidden_size": 64, "context_length": 1024},
}  # fmt: skip


def tiny(kind: str, tokenizer: PreTrainedTokenizerFast) -> LanguageModel:
    """A random model of the architecture `kind` in float32."""
    torch.manual_seed(0)
    known = type(AutoConfig.for_model(kind))()
    computed = {name for name in SMALL if isinstance(getattr(type(known), name, None), property)}
    given = {name: value for name, value in SMALL.items() if hasattr(known, name) and name not in computed} | ZOO[kind]
    config = AutoConfig.for_model(kind, vocab_size=len(tokenizer), **given)
    config.bos_token_id, config.eos_token_id = tokenizer.bos_token_id, None
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval().requires_grad_(False)
    use_grouped_attention(model)
    return LanguageModel(
        name=kind, model=model, encoder=Encoder(tokenizer), context=1024, device=torch.device("cpu"),
        description={"engine": "transformers", "quantisation": None},
    )  # fmt: skip


def largest_difference(language_model: LanguageModel) -> float:
    """Between any two of the paths, nats."""
    found = [path(language_model) for path in (probe.in_one_pass, probe.in_lock_step, probe.one_prompt_at_a_time)]
    return max(max(probe.differences(a, b)) for a, b in combinations(found, 2))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(ZOO), default=list(ZOO))
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    tokenizer, wrong = small_tokenizer(), 0
    print("| architecture | largest difference, nats |\n|---|---|")
    for kind in options.only:
        try:
            largest = largest_difference(tiny(kind, tokenizer))
            said, good = f"{largest:.1e}", largest <= probe.LARGEST
        except Exception as error:
            said, good = f"{type(error).__name__}: {str(error).partition(chr(10))[0][:90]}", False
        agreed = good == (kind in probe.TESTED)
        wrong += not agreed
        print(
            f"| `{kind}` | {said} |{'' if good else ' refused'}{'' if agreed else ' (the list says otherwise)'}",
            flush=True,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

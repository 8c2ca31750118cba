"""Throughput on a CUDA GPU with the architecture of Llama-3.1-8B and random weights, in bf16 and in 4 bits.

    python bench/gpu.py [--sessions 1 16 64 256] [--trials 100] [--dtypes bf16 nf4]

Throughput does not depend on the weights, so none are needed. Reported: tokens a second and the share of the GPU's bf16
peak (14 GFLOP a token, the multiplications of 7 billion weights outside the embedding), choices a second, peak memory;
for scoring (also one session of 32k tokens), for replay in lock step, and for the seed's loop of one prompt a choice.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import torch
from replay import Table, naive_prompts
from seed import seed_pipeline, session, show, timed

from twinbean.scoring.choices import score
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.local import LanguageModel, LocalSubject, load
from twinbean.subjects.local.forced import ForcedScorer

FLOP_A_TOKEN = 14e9
# Dense bf16 peaks from the data sheets, in FLOP/s, by a word of the device's name.
PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "L4": 121e12, "4090": 165e12}
LONG = 32_000


def write_llama(folder: Path) -> Path:
    """The configuration of Llama-3.1-8B with random bf16 weights, and SmolLM2's tokenizer, whose ids it covers."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig

    from twinbean.subjects.local import fetch_smollm2

    config = LlamaConfig(
        vocab_size=128_256, hidden_size=4096, intermediate_size=14_336, num_hidden_layers=32, num_attention_heads=32,
        num_key_value_heads=8, max_position_embeddings=131_072, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2,
        rope_parameters={"rope_type": "default", "rope_theta": 500_000.0},
    )  # fmt: skip
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(fetch_smollm2(), local_files_only=True).save_pretrained(folder)
    return folder


def of_tokens(language_model: LanguageModel, n_tokens: int) -> Transcript:
    """A session of about `n_tokens` tokens."""
    per_trial = len(language_model.encoder.prompt(session(100, 0).text)) / 100
    return session(int(n_tokens / per_trial), 0)


def measure_scoring(language_model: LanguageModel, sessions: list[Transcript], peak: float | None) -> list[str]:
    scorer = ForcedScorer(language_model)
    score(sessions[:1], scorer=scorer)
    torch.cuda.reset_peak_memory_stats()
    took = timed(lambda: score(sessions, scorer=scorer)).wall
    n_tokens = sum(len(language_model.encoder.prompt(one.text)) for one in sessions)
    return row("scoring", len(sessions), n_tokens, sum(len(one.spans) for one in sessions), took, peak)


def measure_replay(language_model: LanguageModel, n_sessions: int, n_trials: int, peak: float | None) -> list[str]:
    torch.cuda.reset_peak_memory_stats()
    table = Table(LocalSubject(language_model), n_trials=n_trials, left=n_sessions)
    took = timed(lambda: asyncio.run(table.play_all())).wall
    n_tokens = n_sessions * len(language_model.encoder.prompt(session(n_trials, 0).text))
    return row("replay", n_sessions, n_tokens, n_sessions * n_trials, took, peak)


def measure_seed(language_model: LanguageModel, n_trials: int, peak: float | None) -> list[str]:
    generate = seed_pipeline(language_model)
    generate("You press <<")
    torch.cuda.reset_peak_memory_stats()
    prompts = naive_prompts(n_trials, 0)
    took = timed(lambda: [generate(prompt) for prompt in prompts]).wall
    n_tokens = sum(len(language_model.encoder.prompt(prompt)) for prompt in prompts)
    return row("the seed's loop", 1, n_tokens, n_trials, took, peak)


def row(way: str, n_sessions: int, n_tokens: int, n_choices: int, seconds: float, peak: float | None) -> list[str]:
    share = f"{n_tokens * FLOP_A_TOKEN / seconds / peak:.1%}" if peak else "peak unknown"
    memory = torch.cuda.max_memory_allocated() / 1e9
    return [
        way, str(n_sessions), str(n_tokens), f"{n_tokens / seconds:.0f}", share, f"{n_choices / seconds:.1f}",
        f"{memory:.1f}",
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 16, 64, 256])
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--dtypes", nargs="+", choices=["bf16", "nf4"], default=["bf16", "nf4"])
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print("not measured: torch finds no CUDA GPU here", file=sys.stderr)
        return
    device = torch.cuda.get_device_name()
    peak = next((flops for word, flops in PEAKS.items() if word in device), None)
    with tempfile.TemporaryDirectory() as place:
        folder = write_llama(Path(place))
        for dtype in options.dtypes:
            torch.cuda.empty_cache()
            language_model = load(f"hf:{folder}", dtype="bfloat16", four_bit=dtype == "nf4", device="cuda")
            rows = []
            for n in options.sessions:
                sessions = [session(options.trials, number) for number in range(n)]
                rows.append(measure_scoring(language_model, sessions, peak))
            rows.append(measure_scoring(language_model, [of_tokens(language_model, LONG)], peak))
            rows += [measure_replay(language_model, n, options.trials, peak) for n in options.sessions]
            rows.append(measure_seed(language_model, options.trials, peak))
            columns = ["way", "sessions", "tokens", "tokens/s", "of bf16 peak", "choices/s", "peak GB"]
            show(f"Llama-3.1-8B, random weights, {dtype}, {device}", columns, rows, [])
            del language_model


if __name__ == "__main__":
    main()

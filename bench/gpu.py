"""Throughput on a CUDA GPU with the architecture of Llama-3.1-8B and random weights: bf16, then NF4 with an adapter.

    python bench/gpu.py [--minutes 8] [--numbers bf16 nf4]      on a GPU
    python bench/gpu.py --tiny                                  the same, end to end, in seconds on any CPU

Throughput does not depend on the weights, so none are needed: they are made on the device, and the tokenizer here.
Nothing is read from a network or a cache. Every row is printed as it is measured; one that fails is named, and the next
runs; the status is 1 if any failed. Reported: tokens a second, the share of the GPU's bf16 peak (multiplications with
weights, attention and head counted), choices a second, peak memory.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from replay import Table, naive_prompts
from seed import every, seed_pipeline, session
from shapes import operations, random_llama
from ways import by_batches, by_prefix_cache

from twinbean.scoring.choices import score
from twinbean.subjects.local import LanguageModel, LocalSubject
from twinbean.subjects.local.forced import ForcedScorer, encode

# Dense bf16 peaks from the data sheets, in FLOP/s, by a word of the device's name.
PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "L4": 121e12, "4090": 165e12}
COLUMNS = "{:<40} {:>9} {:>9} {:>8} {:>10} {:>8}"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much is measured."""

    shape: str
    sessions: tuple[int, ...]
    trials: int
    many: int
    many_trials: int
    long: int


FULL = Sizes(shape="8B", sessions=(1, 16, 64, 256), trials=100, many=1024, many_trials=25, long=32_000)
TINY = Sizes(shape="tiny", sessions=(1, 4), trials=4, many=8, many_trials=3, long=1000)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a row does; `tokens` and `operations` are what it reads and computes, where that is worth saying."""

    run: Callable[[], object]
    choices: int
    tokens: int = 0
    operations: float = 0.0
    warm_up: Callable[[], object] | None = None


def rows(model: LanguageModel, sizes: Sizes) -> dict[str, Callable[[], Work]]:
    """Each row's name and how its work is prepared; the most wanted first, in case time runs out."""
    trials, most = sizes.trials, sizes.sessions[-1]
    return {
        **{f"scoring, {n} of T = {trials}": partial(_scoring, model, n, trials) for n in sizes.sessions},
        **{f"replay, {n} of T = {trials}": partial(_replay, model, n, trials) for n in sizes.sessions},
        f"scoring, 1 of {sizes.long} tokens": partial(_scoring, model, 1, _trials_in(model, sizes.long)),
        f"the seed's loop, 1 of T = {trials}": partial(_seeds_loop, model, trials),
        f"left-padded batches, {most} of T = {trials}": partial(_batches, model, most, trials),
        f"a prefix cache, 1 of T = {trials}": partial(_prefix_cache, model, trials),
        f"replay, {sizes.many} of T = {sizes.many_trials}": partial(_replay, model, sizes.many, sizes.many_trials),
    }


def _scoring(model: LanguageModel, n: int, n_trials: int) -> Work:
    scorer, sessions = ForcedScorer(model), [session(n_trials, number) for number in range(n)]
    lengths = [len(encode(model.encoder, one).tokens) for one in sessions]
    return Work(
        run=lambda: score(sessions, scorer=scorer),
        choices=n * n_trials,
        tokens=sum(lengths),
        operations=operations(model.model.config, lengths, n * n_trials),
        warm_up=lambda: score(sessions[:1], scorer=scorer),
    )


def _replay(model: LanguageModel, n: int, n_trials: int) -> Work:
    def play(trials: int) -> None:
        asyncio.run(Table(LocalSubject(model), n_trials=trials, left=n).play_all())

    length = len(encode(model.encoder, session(n_trials, 0)).tokens)
    return Work(
        run=lambda: play(n_trials),
        choices=n * n_trials,
        tokens=n * length,
        operations=operations(model.model.config, [length] * n, n * n_trials),
        warm_up=lambda: play(2),
    )


def _seeds_loop(model: LanguageModel, n_trials: int) -> Work:
    prompts, generate = naive_prompts(n_trials, 0), seed_pipeline(model)
    return Work(
        run=lambda: [generate(prompt) for prompt in prompts],
        choices=n_trials,
        warm_up=lambda: generate(prompts[0]),
    )


def _batches(model: LanguageModel, n: int, n_trials: int) -> Work:
    steps = list(zip(*(naive_prompts(n_trials, number) for number in range(n)), strict=True))
    # Four stand for all: they grow evenly.
    some = every(max(1, n_trials // 4), steps)
    return Work(
        run=lambda: [by_batches(model, step) for step in some],
        choices=n * len(some),
        warm_up=lambda: by_batches(model, steps[0]),
    )


def _prefix_cache(model: LanguageModel, n_trials: int) -> Work:
    prompts = naive_prompts(n_trials, 0)
    return Work(
        run=lambda: by_prefix_cache(model, prompts),
        choices=n_trials,
        warm_up=lambda: by_prefix_cache(model, prompts[:2]),
    )


def _trials_in(model: LanguageModel, n_tokens: int) -> int:
    """How many trials make a session of about `n_tokens` tokens."""
    return int(n_tokens * 100 / len(model.encoder.prompt(session(100, 0).text)))


def measure(name: str, work: Work, device: torch.device, peak: float | None) -> str:
    """A line of the table."""
    on_gpu = device.type == "cuda"
    if work.warm_up is not None:
        work.warm_up()
    if on_gpu:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    started = time.perf_counter()
    work.run()
    if on_gpu:
        torch.cuda.synchronize()
    took = time.perf_counter() - started
    return COLUMNS.format(
        name,
        f"{took:.2f}",
        f"{work.tokens / took:.0f}" if work.tokens else "",
        f"{work.operations / took / peak:.1%}" if peak and work.operations else "",
        f"{work.choices / took:.1f}",
        f"{torch.cuda.max_memory_allocated() / 1e9:.1f}" if on_gpu else "",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--minutes", type=float, default=8.0, help="rows that would start later are left out")
    parser.add_argument("--numbers", nargs="+", choices=["bf16", "nf4"], default=["bf16", "nf4"])
    options = parser.parse_args()
    if not (options.tiny or torch.cuda.is_available()):
        print("not measured: torch finds no CUDA GPU here", file=sys.stderr)
        return 0
    device = torch.device("cpu" if options.tiny else "cuda")
    named = "the CPU" if options.tiny else torch.cuda.get_device_name()
    peak = next((flops for word, flops in PEAKS.items() if word in named), None)
    sizes = TINY if options.tiny else FULL
    until, failed = time.monotonic() + 60 * options.minutes, 0
    for numbers in options.numbers:
        print(f"\nLlama {sizes.shape}, random weights, {numbers}, {named}, torch {torch.__version__}", flush=True)
        print(COLUMNS.format("way", "seconds", "tokens/s", "of peak", "choices/s", "peak GB"), flush=True)
        failed += _table(numbers, sizes, device, peak, until)
        gc.collect()
        torch.cuda.empty_cache()
    return 1 if failed else 0


def _table(numbers: str, sizes: Sizes, device: torch.device, peak: float | None, until: float) -> int:
    """Measure and print every row; the number of those that failed."""
    try:
        language_model = random_llama(sizes.shape, nf4=numbers == "nf4", device=device, dtype=torch.bfloat16)
    except Exception as error:
        print(f"{numbers} FAILED: {_said(error)}", flush=True)
        return 1
    failed = 0
    for name, prepared in rows(language_model, sizes).items():
        try:
            late = time.monotonic() > until
            print(f"{name} is left out: no time" if late else measure(name, prepared(), device, peak), flush=True)
        except Exception as error:
            failed += 1
            print(f"{name} FAILED: {_said(error)}", flush=True)
        gc.collect()
        torch.cuda.empty_cache()
    return failed


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


if __name__ == "__main__":
    sys.exit(main())

"""Milliseconds of processor time that a step of many sessions takes on the host, with the forward pass left out.

    python bench/host.py [--sessions 256] [--trials 30]

Sessions run through `LocalSubject` as in a replay; the model only gives back zeros over a small vocabulary. What is
left is encoding, batching, masks and positions, drawing, and the loop: the time in which a GPU has nothing to do.
"""

from __future__ import annotations

import argparse
import asyncio
from types import SimpleNamespace
from typing import Any

import torch
from replay import Table
from seed import timed

from twinbean.subjects.local import LanguageModel, LocalSubject
from twinbean.subjects.local.encoding import Encoder
from twinbean.testing.llama3 import llama3_tokenizer


class Nothing:
    """A model that computes nothing."""

    config = SimpleNamespace(
        num_hidden_layers=32, num_key_value_heads=8, num_attention_heads=32, hidden_size=4096, head_dim=128,
        model_type="nothing", vocab_size=1000,
    )  # fmt: skip
    dtype = torch.bfloat16

    def __init__(self) -> None:
        self.config.get_text_config = lambda: self.config
        self.steps = 0

    def __call__(self, *, input_ids: torch.Tensor, **options: Any) -> SimpleNamespace:
        self.steps += 1
        return SimpleNamespace(logits=torch.zeros(len(input_ids), 1, self.config.vocab_size))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=256)
    parser.add_argument("--trials", type=int, default=30)
    options = parser.parse_args()
    torch.set_num_threads(1)
    language_model = LanguageModel(
        name="nothing", model=Nothing(), encoder=Encoder(llama3_tokenizer()), context=131_072,
        device=torch.device("cpu"), description={"engine": "transformers"},
    )  # fmt: skip

    def play(trials: int) -> Any:
        subject = LocalSubject(language_model, cache_bytes=2**50)
        return timed(lambda: asyncio.run(Table(subject, n_trials=trials, left=options.sessions).play_all()))

    # The first step is another one: whole texts are encoded, and copied.
    short, long = play(2), play(2 + options.trials)
    step = (long.processor - short.processor) / options.trials
    print(
        f"{options.sessions} sessions, Llama 3's tokenizer: {1000 * step:.1f} ms of processor time a step on the host"
    )


if __name__ == "__main__":
    main()

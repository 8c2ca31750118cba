"""What plain transformers and peft say of a choice: one prompt at a time, nothing of Twinbean's.

Faults can be planted, to see whether a comparison would notice them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

FAULTS = (
    *("scaling 1", "merged", "no begin-of-text", "begin-of-text twice", "default frequencies"),
    "positions off by one",
)


@dataclass(frozen=True)
class Choice:
    """The texts before a choice, each to be encoded alone, and its label."""

    texts: Sequence[str]
    label: str


def choices(text: str) -> Iterator[Choice]:
    """Every marked choice of a transcript."""
    parts = re.split(r"(?<=<<)|(?=>>)", text)
    for n in range(1, len(parts) - 1, 2):
        yield Choice(texts=parts[:n], label=parts[n])


@cache
def tokenizer_of(base: Path) -> Any:
    """Llama 3's takes seconds to read."""
    return AutoTokenizer.from_pretrained(base)


@dataclass
class PlainCentaur:
    """The adapter of a folder on the base that is given, in `dtype`, with one of `FAULTS` or none."""

    base: Path
    adapter: Path
    dtype: torch.dtype
    fault: str | None = None
    model: Any = field(init=False)
    tokenizer: Any = field(init=False)

    def __post_init__(self) -> None:
        config = AutoConfig.from_pretrained(self.base)
        if self.fault == "default frequencies":
            config.rope_parameters = {"rope_type": "default", "rope_theta": config.rope_parameters["rope_theta"]}
        base = AutoModelForCausalLM.from_pretrained(self.base, config=config, dtype=self.dtype, device_map={"": "cpu"})
        self.model = PeftModel.from_pretrained(base, self.adapter).eval()
        adapted = [module for module in self.model.modules() if isinstance(module, LoraLayer)]
        assert {value for module in adapted for value in module.scaling.values()} == {8 / 8**0.5}
        if self.fault == "scaling 1":
            for module in adapted:
                module.scaling = dict.fromkeys(module.scaling, 1.0)
        if self.fault == "merged":
            self.model = self.model.merge_and_unload()
        self.tokenizer = tokenizer_of(self.base)

    def logp(self, choice: Choice, *, closed: bool = False) -> float:
        """The log-probability of the label: the sum over its tokens, and with `closed` over the marker behind it."""
        begin = {"no begin-of-text": 0, "begin-of-text twice": 2}.get(self.fault or "", 1)
        prompt, late = [self.tokenizer.bos_token_id] * begin, 0
        positions = list(range(begin))
        for text in choice.texts:
            ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
            late += text.startswith(">>") and self.fault == "positions off by one"
            positions += [len(prompt) + n + late for n in range(len(ids))]
            prompt += ids
        label = self.tokenizer(choice.label, add_special_tokens=False)["input_ids"]
        if closed:
            label += self.tokenizer(">>", add_special_tokens=False)["input_ids"][:1]
        positions += [positions[-1] + 1 + n for n in range(len(label))]
        with torch.inference_mode():
            fed = {"input_ids": torch.tensor([prompt + label]), "position_ids": torch.tensor([positions])}
            logits = self.model(**fed, use_cache=False, logits_to_keep=len(label) + 1).logits[0, :-1].double()
        logps = torch.log_softmax(logits, dim=-1)
        return float(sum(logps[n, token] for n, token in enumerate(label)))

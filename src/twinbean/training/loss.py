"""What is made small: the negative log-likelihood of people's choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from twinbean.subjects.local.forced import head_at
from twinbean.training.examples import Example


def loss_of(model: Any, batch: Sequence[Example], device: torch.device) -> Tensor:
    """The sum over the examples of a right-padded batch of their weighted losses, in nats.

    A choice's is the sum over the tokens of its label, over the full vocabulary, as it is scored.
    """
    width = max(len(one.tokens) for one in batch)
    tokens = torch.tensor([one.tokens + [0] * (width - len(one.tokens)) for one in batch], device=device)
    rows = [row for row, one in enumerate(batch) for _ in one.places]
    places = [place for one in batch for place in one.places]
    # No mask: the padding stands on the right, where causal attention never looks.
    with head_at(model, rows, places):
        logits = model(input_ids=tokens, use_cache=False).logits[0]
    assert len(logits) == len(rows), f"the head gave {len(logits)} rows for {len(rows)} places"
    targets = torch.tensor([target for one in batch for target in one.targets], device=device)
    weights = torch.tensor([weight for one in batch for weight in one.weights], device=device)
    losses: Tensor = cross_entropy(logits.float(), targets, reduction="none")
    return (losses * weights).sum()


def micro_batches(examples: Sequence[Example], batch_tokens: int) -> list[list[Example]]:
    """The examples of a step in right-padded batches of at most `batch_tokens` tokens, the longest first."""
    batches: list[list[Example]] = []
    for one in sorted(examples, key=lambda one: -len(one.tokens)):
        if batches and (len(batches[-1]) + 1) * len(batches[-1][0].tokens) <= batch_tokens:
            batches[-1].append(one)
        else:
            batches.append([one])
    return batches

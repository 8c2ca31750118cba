"""Other ways to ask a local model for the same choices, fairer than the seed's loop: as careful users do."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from twinbean.subjects.local import LanguageModel


def by_batches(language_model: LanguageModel, prompts: Sequence[str]) -> list[int]:
    """The next token after each prompt, by `generate` over one left-padded batch."""
    encoded = [language_model.encoder.prompt(prompt) for prompt in prompts]
    width = max(map(len, encoded))
    device = language_model.device
    tokens = torch.tensor([[0] * (width - len(ids)) + ids for ids in encoded], device=device)
    mask = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for ids in encoded], device=device)
    with torch.inference_mode():
        found = language_model.model.generate(
            input_ids=tokens, attention_mask=mask, max_new_tokens=1, do_sample=True, temperature=1.0, pad_token_id=0
        )
    drawn: list[int] = found[:, -1].tolist()
    return drawn


def by_prefix_cache(language_model: LanguageModel, prompts: Sequence[str]) -> list[int]:
    """The next token after each prompt of one session, each of which goes on from the one before it: transformers' own
    cache, one session at a time."""
    from transformers import DynamicCache

    cache, read, drawn = DynamicCache(), "", []
    for prompt in prompts:
        encoder = language_model.encoder
        new = encoder.encode(prompt, start=len(read)) if read else encoder.prompt(prompt)
        with torch.inference_mode():
            fed = torch.tensor([new], device=language_model.device)
            logits = language_model.model(fed, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[0, -1]
            drawn.append(int(torch.multinomial(logits.float().softmax(-1), 1)))
        read = prompt
    return drawn

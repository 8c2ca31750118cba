"""A causal language model in memory, and the one place where it is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from twinbean._messages import short
from twinbean.errors import SubjectUnavailable
from twinbean.subjects.local.encoding import Encoder
from twinbean.subjects.local.memory import is_out_of_memory

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """A causal language model, ready for inference. `context` is the most tokens it may be shown."""

    name: str
    model: Any = field(repr=False)
    encoder: Encoder = field(repr=False)
    context: int
    device: torch.device
    description: dict[str, Any] = field(repr=False)

    @cached_property
    def n_layers(self) -> int:
        return int(self.model.config.get_text_config().num_hidden_layers)

    @cached_property
    def cache_bytes_a_token(self) -> int:
        """Bytes that keys and values of one token take over all layers."""
        config = self.model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return int(2 * self.n_layers * heads * size * self.model.dtype.itemsize)

    @property
    def keeps_a_cache(self) -> bool:
        """Whether a forward pass writes into the key-value cache that it is handed."""
        return bool(self.description["engine"] != "unsloth")

    def logits(self, **inputs: Any) -> Tensor:
        """One forward pass, of which no graph is kept.

        Raises torch's out-of-memory errors as they are, and SubjectUnavailable for whatever else the model raises.
        """
        import torch

        try:
            with torch.inference_mode():
                found: Tensor = self.model(**inputs).logits
        except Exception as error:
            if is_out_of_memory(error):
                raise
            raise SubjectUnavailable(self._failed(error, inputs)) from error
        # A graph of 8B shapes takes 6.5 MB a token, 207 GB for the longest session.
        assert not found.requires_grad, f"{self.name} keeps the graph of its forward pass"
        return found

    def _failed(self, error: Exception, inputs: dict[str, Any]) -> str:
        from transformers import __version__

        config = self.model.config.get_text_config()
        tokens, cache = inputs["input_ids"], inputs.get("past_key_values")
        shape = f"{tokens.shape[0]} rows of {tokens.shape[1]} tokens"
        if cache is not None:
            shape += f" behind {cache.length}"
        largest = int(tokens.max())
        cure = f"try --dtype float32, --device cpu or another transformers than {__version__}"
        if largest >= config.vocab_size:
            cure = f"its tokenizer gave the id {largest}, and it has {config.vocab_size}: take its own"
        kind = type(error).__name__
        reason = short(str(error).strip().partition("\n")[0], 200)
        return f"{self.name} ({config.model_type}) failed on {shape}: {kind}: {reason}; {cure}"

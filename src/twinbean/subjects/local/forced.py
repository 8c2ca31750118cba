"""Teacher forcing: the log-probabilities of every choice in a transcript from one forward pass over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from twinbean.errors import SubjectError
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.local.answering import description_of
from twinbean.subjects.local.branches import Site, label_logps
from twinbean.subjects.local.cache import RowCache
from twinbean.subjects.local.encoding import Encoder, encoded_otherwise
from twinbean.subjects.local.labels import label_tokens, legal_mass
from twinbean.subjects.local.language_model import LanguageModel
from twinbean.subjects.local.memory import free_memory, is_out_of_memory, release_memory


@dataclass(frozen=True)
class Encoded:
    """A transcript's tokens up to its last choice; `places[i]` are where those of the i-th span begin and end."""

    transcript: Transcript
    tokens: list[int]
    places: tuple[tuple[int, int], ...]


def encode(encoder: Encoder, transcript: Transcript) -> Encoded:
    """Encode by character spans, whatever the markers around them look like. Asserts that a span holds its choice."""
    text = transcript.text
    cuts = [end for span in transcript.spans for end in (span.start, span.end)]
    start = encoder.start()
    place_of = {0: 0}
    tokens: list[int] = []
    for position, piece in encoder.pieces(text, cuts=cuts):
        if not tokens and piece[: len(start)] != start:
            tokens += start
        place_of[position] = len(tokens)
        tokens += piece
    place_of[len(text)] = len(tokens)
    for span in transcript.spans:
        label = text[span.start : span.end]
        assert label in span.labels, f"trial {span.trial} of {transcript.participant!r} spans {label!r}"
        if not place_of[span.start]:
            raise SubjectError(f"the text of {transcript.participant!r} opens with a choice; expected words before it")
    places = tuple((place_of[span.start], place_of[span.end]) for span in transcript.spans)
    # What follows the last choice tells nothing about it.
    return Encoded(transcript, tokens[: places[-1][1] if places else 0], places)


def refuse_longer(encoded: Encoded, name: str, context: int) -> None:
    """Raises SubjectError for a transcript of more tokens than the `context` of the model called `name`."""
    if len(encoded.tokens) > context:
        raise SubjectError(
            f"the transcript of {encoded.transcript.participant!r} has {len(encoded.tokens)} tokens, and "
            f"{name} reads at most {context}; choose a window"
        )


class LocalScorer:
    """What every way of scoring with a local language model says of transcripts before it reads them."""

    def __init__(self, language_model: LanguageModel) -> None:
        self.name = language_model.name
        self.context = language_model.context
        self._language_model = language_model

    def describe(self) -> dict[str, Any]:
        return description_of(self._language_model)

    def lengths(self, transcript: Transcript) -> list[int]:
        """For each span, the number of tokens from the beginning of the text to the end of its label."""
        return [end for _, end in encode(self._language_model.encoder, transcript).places]

    def encoded_otherwise(self, transcripts: Sequence[Transcript]) -> int:
        """How many transcripts would have other tokens if encoded in one go: markers merge with what follows them."""
        return encoded_otherwise(self._language_model.encoder, transcripts)


class ForcedScorer(LocalScorer):
    """Scores transcripts with a local language model, one forward pass each.

    Transcripts of similar length share right-padded batches of at most `batch_tokens` tokens (default: by free
    memory); the head is applied at the scored places only.
    """

    def __init__(self, language_model: LanguageModel, *, batch_tokens: int | None = None) -> None:
        super().__init__(language_model)
        self._batch_tokens = batch_tokens or _batch_tokens(language_model)

    def logps(
        self, transcripts: Sequence[Transcript], *, on_progress: Callable[[int], None] = lambda transcripts: None
    ) -> list[list[tuple[float, ...]]]:
        """For each transcript and span, the log-probability (nats, full vocabulary) of every legal label.

        `on_progress` is called with the number of transcripts in each batch. Raises SubjectError for a transcript that
        is longer than the model's context or than memory allows.
        """
        encoded = [encode(self._language_model.encoder, transcript) for transcript in transcripts]
        for one in encoded:
            refuse_longer(one, self.name, self.context)
        found: dict[int, list[tuple[float, ...]]] = {}
        waiting = sorted(range(len(encoded)), key=lambda i: len(encoded[i].tokens))
        budget = self._batch_tokens
        while waiting:
            # The longest first: if memory does not suffice, that shows at once.
            longest = encoded[waiting[-1]]
            batch = waiting[-max(1, budget // max(1, len(longest.tokens))) :]
            scores = _score_or_none(self._language_model, [encoded[i] for i in batch])
            if scores is not None:
                found.update(zip(batch, scores, strict=True))
                waiting = waiting[: -len(batch)]
                on_progress(len(batch))
            elif len(batch) == 1:
                raise SubjectError(
                    f"there is not enough memory on {self._language_model.device} for the {len(longest.tokens)} tokens "
                    f"of {longest.transcript.participant!r}; choose a window, --four-bit or a smaller model"
                )
            else:
                budget = len(batch) // 2 * len(longest.tokens)
        return [found[i] for i in range(len(encoded))]


def _batch_tokens(language_model: LanguageModel) -> int:
    """A quarter of free memory, where a token's activations take about 32 vectors of the hidden size; at most 32,768,
    beyond which batches gain nothing."""
    config = language_model.model.config.get_text_config()
    a_token: int = language_model.cache_bytes_a_token + 32 * config.hidden_size * language_model.model.dtype.itemsize
    most: int = 32_768 if language_model.device.type == "cuda" else 4096
    return max(1, min(most, free_memory(language_model.device) // 4 // a_token))


def _score_or_none(language_model: LanguageModel, batch: Sequence[Encoded]) -> list[list[tuple[float, ...]]] | None:
    """None where memory did not suffice."""
    try:
        return _score(language_model, batch)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    release_memory()
    return None


@torch.inference_mode()
def _score(language_model: LanguageModel, batch: Sequence[Encoded]) -> list[list[tuple[float, ...]]]:
    rows = [row for row, one in enumerate(batch) for _ in one.places]
    if not rows:
        return [[] for _ in batch]
    places = [first - 1 for one in batch for first, _ in one.places]
    labels = [label_tokens(language_model.encoder, span.labels) for one in batch for span in one.transcript.spans]
    device, width = language_model.device, max(len(one.tokens) for one in batch)
    tokens = torch.tensor([one.tokens + [0] * (width - len(one.tokens)) for one in batch], device=device)
    go_on = any(len(one.branches) > 1 for one in labels)
    cache = RowCache(language_model.n_layers) if go_on else None
    with head_at(language_model.model, rows, places):
        # No mask: the padding stands on the right, where causal attention never looks, and the fast kernels want none.
        logits = language_model.logits(input_ids=tokens, past_key_values=cache, use_cache=go_on)[0]
    assert len(logits) == len(rows), f"the head gave {len(logits)} rows for {len(rows)} scored places"
    if cache is not None:
        cache.keep(width)
    slots = torch.arange(width, device=device)
    sites = [
        Site(row=row, before=partial(slots.le, place), position=place + 1, labels=one)
        for row, place, one in zip(rows, places, labels, strict=True)
    ]
    found = label_logps(language_model, cache, sites, logits)
    for values in found:
        legal_mass(values)
    logps = iter(found)
    return [[next(logps) for _ in one.places] for one in batch]


@contextmanager
def head_at(model: Any, rows: Sequence[int], places: Sequence[int]) -> Iterator[None]:
    """Within it, the head sees only the hidden states at (row, place), as one row of scored places.

    Logits of all positions would take 16.8 GB for 32k tokens; and `logits_to_keep` keeps the same places in all rows.
    Whatever a model does to its logits after the head (scaling, soft caps) still happens.
    """

    def keep(head: Any, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (inputs[0][list(rows), list(places)][None], *inputs[1:])

    hook = model.get_output_embeddings().register_forward_pre_hook(keep)
    try:
        yield
    finally:
        hook.remove()

"""Texts as a model learns from them: tokens, and the places at which it must predict the choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from twinbean.errors import TrainingError
from twinbean.scoring.layout import Layout
from twinbean.scoring.windows import Window, each_block
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.local.encoding import Encoder
from twinbean.subjects.local.forced import encode
from twinbean.subjects.local.labels import label_tokens


@dataclass(frozen=True, kw_only=True)
class Text:
    """One session as it is to be learned; the model learns the choices of its spans alone."""

    transcript: Transcript
    layout: Layout | None


@dataclass(frozen=True, kw_only=True)
class Example:
    """A text's tokens. After the one at `places[i]` comes `targets[i]`, whose loss counts `weights[i]` times."""

    tokens: list[int]
    places: tuple[int, ...]
    targets: tuple[int, ...]
    weights: tuple[float, ...]


def examples_of(texts: Sequence[Text], encoder: Encoder, context: int, *, window: Window = None) -> list[Example]:
    """An example for each text, or for each part of one that is cut.

    A session that is longer than `context` is cut by blocks, the instructions before each; with `window` "block" every
    one is. The mean over the examples is the mean over sessions of the mean over their choices of the negative
    log-likelihood: a part's choices weigh as they would in the whole.
    """
    parts: list[tuple[Transcript, int]] = []
    n_sessions = 0
    for text in texts:
        if text.transcript.spans:
            n_sessions += 1
            n_choices = len(text.transcript.spans)
            parts += [(part, n_choices) for part in parts_of(text, encoder, context, window=window) if part.spans]
    return [example(encoder, part, weight=len(parts) / (n_sessions * n_choices)) for part, n_choices in parts]


def parts_of(text: Text, encoder: Encoder, context: int, *, window: Window = None) -> list[Transcript]:
    """The text whole, where it fits into the context and nothing else is asked for, or its blocks."""
    transcript, layout = text.transcript, text.layout
    if window not in (None, "block"):
        raise TrainingError(f"window is {window!r}, expected 'block' or None: a model is trained on whole blocks")
    # A token has at least one character.
    fits = len(transcript.text) < context or len(encode(encoder, transcript).tokens) <= context
    if window is None and fits:
        return [transcript]
    if layout is None or layout.blocks is None:
        if window is not None:
            raise TrainingError(f"the transcript of {transcript.participant!r} does not say where its blocks are")
        raise TrainingError(
            f"the transcript of {transcript.participant!r} is longer than the {context} tokens that the model reads, "
            f"and it does not say where its blocks are, by which it could be cut"
        )
    parts = each_block(transcript, layout)
    for part in parts:
        if len(part.text) >= context and (n := len(encode(encoder, part).tokens)) > context:
            raise TrainingError(
                f"a block of {transcript.participant!r} has {n} tokens with the instructions, and the model reads at "
                f"most {context}"
            )
    return parts


def example(encoder: Encoder, transcript: Transcript, *, weight: float) -> Example:
    """The places and targets of every choice in a text, encoded as for scoring; each choice counts `weight` times."""
    encoded = encode(encoder, transcript)
    places: list[int] = []
    targets: list[int] = []
    for span, (first, _) in zip(transcript.spans, encoded.places, strict=True):
        chosen = span.labels.index(transcript.text[span.start : span.end])
        sequence = label_tokens(encoder, span.labels).sequences[chosen]
        places += range(first - 1, first - 1 + len(sequence))
        targets += sequence
    tokens = encoded.tokens[: places[-1] + 1]
    return Example(tokens=tokens, places=tuple(places), targets=tuple(targets), weights=(weight,) * len(places))


def learned(transcript: Transcript, trials: frozenset[int]) -> Transcript:
    """The transcript with the spans of `trials` alone: the rest is read, and not learned."""
    return replace(transcript, spans=tuple(span for span in transcript.spans if span.trial in trials))

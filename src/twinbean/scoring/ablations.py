"""The same choices in a text that has lost something: what a model's fit rests on.

`instructions`  the text before the first trial is left out
`choices`       nothing is left but one line a choice, `You press <<B>>.`
`rewards`       what follows the choices (payoffs, score screens) changes places among them
`labels`        the arms' labels change places, once for the whole session

A model that predicts people as well from a text without instructions or payoffs has not learned from either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal, get_args

from twinbean._random import generator
from twinbean.errors import DataError
from twinbean.scoring.layout import Layout
from twinbean.sessions.transcripts import Span, Transcript

Ablation = Literal["instructions", "choices", "rewards", "labels"]
ABLATIONS: tuple[Ablation, ...] = get_args(Ablation)


def ablate(transcript: Transcript, layout: Layout, ablation: Ablation, *, seed: int) -> tuple[Transcript, Layout]:
    """The transcript without what `ablation` takes, and the layout of its text.

    What is drawn is keyed by `seed`, participant and session. Raises DataError where there is nothing to take.
    """
    if not transcript.spans:
        return transcript, layout
    match ablation:
        case "instructions":
            return _without_instructions(transcript, layout)
        case "choices":
            return _choices_only(transcript, layout)
        case "rewards":
            return _rewards_permuted(transcript, layout, seed)
        case "labels":
            return _labels_permuted(transcript, layout, seed)


def permuted_labels(labels: Sequence[str], *, seed: int, participant: str, session: str) -> tuple[str, ...]:
    """The labels in another order than they had, drawn for one session; two labels change places."""
    draws = generator(seed, participant, purpose=f"permuted labels of {session}")
    while True:
        permuted = tuple(labels[i] for i in draws.permutation(len(labels)))
        if permuted != tuple(labels) or len(set(labels)) < 2:
            return permuted


def _without_instructions(transcript: Transcript, layout: Layout) -> tuple[Transcript, Layout]:
    start = layout.begins[0]
    if not transcript.text[:start].strip():
        raise DataError(f"the text of {transcript.participant!r} begins with its first trial: it has no instructions")
    return _rebuilt(transcript, layout, [(start, len(transcript.text), None)])


def _choices_only(transcript: Transcript, layout: Layout) -> tuple[Transcript, Layout]:
    text = ""
    spans: list[Span] = []
    begins: list[int] = []
    for span in transcript.spans:
        label = transcript.text[span.start : span.end]
        begins.append(len(text))
        text += "You press <<"
        spans.append(replace(span, start=len(text), end=len(text) + len(label)))
        text += f"{label}>>.\n"
    layout = Layout(begins=tuple(begins), ends=(*begins[1:], len(text)), blocks=layout.blocks)
    return replace(transcript, text=text, spans=tuple(spans)), layout


def _rewards_permuted(transcript: Transcript, layout: Layout, seed: int) -> tuple[Transcript, Layout]:
    """The i-th choice is followed by what followed another one.

    Where the two choices differ, so that "the other arm would have paid 3" would speak of the chosen one, their labels
    change places in it; labels that are numbers look like payoffs and stay.
    """
    text, spans = transcript.text, transcript.spans
    draws = generator(seed, transcript.participant, purpose=f"permuted rewards of {transcript.session}")
    sources = draws.permutation(len(spans))
    pieces: list[tuple[int, int, str | None]] = [(0, spans[0].end, None)]
    for i, (span, source) in enumerate(zip(spans, sources, strict=True)):
        there = spans[source]
        outcome = text[there.end : layout.ends[source]]
        own, other = text[span.start : span.end], text[there.start : there.end]
        if not (own.isdecimal() or other.isdecimal()):
            outcome = renamed(outcome, {own: other, other: own})
        after = spans[i + 1].end if i + 1 < len(spans) else len(text)
        pieces += [(span.end, layout.ends[i], outcome), (layout.ends[i], after, None)]
    return _rebuilt(transcript, layout, pieces)


def _labels_permuted(transcript: Transcript, layout: Layout, seed: int) -> tuple[Transcript, Layout]:
    """Every label, wherever it stands as a word of its own, becomes the one that its arm has now."""
    by_arm = {arm: label for span in transcript.spans for arm, label in zip(span.arms, span.labels, strict=True)}
    labels = tuple(by_arm[arm] for arm in sorted(by_arm))
    if any(label.isdecimal() for label in labels):
        raise DataError(
            f"the labels of {transcript.participant!r} are {', '.join(labels)}: numbers look like payoffs in "
            "a text, so they cannot change places"
        )
    permuted = permuted_labels(labels, seed=seed, participant=transcript.participant, session=transcript.session)
    names = dict(zip(labels, permuted, strict=True))
    text = transcript.text
    pieces = [
        (a, b, renamed(text[a:b], names)) for a, b in pairwise(sorted({0, len(text), *_places(transcript, layout)}))
    ]
    found, layout = _rebuilt(transcript, layout, pieces)
    spans = tuple(replace(span, labels=tuple(names[label] for label in span.labels)) for span in found.spans)
    return replace(found, spans=spans), layout


def renamed(text: str, names: Mapping[str, str]) -> str:
    """`text` with every word in `names` replaced, all at once."""
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda found: names[found[0]], text)


def _rebuilt(
    transcript: Transcript, layout: Layout, pieces: Sequence[tuple[int, int, str | None]]
) -> tuple[Transcript, Layout]:
    """The text of `pieces`, each `text[a:b]` or what stands in its place, with spans and layout moved along.

    Every place of a span or a layout must be a piece's border, or lie within a piece that stays as it is.
    """
    text = ""
    moved: dict[int, int] = {}
    wanted = _places(transcript, layout)
    for a, b, instead in pieces:
        moved |= {at: len(text) + at - a for at in wanted if a <= at <= b and (instead is None or at == a)}
        text += transcript.text[a:b] if instead is None else instead
        moved[b] = len(text)
    spans = tuple(replace(span, start=moved[span.start], end=moved[span.end]) for span in transcript.spans)
    begins, ends = (tuple(moved[at] for at in places) for places in (layout.begins, layout.ends))
    return replace(transcript, text=text, spans=spans), replace(layout, begins=begins, ends=ends)


def _places(transcript: Transcript, layout: Layout) -> set[int]:
    return {*layout.begins, *layout.ends, *(at for span in transcript.spans for at in (span.start, span.end))}

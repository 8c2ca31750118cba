"""What a model is shown of a session that is longer than it can read, or should read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from twinbean.errors import DataError
from twinbean.scoring.layout import Layout
from twinbean.sessions.transcripts import Transcript

Window = int | Literal["block", "first"] | None


def last_trials(transcript: Transcript, layout: Layout, n: int) -> list[Transcript]:
    """One part a choice: the instructions, exactly the `n` trials before it (fewer at the start), and its own text."""
    if n < 0:
        raise DataError(f"a window of {n!r} trials was asked for; expected a number from 0")
    return [
        _part(transcript, layout, layout.begins[max(0, i - n)], span.end, first=i, last=i)
        for i, span in enumerate(transcript.spans)
    ]


def each_block(transcript: Transcript, layout: Layout) -> list[Transcript]:
    """One part a block: the instructions and the block's own trials."""
    if layout.blocks is None:
        raise DataError(f"the transcript of {transcript.participant!r} comes without blocks; choose another window")
    blocks = layout.blocks
    firsts = [i for i, block in enumerate(blocks) if i == 0 or block != blocks[i - 1]]
    return [
        _part(transcript, layout, layout.begins[first], layout.ends[after - 1], first=first, last=after - 1)
        for first, after in pairwise([*firsts, len(blocks)])
    ]


def first_tokens(transcript: Transcript, lengths: Sequence[int], context: int) -> Transcript:
    """The beginning that fits into `context` tokens; `lengths[i]` is the number of tokens up to the i-th choice's end.

    So does the official evaluation of Centaur; the choices that do not fit are not scored.
    """
    fitting = sum(length <= context for length in lengths)
    if fitting == len(lengths):
        return transcript
    end = transcript.spans[fitting - 1].end if fitting else 0
    return replace(transcript, text=transcript.text[:end], spans=transcript.spans[:fitting])


def _part(transcript: Transcript, layout: Layout, start: int, end: int, *, first: int, last: int) -> Transcript:
    """The instructions and `text[start:end]`, with the spans of choices `first` to `last`."""
    instructions = layout.begins[0]
    shift = instructions - start
    spans = tuple(
        replace(span, start=span.start + shift, end=span.end + shift) for span in transcript.spans[first : last + 1]
    )
    return replace(transcript, text=transcript.text[:instructions] + transcript.text[start:end], spans=spans)

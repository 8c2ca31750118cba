"""What a model is shown of a session that is longer than it can read, or should read.

A trial's text begins with the line of its choice, or after the last blank line before it (a heading between blocks).
The instructions are the text before the first trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from twinbean.errors import DataError
from twinbean.questions import Transcript


def last_trials(transcript: Transcript, n: int) -> list[Transcript]:
    """One part a choice: the instructions, exactly the `n` trials before it (fewer at the start), and its own text."""
    if n < 0:
        raise DataError(f"a window of {n!r} trials was asked for; expected a number from 0")
    starts = _trial_starts(transcript)
    return [
        _part(transcript, starts[0], starts[max(0, i - n)], span.end, first=i, last=i)
        for i, span in enumerate(transcript.spans)
    ]


def each_block(transcript: Transcript, blocks: Sequence[int]) -> list[Transcript]:
    """One part a block: the instructions and the block's own trials. `blocks[i]` is the block of the i-th choice."""
    if len(blocks) != len(transcript.spans):
        raise DataError(
            f"the transcript of {transcript.participant!r} has {len(transcript.spans)} choices, "
            f"and blocks are given for {len(blocks)}"
        )
    if not blocks:
        return []
    starts = [*_trial_starts(transcript), len(transcript.text)]
    firsts = [i for i, block in enumerate(blocks) if i == 0 or block != blocks[i - 1]]
    return [
        _part(transcript, starts[0], starts[first], starts[after], first=first, last=after - 1)
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


def _trial_starts(transcript: Transcript) -> list[int]:
    """The character at which each trial's text begins. Raises DataError where two choices share a line."""
    text, before = transcript.text, 0
    starts: list[int] = []
    for span in transcript.spans:
        blank = text.rfind("\n\n", before, span.start)
        start = blank + 2 if blank >= 0 and starts else text.rfind("\n", before, span.start) + 1
        if starts and start <= before:
            raise DataError(
                f"the transcript of {transcript.participant!r} has two choices on one line, at trials {span.trial - 1} "
                f"and {span.trial}; a window needs a wording with one line a trial, such as psych101"
            )
        starts.append(start)
        before = span.end
    return starts


def _part(transcript: Transcript, instructions: int, start: int, end: int, *, first: int, last: int) -> Transcript:
    """The instructions and `text[start:end]`, with the spans of choices `first` to `last`."""
    shift = instructions - start
    spans = tuple(
        replace(span, start=span.start + shift, end=span.end + shift) for span in transcript.spans[first : last + 1]
    )
    return replace(transcript, text=transcript.text[:instructions] + transcript.text[start:end], spans=spans)

"""Where the trials of a text stand: what windows and ablations cut along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from twinbean.errors import DataError
from twinbean.sessions.transcripts import Transcript


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The i-th choice, with the forced and missed trials that lead up to it, is `text[begins[i]:ends[i]]`.

    What follows a choice within its block (a score screen) is its own; what stands between the blocks (a heading) is
    nobody's. The instructions are the text before `begins[0]`. `blocks[i]` is the block of the i-th choice; None where
    a transcript does not say.
    """

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    blocks: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class TrialPlace:
    """The text of one trial, `text[begin:end]`, and whether it is a choice: forced and missed trials are not."""

    begin: int
    end: int
    block: int
    is_choice: bool


def layout_of_trials(places: Sequence[TrialPlace]) -> Layout:
    """The layout of a text whose trials are known one by one, in order."""
    begins: list[int] = []
    ends: list[int] = []
    blocks: list[int] = []
    for block, group in groupby(places, key=lambda place: place.block):
        trials = list(group)
        begin = trials[0].begin
        for i, trial in enumerate(trials):
            end = trials[i + 1].begin if i + 1 < len(trials) else trial.end
            if trial.is_choice:
                begins.append(begin)
                ends.append(end)
                blocks.append(block)
                begin = end
    return Layout(begins=tuple(begins), ends=tuple(ends), blocks=tuple(blocks))


def layout_of_lines(transcript: Transcript) -> Layout:
    """The layout of a text about which nothing but its choices is known.

    A trial begins with the line of its choice, or after the last blank line before it (a heading between blocks), and
    goes on to the next. Raises DataError where two choices share a line.
    """
    text, before = transcript.text, 0
    begins: list[int] = []
    for span in transcript.spans:
        blank = text.rfind("\n\n", before, span.start)
        begin = blank + 2 if blank >= 0 and begins else text.rfind("\n", before, span.start) + 1
        if begins and begin <= before:
            raise DataError(
                f"the transcript of {transcript.participant!r} has two choices on one line, at trials {span.trial - 1} "
                f"and {span.trial}; cutting it needs a wording with one line a trial, such as psych101"
            )
        begins.append(begin)
        before = span.end
    return Layout(begins=tuple(begins), ends=(*begins[1:], len(text))[: len(begins)])

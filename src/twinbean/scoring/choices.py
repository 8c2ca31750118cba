"""Transcripts to the log-probability that a model gives to every recorded choice."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twinbean.errors import SubjectError
from twinbean.scoring.layout import Layout, layout_of_lines
from twinbean.scoring.windows import Window, each_block, first_tokens, last_trials
from twinbean.sessions.questions import renormalised
from twinbean.sessions.transcripts import Span, Transcript
from twinbean.subjects.base import Scorer


@dataclass(frozen=True, kw_only=True)
class ChoiceScore:
    """One choice under a model, in nats.

    `logp` is over the full vocabulary, `logp_legal` renormalised over the legal labels, `legal_mass` their probability
    together, `p[i]` the renormalised probability of arm `arms[i]`, `entropy` that of `p`. `rank` is the place of the
    chosen label among the legal ones (1: the most likely; equals share the better place).
    """

    trial: int
    label: str
    arms: tuple[int, ...]
    logp: float
    logp_legal: float
    legal_mass: float
    p: tuple[float, ...]
    rank: int
    entropy: float


def score_transcripts(
    transcripts: Sequence[Transcript],
    *,
    scorer: Scorer,
    window: Window = None,
    layouts: Sequence[Layout | None] | None = None,
    on_progress: Callable[[int], None] = lambda transcripts: None,
) -> list[list[ChoiceScore]]:
    """The scores of every choice of every transcript, in their order.

    `window` says what a session is scored from: None takes it whole and refuses one that is longer than the model's
    context; a number n shows each choice the instructions and exactly the n trials before it; "block" the instructions
    and the choice's own block; "first" only as much as fits, so that later choices have no score. `layouts[i]` says
    where the trials of transcript i stand; without one each line is a trial, and blocks are not known.
    Raises SubjectError and DataError.
    """
    known = [None] * len(transcripts) if layouts is None else layouts
    scores = score_each(transcripts, known, scorer=scorer, window=window, on_progress=on_progress)
    for one in scores:
        if isinstance(one, SubjectError):
            raise one
    return [one for one in scores if not isinstance(one, SubjectError)]


# As 0.1.0 called it. `twinbean.score` is another function: it scores people's sessions with a task.
score = score_transcripts


def score_each(
    transcripts: Sequence[Transcript],
    layouts: Sequence[Layout | None],
    *,
    scorer: Scorer,
    window: Window = None,
    on_progress: Callable[[int], None] = lambda transcripts: None,
) -> list[list[ChoiceScore] | SubjectError]:
    """As `score_transcripts`; what goes wrong with one transcript alone stands in its place."""
    parts = [_parts(one, scorer, window, layout) for one, layout in zip(transcripts, layouts, strict=True)]
    found = iter(scorer.logps([part for one in parts for part in one], on_progress=on_progress))
    return [_scores(one, [next(found) for _ in one]) for one in parts]


def _scores(
    parts: Sequence[Transcript], found: Sequence[Sequence[tuple[float, ...]] | SubjectError]
) -> list[ChoiceScore] | SubjectError:
    scores: list[ChoiceScore] = []
    for part, logps in zip(parts, found, strict=True):
        if isinstance(logps, SubjectError):
            return logps
        try:
            scores += [
                choice_score(span, part.text[span.start : span.end], one)
                for span, one in zip(part.spans, logps, strict=True)
            ]
        except SubjectError as error:
            return error
    return scores


def _parts(transcript: Transcript, scorer: Scorer, window: Window, layout: Layout | None) -> list[Transcript]:
    if window is None or not transcript.spans:
        return [transcript]
    if window == "first":
        return [first_tokens(transcript, scorer.lengths(transcript), scorer.context)]
    layout = layout or layout_of_lines(transcript)
    return each_block(transcript, layout) if window == "block" else last_trials(transcript, layout, window)


def choice_score(span: Span, label: str, logps: Sequence[float]) -> ChoiceScore:
    """The score of the choice `label` at `span`, from the log-probabilities of its legal labels."""
    norm, legal = renormalised(logps)
    chosen = span.labels.index(label)
    return ChoiceScore(
        trial=span.trial,
        label=label,
        arms=span.arms,
        logp=logps[chosen],
        logp_legal=legal[chosen],
        legal_mass=math.exp(norm),
        p=tuple(math.exp(logp) for logp in legal),
        rank=1 + sum(logp > logps[chosen] for logp in logps),
        entropy=-sum(math.exp(logp) * logp for logp in legal if logp > -math.inf),
    )

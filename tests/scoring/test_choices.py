from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp
from scipy.stats import entropy

from twinbean.errors import DataError
from twinbean.scoring.choices import choice_score, score
from twinbean.scoring.layout import layout_of_lines
from twinbean.sessions.transcripts import Span, Transcript


class CountingScorer:
    """Says which text each choice was scored from: the first label's probability is 1 / (1 + the text's length)."""

    name = "counting"
    context = 60

    def __init__(self) -> None:
        self.seen: list[Transcript] = []

    def logps(
        self, transcripts: Sequence[Transcript], *, on_progress: Callable[[int], None]
    ) -> list[list[tuple[float, ...]]]:
        self.seen += transcripts
        on_progress(len(transcripts))
        return [[(-math.log(1 + span.start), -9.0) for span in one.spans] for one in transcripts]

    def lengths(self, transcript: Transcript) -> list[int]:
        return [span.end for span in transcript.spans]

    def describe(self) -> dict[str, Any]:
        return {}


def transcript(n_trials: int) -> Transcript:
    text, spans = "Win points.\n", []
    for trial in range(n_trials):
        text += "You press <<"
        spans.append(Span(start=len(text), end=len(text) + 1, labels=("A", "B"), arms=(0, 1), trial=trial))
        text += "A>>.\n"
    return Transcript(participant="p", experiment="t", text=text, spans=tuple(spans))


def test_a_score_is_what_the_log_probabilities_of_the_legal_labels_say() -> None:
    logps = np.log([0.1, 0.3, 0.2])
    span = Span(start=0, end=1, labels=("A", "B", "C"), arms=(2, 0, 1), trial=7)
    found = choice_score(span, "C", tuple(logps))
    assert (found.trial, found.label, found.arms, found.rank) == (7, "C", (2, 0, 1), 2)
    assert found.logp == pytest.approx(math.log(0.2))
    assert found.logp_legal == pytest.approx(log_softmax(logps)[2])
    assert found.legal_mass == pytest.approx(math.exp(logsumexp(logps)))
    assert found.p == pytest.approx((1 / 6, 1 / 2, 1 / 3))
    assert found.entropy == pytest.approx(entropy([0.1, 0.3, 0.2]))


def test_probabilities_too_small_for_a_float_are_still_renormalised() -> None:
    span = Span(start=0, end=1, labels=("A", "B"), arms=(0, 1), trial=0)
    found = choice_score(span, "A", (-2000.0, -2000.0))
    assert found.p == pytest.approx((0.5, 0.5))
    assert found.legal_mass == 0


def test_equally_likely_labels_share_the_better_rank() -> None:
    span = Span(start=0, end=1, labels=("A", "B"), arms=(0, 1), trial=0)
    assert [choice_score(span, label, (-1.0, -1.0)).rank for label in ("A", "B")] == [1, 1]


def test_scores_come_in_the_order_of_transcripts_and_choices() -> None:
    told: list[int] = []
    found = score([transcript(3), transcript(0), transcript(1)], scorer=CountingScorer(), on_progress=told.append)
    assert [[one.trial for one in scores] for scores in found] == [[0, 1, 2], [], [0]]
    spans = transcript(3).spans
    assert [one.logp for one in found[0]] == pytest.approx([-math.log(1 + span.start) for span in spans])
    assert told == [3]


def test_a_window_of_n_scores_every_choice_from_a_text_of_its_own() -> None:
    scorer = CountingScorer()
    [found] = score([transcript(4)], scorer=scorer, window=1)
    assert [one.trial for one in found] == [0, 1, 2, 3]
    trial = "You press <<A>>.\n"
    assert [one.text for one in scorer.seen] == [
        "Win points.\nYou press <<A",
        *(f"Win points.\n{trial}You press <<A" for _ in range(3)),
    ]


def test_blocks_are_scored_apart() -> None:
    scorer = CountingScorer()
    layout = replace(layout_of_lines(transcript(3)), blocks=(0, 0, 1))
    [found] = score([transcript(3)], scorer=scorer, window="block", layouts=[layout])
    assert [one.trial for one in found] == [0, 1, 2]
    assert [len(one.spans) for one in scorer.seen] == [2, 1]


def test_first_tokens_leaves_out_the_choices_that_do_not_fit() -> None:
    [found] = score([transcript(9)], scorer=CountingScorer(), window="first")
    assert [one.trial for one in found] == [0, 1, 2]


def test_a_window_of_blocks_needs_blocks() -> None:
    with pytest.raises(DataError, match="'p' comes without blocks"):
        score([transcript(1)], scorer=CountingScorer(), window="block")

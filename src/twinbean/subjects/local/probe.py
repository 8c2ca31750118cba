"""Whether a model's numbers depend on the path by which they are computed.

An architecture can ignore the cache, the positions or the mask that it is handed, and say nothing: rwkv was wrong by
.67 nats in lock step, gpt_neo by .001.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import torch

from twinbean.errors import SubjectError
from twinbean.sessions.questions import Question
from twinbean.sessions.transcripts import Span, Transcript
from twinbean.subjects.local.forced import ForcedScorer
from twinbean.subjects.local.language_model import LanguageModel
from twinbean.subjects.local.lockstep import Lockstep
from twinbean.subjects.local.one_prompt import label_logps_of

# Those of the table in docs/models.md, which `make zoo` measures; any other is probed when it is loaded.
TESTED = frozenset({
    "bloom", "codegen", "cohere", "cohere2", "deepseek_v3", "ernie4_5", "exaone4", "falcon", "gemma", "gemma2",
    "gemma3_text", "glm", "glm4", "gpt2", "gpt_bigcode", "gpt_neox", "gpt_oss", "gptj", "granite", "helium",
    "llama", "mistral", "mixtral", "nemotron", "olmo", "olmo2", "olmoe", "opt", "phi", "phi3", "qwen2",
    "qwen2_moe", "qwen3", "qwen3_moe", "seed_oss", "smollm3", "stablelm", "starcoder2",
})  # fmt: skip
# Nats: in float32 on any label; in fewer bits rounding alone makes tenths of a nat on single ones, so the mean counts.
LARGEST = 1e-3
LARGEST_MEAN = 0.05

Logps = Sequence[Sequence[Sequence[float]]]
_LABELS = ("A", "B")
_TRIALS = 6


def check_paths(language_model: LanguageModel) -> None:
    """Raises SubjectError where an untested architecture gives other numbers in lock step than in one pass."""
    kind = language_model.model.config.get_text_config().model_type
    if kind in TESTED:
        return
    gaps = differences(in_one_pass(language_model), in_lock_step(language_model))
    exact = language_model.model.dtype == torch.float32 and not language_model.description["quantisation"]
    found, most = (max(gaps), LARGEST) if exact else (sum(gaps) / len(gaps), LARGEST_MEAN)
    # Not above, so that a nan is refused.
    if not found <= most:
        raise SubjectError(
            f"{language_model.name} is a {kind}, which has not been tested with Twinbean, and its log-probabilities in "
            f"one pass and step by step differ by {found:.2g} nats, expected at most {most:g}; choose one of the "
            f"{len(TESTED)} architectures in docs/models.md, such as {min(TESTED)}"
        )


def sessions() -> list[Transcript]:
    """Three sessions of unequal beginning, together more than 64 tokens of any tokenizer."""
    found = []
    for i in range(3):
        text, spans = "Two machines pay points. " * (1 + i) + "Press A or B.\n", []
        for trial in range(_TRIALS):
            text += "You press <<"
            spans.append(Span(start=len(text), end=len(text) + 1, labels=_LABELS, arms=(0, 1), trial=trial))
            text += f"{_LABELS[(trial * (i + 1)) % 2]}>> and get {17 * trial + 31 * i} points{'.' * (1 + i)}\n"
        found.append(Transcript(participant=str(i), experiment="probe", text=text, spans=tuple(spans), session=str(i)))
    return found


def in_one_pass(language_model: LanguageModel) -> Logps:
    """The log-probabilities of every label at every choice of `sessions()`, by scoring."""
    return ForcedScorer(language_model, batch_tokens=4096).logps(sessions())


def in_lock_step(language_model: LanguageModel) -> Logps:
    """The same, as in a replay."""
    lockstep = Lockstep(language_model, prefill_tokens=4096)
    steps = [[one.logps for one in lockstep.predict(questions)] for questions in _steps()]
    return list(zip(*steps, strict=True))


def one_prompt_at_a_time(language_model: LanguageModel) -> Logps:
    """The same, by a pass over the whole prompt for every label of every choice, without a cache or padding."""
    return [
        [label_logps_of(language_model, one.text[: span.start], span.labels) for span in one.spans]
        for one in sessions()
    ]


def differences(some: Logps, others: Logps) -> list[float]:
    """The absolute differences, of every label at every choice of every session."""
    flat = zip(*(chain.from_iterable(chain.from_iterable(one)) for one in (some, others)), strict=True)
    return [abs(a - b) for a, b in flat]


def _steps() -> Iterator[list[Question]]:
    for trial in range(_TRIALS):
        yield [
            Question(
                session=one.session, text=one.text[: one.spans[trial].start], labels=_LABELS, arms=(0, 1), n_arms=2,
                trial=trial, participant=one.participant,
            )
            for one in sessions()
        ]  # fmt: skip

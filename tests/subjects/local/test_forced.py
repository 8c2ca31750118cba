from __future__ import annotations

import random
from typing import Any

import pytest
import torch

from twinbean.errors import SubjectError
from twinbean.sessions.transcripts import Span, Transcript
from twinbean.subjects.local import LanguageModel
from twinbean.subjects.local.forced import ForcedScorer, encode


def transcript(
    n_trials: int, *, labels: tuple[str, ...] = ("A", "B"), seed: int = 0, before: str = "You press ", after: str = " "
) -> Transcript:
    """`after` follows each closing marker, `before` comes before each opening one."""
    draws, text, spans = random.Random(seed), f"Person {seed} plays.\n", []
    for trial in range(n_trials):
        label = draws.choice(labels)
        text += f"{before}<<"
        arms = tuple(range(len(labels)))
        spans.append(Span(start=len(text), end=len(text) + len(label), labels=labels, arms=arms, trial=trial))
        text += f"{label}>>{after}and get {draws.randrange(100)} points.\n"
    return Transcript(participant=f"p{seed}", experiment="test", text=text, spans=tuple(spans))


def one_by_one(language_model: LanguageModel, whole: Transcript, *, closed: bool = False) -> list[tuple[float, ...]]:
    """Every label at every choice by a forward pass of its own over the text before it."""
    encoder, found = language_model.encoder, []
    for span in whole.spans:
        prompt = encoder.prompt(whole.text[: span.start])
        logps = []
        for label in span.labels:
            tokens = [*encoder.alone(label), *(encoder.alone(">>")[:1] if closed else ())]
            with torch.inference_mode():
                logits = language_model.model(torch.tensor([prompt + tokens])).logits[0].double()
            predicted = torch.log_softmax(logits, dim=-1)
            logps.append(sum(float(predicted[len(prompt) - 1 + i, token]) for i, token in enumerate(tokens)))
        found.append(tuple(logps))
    return found


def assert_alike(found: list[tuple[float, ...]], expected: list[tuple[float, ...]]) -> None:
    assert len(found) == len(expected)
    for some, others in zip(found, expected, strict=True):
        assert some == pytest.approx(others, abs=1e-4)


@pytest.mark.parametrize("labels", [("A", "B"), ("cat", "car", "blue"), ("1", "2", "10")])
def test_one_pass_equals_one_prompt_at_a_time_whatever_the_labels(tiny: LanguageModel, labels: tuple[str, ...]) -> None:
    transcripts = [transcript(n, labels=labels, seed=n) for n in (4, 1, 3)]
    for found, whole in zip(ForcedScorer(tiny).logps(transcripts), transcripts, strict=True):
        assert_alike(found, one_by_one(tiny, whole, closed="10" in labels))


@pytest.mark.parametrize("after", [", ", ") ", "\n", ". ", '" '])
@pytest.mark.parametrize("before", ["You press ", "\n", 'You press "'])
def test_scored_spans_are_the_choices_where_markers_merge_with_their_neighbours(
    tiny: LanguageModel, before: str, after: str
) -> None:
    whole = transcript(3, before=before, after=after)
    encoded = encode(tiny.encoder, whole)
    written = [
        "".join(tiny.encoder.tokenizer.convert_ids_to_tokens(encoded.tokens[first:last]))
        for first, last in encoded.places
    ]
    assert written == [whole.text[span.start : span.end] for span in whole.spans]
    assert_alike(ForcedScorer(tiny).logps([whole])[0], one_by_one(tiny, whole))


def test_a_choice_without_markers_is_found_by_its_characters(tiny: LanguageModel) -> None:
    text = "You press A, then blue."
    spans = tuple(
        Span(
            start=text.index(label), end=text.index(label) + len(label), labels=("A", "blue"), arms=(0, 1), trial=trial
        )
        for trial, label in enumerate(("A", "blue"))
    )
    whole = Transcript(participant="p", experiment="test", text=text, spans=spans)
    encoded = encode(tiny.encoder, whole)
    assert [last - first for first, last in encoded.places] == [1, 1]


def test_transcripts_that_one_encoding_would_split_otherwise_are_counted(tiny: LanguageModel) -> None:
    # This tokenizer merges `<<A`, so a pipeline would never predict A after `<<`.
    only_a, only_b = transcript(2, labels=("A",)), transcript(2, labels=("B",))
    assert ForcedScorer(tiny).encoded_otherwise([only_a, only_b]) == 1


def test_a_span_that_is_no_legal_label_is_a_mistake(tiny: LanguageModel) -> None:
    span = Span(start=0, end=3, labels=("A", "B"), arms=(0, 1), trial=0)
    with pytest.raises(AssertionError, match="'You'"):
        encode(tiny.encoder, Transcript(participant="p", experiment="t", text="You press <<A>>.", spans=(span,)))


def test_a_batch_of_one_and_a_batch_of_64_give_the_same_numbers(tiny: LanguageModel) -> None:
    transcripts = [transcript(1 + seed % 5, seed=seed) for seed in range(64)]
    together = ForcedScorer(tiny, batch_tokens=100_000).logps(transcripts)
    alone = ForcedScorer(tiny, batch_tokens=1).logps(transcripts)
    for some, others in zip(together, alone, strict=True):
        assert_alike(some, others)


def test_the_head_is_applied_at_the_scored_places_only(tiny: LanguageModel) -> None:
    transcripts = [transcript(5), transcript(3, seed=1)]
    shapes: list[Any] = []
    hook = tiny.model.lm_head.register_forward_hook(lambda head, inputs, output: shapes.append(tuple(output.shape)))
    ForcedScorer(tiny).logps(transcripts)
    hook.remove()
    assert shapes == [(1, 8, tiny.model.config.vocab_size)]


def test_a_transcript_longer_than_the_context_is_refused_with_both_numbers(tiny: LanguageModel) -> None:
    scorer, whole = ForcedScorer(tiny), transcript(3)
    scorer.context = 20
    with pytest.raises(SubjectError, match=rf"'p0' has {len(encode(tiny.encoder, whole).tokens)} tokens.* 20; choose"):
        scorer.logps([whole])


def test_memory_that_does_not_suffice_makes_batches_smaller(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcripts, forward, sizes = [transcript(2, seed=seed) for seed in range(8)], tiny.model.model.forward, []

    def little_memory(*arguments: Any, input_ids: torch.Tensor, **named: Any) -> Any:
        sizes.append(len(input_ids))
        if len(input_ids) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(*arguments, input_ids=input_ids, **named)

    expected = ForcedScorer(tiny).logps(transcripts)
    monkeypatch.setattr(tiny.model.model, "forward", little_memory)
    found = ForcedScorer(tiny, batch_tokens=100_000).logps(transcripts)
    assert sizes == [8, 4, 2, 2, 2, 2]
    for some, others in zip(found, expected, strict=True):
        assert_alike(some, others)


def test_one_transcript_that_memory_does_not_hold_is_one_sentence(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*arguments: Any, **named: Any) -> Any:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    monkeypatch.setattr(tiny.model.model, "forward", no_memory)
    with pytest.raises(SubjectError, match="not enough memory on cpu for the .* tokens of 'p0'"):
        ForcedScorer(tiny).logps([transcript(2)])


def test_lengths_are_the_tokens_up_to_the_end_of_each_choice(tiny: LanguageModel) -> None:
    whole = transcript(3)
    expected = [len(tiny.encoder.prompt(whole.text[: span.start])) + 1 for span in whole.spans]
    assert ForcedScorer(tiny).lengths(whole) == expected

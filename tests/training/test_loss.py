"""What is made small is what is scored."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from choosers import person
from twinbean.scoring import score_transcripts
from twinbean.subjects.local import LanguageModel, load
from twinbean.subjects.local.forced import ForcedScorer
from twinbean.training.adapter import trained_weights, with_adapter
from twinbean.training.corpus import Corpus
from twinbean.training.examples import Example, Text, examples_of, parts_of
from twinbean.training.loss import loss_of, micro_batches
from twinbean.training.settings import Settings

PEOPLE = [person(1), person(2, trials=5), person(3, trials=11)]


def texts() -> list[Text]:
    return Corpus(sessions=PEOPLE).texts(one.participant for one in PEOPLE)


def renamed(text: Text, names: dict[str, str]) -> Text:
    """With other labels, of other lengths; none is in a word of the text."""
    whole, spans, shift = text.transcript.text, [], 0
    for span in text.transcript.spans:
        label = names[whole[span.start + shift : span.end + shift]]
        whole = whole[: span.start + shift] + label + whole[span.end + shift :]
        start = span.start + shift
        spans.append(
            replace(span, start=start, end=start + len(label), labels=tuple(names[one] for one in span.labels))
        )
        shift += len(label) - 1
    return Text(transcript=replace(text.transcript, text=whole, spans=tuple(spans)), layout=None)


def gradients(model: LanguageModel, batch: list[Example]) -> dict[str, torch.Tensor]:
    model.model.zero_grad()
    loss_of(model.model, batch, model.device).backward()
    return {name: weight.grad.clone() for name, weight in trained_weights(model.model).items()}


@pytest.fixture
def adapted(tiny: LanguageModel) -> LanguageModel:
    """With an adapter that changes something, so that its gradients do not vanish."""
    model = with_adapter(tiny, Settings(rank=2))
    torch.manual_seed(0)
    for name, weight in trained_weights(model.model).items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return model


@pytest.mark.parametrize(
    ("labels", "window"), [(None, None), (("cat", "car"), None), (("1", "10"), None), (None, "block")]
)
def test_the_loss_is_the_scorers_negative_log_likelihood(
    adapted: LanguageModel, labels: tuple[str, str] | None, window: str | None
) -> None:
    some = texts()
    if labels is not None:
        some = [renamed(one, dict(zip(one.transcript.spans[0].labels, labels, strict=True))) for one in some]
    examples = examples_of(some, adapted.encoder, adapted.context, window=window)
    adapted.model.train()
    loss = sum(loss_of(adapted.model, [one], adapted.device).item() for one in examples) / len(examples)
    adapted.model.eval()
    parts = [parts_of(one, adapted.encoder, adapted.context, window=window) for one in some]
    scored = [[s for p in score_transcripts(of, scorer=ForcedScorer(adapted)) for s in p] for of in parts]
    expected = sum(-sum(choice.logp for choice in one) / len(one) for one in scored) / len(scored)
    assert loss == pytest.approx(expected, abs=1e-4)


def test_a_batch_has_the_loss_and_the_gradients_of_its_texts_one_by_one(adapted: LanguageModel) -> None:
    examples = examples_of(texts(), adapted.encoder, adapted.context)
    batches = micro_batches(examples, batch_tokens=10_000)
    assert [len(one) for one in batches] == [3]
    assert len({len(one.tokens) for one in examples}) == 3
    together = loss_of(adapted.model, batches[0], adapted.device).item()
    assert together == pytest.approx(
        sum(loss_of(adapted.model, [one], adapted.device).item() for one in examples), 1e-5
    )
    batched = gradients(adapted, batches[0])
    alone = [gradients(adapted, [one]) for one in examples]
    for name, found in batched.items():
        torch.testing.assert_close(found, sum(one[name] for one in alone), rtol=1e-3, atol=1e-6)


def test_activations_that_are_computed_twice_give_the_same_gradients(tiny_folder: Path) -> None:
    found = []
    for checkpointing in (False, True):
        model = with_adapter(load(f"hf:{tiny_folder}", device="cpu"), Settings(rank=2, checkpointing=checkpointing))
        model.model.train()
        found.append(gradients(model, examples_of(texts(), model.encoder, model.context)))
    assert any(bool(one.abs().max() > 0) for one in found[0].values())
    for name, gradient in found[0].items():
        torch.testing.assert_close(found[1][name], gradient)


def test_batches_hold_no_more_tokens_than_they_may_and_lose_no_text(adapted: LanguageModel) -> None:
    examples = examples_of(texts(), adapted.encoder, adapted.context, window="block")
    batches = micro_batches(examples, batch_tokens=2 * max(len(one.tokens) for one in examples))
    assert sorted(id(one) for batch in batches for one in batch) == sorted(map(id, examples))
    assert [len(one) for one in batches] == [2, 2, 2]


def test_nothing_is_learned_of_what_stands_outside_the_choices(adapted: LanguageModel) -> None:
    """The gradient is that of the labels alone, taken from the logits of the whole text."""
    (text, *_) = texts()
    (one,) = examples_of([text], adapted.encoder, adapted.context)
    whole = text.transcript.text
    tokens = adapted.encoder.prompt(whole)
    logps = torch.log_softmax(adapted.model(torch.tensor([tokens])).logits[0], dim=-1)
    choices = list(re.finditer("(?<=<<)[A-Z](?=>>)", whole))
    assert len(choices) == len(text.transcript.spans)
    places = [len(adapted.encoder.prompt(whole[: choice.start()])) for choice in choices]
    adapted.model.zero_grad()
    (-sum(logps[place - 1, tokens[place]] for place in places) / len(places)).backward()
    expected = {name: weight.grad.clone() for name, weight in trained_weights(adapted.model).items()}
    for name, found in gradients(adapted, [one]).items():
        torch.testing.assert_close(found, expected[name], rtol=1e-3, atol=1e-6)


def test_what_follows_the_last_choice_is_not_read(adapted: LanguageModel) -> None:
    (text, *_) = texts()
    end = text.transcript.spans[-1].end
    longer = replace(text.transcript, text=text.transcript.text[:end] + ">> and get 7 points. Something else entirely")
    some = [examples_of([one], adapted.encoder, adapted.context) for one in (text, replace(text, transcript=longer))]
    assert some[0] == some[1]


def test_each_session_weighs_the_same_however_long_it_is_and_however_it_is_cut(adapted: LanguageModel) -> None:
    whole = examples_of(texts(), adapted.encoder, adapted.context)
    cut = examples_of(texts(), adapted.encoder, adapted.context, window="block")
    assert [len(whole), len(cut)] == [3, 6]
    assert [sum(one.weights) / 3 for one in whole] == pytest.approx([1 / 3] * 3)
    assert [sum(one.weights) / 6 for one in cut] == pytest.approx([1 / 6] * 6)


def test_a_session_that_is_longer_than_the_context_is_cut_by_blocks_with_the_instructions_before_each(
    tiny: LanguageModel,
) -> None:
    (text, *_) = texts()
    parts = parts_of(text, tiny.encoder, context=500)
    instructions = text.transcript.text[: text.layout.begins[0]]
    assert len(parts) == 2
    assert all(part.text.startswith(instructions) for part in parts)
    assert [len(part.spans) for part in parts] == [8, 8]

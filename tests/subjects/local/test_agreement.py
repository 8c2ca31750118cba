"""The numbers of SmolLM2 do not depend on the path by which they were computed: float32, CPU."""

from __future__ import annotations

import random

import pytest
import torch

from twinbean.sessions.questions import Question
from twinbean.sessions.transcripts import Span, Transcript
from twinbean.subjects.local import LanguageModel
from twinbean.subjects.local.forced import ForcedScorer
from twinbean.subjects.local.lockstep import Lockstep

TOLERANCE = 1e-3


def sessions() -> list[Transcript]:
    """Twenty sessions of one to five trials, with instructions of different length and names of their own."""
    found = []
    for i in range(20):
        draws = random.Random(i)
        labels = tuple(draws.sample("ABCDEFGHJKLMNPQRSTUVWXYZ", 2))
        text, spans = f"Press {labels[0]} or {labels[1]}. " + "Win points. " * (i % 4) + "\n", []
        for trial in range(1 + i % 5):
            text += "You press <<"
            spans.append(Span(start=len(text), end=len(text) + 1, labels=labels, arms=(0, 1), trial=trial))
            text += f"{draws.choice(labels)}>>{draws.choice([' and', ', and', ') and'])} get {draws.randrange(100)}.\n"
        found.append(Transcript(participant=f"p{i}", experiment="t", text=text, spans=tuple(spans), session=f"s{i}"))
    return found


@pytest.fixture(scope="module")
def one_by_one(smollm2: LanguageModel) -> list[list[list[float]]]:
    """The whole prompt at every choice, alone: as the seed does, but for the encoding of the pieces."""
    found = []
    for whole in sessions():
        rows = []
        for span in whole.spans:
            prompt = torch.tensor([smollm2.encoder.prompt(whole.text[: span.start])])
            with torch.inference_mode():
                predicted = torch.log_softmax(smollm2.model(prompt, logits_to_keep=1).logits[0, -1].double(), dim=-1)
            rows.append([float(predicted[smollm2.encoder.alone(label)[0]]) for label in span.labels])
        found.append(rows)
    return found


def assert_alike(found: list[list[tuple[float, ...]]], expected: list[list[list[float]]]) -> None:
    for some, others in zip(found, expected, strict=True):
        for logps, values in zip(some, others, strict=True):
            assert logps == pytest.approx(values, abs=TOLERANCE, rel=0)


@pytest.mark.parametrize("batch_tokens", [1, 4096])
def test_one_pass_equals_one_prompt_at_a_time(
    smollm2: LanguageModel, one_by_one: list[list[list[float]]], batch_tokens: int
) -> None:
    assert_alike(ForcedScorer(smollm2, batch_tokens=batch_tokens).logps(sessions()), one_by_one)


def test_lock_step_equals_one_prompt_at_a_time(smollm2: LanguageModel, one_by_one: list[list[list[float]]]) -> None:
    lockstep, found = Lockstep(smollm2, prefill_tokens=256), [[] for _ in one_by_one]
    for trial in range(5):
        going_on = [(i, whole) for i, whole in enumerate(sessions()) if trial < len(whole.spans)]
        lockstep.leave(set(lockstep.sessions) - {whole.session for _, whole in going_on})
        questions = [
            Question(
                session=whole.session, text=whole.text[: whole.spans[trial].start], labels=whole.spans[trial].labels,
                arms=(0, 1), n_arms=2, trial=trial, participant=whole.participant,
            )
            for _, whole in going_on
        ]  # fmt: skip
        for (i, _), predicted in zip(going_on, lockstep.predict(questions), strict=True):
            found[i].append(predicted.logps)
    assert_alike(found, one_by_one)


def test_ten_numbered_labels_have_a_legal_mass_of_at_most_one(smollm2: LanguageModel) -> None:
    labels = tuple(str(number) for number in range(1, 11))
    question = Question(
        session="s", text="Choose a number from 1 to 10.\nYou choose <<", labels=labels, arms=tuple(range(10)),
        n_arms=10, trial=0, participant="p",
    )  # fmt: skip
    [predicted] = Lockstep(smollm2, prefill_tokens=4096).predict([question])
    closing = smollm2.encoder.alone(">>")[0]
    prompt = smollm2.encoder.prompt(question.text)
    for label, logp in zip(labels, predicted.logps, strict=True):
        tokens = [*smollm2.encoder.alone(label), closing]
        with torch.inference_mode():
            logits = smollm2.model(torch.tensor([prompt + tokens])).logits[0].double()
        each = torch.log_softmax(logits, dim=-1)[range(len(prompt) - 1, len(prompt) - 1 + len(tokens)), tokens]
        assert logp == pytest.approx(float(each.sum()), abs=TOLERANCE)
    assert 0 < torch.tensor(predicted.logps).exp().sum() <= 1

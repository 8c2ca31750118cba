from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch

from twinbean.errors import SubjectError
from twinbean.sessions.questions import Answer, Question
from twinbean.subjects.base import BatchingSubject
from twinbean.subjects.local import LanguageModel, LocalSubject

TEXT = "Two buttons pay points.\nYou press <<"


def first_question(session: str, sample: int = 0, labels: tuple[str, ...] = ("A", "B")) -> Question:
    return Question(
        session=session, text=TEXT, labels=labels, arms=tuple(range(len(labels))), n_arms=len(labels), trial=0,
        participant="p", sample=sample,
    )  # fmt: skip


def play(
    subject: LocalSubject, lengths: list[int], *, labels: tuple[str, ...] = ("A", "B")
) -> list[list[Answer] | SubjectError]:
    """Sessions of so many trials, all at once: the batch is closed when nobody can go on, as in a replay."""
    waiting = 0
    left = len(lengths)

    def close_if_all_wait() -> None:
        if left and waiting == left:
            subject.close_batch()

    async def session(sample: int, length: int) -> list[Answer]:
        nonlocal waiting, left
        question, answers = first_question(f"s{sample}", sample, labels), []
        try:
            for trial in range(length):
                question = replace(question, trial=trial)
                asked = asyncio.ensure_future(subject.ask(question))
                await asyncio.sleep(0)
                waiting += 1
                close_if_all_wait()
                try:
                    answers.append(await asked)
                finally:
                    waiting -= 1
                reply = answers[-1].raw
                question = replace(question, text=f"{question.text}{reply}>> and get {trial} points.\nYou press <<")
            return answers
        finally:
            left -= 1
            subject.end_session(f"s{sample}")
            close_if_all_wait()

    async def together() -> list[Any]:
        async with asyncio.timeout(60):
            sessions = [session(sample, length) for sample, length in enumerate(lengths)]
            return await asyncio.gather(*sessions, return_exceptions=True)

    return asyncio.run(together())


def labels_of(sessions: list[list[Answer] | SubjectError]) -> list[list[str | None]]:
    return [[answer.label for answer in answers] for answers in sessions if not isinstance(answers, SubjectError)]


@contextmanager
def batch_sizes(language_model: LanguageModel) -> Iterator[list[int]]:
    sizes: list[int] = []

    def note(model: Any, inputs: Any, named: dict[str, Any]) -> None:
        sizes.append(len(named["input_ids"]))

    hook = language_model.model.register_forward_pre_hook(note, with_kwargs=True)
    yield sizes
    hook.remove()


def test_it_keeps_the_contract_of_a_batching_subject(tiny: LanguageModel) -> None:
    assert isinstance(LocalSubject(tiny), BatchingSubject)


def test_sessions_of_unequal_length_are_played_together(tiny: LanguageModel) -> None:
    with batch_sizes(tiny) as sizes:
        sessions = play(LocalSubject(tiny), [4, 2, 3])
    assert [len(answers) for answers in labels_of(sessions)] == [4, 2, 3]
    # One prefix for all three, then a step a trial for those that are left.
    assert sizes == [1, 3, 3, 2, 1]


def test_answers_carry_the_log_probabilities_of_the_legal_labels(tiny: LanguageModel) -> None:
    [[answer]] = play(LocalSubject(tiny), [1])
    with torch.inference_mode():
        logits = tiny.model(torch.tensor([tiny.encoder.prompt(TEXT)])).logits[0, -1].double()
    expected = torch.log_softmax(logits, dim=-1)[[tiny.encoder.alone(label)[0] for label in ("A", "B")]].tolist()
    assert answer.logps == pytest.approx(expected, abs=1e-4)
    assert answer.raw == answer.label


def test_a_session_is_the_same_whoever_is_played_beside_it(tiny: LanguageModel) -> None:
    together = labels_of(play(LocalSubject(tiny), [6] * 5))
    fewer = labels_of(play(LocalSubject(tiny), [6, 6, 1]))
    assert together[:2] == fewer[:2]
    assert len({tuple(labels) for labels in together}) > 1


def test_temperature_zero_takes_the_most_likely_label(tiny: LanguageModel) -> None:
    for answers in play(LocalSubject(tiny, temperature=0), [5, 5]):
        assert not isinstance(answers, SubjectError)
        assert [answer.label for answer in answers] == ["AB"[answer.logps[1] > answer.logps[0]] for answer in answers]


@pytest.mark.parametrize("temperature", [-1.0, math.nan, math.inf])
def test_a_temperature_that_is_none_is_refused(tiny: LanguageModel, temperature: float) -> None:
    with pytest.raises(SubjectError, match="temperature"):
        LocalSubject(tiny, temperature=temperature)


def test_free_answers_are_tokens_of_the_whole_vocabulary_and_illegal_ones_come_back_as_they_are(
    tiny: LanguageModel,
) -> None:
    sessions = play(LocalSubject(tiny, free=True), [3] * 20)
    answers = [answer for session in sessions if not isinstance(session, SubjectError) for answer in session]
    illegal = [answer for answer in answers if answer.label is None]
    assert len(answers) == 60
    assert illegal
    vocabulary = set(tiny.encoder.tokenizer.get_vocab())
    assert all(answer.raw in vocabulary and answer.raw not in ("A", "B") for answer in illegal)


def test_sessions_without_room_wait_until_others_have_ended(tiny: LanguageModel) -> None:
    lengths = [3, 5, 2, 4, 3, 3, 1]
    expected = labels_of(play(LocalSubject(tiny), lengths))
    room = 200 * tiny.cache_bytes_a_token
    with batch_sizes(tiny) as sizes:
        found = labels_of(play(LocalSubject(tiny, cache_bytes=room), lengths))
    assert found == expected
    assert max(sizes) < len(lengths)
    assert labels_of(play(LocalSubject(tiny, cache_bytes=1), lengths)) == expected


def test_memory_that_does_not_suffice_halves_the_batch_and_the_replay_goes_on(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths, forward = [3, 4, 2, 3, 4], tiny.model.model.forward
    expected = labels_of(play(LocalSubject(tiny), lengths))

    def little_memory(*arguments: Any, input_ids: torch.Tensor, **named: Any) -> Any:
        if len(input_ids) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(*arguments, input_ids=input_ids, **named)

    monkeypatch.setattr(tiny.model.model, "forward", little_memory)
    assert labels_of(play(LocalSubject(tiny), lengths)) == expected


def test_a_session_that_memory_never_holds_ends_in_one_sentence(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*arguments: Any, **named: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(tiny.model.model, "forward", no_memory)
    for outcome in play(LocalSubject(tiny), [2, 2]):
        assert isinstance(outcome, SubjectError)
        assert "not enough memory on cpu for one session" in str(outcome)


def test_a_session_that_outgrows_the_context_ends_alone(tiny: LanguageModel) -> None:
    short = replace(tiny, context=100)
    ended, *others = play(LocalSubject(short), [10, 2, 2])
    assert isinstance(ended, SubjectError)
    assert "session 's0' has " in str(ended)
    assert " tokens, and hf:" in str(ended)
    assert "reads at most 100" in str(ended)
    assert [len(labels) for labels in labels_of(others)] == [2, 2]


def test_another_mistake_of_the_model_reaches_every_session(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any, **named: Any) -> Any:
        raise ValueError("broken")

    monkeypatch.setattr(tiny.model.model, "forward", broken)
    for outcome in play(LocalSubject(tiny), [1, 1]):
        assert re.search(
            r"hf:.*\(llama\) failed on 1 rows of \d+ tokens behind 0: ValueError: broken; try --dtype", str(outcome)
        )


def test_a_subject_whose_loop_was_stopped_in_the_middle_answers_on_the_next(tiny: LanguageModel) -> None:
    subject = LocalSubject(tiny)

    async def stopped() -> None:
        asked = asyncio.ensure_future(subject.ask(first_question("s0")))
        await asyncio.sleep(0)
        subject.close_batch()
        asked.cancel()

    asyncio.run(stopped())
    assert labels_of(play(subject, [2])) == labels_of(play(LocalSubject(tiny), [2]))


def test_the_description_says_what_the_numbers_depend_on(tiny: LanguageModel) -> None:
    described = LocalSubject(tiny, temperature=0.5).describe()
    assert described["dtype"] == "float32"
    assert described["device"] == "cpu"
    assert described["quantisation"] is None
    assert described["temperature"] == 0.5
    assert "token prefix" in described["closing_marker"]

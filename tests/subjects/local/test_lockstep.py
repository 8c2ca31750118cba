from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from twinbean.sessions.questions import Question
from twinbean.subjects.local import LanguageModel
from twinbean.subjects.local.lockstep import Lockstep

INTRODUCTION = "Two buttons pay points.\nYou press <<"


def question(session: str, text: str, labels: tuple[str, ...] = ("A", "B")) -> Question:
    return Question(
        session=session, text=text, labels=labels, arms=tuple(range(len(labels))), n_arms=len(labels), trial=0,
        participant=session,
    )  # fmt: skip


def naive(language_model: LanguageModel, text: str, labels: Sequence[str], *, closed: bool = False) -> list[float]:
    """Each label's log-probability by a forward pass over the whole prompt with the label behind it."""
    encoder, found = language_model.encoder, []
    prompt = encoder.prompt(text)
    for label in labels:
        tokens = [*encoder.alone(label), *(encoder.alone(">>")[:1] if closed else ())]
        with torch.inference_mode():
            logits = language_model.model(torch.tensor([prompt + tokens])).logits[0]
        logps = torch.log_softmax(logits.double(), dim=-1)
        found.append(sum(float(logps[len(prompt) - 1 + i, token]) for i, token in enumerate(tokens)))
    return found


@contextmanager
def counted_tokens(language_model: LanguageModel) -> Iterator[list[int]]:
    fed: list[int] = []

    def count(model: Any, inputs: Any, named: dict[str, Any]) -> None:
        fed.append(named["input_ids"].numel())

    hook = language_model.model.register_forward_pre_hook(count, with_kwargs=True)
    yield fed
    hook.remove()


@pytest.mark.parametrize("labels", [("A", "B"), ("cat", "car", "blue"), ("1", "2", "10")])
def test_lock_step_equals_one_prompt_at_a_time_for_sessions_of_unequal_length(
    tiny: LanguageModel, labels: tuple[str, ...]
) -> None:
    lockstep, draws = Lockstep(tiny, prefill_tokens=64), random.Random(3)
    texts = {f"s{i}": f"Person {i}" + " likes" * i + " points.\nYou press <<" for i in range(5)}
    for trial in range(4):
        asked = [question(session, text, labels) for session, text in texts.items()]
        for one, predicted in zip(asked, lockstep.predict(asked), strict=True):
            expected = naive(tiny, one.text, labels, closed="10" in labels)
            assert predicted.logps == pytest.approx(expected, abs=1e-4)
        for session in list(texts):
            outcome = "points" * draws.randrange(4)
            texts[session] += f"{draws.choice(labels)}>>, and get {draws.randrange(2000)} {outcome}.\nYou press <<"
        if trial == 1:
            lockstep.leave({"s1", "s3"})
            del texts["s1"], texts["s3"]
            texts["late"] = "Somebody comes late.\nYou press <<"


def test_a_batch_of_one_and_a_batch_of_64_give_the_same_numbers(tiny: LanguageModel) -> None:
    texts = [f"{'Long ago. ' * (i % 7)}You press <<" for i in range(64)]
    together = Lockstep(tiny, prefill_tokens=200).predict([question(str(i), text) for i, text in enumerate(texts)])
    for i in (0, 5, 63):
        [alone] = Lockstep(tiny, prefill_tokens=200).predict([question("alone", texts[i])])
        assert together[i].logps == pytest.approx(alone.logps, abs=1e-5)


def test_a_text_that_many_sessions_share_is_encoded_once(tiny: LanguageModel) -> None:
    length = len(tiny.encoder.prompt(INTRODUCTION))
    with counted_tokens(tiny) as fed:
        Lockstep(tiny, prefill_tokens=4096).predict([question(str(i), INTRODUCTION) for i in range(8)])
    assert fed == [length - 1, 8]


def test_a_step_feeds_only_what_is_new(tiny: LanguageModel) -> None:
    lockstep = Lockstep(tiny, prefill_tokens=4096)
    lockstep.predict([question("s", INTRODUCTION)])
    new = "A>> and get 5 points.\nYou press <<"
    with counted_tokens(tiny) as fed:
        lockstep.predict([question("s", INTRODUCTION + new)])
    assert fed == [len(tiny.encoder.encode(new))]


def test_the_same_question_again_has_the_same_answer(tiny: LanguageModel) -> None:
    lockstep = Lockstep(tiny, prefill_tokens=4096)
    both = [question("a", INTRODUCTION), question("b", INTRODUCTION + "A>>.\nYou press <<")]
    first = lockstep.predict(both)
    again = lockstep.predict(both)
    assert again[0].logps == pytest.approx(first[0].logps, abs=1e-5)
    longer = INTRODUCTION + "B>>, 7 points.\nYou press <<"
    [after] = lockstep.predict([question("a", longer)])
    assert after.logps == pytest.approx(naive(tiny, longer, ("A", "B")), abs=1e-4)


def test_a_text_that_does_not_go_on_from_the_last_one_is_read_anew(tiny: LanguageModel) -> None:
    lockstep = Lockstep(tiny, prefill_tokens=4096)
    lockstep.predict([question("s", INTRODUCTION), question("t", INTRODUCTION)])
    [predicted, _] = lockstep.predict([question("s", "Something else <<"), question("t", INTRODUCTION + "A>> <<")])
    assert predicted.logps == pytest.approx(naive(tiny, "Something else <<", ("A", "B")), abs=1e-4)


def test_a_step_that_failed_leaves_every_row_as_good_as_before(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lockstep = Lockstep(tiny, prefill_tokens=4096)
    lockstep.predict([question("s", INTRODUCTION)])
    longer = INTRODUCTION + "B>> and get 7 points.\nYou press <<"
    head = tiny.model.lm_head
    with monkeypatch.context() as patched:
        patched.setattr(head, "forward", _out_of_memory)
        with pytest.raises(torch.OutOfMemoryError):
            lockstep.predict([question("s", longer)])
    [predicted] = lockstep.predict([question("s", longer)])
    assert predicted.logps == pytest.approx(naive(tiny, longer, ("A", "B")), abs=1e-4)


def _out_of_memory(*args: Any) -> None:
    raise torch.OutOfMemoryError("CUDA out of memory")

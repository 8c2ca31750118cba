"""Between two choices host and device speak once: what a step needs goes there together, and its numbers come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode, resolve_name

from twinbean.sessions.questions import Question
from twinbean.subjects.local import LanguageModel
from twinbean.subjects.local.lockstep import Lockstep

# What makes a tensor of Python's numbers, and what makes Python's numbers of a tensor: on a GPU each is a transfer, and
# most of them wait for it.
THERE = {"tensor", "as_tensor", "from_numpy", "scalar_tensor", "frombuffer"}
BACK = {"tolist", "item", "cpu", "numpy", "__bool__", "__int__", "__float__", "__index__", "__array__", "nonzero"}


class Transfers(TorchFunctionMode):
    """Counts them on a CPU, where nothing has to be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.there: list[str] = []
        self.back: list[str] = []

    def __torch_function__(
        self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        name = (resolve_name(function) or str(function)).rpartition(".")[2]
        if name in THERE or (name in ("__getitem__", "__setitem__") and _lists(args[1])):
            self.there.append(name)
        if name in BACK:
            self.back.append(name)
        return function(*args, **(kwargs or {}))


def question(session: str, text: str) -> Question:
    return Question(
        session=session, text=text, labels=("A", "B", "C"), arms=(0, 1, 2), n_arms=3, trial=0, participant=session
    )


def _lists(index: Any) -> bool:
    """Whether an index holds a list of numbers, of which torch makes a tensor."""
    return isinstance(index, list) or (isinstance(index, tuple) and any(map(_lists, index)))


@pytest.mark.parametrize("asked", [["a", "b", "c"], ["c", "a"]], ids=["all", "some"])
def test_a_step_takes_one_transfer_there_and_one_back(tiny: LanguageModel, asked: list[str]) -> None:
    lockstep = Lockstep(tiny, prefill_tokens=4096)
    texts = {name: f"{name} has points.\nYou press <<" for name in "abc"}
    lockstep.predict([question(name, text) for name, text in texts.items()])
    for points in range(3):
        texts = {name: f"{text}A>> and get {points} points.\nYou press <<" for name, text in texts.items()}
        questions = [question(name, texts[name]) for name in asked]
        with Transfers() as transfers:
            lockstep.predict(questions)
        assert transfers.there == ["tensor"]
        assert transfers.back == ["tolist"]


def test_each_sort_of_transfer_would_be_counted() -> None:
    numbers = torch.arange(4.0)
    with Transfers() as transfers:
        numbers[[0, 1]] = numbers[[2, 3]] * torch.tensor([1.0, 2.0])
        assert bool(numbers[0] > 0)
        assert numbers.sum().item() == float(numbers.numpy().sum())
    assert sorted(transfers.there) == ["__getitem__", "__setitem__", "tensor"]
    assert transfers.back == ["__bool__", "item", "numpy"]

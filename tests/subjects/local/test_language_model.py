from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from twinbean.errors import SubjectUnavailable
from twinbean.sessions.questions import Question
from twinbean.subjects.local import LanguageModel, precision, probe
from twinbean.subjects.local.forced import ForcedScorer
from twinbean.subjects.local.lockstep import Lockstep

QUESTION = Question(
    session="s", text="Two buttons.\nYou press <<", labels=("cat", "car"), arms=(0, 1), n_arms=2, trial=0,
    participant="s",
)  # fmt: skip


def test_no_graph_is_kept_whoever_runs_the_model(tiny: LanguageModel) -> None:
    """A graph of 8B shapes would take 207 GB for the longest session."""
    modes = []
    hook = tiny.model.register_forward_pre_hook(lambda model, inputs: modes.append(torch.is_inference_mode_enabled()))
    try:
        ForcedScorer(tiny).logps(probe.sessions())
        Lockstep(tiny, prefill_tokens=64).predict([QUESTION])
        probe.one_prompt_at_a_time(tiny)
    finally:
        hook.remove()
    assert len(modes) > 10
    assert all(modes)


def test_weights_need_no_gradient(tiny: LanguageModel) -> None:
    assert not any(weight.requires_grad for weight in tiny.model.parameters())


def test_logits_with_a_graph_stop_everything(tiny: LanguageModel) -> None:
    def with_graph(**inputs: Any) -> Any:
        with torch.inference_mode(False):
            return SimpleNamespace(logits=torch.zeros(1, 1, 5, requires_grad=True))

    with pytest.raises(AssertionError, match="keeps the graph"):
        replace(tiny, model=with_graph).logits(input_ids=torch.tensor([[1]]))


def test_ids_beyond_the_embeddings_are_said_to_come_from_the_tokenizer(tiny: LanguageModel) -> None:
    with pytest.raises(SubjectUnavailable) as raised:
        tiny.logits(input_ids=torch.tensor([[1, 100_000]]))
    words = r"\(llama\) failed on 1 rows of 2 tokens: IndexError: .*; its tokenizer gave the id 100000, and it has \d+:"
    assert raised.match(words)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("capability", "dtype"), [((7, 5), torch.float16), ((8, 0), torch.bfloat16)])
def test_a_gpu_without_bfloat16_takes_float16(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert precision.torch_dtype(None, torch.device("cuda")) == dtype
    assert precision.torch_dtype("float32", torch.device("cuda")) == torch.float32

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from transformers import LlamaForCausalLM

from twinbean.errors import SubjectError
from twinbean.subjects.local import LanguageModel, load, probe

ROOT = Path(__file__).parents[3]


@pytest.fixture
def untested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "TESTED", frozenset({"mistral"}))


def test_the_probe_has_enough_tokens_and_choices(tiny: LanguageModel) -> None:
    assert all(len(tiny.encoder.prompt(one.text)) >= 64 for one in probe.sessions())
    assert len(probe.differences(probe.in_one_pass(tiny), probe.in_lock_step(tiny))) == 36


def test_the_three_paths_agree(tiny: LanguageModel) -> None:
    expected = probe.one_prompt_at_a_time(tiny)
    for found in (probe.in_one_pass(tiny), probe.in_lock_step(tiny)):
        assert max(probe.differences(found, expected)) < 1e-4


def test_the_table_of_architectures_is_the_list_of_tested_ones() -> None:
    table = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"`(\w+)` (\d\.\de[+-]\d\d)", table.partition("## Architectures")[2]))
    assert {kind for kind, nats in found.items() if float(nats) <= probe.LARGEST} == probe.TESTED
    assert {kind for kind, nats in found.items() if float(nats) > probe.LARGEST} == {"mpt", "gpt_neo", "rwkv"}


def test_the_measured_differences_are_those_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some of each sort; `make zoo` measures them all."""
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    import zoo

    for kind in ("gemma2", "gpt2", "mixtral", "rwkv", "gpt_neo"):
        largest = zoo.largest_difference(zoo.tiny(kind, zoo.small_tokenizer()))
        assert (largest <= probe.LARGEST) == (kind in probe.TESTED), kind


@pytest.mark.usefixtures("untested")
def test_an_untested_architecture_whose_paths_agree_is_loaded(tiny_folder: Path) -> None:
    assert load(f"hf:{tiny_folder}", device="cpu").context == 2048


@pytest.mark.usefixtures("untested")
@pytest.mark.parametrize("ignored", ["attention_mask", "position_ids", "past_key_values"])
def test_one_that_ignores_what_it_is_handed_is_refused(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, ignored: str
) -> None:
    forward = LlamaForCausalLM.forward

    def forgetful(self: Any, **inputs: Any) -> Any:
        cache = inputs.get("past_key_values")
        left_out = {"use_cache": False} if ignored == "past_key_values" else {}
        if ignored == "past_key_values" and cache is not None:
            left_out |= {"attention_mask": None}
        return forward(self, **{name: value for name, value in inputs.items() if name != ignored} | left_out)

    monkeypatch.setattr(LlamaForCausalLM, "forward", forgetful)
    with pytest.raises(SubjectError, match=r"is a llama, which has not been tested .* differ by .* such as mistral"):
        load(f"hf:{tiny_folder}", device="cpu")

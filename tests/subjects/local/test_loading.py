from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from twinbean.errors import SubjectError
from twinbean.subjects.local import explaining, load

PROMPT = torch.tensor([[0, 5, 6, 7, 8]])


@pytest.mark.parametrize("name", ["gpt-5", "hf:", "smollm", "Centaur-8B"])
def test_an_unknown_model_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(SubjectError, match=f"unknown model '{name}'; expected smollm2, centaur-8b, centaur-70b or hf:"):
        load(name)


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(SubjectError, match="unknown dtype 'int8'; expected one of float32, bfloat16, float16"):
        load("smollm2", dtype="int8")


@pytest.mark.parametrize("device", ["tpu", "mps", "graphics card"])
def test_an_unknown_device_is_refused(device: str) -> None:
    with pytest.raises(SubjectError, match=f"unknown device '{device}'; expected cpu, cuda or cuda:N"):
        load("smollm2", device=device)


@pytest.fixture
def without_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.usefixtures("without_gpu")
def test_without_a_gpu_one_sentence_says_what_to_choose() -> None:
    with pytest.raises(SubjectError, match="torch finds no CUDA GPU here; choose cpu"):
        load("smollm2", device="cuda")
    with pytest.raises(SubjectError, match="centaur-8b needs a CUDA GPU; .* choose smollm2"):
        load("centaur-8b")


def test_a_revision_of_smollm2_is_refused() -> None:
    with pytest.raises(SubjectError, match="pinned wheel; --revision 'main' does not apply"):
        load("smollm2", revision="main")


def test_a_missing_package_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "find_spec", lambda package: None)
    with pytest.raises(
        SubjectError, match=r"needs torch and transformers; run pip install '.\[local\]' in Twinbean's checkout"
    ):
        load("smollm2")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(SubjectError, match="nothing usable was found at .*; expected a model's folder or an id"):
        load(f"hf:{tmp_path}", device="cpu")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError("You are trying to access a gated repo."), "access to '.*' is gated; ask for it on its page"),
        (torch.OutOfMemoryError("CUDA out of memory"), "not enough memory for it; choose --four-bit"),
        (ImportError("no module named sentencepiece"), "a package is missing"),
        (KeyError("mamba9"), "it could not be loaded"),
    ],
)
def test_what_the_libraries_raise_becomes_one_sentence(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, advice: str
) -> None:
    def refuse(*arguments: Any, **named: Any) -> None:
        raise error

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", refuse)
    with pytest.raises(SubjectError, match=advice) as raised:
        load(f"hf:{tiny_folder}", device="cpu")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_numbers_are_kept_in_the_dtype_that_was_asked_for(tiny_folder: Path, dtype: str) -> None:
    found = load(f"hf:{tiny_folder}", dtype=dtype, device="cpu")
    assert found.description["dtype"] == dtype
    assert found.model.dtype == getattr(torch, dtype)


def test_a_token_of_the_cache_has_the_size_that_keys_and_values_really_take(tiny_folder: Path) -> None:
    found = load(f"hf:{tiny_folder}", device="cpu")
    with torch.inference_mode():
        cache = found.model(PROMPT, use_cache=True).past_key_values
    taken = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert found.cache_bytes_a_token == taken / PROMPT.numel()


def test_four_bits_are_said_and_close_to_the_whole_numbers(tiny_folder: Path) -> None:
    pytest.importorskip("bitsandbytes")
    found = load(f"hf:{tiny_folder}", four_bit=True, device="cpu")
    assert found.description["quantisation"] == "nf4"
    whole = load(f"hf:{tiny_folder}", device="cpu")
    with torch.inference_mode():
        predicted, expected = (one.model(PROMPT).logits.flatten() for one in (found, whole))
    assert torch.corrcoef(torch.stack([predicted.float(), expected]))[0, 1] > 0.8


# peft 0.21 reads a name that transformers 5.23 has given up.
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
@pytest.mark.parametrize("rank_stabilised", [True, False])
def test_an_adapter_is_added_with_its_own_scaling(tiny_folder: Path, tmp_path: Path, rank_stabilised: bool) -> None:
    """LoRA: W + s B A with s = alpha / r (Hu et al., 2021), or alpha / sqrt(r) (Kalajdzievski, 2023)."""
    torch.manual_seed(2)
    rank, alpha = 4, 6
    options = LoraConfig(
        r=rank, lora_alpha=alpha, target_modules=["q_proj"], use_rslora=rank_stabilised, task_type="CAUSAL_LM"
    )
    base = AutoModelForCausalLM.from_pretrained(tiny_folder, dtype=torch.float32)
    adapter = get_peft_model(base, options)
    weights = {name: value for name, value in adapter.named_parameters() if "lora_" in name}
    for value in weights.values():
        torch.nn.init.normal_(value, std=0.3)
    adapter.save_pretrained(tmp_path / "adapter")
    assert json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["use_rslora"] is rank_stabilised

    by_hand = AutoModelForCausalLM.from_pretrained(tiny_folder, dtype=torch.float32)
    plain = by_hand(PROMPT).logits
    scaling = alpha / rank**0.5 if rank_stabilised else alpha / rank
    for i, layer in enumerate(by_hand.model.layers):
        place = f"base_model.model.model.layers.{i}.self_attn.q_proj"
        change = weights[f"{place}.lora_B.default.weight"] @ weights[f"{place}.lora_A.default.weight"]
        layer.self_attn.q_proj.weight.data += scaling * change.data

    found = load(f"hf:{tmp_path / 'adapter'}", device="cpu")
    assert found.description["adapter_of"] == str(tiny_folder)
    with torch.inference_mode():
        logits = found.model(PROMPT).logits
    torch.testing.assert_close(logits, by_hand(PROMPT).logits, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(logits, plain, atol=1e-2)


# peft 0.21 reads a name that transformers 5.23 has given up.
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
def test_the_revision_of_an_adapter_is_not_that_of_its_base(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = AutoModelForCausalLM.from_pretrained(tiny_folder, dtype=torch.float32)
    adapter = get_peft_model(base, LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM"))
    adapter.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    (tmp_path / "adapter_config.json").write_text(json.dumps(config | {"revision": "of-the-adapter"}))
    asked: list[Any] = []
    from_pretrained = AutoModelForCausalLM.from_pretrained

    def noted(*arguments: Any, **named: Any) -> Any:
        asked.append(named["revision"])
        return from_pretrained(*arguments, **named)

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", noted)
    assert load(f"hf:{tmp_path}", revision="of-the-adapter", device="cpu").description["revision"] == "of-the-adapter"
    assert asked == [None]

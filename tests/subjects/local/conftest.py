"""Three models for the tests: a tiny one made here, whose tokenizer merges markers, a tiny Centaur, and SmolLM2."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, processors
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from twinbean.errors import SubjectError
from twinbean.subjects.local import LanguageModel, load
from twinbean.testing import TinyCentaur, tiny_centaur

MERGES = [("<", "<"), (">", ">"), (">>", ","), (">>", ")"), (">>", "\n"), (">>", "."), ("\n", "<<"), ('"', "<<"),
          (">>", '"'), ("<<", "A"), ("b", "l"), ("bl", "ue"), ("u", "e")]  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Small batches gain nothing from a second thread, and lose much on a busy machine."""
    torch.set_num_threads(1)


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    characters = ["<s>", *string.ascii_letters, *string.digits, *" \n.,:;()<>\"'?!-"]
    merged = [a + b for a, b in sorted(MERGES, key=lambda pair: len("".join(pair)))]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(characters + merged))}
    ordered = sorted(MERGES, key=lambda pair: len("".join(pair)))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=ordered))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>")


def write_tiny_model(folder: Path, *, context: int = 2048) -> Path:
    """A random Llama of two layers, grouped heads and a vocabulary of about a hundred tokens."""
    torch.manual_seed(1)
    tokenizer = tiny_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=context, initializer_range=0.2, bos_token_id=0,
        eos_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> LanguageModel:
    return load(f"hf:{tiny_folder}", device="cpu")


@pytest.fixture(scope="session")
def smollm2() -> LanguageModel:
    try:
        return load("smollm2", dtype="float32", device="cpu")
    except SubjectError as error:
        pytest.skip(f"SmolLM2 cannot be had here: {error}")


@pytest.fixture(scope="session")
def centaur(tmp_path_factory: pytest.TempPathFactory) -> TinyCentaur:
    return tiny_centaur(tmp_path_factory.mktemp("centaur"))

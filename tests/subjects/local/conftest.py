"""Three models for the tests: a tiny one whose tokenizer merges markers, a tiny Centaur, and SmolLM2."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tiny_models import write_tiny_model
from twinbean.errors import SubjectError
from twinbean.subjects.local import LanguageModel, load
from twinbean.testing import TinyCentaur, tiny_centaur


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Small batches gain nothing from a second thread, and lose much on a busy machine."""
    torch.set_num_threads(1)


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

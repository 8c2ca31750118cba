"""A tiny random model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tiny_models import write_tiny_model
from twinbean.subjects.local import LanguageModel, load


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def tiny(tiny_folder: Path) -> LanguageModel:
    """Anew for each test: peft writes into the model that it is given."""
    return load(f"hf:{tiny_folder}", device="cpu")

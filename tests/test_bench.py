"""The benchmark that is written for a machine nobody has yet, run from end to end on this one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1] / "bench"

pytest.importorskip("bitsandbytes")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    import gpu

    monkeypatch.setattr(sys, "argv", ["gpu.py", "--tiny", "--numbers", "bf16"])
    return gpu


def test_every_row_is_measured_without_network_cache_or_gpu(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, BENCH / "gpu.py", "--tiny"], capture_output=True, encoding="utf-8", check=False, cwd=tmp_path,
        env={"TWINBEAN_CACHE": str(tmp_path / "cache"), "HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1",
             "OMP_NUM_THREADS": "1", "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for way in ("scoring, 4 of", "replay, 4 of", "scoring, 1 of 1000 tokens", "the seed's loop", "left-padded batches",
                "a prefix cache", "replay, 8 of T = 3"):  # fmt: skip
        measured = [line for line in done.stdout.splitlines() if line.startswith(way)]
        assert len(measured) == 2, done.stdout
        assert all(float(line[40:].split()[0]) >= 0 for line in measured)
    assert not list(tmp_path.rglob("*"))


def test_a_row_that_fails_is_named_and_the_next_runs(
    gpu: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_memory(*arguments: object) -> None:
        raise MemoryError("of 1 GB\nas it said")

    monkeypatch.setattr(gpu, "_batches", no_memory)
    assert gpu.main() == 1
    out = capsys.readouterr().out
    assert "left-padded batches, 4 of T = 4 FAILED: MemoryError: of 1 GB\n" in out
    assert "a prefix cache, 1 of T = 4 " in out.partition("FAILED")[2]


def test_rows_for_which_no_time_is_left_are_named(
    gpu: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--minutes", "0"])
    assert gpu.main() == 0
    assert capsys.readouterr().out.count("is left out: no time") == 9


def test_operations_are_those_of_the_published_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Llama-3.1-8B has 8.03e9 weights, 2 * 128,256 * 4096 of them embedding and head: 14 GFLOP a token."""
    monkeypatch.syspath_prepend(str(BENCH))
    from shapes import SHAPES, operations
    from transformers import LlamaConfig

    config = LlamaConfig(**SHAPES["8B"])
    norms = (2 * config.num_hidden_layers + 1) * config.hidden_size
    weights = 8_030_261_248 - 2 * config.vocab_size * config.hidden_size - norms
    # One token sees itself alone: 4 operations for each of the 4,096 numbers of a query in every layer.
    assert operations(config, [1], 0) == 2 * weights + 4 * 4096 * 32
    assert operations(config, [3], 1) - 3 * 2 * weights == 4 * 4096 * 32 * 6 + 2 * 4096 * 128_256

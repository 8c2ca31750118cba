"""An adapter's weights: in float32 as peft holds them, or in the dtype of the model, where that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from twinbean import replay
from twinbean.errors import RunError, SubjectError
from twinbean.subjects.local import LanguageModel, load
from twinbean.subjects.local.one_prompt import label_logps_of
from twinbean.testing import TinyCentaur

pytest.importorskip("bitsandbytes")

LABELS = ("B", "K")
# Nats, as between the paths in 16 bits.
LARGEST_MEAN_ABSOLUTE = 0.02


def adapter_dtypes(found: LanguageModel) -> set[torch.dtype]:
    return {weight.dtype for name, weight in found.model.named_parameters() if "lora_" in name}


def test_an_adapter_is_held_in_float32_unless_the_models_dtype_is_asked_for(centaur: TinyCentaur) -> None:
    as_loaded, asked = (
        load(f"hf:{centaur.adapter}", dtype="bfloat16", device="cpu", adapter_dtype=dtype) for dtype in (None, "model")
    )
    assert adapter_dtypes(as_loaded) == {torch.float32}
    assert adapter_dtypes(asked) == {torch.bfloat16}
    assert "adapter_dtype" not in as_loaded.description
    assert asked.description["adapter_dtype"] == "bfloat16"
    text, gaps = "Two machines, B and K, pay points. Win as many as you can.\n", []
    for trial in range(8):
        text += "You press <<"
        both = [label_logps_of(found, text, LABELS) for found in (as_loaded, asked)]
        gaps += [now - before for before, now in zip(*both, strict=True)]
        text += f"{'BK'[trial * trial % 7 % 2]}>> and get {(37 * trial) % 90 + 10} points.\n"
    absolute = [abs(gap) for gap in gaps]
    print(
        f"mean {sum(gaps) / len(gaps):.5f}, mean absolute {sum(absolute) / len(gaps):.5f}, largest {max(absolute):.5f}"
    )
    assert 0 < sum(absolute) / len(gaps) <= LARGEST_MEAN_ABSOLUTE


def test_the_manifest_says_so_and_a_run_goes_on_with_the_same_alone(centaur: TinyCentaur, tmp_path: Path) -> None:
    options = {"model": f"hf:{centaur.adapter}", "device": "cpu", "dtype": "bfloat16", "parameters": {"trials": 2}}
    replay("five_armed_buttons", run=tmp_path, adapter_dtype="model", **options)
    described = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["subject"]
    assert described["adapter_dtype"] == "bfloat16"
    with pytest.raises(RunError, match="its subject's adapter_dtype is 'bfloat16', asked for is None"):
        replay("five_armed_buttons", run=tmp_path, **options)


def test_what_has_no_adapter_is_refused_and_so_is_another_dtype(centaur: TinyCentaur) -> None:
    with pytest.raises(SubjectError, match="is no adapter: --adapter-dtype model does not apply"):
        load(f"hf:{centaur.base}", device="cpu", adapter_dtype="model")
    with pytest.raises(SubjectError, match="unknown adapter dtype 'bfloat16'; expected one of float32, model"):
        load(f"hf:{centaur.adapter}", device="cpu", adapter_dtype="bfloat16")
    with pytest.raises(SubjectError, match="--adapter-dtype is for the engine transformers"):
        load(f"hf:{centaur.adapter}", device="cpu", adapter_dtype="model", engine="unsloth")

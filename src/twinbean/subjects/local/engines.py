"""Who runs a model: transformers with peft and bitsandbytes, or unsloth as the seed's notebook does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean.errors import SubjectError
from twinbean.subjects.local.explaining import explained, need
from twinbean.subjects.local.precision import adapter_in, compute_in, nf4, torch_dtype
from twinbean.subjects.local.smollm2 import SMOLLM2, fetch_smollm2

if TYPE_CHECKING:
    import torch

ENGINES = ("transformers", "unsloth")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which weights are to be loaded, and how. `place` is an id or a folder, of a model or of an adapter."""

    place: str
    name: str
    device: torch.device
    dtype: str | None = None
    adapter_dtype: str | None = None
    four_bit: bool = False
    revision: str | None = None
    context: int | None = None


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A model and its tokenizer; `about` says in the manifest what they are."""

    model: Any
    tokenizer: Any
    about: dict[str, Any] = field(default_factory=dict)


def by_transformers(wanted: Wanted) -> Weights:
    """A model or an adapter by transformers, with peft for the adapter and bitsandbytes for four bits."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    from twinbean.subjects.local.attention import use_grouped_attention

    place, revision = wanted.place, wanted.revision
    with explained(place, wanted.name):
        adapter = _adapter_config(place, revision)
        named = place if adapter is None else str(adapter["base_model_name_or_path"])
        # By this name, which is good on every machine, an adapter that Twinbean has trained names it.
        base = str(fetch_smollm2()) if adapter is not None and named == SMOLLM2 else named
        options: dict[str, Any] = {
            # A revision names a commit of one repository, and the base is another; nor is that in an adapter's own file
            # the base's, whatever peft's documentation says.
            "revision": revision if adapter is None else None,
            "local_files_only": Path(base).is_dir(),
        }
        stored = getattr(AutoConfig.from_pretrained(base, **options), "quantization_config", None)
        if wanted.four_bit or stored is not None:
            need("bitsandbytes", extra="cuda")
        dtype = torch_dtype(wanted.dtype, wanted.device)
        quantise = {"quantization_config": nf4(dtype)} if wanted.four_bit and stored is None else {}
        model = AutoModelForCausalLM.from_pretrained(
            base, dtype=dtype, device_map={"": wanted.device}, **options, **quantise
        )
        compute_in(model, dtype)
        use_grouped_attention(model)
        tokenizer = AutoTokenizer.from_pretrained(base, **options)
        if adapter is not None:
            need("peft", extra="local")
            from peft import PeftModel

            # Not merged: merging Centaur and quantising again raised its published loss from .4555 to .573.
            model = PeftModel.from_pretrained(model, place, revision=revision, is_trainable=False)
    about = {"model": place, "revision": revision, "adapter_of": None if adapter is None else named}
    if wanted.adapter_dtype is not None:
        if adapter is None:
            raise SubjectError(f"{wanted.name} is no adapter: --adapter-dtype {wanted.adapter_dtype} does not apply")
        if wanted.adapter_dtype == "model":
            about["adapter_dtype"] = adapter_in(model, dtype)
    return Weights(model=model, tokenizer=tokenizer, about=about)


def by_unsloth(wanted: Wanted) -> Weights:
    """As the published notebook loads Centaur: the 4-bit base, the adapter on top, prepared for inference."""
    if wanted.adapter_dtype is not None:
        raise SubjectError("unsloth holds an adapter as it likes: --adapter-dtype is for the engine transformers")
    need("unsloth", extra="unsloth")
    with explained(wanted.place, wanted.name):
        from unsloth import FastLanguageModel

        model, tokenizer = FastLanguageModel.from_pretrained(
            model_name=wanted.place,
            max_seq_length=wanted.context,
            dtype=torch_dtype(wanted.dtype, wanted.device),
            load_in_4bit=wanted.four_bit,
            revision=wanted.revision,
        )
        FastLanguageModel.for_inference(model)
    about = {"model": wanted.place, "revision": wanted.revision, "adapter_of": model.config._name_or_path}
    return Weights(model=model, tokenizer=tokenizer, about=about)


def _adapter_config(place: str, revision: str | None) -> dict[str, Any] | None:
    """What a PEFT adapter says about itself, or None where `place` is a whole model."""
    name = "adapter_config.json"
    file: Path | None = Path(place) / name
    if not Path(place).is_dir():
        from transformers.utils import cached_file

        found = cached_file(place, name, revision=revision, _raise_exceptions_for_missing_entries=False)
        file = None if found is None else Path(found)
    if file is None or not file.is_file():
        return None
    config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return config

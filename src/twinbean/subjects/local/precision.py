"""In which numbers a model computes: what is asked for, what the device has, what a quantised base really does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

DTYPES = ("float32", "bfloat16", "float16")
# An adapter's weights as peft loads them, or in the dtype of the model beside whose layers they stand.
ADAPTER_DTYPES = ("float32", "model")
# From Ampere on; below, torch emulates bfloat16 slowly, and bitsandbytes does not.
_BFLOAT16_SINCE = (8, 0)


def torch_dtype(name: str | None, device: torch.device) -> torch.dtype:
    """The dtype called `name`; by default float32 on the CPU, bfloat16 on a GPU, float16 on one without bfloat16."""
    import torch

    if name is None:
        name = "float32"
        if device.type == "cuda":
            name = "bfloat16" if torch.cuda.get_device_capability(device) >= _BFLOAT16_SINCE else "float16"
    found = getattr(torch, name)
    assert isinstance(found, torch.dtype)
    return found


def nf4(dtype: torch.dtype) -> Any:
    """How a base is quantised when it is loaded: as the 4-bit base of Centaur is stored."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )


def compute_in(model: Any, dtype: torch.dtype) -> None:
    """Let the 4-bit layers of `model` compute in `dtype`: a stored base keeps its own, whatever it is loaded with.

    bitsandbytes' packed kernels on the CPU know bfloat16 only; for float32 it unpacks the weights instead.
    """
    import torch

    for layer in _four_bit_layers(model):
        layer.compute_dtype, layer.compute_type_is_set = dtype, True
        layer.support_avx512bf16_for_cpu = layer.support_avx512bf16_for_cpu and dtype != torch.float32


def computed_in(model: Any) -> str | None:
    """The dtype in which the 4-bit layers of `model` compute; None where it has none."""
    found = {str(layer.compute_dtype).removeprefix("torch.") for layer in _four_bit_layers(model)}
    return ", ".join(sorted(found)) or None


def adapter_in(model: Any, dtype: torch.dtype) -> str:
    """Hold the weights of a peft adapter in `dtype`; returns its name.

    peft casts what a layer is fed to the adapter's dtype and back, so that an adapter in float32 beside layers of
    16 bits has twice the kernels.
    """
    for name, weight in model.named_parameters():
        if ".lora_" in name:
            weight.data = weight.data.to(dtype)
    return str(dtype).removeprefix("torch.")


def quantisation_of(model: Any) -> str | None:
    """`nf4` and the like; None for whole weights."""
    stored = getattr(model.config.get_text_config(), "quantization_config", None)
    if stored is None:
        return None
    values = stored if isinstance(stored, dict) else stored.to_dict()
    return str(values.get("bnb_4bit_quant_type") or values.get("quant_method"))


def _four_bit_layers(model: Any) -> Iterator[Any]:
    """Without importing bitsandbytes, which not every model needs; peft has wrappers of the same name."""
    for module in model.modules():
        kinds = type(module).__mro__
        if any(kind.__name__ == "Linear4bit" and kind.__module__.startswith("bitsandbytes") for kind in kinds):
            yield module

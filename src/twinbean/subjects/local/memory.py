"""How much memory there is, and whether an error says that there was not enough."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def free_memory(device: torch.device) -> int:
    """Bytes free on `device`, as the driver or the kernel says now."""
    import torch

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/meminfo has no MemAvailable")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch could not allocate: CUDA has a class for it, the CPU allocator only a message."""
    import torch

    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def release_memory() -> None:
    """Give back what torch keeps for later, after an allocation failed."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()

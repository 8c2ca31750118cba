"""The examples of SweetBean's documentation, as scripts, from its source distribution, which pip fetches and verifies.

A script is copied. Of a notebook the cells of code are joined, without shell commands and without the gaps of its
exercises; of a page of text its blocks of Python are. Nothing else is changed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from twinbean.subjects.local.wheels import cache_folder, last_line

VERSION = "1.3.17"
SHA256 = "25caf2a9bb64b63adee35235c365f0f83eebf8a6699a8b2ae5ee1f42a57f8b16"
GAP = "Enter your code here"


class NotFetched(Exception):
    """The source distribution cannot be had here."""


def examples() -> list[Path]:
    """A script for each example, by name; raises NotFetched."""
    kept = cache_folder() / "tests" / f"sweetbean-{VERSION}-{SHA256[:8]}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            scripts = Path(folder) / "scripts"
            scripts.mkdir()
            _write_scripts(_fetched(Path(folder)) / "docs", scripts)
            if not kept.exists():
                scripts.rename(kept)
    return sorted(kept.glob("*.py"))


def _fetched(folder: Path) -> Path:
    """The unpacked source distribution, in `folder`."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"sweetbean=={VERSION} --hash=sha256:{SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet", "--retries", "1"]
    command += ["--no-deps", "--no-binary", "sweetbean", "--require-hashes", "--dest", str(folder)]
    try:
        subprocess.run(
            [*command, "-r", str(requirements)], check=True, capture_output=True, text=True, timeout=600, cwd=folder
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NotFetched(f"pip cannot fetch the source of sweetbean {VERSION}: {last_line(error)}") from error
    with tarfile.open(folder / f"sweetbean-{VERSION}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / f"sweetbean-{VERSION}"


def _write_scripts(docs: Path, folder: Path) -> None:
    for path in sorted(docs.rglob("*")):
        found = _script(path) if path.suffix in (".py", ".ipynb", ".md") else ""
        if found:
            name = re.sub(r"[^a-z0-9]+", "_", str(path.relative_to(docs).with_suffix("")).lower()).strip("_")
            (folder / f"{name}.py").write_text(found + "\n", encoding="utf-8")


def _script(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    if path.suffix == ".ipynb":
        cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        kept = (cell.splitlines() for cell in cells if GAP not in cell)
        parts = ["\n".join(line for line in lines if not re.match(r"\s*[!%]", line)) for lines in kept]
    else:
        parts = re.findall(r"```(?:python|py)\n(.*?)```", text, re.DOTALL)
    return "\n\n".join(parts)

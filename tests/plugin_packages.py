"""Packages that offer something to Twinbean: the examples, installed as users install them, and made-up ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = sorted(path for path in (Path(__file__).parents[1] / "examples" / "plugins").iterdir() if path.is_dir())
# A task with the kind of the example: the rating is what the first arm pays, tenfold.
RATED = """
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect
from twinbean_rating import Rating

mood = SharedVariable("mood", 0)
rated = SideEffect(mood, DataVariable("response", 0))
pays = FunctionVariable("pays", lambda mood: 10 * mood, [mood])
arms = [{"color": "orange", "value": pays}, {"color": "blue", "value": 1}]
experiment = Experiment([Block([Rating("How are you?", 7, side_effects=[rated]), Bandit(bandits=arms)])])
"""


def install(target: Path, *examples: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "--target", target, *examples], check=True)


def install_kind(target: Path) -> Path:
    """The example of a kind of stimulus alone."""
    install(target, next(path for path in EXAMPLES if path.name == "kind"))
    return target


def offer(folder: Path, package: str, group: str, monkeypatch, **entries: str) -> None:
    """Install a package that is nothing but its entry points."""
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"[{group}]", *(f"{name} = {target}" for name, target in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))

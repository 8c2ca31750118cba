"""The files that travel with the package are found, and known to be what their sources say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from node_runtime import NODE
from twinbean import _assets
from twinbean.errors import TwinbeanError

ROOT = Path(__file__).parents[1]
# What the script of a page with a collector is made of besides our own.
BUNDLED = {"@noble/hashes"}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout with one source, built."""
    for name in ("hatch_build.py", "LICENSE", "package-lock.json", "static/src/main.js", "static/licences/a.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    built = _assets.stamp_path(tmp_path)
    built.parent.mkdir()
    built.write_text(_assets.stamp(tmp_path))
    monkeypatch.setattr(_assets, "_PACKAGE", tmp_path / "src" / "twinbean")
    monkeypatch.setattr(_assets, "_CHECKOUT", tmp_path)
    _assets.static.cache_clear()
    yield tmp_path
    _assets.static.cache_clear()


def test_a_checkout_that_was_built_serves_its_folder(checkout: Path) -> None:
    assert _assets.static() == checkout / "static"


@pytest.mark.parametrize("name", ["hatch_build.py", "package-lock.json", "static/src/main.js", "static/licences/a.txt"])
def test_a_changed_source_asks_for_a_new_build(checkout: Path, name: str) -> None:
    (checkout / name).write_text("changed")
    with pytest.raises(TwinbeanError, match=r"are older than their sources: run `make assets` there$"):
        _assets.static()


def test_a_new_or_renamed_source_asks_for_a_new_build(checkout: Path) -> None:
    (checkout / "static" / "src" / "main.js").rename(checkout / "static" / "src" / "start.js")
    assert not _assets.up_to_date(checkout)


def test_text_moved_from_one_source_to_the_next_asks_for_a_new_build(checkout: Path) -> None:
    (checkout / "static/src/a.js").write_text("12")
    (checkout / "static/src/b.js").write_text("3")
    before = _assets.stamp(checkout)
    (checkout / "static/src/a.js").write_text("1")
    (checkout / "static/src/b.js").write_text("23")
    assert _assets.stamp(checkout) != before


def test_a_checkout_never_built_says_what_to_run(checkout: Path) -> None:
    shutil.rmtree(checkout / "static" / "vendor")
    with pytest.raises(TwinbeanError, match=r"are not built yet: run `make assets` there$"):
        _assets.static()


def test_a_copied_package_folder_is_refused(checkout: Path) -> None:
    shutil.rmtree(checkout / "static")
    with pytest.raises(TwinbeanError, match=r"run pip install \. in its checkout"):
        _assets.static()


def test_an_installed_package_holds_its_own_files(checkout: Path) -> None:
    package = checkout / "src" / "twinbean"
    (package / "static").mkdir(parents=True)
    (package / "experiments").mkdir()
    assert _assets.static() == package / "static"
    assert _assets.experiments() == package / "experiments"


def test_the_built_in_tasks_are_found() -> None:
    assert (_assets.experiments() / "two_armed_bandit.py").is_file()


def test_the_inlined_scripts_name_no_address_to_fetch() -> None:
    for script in ("jspsych.js", "twinbean.js", "plugged.js", "harness.js"):
        text = (_assets.static() / "vendor" / script).read_text(encoding="utf-8")
        assert "sourceMappingURL" not in text
        assert not re.search(r"\b(?:unpkg|jsdelivr|cdnjs)\b", text)


def test_a_licence_stands_for_every_package_in_the_inlined_scripts() -> None:
    """jsPsych's source map names the packages that its browser build was made of."""
    jspsych = ROOT / "node_modules" / "jspsych"
    if not jspsych.is_dir():
        pytest.skip("node_modules is not installed")
    sources = json.loads((jspsych / "dist" / "index.browser.min.js.map").read_text(encoding="utf-8"))["sources"]
    packages = {source.split("node_modules/")[1].split("/")[0] for source in sources if "node_modules/" in source}
    licences = (_assets.static() / "vendor" / "licences.txt").read_text(encoding="utf-8")
    parts = {part.split(" ", 1)[0]: part for part in licences.split(f"\n\n{'-' * 80}\n\n")}
    assert set(parts) == {"Twinbean", "jspsych"} | packages | BUNDLED
    assert all("Copyright" in part and "WITHOUT WARRANTY OF ANY KIND" in part for part in parts.values())


def test_the_page_inlines_no_other_package(tmp_path) -> None:
    """Our own scripts import types from packages, code from one: esbuild names the file of every module it bundles."""
    esbuild = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    if not esbuild.is_file():
        pytest.skip("node_modules is not installed")
    for entry in ("main.js", "plugged.js", "harness.js", "main-collected.js"):
        told = [f"--metafile={tmp_path / 'told.json'}", f"--outfile={tmp_path / 'made.js'}", "--log-level=error"]
        subprocess.run(
            [*NODE, str(esbuild), str(ROOT / "static" / "src" / entry), "--bundle", *told], check=True, cwd=ROOT
        )
        modules = set(json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["inputs"])
        ours = {module for module in modules if module.startswith("static/src/")}
        others = {module.partition("node_modules/")[2].rpartition("/")[0] for module in modules - ours}
        assert ours
        assert others == (BUNDLED if entry == "main-collected.js" else set())

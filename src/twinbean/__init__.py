"""One bandit task, played by people in a browser and by language models, and compared."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Lazy, so that `import twinbean` costs what its users use: name -> the module that defines it.
_HOMES = {
    "Answer": "twinbean.questions",
    "Question": "twinbean.questions",
    "Session": "twinbean.records",
    "Trial": "twinbean.records",
    "TwinbeanError": "twinbean.errors",
    "read": "twinbean.records",
    "to_table": "twinbean.records",
}

if TYPE_CHECKING:
    from twinbean.errors import TwinbeanError as TwinbeanError
    from twinbean.questions import Answer as Answer
    from twinbean.questions import Question as Question
    from twinbean.records import Session as Session
    from twinbean.records import Trial as Trial
    from twinbean.records import read as read
    from twinbean.records import to_table as to_table

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'twinbean' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

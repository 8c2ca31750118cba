"""One bandit task, played by people in a browser and by language models, and compared."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from twinbean import _moved
from twinbean._version import __version__

_moved.install()

# Lazy, so that `import twinbean` costs what its users use: name -> the module that defines it.
_HOMES = {
    "Answer": "twinbean.sessions.questions",
    "Instructions": "twinbean.definitions.stimuli",
    "Loop": "twinbean.definitions.structure",
    "Phase": "twinbean.definitions.structure",
    "Question": "twinbean.sessions.questions",
    "Session": "twinbean.sessions",
    "SlotMachines": "twinbean.definitions.stimuli",
    "Task": "twinbean.tasks.task",
    "Trial": "twinbean.sessions",
    "TwinbeanError": "twinbean.errors",
    "compare": "twinbean.comparison",
    "export": "twinbean.page.export",
    "fit": "twinbean.cognitive",
    "fit_models": "twinbean.comparison",
    "predictive": "twinbean.cognitive",
    "read": "twinbean.sessions",
    "read_notes": "twinbean.comparison",
    "replay": "twinbean.runs.replaying",
    "run_on_language": "twinbean.play.language",
    "score": "twinbean.runs.scoring",
    "to_table": "twinbean.sessions",
    "write_report": "twinbean.report",
}

if TYPE_CHECKING:
    from twinbean.cognitive import fit as fit
    from twinbean.cognitive import predictive as predictive
    from twinbean.comparison import compare as compare
    from twinbean.comparison import fit_models as fit_models
    from twinbean.comparison import read_notes as read_notes
    from twinbean.definitions.stimuli import Instructions as Instructions
    from twinbean.definitions.stimuli import SlotMachines as SlotMachines
    from twinbean.definitions.structure import Loop as Loop
    from twinbean.definitions.structure import Phase as Phase
    from twinbean.errors import TwinbeanError as TwinbeanError
    from twinbean.page.export import export as export
    from twinbean.play.language import run_on_language as run_on_language
    from twinbean.report import write_report as write_report
    from twinbean.runs.replaying import replay as replay
    from twinbean.runs.scoring import score as score
    from twinbean.sessions import Session as Session
    from twinbean.sessions import Trial as Trial
    from twinbean.sessions import read as read
    from twinbean.sessions import to_table as to_table
    from twinbean.sessions.questions import Answer as Answer
    from twinbean.sessions.questions import Question as Question
    from twinbean.tasks.task import Task as Task

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'twinbean' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

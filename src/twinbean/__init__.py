"""One bandit task, played by people in a browser and by language models, and compared."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Lazy, so that `import twinbean` costs what its users use: name -> the module that defines it.
_HOMES = {
    "Answer": "twinbean.sessions.questions",
    "Instructions": "twinbean.definitions.stimuli",
    "Question": "twinbean.sessions.questions",
    "Session": "twinbean.sessions",
    "SlotMachines": "twinbean.definitions.stimuli",
    "Task": "twinbean.tasks.task",
    "Trial": "twinbean.sessions",
    "TwinbeanError": "twinbean.errors",
    "compare": "twinbean.comparison",
    "export": "twinbean.runs.replaying",
    "fit": "twinbean.cognitive",
    "fit_models": "twinbean.comparison",
    "predictive": "twinbean.cognitive",
    "read": "twinbean.sessions",
    "read_notes": "twinbean.comparison",
    "replay": "twinbean.runs.replaying",
    "run_on_language": "twinbean.runs.replaying",
    "score": "twinbean.runs.scoring",
    "to_table": "twinbean.sessions",
    "write_report": "twinbean.comparison",
}

if TYPE_CHECKING:
    from twinbean.definitions.stimuli import Instructions as Instructions
    from twinbean.definitions.stimuli import SlotMachines as SlotMachines
    from twinbean.comparison import compare as compare
    from twinbean.comparison import fit_models as fit_models
    from twinbean.comparison import read_notes as read_notes
    from twinbean.comparison import write_report as write_report
    from twinbean.errors import TwinbeanError as TwinbeanError
    from twinbean.cognitive import fit as fit
    from twinbean.cognitive import predictive as predictive
    from twinbean.sessions.questions import Answer as Answer
    from twinbean.sessions.questions import Question as Question
    from twinbean.sessions import Session as Session
    from twinbean.sessions import Trial as Trial
    from twinbean.sessions import read as read
    from twinbean.sessions import to_table as to_table
    from twinbean.runs.scoring import score as score
    from twinbean.tasks.task import Task as Task
    from twinbean.runs.replaying import export as export
    from twinbean.runs.replaying import replay as replay
    from twinbean.runs.replaying import run_on_language as run_on_language

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'twinbean' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

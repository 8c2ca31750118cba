"""One bandit task, played by people in a browser and by language models, and compared."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Lazy, so that `import twinbean` costs what its users use: name -> the module that defines it.
_HOMES = {
    "Answer": "twinbean.questions",
    "Instructions": "twinbean.bean.stimuli",
    "Question": "twinbean.questions",
    "Session": "twinbean.records",
    "SlotMachines": "twinbean.bean.stimuli",
    "Task": "twinbean.tasks",
    "Trial": "twinbean.records",
    "TwinbeanError": "twinbean.errors",
    "compare": "twinbean.comparison",
    "export": "twinbean.workflow",
    "fit": "twinbean.fitting",
    "fit_models": "twinbean.comparison",
    "predictive": "twinbean.fitting",
    "read": "twinbean.records",
    "read_notes": "twinbean.comparison",
    "replay": "twinbean.workflow",
    "run_on_language": "twinbean.workflow",
    "score": "twinbean.scored",
    "to_table": "twinbean.records",
    "write_report": "twinbean.comparison",
}

if TYPE_CHECKING:
    from twinbean.bean.stimuli import Instructions as Instructions
    from twinbean.bean.stimuli import SlotMachines as SlotMachines
    from twinbean.comparison import compare as compare
    from twinbean.comparison import fit_models as fit_models
    from twinbean.comparison import read_notes as read_notes
    from twinbean.comparison import write_report as write_report
    from twinbean.errors import TwinbeanError as TwinbeanError
    from twinbean.fitting import fit as fit
    from twinbean.fitting import predictive as predictive
    from twinbean.questions import Answer as Answer
    from twinbean.questions import Question as Question
    from twinbean.records import Session as Session
    from twinbean.records import Trial as Trial
    from twinbean.records import read as read
    from twinbean.records import to_table as to_table
    from twinbean.scored import score as score
    from twinbean.tasks import Task as Task
    from twinbean.workflow import export as export
    from twinbean.workflow import replay as replay
    from twinbean.workflow import run_on_language as run_on_language

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'twinbean' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

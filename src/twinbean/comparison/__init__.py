"""People and models compared: measures, and statistics."""

from twinbean.comparison.cognitive import CognitiveFits, fit_models
from twinbean.comparison.comparing import Comparison, compare
from twinbean.runs.notes import RunNotes, read_notes

__all__ = [
    "CognitiveFits",
    "Comparison",
    "RunNotes",
    "compare",
    "fit_models",
    "read_notes",
]

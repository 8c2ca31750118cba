"""People and models compared: measures, and statistics."""

from twinbean.comparison.cognitive import REPORTED, CognitiveFits, fit_models
from twinbean.comparison.comparing import Comparison, compare
from twinbean.runs.notes import RunNotes, read_notes

__all__ = [
    "REPORTED",
    "CognitiveFits",
    "Comparison",
    "RunNotes",
    "compare",
    "fit_models",
    "read_notes",
]

"""People and models compared: measures, statistics, figures and a report."""

from twinbean.comparison.cognitive import REPORTED, CognitiveFits, fit_models
from twinbean.comparison.comparing import Comparison, compare
from twinbean.runs.notes import RunNotes, read_notes
from twinbean.report.report import write_report

__all__ = [
    "REPORTED",
    "CognitiveFits",
    "Comparison",
    "RunNotes",
    "compare",
    "fit_models",
    "read_notes",
    "write_report",
]

"""People and models compared: measures, statistics, figures and a report."""

from twinbean.comparison.comparing import Comparison, compare
from twinbean.comparison.provenance import RunNotes, read_notes
from twinbean.comparison.report import write_report

__all__ = ["Comparison", "RunNotes", "compare", "read_notes", "write_report"]

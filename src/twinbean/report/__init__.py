"""What was compared, in words, figures and one HTML page."""

from twinbean.report.report import write_report as write_report

"""The report: diagnoses and redacted exchanges in, one self-contained HTML page out. Pure: equal input, equal bytes."""

from why20003.report.model import CheckItem, Facts, Recorded
from why20003.report.page import report

__all__ = ["CheckItem", "Facts", "Recorded", "report"]

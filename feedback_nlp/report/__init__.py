"""The report of a run: summarise to plain data, draw charts from it, render one self-contained HTML page."""

from feedback_nlp.report.files import write_comparison, write_report
from feedback_nlp.report.formats.followup import write_follow_up
from feedback_nlp.report.page.comparison import render_comparison
from feedback_nlp.report.page.render import render_report
from feedback_nlp.report.summary.compare import summarise_comparison
from feedback_nlp.report.summary.summarise import summarise

__all__ = [
    "render_comparison", "render_report", "summarise", "summarise_comparison", "write_comparison", "write_follow_up",
    "write_report",
]  # fmt: skip

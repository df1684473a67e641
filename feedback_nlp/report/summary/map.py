"""The map of statements, as plain data."""

from feedback_nlp.report.summary.sections import StatementMap
from feedback_nlp.track import Run


def summarise_map(run: Run) -> StatementMap | None:
    """Returns the map of a run's statements, or None where the run has none."""
    return None

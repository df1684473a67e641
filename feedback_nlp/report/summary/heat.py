"""Who complains about what: themes by the values of each segment."""

from feedback_nlp.report.summary.sections import HeatMap
from feedback_nlp.track import Run


def heat_maps(run: Run) -> tuple[HeatMap, ...]:
    """Returns a heat map per segment, themes with the worst drag first."""
    return ()

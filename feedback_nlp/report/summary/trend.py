"""The periods of a run and of earlier runs, as plain data."""

from feedback_nlp.report.summary.data import TrendPoint
from feedback_nlp.report.summary.sections import PeriodPoint
from feedback_nlp.track.history import History


def summarise_trend(history: History) -> tuple[PeriodPoint, ...]:
    """Returns the periods, the latest last; empty where there is but one."""
    return ()


def theme_trends(history: History) -> dict[str, tuple[TrendPoint, ...]]:
    """Returns theme_id -> its periods, the latest last; empty where there is but one."""
    return {}

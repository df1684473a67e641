"""What to do about each flagged theme, in sentences derived from the run."""

from collections.abc import Sequence

from feedback_nlp.report.summary.data import Recommendation, ThemeSummary
from feedback_nlp.track import Run


def recommend(run: Run, themes: Sequence[ThemeSummary]) -> dict[str, Recommendation]:
    """Returns theme_id -> what to do, for the flagged themes."""
    return {}

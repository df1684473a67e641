"""What stands behind a theme's figures: sides, scores, and what else its people mention."""

from feedback_nlp.report.summary.data import CoMention, ScoreCount, Sides
from feedback_nlp.track import Run


def count_sides(run: Run) -> dict[str, Sides]:
    """Returns theme_id -> its responses by what they say of it."""
    return {}


def count_scores(run: Run) -> dict[str, tuple[ScoreCount, ...]]:
    """Returns theme_id -> the distribution of its responses' scores, lowest first; none where too few gave one."""
    return {}


def count_co_mentions(run: Run) -> dict[str, tuple[CoMention, ...]]:
    """Returns theme_id -> the themes that its people mention more often than everybody does."""
    return {}

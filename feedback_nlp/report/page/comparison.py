"""Two periods side by side as a page: what moved NPS, and how sure that is."""

from feedback_nlp.report.page import bars
from feedback_nlp.report.page.chart_tables import bridge_of
from feedback_nlp.report.page.render import fill
from feedback_nlp.report.summary.account import as_steps
from feedback_nlp.report.summary.compare import summarise_comparison
from feedback_nlp.report.summary.moves import ComparisonSummary
from feedback_nlp.report.summary.sections import Step
from feedback_nlp.track import Comparison


def render_comparison(comparison: Comparison) -> str:
    """Returns the comparison of two runs as one self-contained HTML page, under the rules of `render_report`."""
    summary = summarise_comparison(comparison)
    parts = [part for move in summary.moves for part in (move.mix, move.rate) if part]
    scale = bars.scale_of([0.0, *(end for part in parts for end in (part.value, part.low, part.high))])
    walk = _walk(summary)
    walk_scale = bars.account_scale(step for step, _ in walk)
    known = [move for move in summary.moves if move.change is not None]
    return fill("comparison.html", summary=summary, scale=scale, walk=walk, walk_scale=walk_scale, known=known)


def _walk(summary: ComparisonSummary) -> list[tuple[Step, bool]]:
    """Returns the bridge over themes, from one NPS to the other, and whether each step could be chance."""
    if summary.nps_a is None or summary.nps_b is None:
        return []
    walk = bridge_of(summary)
    return list(zip(as_steps(walk), walk["is_chance"].tolist(), strict=True))

"""Two periods side by side as a page: what moved NPS, and how sure that is."""

from feedback_nlp.report.page import bars
from feedback_nlp.report.page.render import fill
from feedback_nlp.report.summary.compare import summarise_comparison
from feedback_nlp.track import Comparison


def render_comparison(comparison: Comparison) -> str:
    """Returns the comparison of two runs as one self-contained HTML page, under the rules of `render_report`."""
    summary = summarise_comparison(comparison)
    parts = [part for move in summary.moves for part in (move.mix, move.rate) if part]
    scale = bars.scale_of([0.0, *(end for part in parts for end in (part.value, part.low, part.high))])
    walk_scale = bars.account_scale(summary.walk)
    return fill("comparison.html", summary=summary, scale=scale, walk_scale=walk_scale, bars=bars)

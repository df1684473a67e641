"""Small pictures of one theme as inline SVG: what its people say of it, which scores they give, its last periods.

Pure functions like those of bars.py: shapes are in per cents of the width, colours are classes of styles.css, letters
stand beside the drawing as words of the page, and each drawing carries its own text alternative.
"""

from collections.abc import Sequence

from markupsafe import Markup

from feedback_nlp.numbers import percent, score
from feedback_nlp.report.page.bars import framed
from feedback_nlp.report.summary.data import ScoreCount, Sides, TrendPoint
from feedback_nlp.report.summary.sections import HeatCell

SIDES = (("complain", "drag"), ("both", "mix"), ("neutral", "rest"), ("praise", "lift"))  # in words, as a class
_WORDS = {"complain": "complain", "both": "do both", "neutral": "do neither", "praise": "praise"}
_TALL = 64  # of the columns


def sides_bar(sides: Sides) -> Markup:
    """Returns a theme's responses as one bar: complaints left, then both, neutral, praise right; "" without any."""
    counts = side_counts(sides)
    total = sum(n for _, _, n in counts)
    drawn, place = [], 0.0
    for _, kind, n in counts:
        width = 100 * n / total if total else 0.0
        drawn.append(
            Markup('<rect class="{}" x="{:.2f}%" y="0" width="{:.2f}%" height="14"/>').format(kind, place, width)
        )
        place += width
    words = ", ".join(f"{n:,} {name}" for name, _, n in counts if n)
    return framed(f"Of those who mention it, {words}", 14, drawn) if total else Markup("")


def side_counts(sides: Sides) -> tuple[tuple[str, str, int], ...]:
    """Returns words, class and responses of each side, in the order of the bar.

    >>> [n for _, _, n in side_counts(Sides(n_complain=3, n_praise=1, n_both=0, n_neutral=2))]
    [3, 0, 2, 1]
    """
    return tuple((_WORDS[name], kind, int(getattr(sides, f"n_{name}"))) for name, kind in SIDES)


def score_columns(scores: Sequence[ScoreCount]) -> Markup:
    """Returns a column per score for the theme's responses, lowest score left, with the share among all as a line."""
    tallest = max((max(one.share, one.share_all) for one in scores), default=0.0)
    if not tallest:
        return Markup("")
    step = 100 / len(scores)
    drawn = [_column(one, place * step, step, tallest) for place, one in enumerate(scores)]
    words = ", ".join(f"{score(one.score)}: {percent(one.share)}" for one in scores if one.n)
    return framed(f"Scores of those who mention it; {words}", _TALL + 18, drawn)


def spark(trend: Sequence[TrendPoint], largest: float) -> Markup:
    """Returns the share that complains by period as a line from zero to `largest`; a gap where it is not known."""
    known = [(place, point.complain) for place, point in enumerate(trend) if point.complain]
    if len(known) < 2:
        return Markup("")
    step = 100 / (len(trend) - 1)
    spots = [(place * step, 20 - 16 * figure.value / largest if largest else 20.0) for place, figure in known]
    line = Markup('<line class="spark" x1="{:.1f}%" y1="{:.1f}" x2="{:.1f}%" y2="{:.1f}"/>')
    lines = [line.format(*spots[k], *spots[k + 1]) for k in range(len(known) - 1) if known[k + 1][0] == known[k][0] + 1]
    last = Markup('<circle class="spark" cx="{:.1f}%" cy="{:.1f}" r="3"/>').format(*spots[-1])
    words = ", ".join(f"{point.period} {percent(point.complain.value)}" for point in trend if point.complain)
    return framed(f"Share that complains: {words}", 24, [*lines, last], "bar spark")


def moved(trend: Sequence[TrendPoint]) -> tuple[TrendPoint, TrendPoint] | None:
    """Returns the last two periods that are large enough, or None."""
    known = [point for point in trend if point.complain]
    return (known[-2], known[-1]) if len(known) > 1 else None


def warmth(share: float) -> int:
    """Returns the shade of a heat map's cell, 0 (hardly anybody) to 5, one step per doubling from 2.5 % on.

    >>> [warmth(share) for share in (0.0, 0.02, 0.04, 0.08, 0.15, 0.3, 0.9)]
    [0, 0, 1, 2, 3, 4, 5]
    """
    return sum(share >= least for least in (0.025, 0.05, 0.1, 0.2, 0.4))


def direction(cell: HeatCell, row: Sequence[HeatCell]) -> str:
    """Returns "▲" where a cell's share is above that of the row's other cells together, "▼" where it is not."""
    others = [one for one in row if one is not cell and one.n_complain is not None]
    n = sum(one.n for one in others)
    rest = sum(one.n_complain or 0 for one in others) / n if n else 0.0
    return "▲" if cell.complain and cell.complain.value > rest else "▼"


def _column(one: ScoreCount, left: float, step: float, tallest: float) -> Markup:
    height, all_height = _TALL * one.share / tallest, _TALL * one.share_all / tallest
    return Markup(
        '<rect class="{}" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}"/>'
        '<line class="all" x1="{:.2f}%" x2="{:.2f}%" y1="{y:.1f}" y2="{y:.1f}"/>'
        '<text x="{:.2f}%" y="{}">{}</text>'
    ).format(
        one.category or "rest", left + 0.12 * step, _TALL - height, 0.76 * step, height,
        left + 0.06 * step, left + 0.94 * step, left + step / 2, _TALL + 15, score(one.score), y=_TALL - all_height,
    )  # fmt: skip

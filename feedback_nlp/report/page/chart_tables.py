"""The tables that charts of a summary are drawn from."""

import pandas as pd

from feedback_nlp.charts import bridge_data, complaints_data, map_data, map_labels, trend_data
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.moves import ComparisonSummary


def trend_of(summary: Summary) -> pd.DataFrame:
    """Returns `trend_data` of the summary's periods."""
    rows = [(point.period, point.n, *_three(point.nps), point.nps is None) for point in summary.trend]
    return trend_data(pd.DataFrame(rows, columns=["period", "n", "nps", "nps_low", "nps_high", "too_few"]))


def complaints_of(summary: Summary) -> pd.DataFrame:
    """Returns `complaints_data` of the summary's themes; no row where no period is large enough."""
    rows = [
        (point.period, theme.theme_id, theme.name, point.n, *_three(point.complain), point.complain is None)
        for theme in summary.themes
        for point in theme.trend
    ]
    columns = ["period", "theme_id", "name", "n", "complain", "complain_low", "complain_high", "too_few"]
    return complaints_data(pd.DataFrame(rows, columns=columns))


def bridge_of(bridge: ComparisonSummary) -> pd.DataFrame:
    """Returns `bridge_data` of a comparison, which must have an NPS on both sides."""
    if bridge.nps_a is None or bridge.nps_b is None:
        raise ValueError("a bridge has an NPS on both sides")
    columns = ["name", "side", "mix", "mix_low", "mix_high", "rate", "rate_low", "rate_high"]
    moves = [(move.name, move.side, *_three(move.mix), *_three(move.rate)) for move in bridge.moves]
    # mix and rate are the sums of the moves, which stand there one by one
    parts = [(label, *_three(part)) for label, part in bridge.parts if not label.startswith(("Mix", "Rate"))]
    ends = [
        (f"NPS {name}", *_three(nps)) for name, nps in ((bridge.name_a, bridge.nps_a), (bridge.name_b, bridge.nps_b))
    ]
    of_part = ["label", "value", "low", "high"]
    return bridge_data(
        pd.DataFrame(moves, columns=columns),
        pd.DataFrame(parts, columns=of_part),
        pd.DataFrame(ends, columns=of_part),
    )


def map_of(summary: Summary) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns `map_data` and `map_labels` of the summary's map; a label knows the anchor of its theme's section."""
    if summary.map is None:
        raise ValueError("the summary has no map")
    known = {theme.theme_id: (theme.name, theme.anchor) for theme in summary.themes}
    columns = ["x", "y", "theme_id", "n", "text", "polarity"]
    points = [(point.x, point.y, point.theme_id, point.n, point.text, point.polarity) for point in summary.map.points]
    labels = [(theme_id, *known[theme_id], x, y) for theme_id, x, y in summary.map.labels if theme_id in known]
    labels_table = pd.DataFrame(labels, columns=["theme_id", "name", "anchor", "x", "y"])
    data = map_data(pd.DataFrame(points, columns=columns), labels_table)
    return data, map_labels(data, labels_table)


def _three(figure: Figure | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if figure is None else (figure.value, figure.low, figure.high)

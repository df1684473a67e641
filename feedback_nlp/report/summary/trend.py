"""The periods of a run and of earlier runs, as plain data."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from feedback_nlp.report.summary.data import TrendPoint
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.sections import PeriodPoint
from feedback_nlp.track.history import History


def summarise_trend(history: History) -> tuple[PeriodPoint, ...]:
    """Returns the periods, the latest last; empty where there is but one."""
    rows = history.periods.to_dict("records")
    return tuple(PeriodPoint(str(row["period"]), int(row["n"]), _figure(row, "nps")) for row in rows)


def theme_trends(history: History) -> dict[str, tuple[TrendPoint, ...]]:
    """Returns theme_id -> its periods, the latest last; empty where there is but one."""
    trends: dict[str, tuple[TrendPoint, ...]] = {}
    for row in history.themes.to_dict("records"):
        figures = {name: _figure(row, name) for name in ("mention", "complain", "drag")}
        point = TrendPoint(str(row["period"]), int(row["n"]), **figures)
        trends[row["theme_id"]] = (*trends.get(row["theme_id"], ()), point)
    return trends


def _figure(row: Mapping[Hashable, Any], name: str) -> Figure | None:
    value, low, high = (None if pd.isna(row[name + end]) else float(row[name + end]) for end in ("", "_low", "_high"))
    return None if value is None else Figure(value, low, high)

"""Segments side by side: the NPS of each channel, agent or region, and where it differs beyond chance."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.groups import MOST_GROUPS
from feedback_nlp.report.summary.sections import SegmentRow, SegmentSummary


def summarise_segments(segments: pd.DataFrame) -> tuple[SegmentSummary, ...]:
    """Returns each segment's values, the lowest NPS first, those with too few responses last.

    Of many values (agents) the flagged ones are listed and the largest others, at most `MOST_GROUPS` unflagged.

    Args:
        segments: segment, then the columns of `segment_table`; of a run's `beside`.
    """
    return tuple(_one(str(name), table) for name, table in segments.groupby("segment", sort=True))


def value_name(value: Any) -> str:
    """Returns what a segment's value is called; the responses without one are a group too.

    >>> value_name(None)
    'not given'
    """
    return "not given" if pd.isna(value) else str(value)


def _one(name: str, table: pd.DataFrame) -> SegmentSummary:
    flagged = table["flagged"].fillna(value=False).astype(bool)
    others = table[~flagged].sort_values(["n", "value"], ascending=[False, True], kind="stable").head(MOST_GROUPS)
    shown = pd.concat([table[flagged], others]).sort_values(["too_few", "nps", "value"], kind="stable")
    rows = tuple(_row(row) for row in shown.to_dict("records"))
    return SegmentSummary(name, rows, len(table) - len(rows))


def _row(row: Mapping[Hashable, Any]) -> SegmentRow:
    return SegmentRow(
        value=value_name(row["value"]),
        n=int(row["n"]),
        nps=_figure(row, "nps"),
        difference=_figure(row, "difference"),
        nps_shrunk=None if pd.isna(row["nps_shrunk"]) else float(row["nps_shrunk"]),
        is_flagged=not pd.isna(row["flagged"]) and bool(row["flagged"]),
    )


def _figure(row: Mapping[Hashable, Any], name: str) -> Figure | None:
    value, low, high = (row[name + end] for end in ("", "_low", "_high"))
    if pd.isna(value) or not math.isfinite(value):
        return None
    return Figure(float(value), None if pd.isna(low) else float(low), None if pd.isna(high) else float(high))

"""Who complains about what: themes by the values of each segment."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.sections import HeatCell, HeatMap, HeatRow
from feedback_nlp.report.summary.segments import value_name
from feedback_nlp.track import Run

MOST_VALUES, MOST_THEMES = 12, 15


def heat_maps(run: Run) -> tuple[HeatMap, ...]:
    """Returns a heat map per segment: its largest values as columns, the themes with the worst drag as rows.

    Values of fewer than `drivers.min_group` responses have no figure; a segment of nothing else has no heat map.
    """
    table = run.beside.segment_themes
    themes = _topics(run)
    if not len(table) or not themes:
        return ()
    return tuple(
        heat for name, rows in table.groupby("segment", sort=True)
        if (heat := _heat_map(str(name), rows.to_dict("records"), themes))
    )  # fmt: skip


def _topics(run: Run) -> list[tuple[str, str]]:
    """Returns theme_id and name of the topics, worst drag first, at most as many as are read."""
    themes, order = run.model.themes, run.drivers.table
    parents = set(themes["parent_id"].dropna())
    names = dict(zip(themes["theme_id"], themes["name"], strict=True))
    topics = set(themes.loc[themes["kind"] == "topic", "theme_id"]) - parents
    key = "drag_shrunk" if run.drivers_settings.rank_by == "shrunk" else "drag"
    ordered = order.sort_values([key, "n_responses", "theme_id"], ascending=[True, False, True], na_position="last")
    return [(one, str(names[one])) for one in ordered["theme_id"] if one in topics][:MOST_THEMES]


def _heat_map(name: str, rows: Sequence[Mapping[Hashable, Any]], themes: Sequence[tuple[str, str]]) -> HeatMap | None:
    sizes = {_value(row): int(row["n"]) for row in rows}
    values = sorted(sizes, key=lambda value: (-sizes[value], value_name(value), value is None))
    cells = {(str(row["theme_id"]), _value(row)): _cell(row) for row in rows}
    shown = values[:MOST_VALUES]
    told = tuple(
        HeatRow(theme_id, title, tuple(cells.get((theme_id, own), HeatCell(sizes[own], None, None)) for own in shown))
        for theme_id, title in themes
        if any((theme_id, value) in cells for value in shown)
    )
    has_figures = any(cell.complain for row in told for cell in row.cells)
    return HeatMap(name, tuple(map(value_name, shown)), told, len(values) - len(shown)) if has_figures else None


def _value(row: Mapping[Hashable, Any]) -> str | None:
    """Returns the row's value, None for the responses without one: a value may be called as these are."""
    return None if pd.isna(row["value"]) else str(row["value"])


def _cell(row: Mapping[Hashable, Any]) -> HeatCell:
    n = int(row["n"])
    if row["too_few"]:
        return HeatCell(n, None, None)
    complain = Figure(float(row["share"]), float(row["share_low"]), float(row["share_high"]))
    return HeatCell(n, int(row["n_negative"]), complain, pd.notna(row["flagged"]) and bool(row["flagged"]))

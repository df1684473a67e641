"""Who complains about what: themes by the values of a segment."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.charts.style import NOTEBOOK, Look, check_columns, dress, numbered, source, wrapped
from feedback_nlp.numbers import count, percent, plural

if TYPE_CHECKING:
    import altair as alt

HEAT_COLUMNS = ("theme", "value", "n", "share", "low", "high", "is_flagged", "figure", "words")
_NEEDED = ("name", "value", "n", "n_negative", "share", "share_low", "share_high", "flagged", "too_few")
_ROW, _COLUMN = 36, 84  # pixels
_DARK_FROM = 0.55  # of the largest share: from here on the cell's words are light


def segments_data(cells: pd.DataFrame, most: int = 12, most_values: int = 10) -> pd.DataFrame:
    """Returns one row per theme and value of a segment: the share of the value's responses that complains.

    Columns: theme and value as labels, n (the value's responses), share with low and high (0–1, null where too few),
    is_flagged (it differs from all other values beyond chance), figure ("12 %", "too few (8)"), words for a tooltip.

    Args:
        cells: name (of the theme), value (null: not given), n, n_negative, share, share_low, share_high, flagged,
            too_few; themes in the order in which they are to stand.
        most: themes to show, the first ones.
        most_values: values to show, the largest ones; in the order of their names.
    """
    check_columns(cells, _NEEDED, "segments")
    named = cells.assign(value=cells["value"].fillna("not given").astype(str))
    sizes = named.groupby("value")["n"].max().reset_index().sort_values(["n", "value"], ascending=[False, True])
    values = sorted(sizes["value"].iloc[:most_values])
    names = list(dict.fromkeys(named["name"]))[:most]
    shown = named[named["value"].isin(values) & named["name"].isin(names)]
    shown = shown.assign(_row=shown["name"].map(names.index), _column=shown["value"].map(values.index))
    themes = numbered([wrapped(name) for name in names])
    columns = numbered([wrapped(value, 12) for value in values])
    rows = [
        (themes[row["_row"]], columns[row["_column"]], row["n"], *_cell(row))
        for row in shown.sort_values(["_row", "_column"], kind="stable").to_dict("records")
    ]
    return pd.DataFrame(rows, columns=list(HEAT_COLUMNS))


def segments_chart(data: pd.DataFrame, segment: str = "", look: Look = NOTEBOOK) -> "alt.LayerChart":
    """Returns the heat map of `segments_data`; a frame marks what differs from all other values beyond chance."""
    import altair as alt

    colours, words = look.colours, alt.Tooltip("words:N")
    largest = float(data["share"].max()) if data["share"].notna().any() else 1.0
    base = alt.Chart(source(data, look, "cells"))
    label: dict[str, Any] = {
        "title": None,
        "labelExpr": "split(datum.label, '\\n')",
        "labelColor": colours.ink,
        "labelLimit": 260,
    }
    column = alt.X("value:N", sort=None, axis=alt.Axis(**label, orient="top", labelAngle=0, grid=False),
                   scale=alt.Scale(paddingInner=0.04))  # fmt: skip
    row = alt.Y("theme:N", sort=None, axis=alt.Axis(**label, grid=False), scale=alt.Scale(paddingInner=0.08))
    shade = alt.Color("share:Q", legend=None, scale=alt.Scale(
        domain=[0, largest or 1.0], range=[colours.drag_wash, colours.drag]))  # fmt: skip
    known = base.transform_filter("datum.share !== null").mark_rect().encode(column, row, color=shade, tooltip=words)
    unknown = base.transform_filter("datum.share === null").mark_rect(color=colours.wash)
    frame = base.transform_filter("datum.is_flagged").mark_rect(filled=False, stroke=colours.ink, strokeWidth=2)
    is_dark = f"datum.share !== null && datum.share > {_DARK_FROM * largest!r}"
    ink = alt.condition(is_dark, alt.value(colours.ground), alt.value(colours.ink))
    weight = alt.ExprRef("datum.is_flagged ? 700 : 400")
    figures = base.mark_text(fontWeight=weight).encode(column, row, text="figure:N", color=ink, tooltip=words)
    layers = alt.layer(known, unknown.encode(column, row, tooltip=words), frame.encode(column, row), figures)
    wide = Look(look.colours, max(200, _COLUMN * data["value"].nunique()), for_page=look.for_page)
    subtitle = "Share of each group's responses; a frame: differs from all others beyond chance"
    height = _ROW * max(1, data["theme"].nunique())
    return dress(layers, wide, height, f"Who complains about what{f', by {segment}' if segment else ''}", subtitle)  # type: ignore[no-any-return]


def _cell(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    number = int(row["n"])
    if bool(row["too_few"]) or pd.isna(row["share"]):
        return (
            None,
            None,
            None,
            False,
            f"too few ({count(number)})",
            f"{row['name']}, {row['value']}: too few ({count(number)})",
        )
    share, low, high = (float(row[name]) for name in ("share", "share_low", "share_high"))
    is_flagged = pd.notna(row["flagged"]) and bool(row["flagged"])
    words = (
        f"{row['name']}, {row['value']}: {percent(share)} ({percent(low)} to {percent(high)}), "
        f"{count(int(row['n_negative']))} of {plural(number, 'response')} complain"
        f"{'; differs from all others beyond chance' if is_flagged else ''}"
    )
    return share, low, high, is_flagged, percent(share), words

"""Trends: NPS over periods with its interval, and the share that complains of each theme."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.charts.style import MINUS_LABELS, NOTEBOOK, Look, check_columns, dress, source, with_ends, wrapped
from feedback_nlp.numbers import count, percent, points

if TYPE_CHECKING:
    import altair as alt

_THEMES = ("period", "theme_id", "name", "n", "complain", "complain_low", "complain_high", "too_few")
_HEIGHT = 260
_LABEL_WIDTH = 34  # pixels per period below which only the last one's figure is written
_LABEL_GAP = 0.07  # between the labels at the lines' ends, as a part of the chart's height


def trend_data(periods: pd.DataFrame) -> pd.DataFrame:
    """Returns one row per period in the order given; figures are null where too few.

    Columns: place (0, 1, …), period, n, nps, low, high, label ("23.0", "too few (8)"), words for a tooltip.

    Args:
        periods: period, n (scored responses), nps with nps_low and nps_high, too_few.

    >>> periods = pd.DataFrame({"period": ["Q3", "Q4"], "n": [8, 400], "nps": [None, 23.0], "nps_low": [None, 19.0],
    ...                         "nps_high": [None, 27.0], "too_few": [True, False]})
    >>> trend_data(periods)["words"].tolist()
    ['Q3: too few (8)', 'Q4: NPS 23.0 (19.0 to 27.0), 400 responses']
    """
    check_columns(periods, ("period", "n", "nps", "nps_low", "nps_high", "too_few"), "periods")
    is_known = ~periods["too_few"].astype(bool) & periods["nps"].notna()
    table = pd.DataFrame({"period": periods["period"].astype(str), "n": periods["n"].astype(int)})
    for name, column in (("nps", "nps"), ("low", "nps_low"), ("high", "nps_high")):
        table[name] = periods[column].astype(float).where(is_known)
    table["label"] = [points(nps) if pd.notna(nps) else f"too few ({n:,})" for nps, n in _pairs(table)]
    table["words"] = [_nps_words(row) for row in table.to_dict("records")]
    table.insert(0, "place", range(len(table)))
    return table.reset_index(drop=True)


def complaints_data(themes: pd.DataFrame, most: int = 6) -> pd.DataFrame:
    """Returns one row per theme and period: the share of responses that complain, for the themes that most complain of.

    Columns: period, theme_id, name, place (0 = most complaints in the latest period that is large enough), n, share,
    low, high (0–1), words, end_label and end_share: the name and its height beside the line's end, moved apart where
    two lines end together (null but in each theme's last period). In periods that are too small the share is null.

    Args:
        themes: period, theme_id, name, n, complain, complain_low, complain_high, too_few; periods in their own order.
        most: themes to show.
    """
    check_columns(themes, _THEMES, "themes over periods")
    known = themes[~themes["too_few"].astype(bool) & themes["complain"].notna()]
    order = {period: place for place, period in enumerate(dict.fromkeys(themes["period"]))}
    latest = max(known["period"].unique(), key=lambda period: order[period], default=None)
    last = known[known["period"] == latest].sort_values(["complain", "theme_id"], ascending=[False, True])
    places = {theme_id: place for place, theme_id in enumerate(last["theme_id"].iloc[:most])}
    rows = themes[themes["theme_id"].isin(list(places))]
    is_known = ~rows["too_few"].astype(bool)
    table = rows[["theme_id", "name"]].assign(period=rows["period"].astype(str), n=rows["n"].astype(int))
    table["place"] = table["theme_id"].map(places).astype(int)
    for name, column in (("share", "complain"), ("low", "complain_low"), ("high", "complain_high")):
        table[name] = rows[column].astype(float).where(is_known)
    table["_at"] = rows["period"].map(order)
    table = table.sort_values(["place", "_at"], kind="stable").reset_index(drop=True)
    table["words"] = [_share_words(row) for row in table.to_dict("records")]
    return _with_end_labels(table).drop(columns="_at")


def trend_chart(data: pd.DataFrame, look: Look = NOTEBOOK) -> "alt.LayerChart":
    """Returns NPS per period with its interval as a band, from `trend_data`."""
    import altair as alt

    colours = look.colours
    base = alt.Chart(source(data, look, "periods"))
    across, words = _periods(data["period"]), alt.Tooltip("words:N")
    axis = alt.Axis(title=None, tickCount=5, labelExpr=MINUS_LABELS)
    height = alt.Scale(zero=False, padding=18)
    ends = {"y": alt.Y("low:Q", title=None, scale=height, axis=axis), "y2": "high:Q"}
    nps = alt.Y("nps:Q", scale=height, axis=axis)
    band = base.mark_area(color=colours.rest, opacity=0.22).encode(across, **ends)
    bars = base.mark_rule(color=colours.rest, strokeWidth=1.5).encode(across, **ends)
    line = base.mark_line(color=colours.ink, strokeWidth=2.5).encode(across, nps)
    dots = base.mark_point(color=colours.ink, filled=True, size=70, opacity=1).encode(across, nps, tooltip=words)
    has_room = f"(width > {_LABEL_WIDTH * len(data)} || datum.place === {len(data) - 1})"  # on a phone the last only
    labels = base.transform_filter(f"datum.nps !== null && {has_room}").mark_text(
        dy=-9, fontWeight=700, color=colours.ink
    )
    small = base.transform_filter(f"datum.nps === null && {has_room}").mark_text(
        baseline="bottom", color=colours.soft, lineBreak="\n"
    )
    drawn = alt.layer(
        band, bars, line, dots,
        labels.encode(across, alt.Y("high:Q", title=None, scale=height, axis=axis), text="label:N", tooltip=words),
        small.encode(across, y=alt.value(_HEIGHT - 6), text="label:N", tooltip=words),
    )  # fmt: skip
    return dress(drawn, look, _HEIGHT, "NPS over periods", "The band is the interval of each period")  # type: ignore[no-any-return]


def complaints_chart(data: pd.DataFrame, look: Look = NOTEBOOK) -> "alt.LayerChart":
    """Returns the share of complaints per theme over periods, from `complaints_data`: lines named at their ends."""
    import altair as alt

    colours = look.colours
    base = alt.Chart(source(data, look, "shares"))
    across = _periods(data["period"])
    ids = list(dict.fromkeys(data["theme_id"]))
    colour = alt.Color("theme_id:N", legend=None, scale=alt.Scale(domain=ids, range=list(colours.themes[: len(ids)])))
    shape = alt.Shape("theme_id:N", legend=None,
                      scale=alt.Scale(domain=ids, range=[colours.shape(k) for k in range(len(ids))]))  # fmt: skip
    share_axis = alt.Axis(title=None, tickCount=5, format="%")
    share = alt.Y("share:Q", scale=alt.Scale(zero=True, nice=True), axis=share_axis)
    words = alt.Tooltip("words:N")
    line = base.mark_line(strokeWidth=2.5).encode(across, share, color=colour)
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        across, share, color=colour, shape=shape, tooltip=words
    )
    ends = base.transform_filter("datum.end_label !== null")
    names = ends.mark_text(align="left", dx=12, color=colours.ink).encode(
        across, alt.Y("end_share:Q", title=None, axis=share_axis), text="end_label:N", tooltip=words
    )
    drawn = alt.layer(line, dots, names).properties(padding={"left": 5, "top": 5, "bottom": 5, "right": 14})
    subtitle = "The themes with most complaints in the latest period"
    return dress(drawn, look, _HEIGHT, "Share of responses that complain", subtitle)  # type: ignore[no-any-return]


def _periods(periods: "pd.Series[str]") -> "alt.X":
    import altair as alt

    axis = alt.Axis(title=None, labelAngle=0, labelOverlap=True, labelSeparation=8, grid=False)
    return alt.X("period:N", sort=list(dict.fromkeys(periods)), scale=alt.Scale(type="point"), axis=axis)


def _pairs(table: pd.DataFrame) -> list[tuple[Any, Any]]:
    return list(zip(table["nps"], table["n"], strict=True))


def _nps_words(row: dict[Any, Any]) -> str:
    if pd.isna(row["nps"]):
        return f"{row['period']}: {row['label']}"
    return f"{row['period']}: NPS {with_ends(points(row['nps']), row['low'], row['high'])}, {count(row['n'])} responses"


def _share_words(row: dict[Any, Any]) -> str:
    if pd.isna(row["share"]):
        return f"{row['name']}, {row['period']}: too few ({count(row['n'])})"
    ends = "" if pd.isna(row["low"]) else f" ({percent(row['low'])} to {percent(row['high'])})"
    return f"{row['name']}, {row['period']}: {percent(row['share'])}{ends} of {count(row['n'])} responses complain"


def _with_end_labels(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with a label in each theme's last known row, none nearer to the next than a line's height."""
    ends = table[table["share"].notna()].drop_duplicates("theme_id", keep="last").sort_values(["share", "theme_id"])
    gap = _LABEL_GAP * float(table["share"].max()) if len(ends) else 0.0
    heights: dict[Any, float] = {}
    lowest = float("-inf")
    for index, share in zip(ends.index, ends["share"], strict=True):
        lowest = max(share, lowest + gap)
        heights[index] = lowest
    table["end_label"] = ends["name"].map(lambda name: wrapped(name, 20, 1)).reindex(table.index)
    table["end_share"] = pd.Series(heights, dtype=float).reindex(table.index)
    return table

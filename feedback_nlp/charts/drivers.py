"""Drag and lift of themes as bars with their intervals, worst first."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.charts.style import MINUS_LABELS, NOTEBOOK, Look, check_columns, dress, numbered, source, wrapped
from feedback_nlp.numbers import change, count, interval

if TYPE_CHECKING:
    import altair as alt

DRIVER_COLUMNS = ("place", "theme_id", "name", "axis_label", "side", "value", "low", "high", "n", "is_chance", "words")
_ROW = 40  # pixels per theme: two bars
_NEEDED = ("theme_id", "name", "n_negative", "n_positive", *(f"{side}{end}" for side in ("drag", "lift")
           for end in ("", "_low", "_high")))  # fmt: skip
_SIDES = (("drag", "n_negative", "complain"), ("lift", "n_positive", "praise"))


def drivers_data(themes: pd.DataFrame, n: int, most: int = 15) -> pd.DataFrame:
    """Returns one row per theme and side (drag, lift) that has a figure, worst drag first.

    Columns: place (0 = worst), theme_id, name, axis_label (in two lines at most), side, value in NPS points, low and
    high (null without an interval), n (responses that complain, or that praise), is_chance, words for a tooltip.

    Args:
        themes: theme_id, name, n_negative, n_positive, drag and lift with their _low and _high; a row without a drag is
            left out. With a column `kind` only topics are shown.
        n: responses in the base of the shares.
        most: themes to show.
    """
    check_columns(themes, _NEEDED, "themes")
    known = themes[themes["drag"].notna()]
    known = known[known["kind"] == "topic"] if "kind" in known else known
    worst = known.sort_values(["drag", "theme_id"], kind="stable").iloc[:most].reset_index(drop=True)
    labels = numbered([wrapped(name) for name in worst["name"]])
    rows = [
        (place, row["theme_id"], row["name"], labels[place], *_side(row, *side, n))
        for place, row in enumerate(worst.to_dict("records"))
        for side in _SIDES
        if pd.notna(row[side[0]])
    ]
    return pd.DataFrame(rows, columns=list(DRIVER_COLUMNS))


def drivers_chart(data: pd.DataFrame, look: Look = NOTEBOOK) -> "alt.LayerChart":
    """Returns the bars of `drivers_data`: drag to the left, lift to the right, whiskers for intervals."""
    import altair as alt

    colours, words = look.colours, alt.Tooltip("words:N")
    base = alt.Chart(source(data, look, "drivers"))
    axis = alt.Axis(title="NPS points", tickCount=7, labelExpr=MINUS_LABELS)
    across = alt.Scale(zero=True, nice=True)
    row = alt.Y("axis_label:N", sort=None, axis=alt.Axis(
        title=None, labelExpr="split(datum.label, '\\n')", labelColor=colours.ink, labelLimit=260, grid=False,
    ), scale=alt.Scale(paddingInner=0.25))  # fmt: skip
    beside = alt.YOffset("side:N", scale=alt.Scale(domain=["drag", "lift"], paddingInner=0.2))
    value = alt.X("value:Q", scale=across, axis=axis)
    kinds = alt.Color("side:N", scale=alt.Scale(domain=["drag", "lift"], range=[colours.drag, colours.lift]),
                      legend=None)  # fmt: skip
    zero = base.mark_rule(color=colours.soft).encode(x=alt.datum(0, type="quantitative"))
    bars = base.mark_bar().encode(value, row, beside, color=kinds, tooltip=words)
    ends = alt.X("low:Q", scale=across, axis=axis)
    whiskers = base.mark_rule(color=colours.ink, strokeWidth=1.5).encode(
        ends, row, alt.YOffset("side:N", bandPosition=0.5), x2="high:Q", tooltip=words
    )
    caps = [base.mark_tick(color=colours.ink, thickness=1.5, size=7).encode(
        alt.X(f"{end}:Q", scale=across, axis=axis), row, alt.YOffset("side:N", bandPosition=0.5),
    ) for end in ("low", "high")]  # fmt: skip
    height = _ROW * max(1, data["theme_id"].nunique())
    subtitle = "Points that complaints take (left) and praise adds (right), with their intervals"
    return dress(alt.layer(bars, zero, whiskers, *caps), look, height, "What drags NPS, and what lifts it", subtitle)  # type: ignore[no-any-return]


def _side(row: Mapping[Any, Any], side: str, counted: str, verb: str, n: int) -> tuple[Any, ...]:
    value, low, high = (float(row[name]) for name in (side, f"{side}_low", f"{side}_high"))
    has_ends = math.isfinite(low) and math.isfinite(high)
    is_chance = has_ends and low <= 0 <= high
    number = 0 if pd.isna(row[counted]) else int(row[counted])
    words = (
        f"{row['name']}, {side}: {change(value)} points ({interval(low, high) if has_ends else 'no interval'}"
        f"{': could be chance' if is_chance else ''}); {count(number)} of {count(n)} responses {verb}"
    )
    return side, value, low if has_ends else None, high if has_ends else None, number, is_chance, words

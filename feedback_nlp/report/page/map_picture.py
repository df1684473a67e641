"""The map as a small picture for readers without script: every theme's points are one path of dots."""

import pandas as pd
from markupsafe import Markup

from feedback_nlp.charts.palette import PAGE

_WIDTH, _HEIGHT = 720, 560
_EDGE = 1.06  # the axes run from -1.06 to 1.06, as in the chart


def map_picture(data: pd.DataFrame, names: pd.DataFrame) -> Markup:
    """Returns `map_data` and `map_labels` as inline SVG in the page's colours, about 10 bytes a point.

    A dot is a line of no length with round ends, so that thousands of them share one element. The page's style sheet
    gives size and letters (`svg.map`), for its policy allows no style attribute.
    """
    parts = [_dots(str(colour), rows) for colour, rows in data.groupby("colour", sort=True)]
    parts.sort(key=lambda part: part[0] != "rest")  # grey ones lie below
    words = [_label(x, y, label) for x, y, label in zip(names["x"], names["y"], names["label"], strict=True) if label]
    drawn = Markup("").join([*(drawn for _, drawn in parts), *words])
    return Markup('<svg class="map" viewBox="0 0 {} {}" width="{}" aria-hidden="true">{}</svg>').format(
        _WIDTH, _HEIGHT, _WIDTH, drawn
    )


def _dots(colour: str, rows: pd.DataFrame) -> tuple[str, Markup]:
    across, down = _across(rows["x"]), _down(rows["y"])
    path = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in zip(across, down, strict=True))
    stroke = PAGE.rest if colour == "rest" else PAGE.themes[int(colour) - 1]
    return colour, Markup('<path d="{}" stroke="{}" stroke-width="5" stroke-linecap="round" opacity=".7"/>').format(
        path, stroke
    )


def _label(x: float, y: float, label: str) -> Markup:
    lines = label.split("\n")
    top = float(_down(pd.Series([y])).iloc[0]) - 8 * (len(lines) - 1) + 4
    across = f"{float(_across(pd.Series([x])).iloc[0]):.0f}"
    rows = Markup("").join(
        Markup('<tspan x="{}" y="{:.0f}">{}</tspan>').format(across, top + 16 * place, line)
        for place, line in enumerate(lines)
    )
    return Markup("<text>{}</text>").format(rows)


def _across(x: "pd.Series[float]") -> "pd.Series[float]":
    return (x + _EDGE) / (2 * _EDGE) * _WIDTH


def _down(y: "pd.Series[float]") -> "pd.Series[float]":
    return (_EDGE - y) / (2 * _EDGE) * _HEIGHT

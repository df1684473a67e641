"""The map of statements: points coloured by theme, the themes' names at their middles."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from feedback_nlp.charts.palette import THEMES
from feedback_nlp.charts.style import NOTEBOOK, Look, check_columns, dress, source, wrapped
from feedback_nlp.numbers import plural

if TYPE_CHECKING:
    import altair as alt

_WIDTH, _HEIGHT = 800, 560
_OTHER = "rest"
_WIDE, _NARROW = (20, 0.0105, 0.03), (13, 0.021, 0.044)  # letters in a line; half of a letter's and line's size on
# the axes from -1 to 1: at 800 × 560 pixels, and below _NARROW_BELOW
_NARROW_BELOW = 560  # pixels


def map_data(points: pd.DataFrame, labels: pd.DataFrame, most: int = len(THEMES), cells: int = 0) -> pd.DataFrame:
    """Returns the places of the map: x, y, theme_id, n, text, words, colour ("1" … or "rest"), largest themes first.

    Args:
        points: x and y (-1 to 1), theme_id ("" or null: none), n statements at that place, optional text and polarity.
        labels: theme_id, name; the themes that may have a colour.
        most: themes with a colour of their own, those with most statements; the others are grey.
        cells: where above 0, points of a theme in one cell of a grid of cells × cells become one, without text.

    The order of rows does not matter. x and y have no unit: near places say similar things.
    """
    check_columns(points, ("x", "y", "theme_id", "n"), "points")
    table = pd.DataFrame({
        "x": points["x"].astype(float), "y": points["y"].astype(float),
        "theme_id": points["theme_id"].astype(object).fillna("").astype(str), "n": points["n"].astype(int),
        "text": points["text"].astype(object).fillna("") if "text" in points else "",
        "words": points["polarity"].map(_side) if "polarity" in points else "",
    })  # fmt: skip
    table = _gridded(table, cells) if cells else table
    colours = _colours(table, labels, most)
    table["colour"] = [colours.get(theme_id, _OTHER) for theme_id in table["theme_id"]]
    table["words"] = [" · ".join(filter(None, (side, plural(n, "statement") if n > 1 else "")))
                      for side, n in zip(table["words"], table["n"], strict=True)]  # fmt: skip
    table["_rest"] = table["colour"] != _OTHER  # grey ones first, so that they lie below
    table = table.sort_values(["_rest", "theme_id", "x", "y", "text"], kind="stable")
    return table.drop(columns="_rest").reset_index(drop=True)


def map_labels(data: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Returns the names to write on the map: theme_id, name, colour, n, x, y, label and, where there is little room,
    narrow_y and narrow_label; sorted by theme_id.

    The place is the middle of the theme, moved up or down where two names would lie on each other. Themes without a
    colour of their own are named where there is room at their place (label "" where not, and on a narrow map).

    Args:
        data: what `map_data` returned.
        labels: theme_id, name, x, y (the middle of its statements); further columns are kept (an anchor to link to).
    """
    check_columns(labels, ("theme_id", "name", "x", "y"), "labels")
    colours = data[data["theme_id"] != ""].groupby("theme_id").agg(colour=("colour", "first"), n=("n", "sum"))
    table = labels.merge(colours.reset_index(), on="theme_id")
    table["_is_rest"] = table["colour"] == _OTHER
    table["_order"] = table["y"].where(~table["_is_rest"], -table["n"])  # from the lowest up, then the largest first
    table = table.sort_values(["_is_rest", "_order", "theme_id"], kind="stable")
    x, y, is_rest = (table[name].tolist() for name in ("x", "y", "_is_rest"))
    for prefix, (letters, half_letter, half_line) in (("", _WIDE), ("narrow_", _NARROW)):
        texts = [wrapped(name, letters) for name in table["name"]]
        sizes = [_size(text, half_letter, half_line) for text in texts]
        heights = _moved_apart(x, y, sizes, is_rest)
        shown = [height is not None and not (rest and prefix) for height, rest in zip(heights, is_rest, strict=True)]
        table[f"{prefix}label"] = [text if show else "" for text, show in zip(texts, shown, strict=True)]
        table[f"{prefix}y"] = [own if height is None else height for height, own in zip(heights, y, strict=True)]
    return table.drop(columns=["_is_rest", "_order"]).sort_values("theme_id").reset_index(drop=True)


def map_chart(data: pd.DataFrame, names: pd.DataFrame, look: Look = NOTEBOOK) -> "alt.LayerChart":
    """Returns the map from `map_data` and `map_labels`; hovering shows the statement, where it has one."""
    import altair as alt

    colours = look.colours
    keys = [*(str(place) for place in range(1, len(colours.themes) + 1)), _OTHER]
    scale = alt.Scale(domain=[-1.06, 1.06], nice=False, zero=False)
    x, y = alt.X("x:Q", axis=None, scale=scale), alt.Y("y:Q", axis=None, scale=scale)
    shapes = [*(colours.shape(place) for place in range(len(colours.themes))), "circle"]
    largest = max(2, int(data["n"].max())) if len(data) else 2
    fields = [name for name in ("name", "anchor") if name in names.columns]
    known = alt.LookupData(data=source(names, look, "names"), key="theme_id", fields=fields)
    pointer = alt.ExprRef("datum.anchor ? 'pointer' : 'default'")
    dots = alt.Chart(source(data, look, "points")).transform_lookup(lookup="theme_id", from_=known).mark_point(
        filled=True, opacity=0.75, strokeWidth=0, cursor=pointer
    ).encode(
        x, y,
        color=alt.Color("colour:N", legend=None, scale=alt.Scale(domain=keys, range=[*colours.themes, colours.rest])),
        shape=alt.Shape("colour:N", legend=None, scale=alt.Scale(domain=keys, range=shapes)),
        size=alt.Size("n:Q", legend=None, scale=alt.Scale(type="linear", domain=[1, largest], range=[22, 240])),
        tooltip=[alt.Tooltip(f"{field}:N", title=title)
                 for field, title in (("text", "statement"), ("name", "theme"), ("words", "is"))],
    )  # fmt: skip
    drawn, subtitle = [dots, *_names(names, look, x, scale)], "Each point is a statement; near ones say similar things"
    if isinstance(look.width, int) and not look.for_page:
        look = replace(look, width=max(look.width, _WIDTH))  # for which the names' places are made
    return dress(alt.layer(*drawn), look, _HEIGHT, "What people talk about", subtitle)  # type: ignore[no-any-return]


def _names(names: pd.DataFrame, look: Look, x: "alt.X", scale: "alt.Scale") -> "list[alt.Chart]":
    """Returns the layers of the names: a halo in the colour of the ground, and the words over it."""
    import altair as alt

    narrow = f"width < {_NARROW_BELOW}"
    base = alt.Chart(source(names, look, "names")).transform_calculate(
        shown=f"{narrow} ? datum.narrow_label : datum.label", height=f"{narrow} ? datum.narrow_y : datum.y"
    )
    y = alt.Y("height:Q", axis=None, scale=scale)
    is_rest = f"datum.colour === '{_OTHER}'"
    lifted = alt.ExprRef("-7 * (length(split(datum.shown, '\\n')) - 1)")  # a text's first line stands at its place
    text: dict[str, Any] = {"lineBreak": "\n", "baseline": "middle", "dy": lifted}
    text["fontSize"] = alt.ExprRef(f"{narrow} ? 11 : {is_rest} ? 12 : 13")
    text["fontWeight"] = alt.ExprRef(f"{is_rest} ? 400 : 700")
    pointer = alt.ExprRef("datum.anchor ? 'pointer' : 'default'")
    halo = base.mark_text(**text, color=look.colours.ground, stroke=look.colours.ground, strokeWidth=4,
                          strokeJoin="round", opacity=0.85)  # fmt: skip
    ink = alt.condition(is_rest, alt.value(look.colours.soft), alt.value(look.colours.ink))
    over = base.mark_text(**text, cursor=pointer).encode(color=ink, tooltip=alt.Tooltip("name:N"))
    return [halo.encode(x, y, text="shown:N"), over.encode(x, y, text="shown:N")]


def _side(polarity: Any) -> str:
    if pd.isna(polarity):
        return ""
    return "complaint" if polarity < 0 else "praise" if polarity > 0 else "neutral"


def _gridded(table: pd.DataFrame, cells: int) -> pd.DataFrame:
    column, row = (np.minimum((table[axis].to_numpy() + 1) / 2 * cells, cells - 1).astype(int) for axis in ("x", "y"))
    parted = table.assign(_column=column, _row=row).groupby(["theme_id", "_column", "_row"], sort=True)
    joined = parted.agg(x=("x", "mean"), y=("y", "mean"), n=("n", "sum")).reset_index()
    joined[["x", "y"]] = joined[["x", "y"]].round(3)
    return joined.assign(text="", words="")[["x", "y", "theme_id", "n", "text", "words"]]


def _colours(table: pd.DataFrame, labels: pd.DataFrame, most: int) -> dict[str, str]:
    counts = table[table["theme_id"].isin(labels["theme_id"])].groupby("theme_id")["n"].sum().reset_index()
    largest = counts.sort_values(["n", "theme_id"], ascending=[False, True])["theme_id"].iloc[:most]
    return {theme_id: str(place) for place, theme_id in enumerate(largest, start=1)}


def _size(label: str, half_letter: float, half_line: float) -> tuple[float, float]:
    lines = label.split("\n")
    return half_letter * max(map(len, lines)), half_line * len(lines)


def _moved_apart(
    x: list[float], y: list[float], sizes: list[tuple[float, float]], is_rest: list[bool]
) -> list[float | None]:
    """Returns heights at which no label (half width, half height) lies on an earlier one; None for a rest that would.

    Rests come last; the others come from the lowest up, and are moved up.
    """
    placed: list[tuple[float, float, float, float]] = []
    heights: list[float | None] = []
    for at, height, (half, tall), rest in zip(x, y, sizes, is_rest, strict=True):
        moved = height
        for other_x, other_y, other_half, other_tall in sorted(placed, key=lambda place: place[1]):
            if abs(at - other_x) < half + other_half and abs(moved - other_y) < tall + other_tall:
                moved = other_y + tall + other_tall
        heights.append(None if rest and moved != height else float(moved))
        if heights[-1] is not None:
            placed.append((at, moved, half, tall))
    return heights

"""The map of statements, as plain data."""

import numpy as np
import pandas as pd

from feedback_nlp.report.summary.sections import MapPoint, StatementMap
from feedback_nlp.track import Run

MOST_POINTS = 4000  # statements drawn one by one; a map of more is drawn as cells, or the page would grow with it
LABELLED = 0.01  # share of the statements shown from which on a theme's name stands on the map
_CELLS = 60  # along each side of the map, so that there are fewer cells than points would be
_LONGEST = 120  # characters of a statement
_SETTLES = 100  # mentions of a theme by which it nearly always shows that enough people make them
_DIGITS = 3
_ELLIPSIS = "…"


def summarise_map(run: Run) -> StatementMap | None:
    """Returns the map of a run's statements, or None where the run has none.

    A statement has the theme it most surely belongs to; those that only evaluate or have no theme have theme_id "".
    Texts are given only of themes that at least `report.min_people` people mention; fewer could be told by their words.
    Where more than `MOST_POINTS` statements have a place, a point is a square cell of `n` statements: its commonest
    theme, that theme's mean polarity there, the text of the statement nearest to the cell's middle.
    """
    shown = _shown(run)
    if shown.empty:
        return None
    labels = _labels(shown)
    points = shown.assign(n=1) if len(shown) <= MOST_POINTS else _cells(shown)
    n_statements = int(run.mentions["segment_id"].nunique())
    return StatementMap(_points(points), labels, len(shown), n_statements)


def _shown(run: Run) -> pd.DataFrame:
    """Returns x, y, theme_id ("" where grey), text ("" where not shown), polarity of every statement with a place."""
    mentions = run.mentions[run.mentions["segment_id"].isin(run.map["segment_id"])]
    # codebooks give a statement several themes: the surest comes first
    surest = mentions.sort_values(["confidence", "theme_id"], ascending=[False, True], kind="stable")
    own = surest.drop_duplicates("segment_id")[["segment_id", "theme_id", "text", "polarity"]]
    placed = run.map.merge(own, on="segment_id", validate="one_to_one").sort_values("segment_id", ignore_index=True)
    themes = run.model.themes
    topics = set(themes.loc[themes["kind"] != "generic", "theme_id"])
    is_told = placed["theme_id"].isin(_told(run, set(placed["theme_id"].dropna())))
    return placed.assign(
        theme_id=placed["theme_id"].where(placed["theme_id"].isin(topics), ""),
        text=[_cut(text) if told else "" for text, told in zip(placed["text"], is_told, strict=True)],
    )


def _told(run: Run, theme_ids: set[str]) -> set[str]:
    """Returns which of the themes enough people mention; a response without a respondent is a person."""
    said = run.mentions.loc[run.mentions["theme_id"].isin(theme_ids), ["theme_id", "response_id"]]
    told = _of_enough_people(run, said.groupby("theme_id").head(_SETTLES))
    return told | _of_enough_people(run, said[~said["theme_id"].isin(told)])


def _of_enough_people(run: Run, said: pd.DataFrame) -> set[str]:
    spoke = run.responses.loc[run.responses["response_id"].isin(said["response_id"]), ["response_id", "respondent_id"]]
    person = spoke["respondent_id"].fillna(spoke["response_id"])
    people = said["response_id"].map(dict(zip(spoke["response_id"], person, strict=True)))
    counts = people.groupby(said["theme_id"]).nunique()
    return set(counts.index[counts >= run.report_settings.min_people])


def _labels(shown: pd.DataFrame) -> tuple[tuple[str, float, float], ...]:
    """Returns each large theme's id and the median of its places, by id."""
    places = shown[shown["theme_id"] != ""].groupby("theme_id", sort=True)[["x", "y"]]
    large = places.size() >= LABELLED * len(shown)
    middles = places.median().round(_DIGITS)[large]
    return tuple((str(theme_id), float(x), float(y)) for theme_id, x, y in middles.itertuples())


def _cells(shown: pd.DataFrame) -> pd.DataFrame:
    """Returns a row per cell that is not empty: the cell's middle as x and y, and the columns of `shown` with n."""
    at = np.floor((shown[["x", "y"]].to_numpy() + 1) / 2 * _CELLS).clip(0, _CELLS - 1)
    middle = (at + 0.5) * 2 / _CELLS - 1
    off = np.hypot(*(shown[["x", "y"]].to_numpy() - middle).T)
    rows = shown.assign(cell=at[:, 0] * _CELLS + at[:, 1], off=off, x=middle[:, 0], y=middle[:, 1])
    by_theme = rows.groupby(["cell", "theme_id"], sort=True)
    rows = rows.assign(n_theme=by_theme["off"].transform("size"), polarity=by_theme["polarity"].transform("mean"))
    order = ["cell", "n_theme", "theme_id", "off", "segment_id"]
    rows = rows.sort_values(order, ascending=[True, False, True, True, True], kind="stable")
    n = rows.groupby("cell", sort=True).size()
    first = rows.drop_duplicates("cell")
    return first.assign(n=n.to_numpy(), x=first["x"].round(_DIGITS), y=first["y"].round(_DIGITS))


def _points(rows: pd.DataFrame) -> tuple[MapPoint, ...]:
    values = (rows[name].tolist() for name in ("x", "y", "theme_id", "n", "text", "polarity"))
    return tuple(
        MapPoint(x, y, theme_id, n, text, None if pd.isna(polarity) else round(polarity, _DIGITS))
        for x, y, theme_id, n, text, polarity in zip(*values, strict=True)
    )


def _cut(text: str) -> str:
    """Returns the first words of a text on one line; a word longer than the room there is is cut where the room ends.

    >>> _cut("Nobody answers \\n after five. " * 9)[-34:]
    'Nobody answers after five. Nobody…'
    """
    line = " ".join(text[: 4 * _LONGEST].split())
    if len(line) <= _LONGEST:
        return line
    words = line[:_LONGEST].rsplit(" ", 1)
    return (words[0] if len(words[0]) >= _LONGEST / 2 else line[: _LONGEST - 1]).rstrip() + _ELLIPSIS

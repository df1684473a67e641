"""The map of statements: places on a plane for a sample of them, near ones saying similar things."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from feedback_nlp.schema import MAP, Vectors, no_map
from feedback_nlp.themes.plane import Places, lay_on_plane, nearest, sunflower

_MOST_LAID = 4000  # distinct statements that t-SNE places; the others come to lie by those
_DIMENSIONS = 48
# How far a statement is drawn to the middle of its theme before it is placed. Without it four of ten neighbours on the
# map are of another theme, as in the space itself, and no island has one colour; from .15 on themes look further apart
# than they are. At .1 what lies between two themes still does.
_TO_THEME = 0.1
_COPY = 0.005  # distance between statements of the same words, which would hide each other
_OUTSIDE = 0.002  # share of the statements beyond either end of an axis, which lie on the border
_MARGIN = 0.97  # so that discs at the border are whole
_DIGITS = 3


def lay_out(segments: pd.DataFrame, vectors: Vectors, mentions: pd.DataFrame, n: int = 4000) -> pd.DataFrame:
    """Returns MAP: a place from -1 to 1 on both axes for `n` statements at most, sorted by segment_id.

    The statements are drawn by a hash of their id: evenly, the same ones whatever the order of rows, and most of them
    again when some rows come or go. Near ones say similar things; statements of one theme are drawn together a little.
    Same words form a disc, its size by how often they are said. What lies far apart is different, but not in proportion
    to the distance, and the axes have no meaning. See `lay_on_plane`.

    Args:
        segments: SEGMENTS.
        vectors: float32 (n, d) with unit rows, row i is segment i.
        mentions: MENTIONS of the segments; of several themes the surest counts.
        n: most statements on the map; 0 for none.
    """
    if n < 1 or segments.empty:
        return no_map()
    shown, own = _sample(segments, vectors, n)
    words, first = np.unique(shown["words"].to_numpy(str), return_index=True)
    with threadpool_limits(1):  # more threads sum in another order
        theme = _theme_of(shown["segment_id"].iloc[first], mentions)
        places = _fitted(_placed(_reduced(_to_themes(own[first], theme)), words))
    copy = shown.groupby("words", sort=False).cumcount().to_numpy()
    at = places[np.searchsorted(words, shown["words"].to_numpy(str))] + _COPY * sunflower(copy)
    x, y = at.clip(-1, 1).round(_DIGITS).T + 0.0  # no -0.0
    return MAP.validate(pd.DataFrame({"segment_id": shown["segment_id"], "x": x, "y": y}))


def _sample(segments: pd.DataFrame, vectors: Vectors, n: int) -> tuple[pd.DataFrame, Vectors]:
    """Returns segment_id and words of the statements drawn, sorted by id, and their vectors."""
    keys = pd.util.hash_array(segments["segment_id"].to_numpy(dtype=object), categorize=False)
    rows = np.argsort(keys, kind="stable")[:n]
    ids = segments["segment_id"].take(rows)
    rows = rows[ids.argsort(kind="stable").to_numpy()]
    words = segments["bare" if "bare" in segments else "text"].take(rows)
    table = {"segment_id": segments["segment_id"].take(rows).to_numpy(), "words": words.to_numpy()}
    return pd.DataFrame(table), vectors[rows]


def _theme_of(segment_ids: "pd.Series[str]", mentions: pd.DataFrame) -> NDArray[np.intp]:
    """Returns the number of each segment's surest theme, -1 without one."""
    own = mentions[mentions["segment_id"].isin(segment_ids) & mentions["theme_id"].notna()]
    surest = own.sort_values(["confidence", "theme_id"], ascending=[False, True], kind="stable")
    theme = surest.drop_duplicates("segment_id").set_index("segment_id")["theme_id"]
    return np.asarray(pd.factorize(theme.reindex(segment_ids), sort=True)[0])


def _to_themes(vectors: Vectors, theme: NDArray[np.intp]) -> Vectors:
    """Returns the vectors, each drawn to the middle of its theme; those without a theme stay."""
    themed = theme >= 0
    drawn = vectors.copy()
    for number in range(int(theme.max(initial=-1)) + 1):
        rows = theme == number
        drawn[rows] += _TO_THEME * _unit(vectors[rows].mean(axis=0, keepdims=True))
    return np.where(themed[:, None], _unit(drawn), vectors)


def _reduced(vectors: Vectors) -> Vectors:
    """Returns the vectors in their first principal directions (uncentred), with unit rows."""
    _, directions = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    return _unit(vectors @ directions[:, ::-1][:, :_DIMENSIONS].astype(np.float32))


def _placed(vectors: Vectors, words: NDArray[np.str_]) -> Places:
    """Returns a place for each vector; beyond `_MOST_LAID` near the three places of the most similar ones."""
    keys = pd.util.hash_array(words.astype(object), categorize=False)
    laid = np.sort(np.argsort(keys, kind="stable")[:_MOST_LAID])
    places = np.zeros((len(vectors), 2))
    places[laid] = lay_on_plane(vectors[laid])
    if len(laid) < len(vectors):
        others = np.setdiff1d(np.arange(len(vectors)), laid)
        close = nearest(vectors[others], vectors[laid], 3)
        places[others] = np.average(places[laid][close], axis=1, weights=[0.6, 0.25, 0.15])
    return places


def _fitted(places: Places) -> Places:
    """Returns the places moved and stretched to the map, the few furthest of each side on its border."""
    low, high = np.quantile(places, [_OUTSIDE, 1 - _OUTSIDE], axis=0)
    fitted = (2 * places - low - high) / np.maximum(high - low, 1e-9)
    return np.asarray(_MARGIN * fitted.clip(-1, 1))


def _unit(rows: Vectors) -> Vectors:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-12), np.float32)

"""What a codebook covers badly: its weak themes, and the topics of statements that no theme fits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.schema import Vectors
from feedback_nlp.themes.chances import Chances, chances
from feedback_nlp.themes.cluster import OverClusterMerge
from feedback_nlp.themes.model import ThemeModel

_MOST_GROUPS = 40
_FEWEST = 10  # distinct statements below which groups mean nothing
_SMALLEST = 0.005  # share of the statements that a group has at least
_BADLY = 0.5  # share of a group's statements without a theme from which on it is a gap
_N_EXAMPLES = 6


@dataclass(frozen=True)
class Coverage:
    """How well a codebook fits the statements it was used on.

    `themes`, one row per theme that statements can get, in the codebook's order: theme_id, name, n (statements),
    n_by_keyword, mean_confidence (null where n is 0), near (statements without a theme whose best guess it is),
    missed = near / (n + near), null where both are 0: a high one says that examples or keywords are missing.
    `gaps`, one row per group of like statements at least half of which have no theme, most first: n, n_without,
    share_without, nearest (the theme id that most of them are nearest to), examples (up to six, typical first).
    `n_statements` and `n_without` leave out those that only evaluate.
    """

    themes: pd.DataFrame
    gaps: pd.DataFrame
    n_statements: int
    n_without: int


def codebook_coverage(
    mentions: pd.DataFrame, segments: pd.DataFrame, vectors: Vectors, model: ThemeModel, seed: int = 0
) -> Coverage:
    """Returns what a codebook (or any model) covers badly among the statements it was used on.

    Every statement is put into one of at most 40 groups by its vector, themed or not, and groups with many unthemed
    statements are shown: clustering only what a codebook leaves over finds withheld themes worse.

    Args:
        mentions: MENTIONS, what `assign` gave the segments.
        segments: SEGMENTS; the order of rows does not matter.
        vectors: float32 (n, d), row i is segment i.
        model: the one that assigned.
        seed: of the clustering.
    """
    order = segments["segment_id"].argsort(kind="stable").to_numpy()
    segments, vectors = segments.iloc[order].reset_index(drop=True), vectors[order]
    if "generic" in segments:
        keep = segments["generic"].isna().to_numpy(dtype=bool)
        segments, vectors = segments[keep].reset_index(drop=True), vectors[keep]
    found = chances(segments, vectors, model)
    themed = set(mentions.loc[mentions["theme_id"].notna(), "segment_id"])
    is_without = ~segments["segment_id"].isin(themed).to_numpy(dtype=bool)
    gaps = _gaps(segments, vectors, is_without, found, model, seed)
    return Coverage(_weak_themes(mentions, found, is_without, model), gaps, len(segments), int(is_without.sum()))


def _weak_themes(
    mentions: pd.DataFrame, found: Chances, is_without: NDArray[np.bool_], model: ThemeModel
) -> pd.DataFrame:
    ids = model.class_ids
    names = model.themes.set_index("theme_id")["name"]
    given = mentions[mentions["theme_id"].isin(ids)].groupby("theme_id")["confidence"]
    nearest = found.chance[is_without].argmax(axis=1) if ids and is_without.any() else np.zeros(0, np.intp)
    n, near = given.size().reindex(ids, fill_value=0), np.bincount(nearest, minlength=len(ids))
    table = pd.DataFrame({
        "theme_id": ids,
        "name": [str(names[theme]) for theme in ids],
        "n": n.to_numpy(np.int64),
        "n_by_keyword": found.by_keyword.sum(axis=0),
        "mean_confidence": given.mean().reindex(ids).round(6).to_numpy(float),
        "near": near,
    })  # fmt: skip
    either = (table["n"] + table["near"]).astype(float)
    return table.assign(missed=(table["near"] / either.where(either > 0)).round(6))


def _gaps(
    segments: pd.DataFrame,
    vectors: Vectors,
    is_without: NDArray[np.bool_],
    found: Chances,
    model: ThemeModel,
    seed: int,
) -> pd.DataFrame:
    columns = ["n", "n_without", "share_without", "nearest", "examples"]
    text = segments["bare"] if "bare" in segments else segments["text"]
    distinct, first, codes, counts = np.unique(
        text.to_numpy(str), return_index=True, return_inverse=True, return_counts=True
    )
    if len(distinct) < _FEWEST:
        return pd.DataFrame(columns=columns)
    least = max(_SMALLEST * len(segments), 3)
    frame = OverClusterMerge(_MOST_GROUPS, least, counts.astype(np.float64), seed).fit(vectors[first])
    group = np.asarray(frame.labels_)[codes]
    rows = [
        _gap(np.flatnonzero(group == number), frame.centroids_[number], segments, vectors, is_without, found, model)
        for number in range(len(frame.centroids_))
        if is_without[group == number].mean() >= _BADLY
    ]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["n_without", "n"], ascending=False, kind="stable", ignore_index=True)


def _gap(
    rows: NDArray[np.intp], centroid: Vectors, segments: pd.DataFrame, vectors: Vectors, is_without: NDArray[np.bool_],
    found: Chances, model: ThemeModel,
) -> tuple[int, int, float, str | None, list[str]]:  # fmt: skip
    """One row of `gaps`, of the statements at `rows`."""
    without = rows[is_without[rows]]
    near = without[np.argsort(-(vectors[without] @ centroid).round(6), kind="stable")]
    guesses = np.bincount(found.chance[without].argmax(axis=1)) if model.class_ids else np.zeros(0)
    nearest = model.class_ids[int(guesses.argmax())] if len(guesses) else None
    nearest_first = segments.iloc[near]
    examples = nearest_first.drop_duplicates("bare" if "bare" in nearest_first else "text")["text"].tolist()
    return len(rows), len(without), round(len(without) / len(rows), 6), nearest, examples[:_N_EXAMPLES]

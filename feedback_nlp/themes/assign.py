"""The only path by which a statement gets its theme: the same for statements a model was made from and for new ones."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.schema import MENTIONS, Vectors
from feedback_nlp.themes.chances import Chances, chances
from feedback_nlp.themes.model import ThemeModel

_PART = 20_000  # statements at a time: a table of statements x themes need not fit into memory


def assign(segments: pd.DataFrame, vectors: Vectors, model: ThemeModel) -> pd.DataFrame:
    """Returns MENTIONS: every segment with its theme or themes, in the order of the segments; polarity still null.

    A statement that only evaluates has the generic theme of its `generic` column, with confidence 1; a classifier's own
    labels and a codebook's keywords go before it. A statement that no theme reaches is one row with theme_id null and
    the best chance as confidence.

    Args:
        segments: SEGMENTS.
        vectors: float32 (n, d), row i is segment i, of the encoder the model was made with.
    """
    if len(segments) != len(vectors):
        raise ValueError(f"{len(segments)} segments, but {len(vectors)} vectors")
    generic = _generic(segments, model)
    rows, themes, confidence = _labels(segments, vectors, generic, model)
    themes = np.where(_given(themes), themes, generic[rows])
    by_rule = np.array(
        [theme is not None and theme == rule for theme, rule in zip(themes, generic[rows], strict=True)], bool
    )
    columns = ["segment_id", "response_id", "question", "start", "end", "text"]
    mentions = segments[columns].iloc[rows].reset_index(drop=True)
    mentions.insert(1, "theme_id", pd.Series(themes, dtype="str"))
    confidence = np.where(by_rule, 1.0, confidence).round(6)
    return MENTIONS.validate(mentions.assign(polarity=np.nan, confidence=confidence))


def _labels(
    segments: pd.DataFrame, vectors: Vectors, generic: NDArray[np.object_], model: ThemeModel
) -> tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.float64]]:
    """Row of the segment, theme id or None, and chance, for every theme that is given; rows in order."""
    parts = [
        _labels_of(
            segments.iloc[first : first + _PART], vectors[first : first + _PART], generic[first : first + _PART], model
        )
        for first in range(0, max(len(vectors), 1), _PART)
    ]
    rows = np.concatenate([part[0] + number * _PART for number, part in enumerate(parts)])
    return rows, np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])


def _labels_of(
    segments: pd.DataFrame, vectors: Vectors, generic: NDArray[np.object_], model: ThemeModel
) -> tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.float64]]:
    found = chances(segments, vectors, model)
    is_given = found.is_given & ~_left_to_the_rule(found, generic, model)[:, None]
    ids = np.array([*model.class_ids, None], dtype=object)
    rows, classes = np.nonzero(np.hstack([is_given, ~is_given.any(axis=1, keepdims=True)]))
    best_chance = np.hstack([found.chance, found.chance.max(axis=1, keepdims=True, initial=0)])
    return rows, ids[classes], best_chance[rows, classes]


def _left_to_the_rule(found: Chances, generic: NDArray[np.object_], model: ThemeModel) -> NDArray[np.bool_]:
    """bool (n,): statements that only evaluate and whose themes go by it: all of a discovered model, and of a codebook
    all but those with a keyword of a theme that is not generic itself. A classifier's own labels go first."""
    if model.kind == "classifier":
        return np.zeros(len(generic), bool)
    kinds = model.themes.set_index("theme_id")["kind"]
    is_own = np.array([kinds[theme] != "generic" for theme in model.class_ids], bool)
    return np.asarray(_given(generic) & ~(found.by_keyword & is_own).any(axis=1))


def _generic(segments: pd.DataFrame, model: ThemeModel) -> NDArray[np.object_]:
    """The generic theme of each segment where the model knows it, else None."""
    if "generic" not in segments:
        return np.full(len(segments), None, dtype=object)
    known = set(model.themes["theme_id"])
    return np.array([theme if theme in known else None for theme in segments["generic"]], dtype=object)


def _given(themes: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.array([theme is not None for theme in themes], dtype=bool)

"""The only path by which a statement gets its theme: the same for statements a model was made from and for new ones."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.schema import MENTIONS, Vectors
from feedback_nlp.themes.model import ThemeModel


def assign(segments: pd.DataFrame, vectors: Vectors, model: ThemeModel) -> pd.DataFrame:
    """Returns MENTIONS: every segment with its theme or themes, in the order of the segments; polarity still null.

    A statement that only evaluates has the generic theme of its `generic` column, with confidence 1; a classifier's own
    labels go before it. A statement that no theme reaches is one row with theme_id null and the best chance as
    confidence.

    Args:
        segments: SEGMENTS.
        vectors: float32 (n, d), row i is segment i, of the encoder the model was made with.
    """
    if len(segments) != len(vectors):
        raise ValueError(f"{len(segments)} segments, but {len(vectors)} vectors")
    rows, themes, confidence = _labels(vectors, model)
    generic = _generic(segments, model)
    if model.kind == "discovered":
        themes = np.where(_given(generic[rows]), generic[rows], themes)
    else:
        themes = np.where(_given(themes), themes, generic[rows])
    by_rule = np.array(
        [theme is not None and theme == rule for theme, rule in zip(themes, generic[rows], strict=True)], bool
    )
    columns = ["segment_id", "response_id", "question", "start", "end", "text"]
    mentions = segments[columns].iloc[rows].reset_index(drop=True)
    mentions.insert(1, "theme_id", pd.Series(themes, dtype="str"))
    confidence = np.where(by_rule, 1.0, confidence).round(6)
    return MENTIONS.validate(mentions.assign(polarity=np.nan, confidence=confidence))


def _labels(vectors: Vectors, model: ThemeModel) -> tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.float64]]:
    """Row of the segment, theme id or None, and chance, for every label that the classifier gives; rows in order."""
    ids = np.array([*model.topic_ids, None], dtype=object)
    if len(ids) == 1 or not len(vectors):
        return np.arange(len(vectors)), np.full(len(vectors), None, dtype=object), np.zeros(len(vectors))
    if model.kind == "discovered":
        chance = model.student.probabilities(vectors)
        best = chance.argmax(axis=1)
        reached = chance.max(axis=1) >= model.min_confidence
        return np.arange(len(vectors)), ids[np.where(reached, best, -1)], chance.max(axis=1)
    chance = 1 / (1 + np.exp(-model.student.logits(vectors)))
    reached = chance >= model.thresholds
    rows, classes = np.nonzero(np.hstack([reached, ~reached.any(axis=1, keepdims=True)]))
    best_chance = np.hstack([chance, chance.max(axis=1, keepdims=True)])
    return rows, ids[classes], best_chance[rows, classes]


def _generic(segments: pd.DataFrame, model: ThemeModel) -> NDArray[np.object_]:
    """The generic theme of each segment where the model knows it, else None."""
    if "generic" not in segments:
        return np.full(len(segments), None, dtype=object)
    known = set(model.themes["theme_id"])
    return np.array([theme if theme in known else None for theme in segments["generic"]], dtype=object)


def _given(themes: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.array([theme is not None for theme in themes], dtype=bool)

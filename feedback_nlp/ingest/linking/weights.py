"""Survey weights: read as numbers from 0, and checked so that their sum is one that can be divided by."""

import numpy as np
import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.scores.scales import NULL_WORDS


def read_weights(rows: pd.DataFrame, column: str) -> pd.Series:
    """Returns the weights of the source rows; null where missing. `column` is the weight column's name in the file.

    Raises:
        InputError: a weight is no finite number from 0.
    """
    texts = rows["weight"].str.strip()
    texts = texts.where(~texts.str.casefold().isin(NULL_WORDS))
    weights = pd.to_numeric(texts, errors="coerce").astype(float)
    wrong = texts.notna() & ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        first = rows[wrong].iloc[0]
        raise InputError(
            f"{first['source']}: row {first['row']}, column '{column}': weight '{texts[wrong].iloc[0]}' is no number "
            f"from 0 ({int(wrong.sum()):,} such)"
        )
    return weights


def check_weights(rows: pd.DataFrame, codes: np.ndarray, responses: pd.DataFrame, column: str, place: str) -> None:
    """Raises an InputError unless the responses with a score (all, if none has one) have weights that can be summed.

    Nulls throughout are no weights at all, which is sound. `codes` gives each source row its response's position in
    `responses`; `column` is the weight column's name, `place` names file and column in errors.
    """
    has_score = responses["category"].notna().to_numpy()
    needed = has_score if has_score.any() else np.ones(len(responses), dtype=bool)
    weights = responses["weight"][needed]
    if weights.isna().all():
        return
    if weights.isna().any():
        lacks = needed & responses["weight"].isna().to_numpy()
        first = rows[lacks[codes]].iloc[0]
        raise InputError(
            f"{first['source']}: row {first['row']}, column '{column}': no weight, but other responses have one "
            f"({int(lacks.sum()):,} such); give each a number from 0, 0 to leave it out"
        )
    with np.errstate(over="ignore"):
        total = float(weights.to_numpy().sum())
    if not 0 < total < np.inf:
        found = "0, so no response counts" if total == 0 else f"too large (the largest is {weights.max():g})"
        raise InputError(f"{place}: the sum of the weights is {found}; weights around 1 are usual")

"""One value per response where its rows say several, whatever their order."""

import numpy as np
import pandas as pd


def settle(table: pd.DataFrame, codes: np.ndarray, n: int) -> tuple[pd.DataFrame, int]:
    """Returns n rows, one per code 0..n-1, with the smallest value of each column, and the number of contradictions.

    Nulls are skipped; a contradiction is a (code, column) pair with several different values.

    >>> settle(pd.DataFrame({"plan": ["pro", "basic", None]}), np.array([0, 0, 1]), 2)[0]["plan"].tolist()
    ['basic', nan]
    """
    if len(table) == n:  # one row each: most exports
        return table.iloc[np.argsort(codes)].reset_index(drop=True), 0
    settled, n_conflicts = {}, 0
    for column in table.columns:
        settled[column], n_torn = _smallest(table[column], codes, n)
        n_conflicts += n_torn
    return pd.DataFrame(settled), n_conflicts


def torn_codes(values: pd.Series, codes: np.ndarray, n: int) -> np.ndarray:
    """Returns the codes 0..n-1 that have several different values, in order.

    >>> torn_codes(pd.Series([9.0, 3.0, None, 7.0]), np.array([0, 0, 1, 1]), 2).tolist()
    [0]
    """
    numbers = pd.factorize(values)[0]
    lowest, highest = _ends(numbers, codes, n)
    return np.flatnonzero(lowest < highest)


def _smallest(values: pd.Series, codes: np.ndarray, n: int) -> tuple[pd.Series, int]:
    numbers, known = pd.factorize(values, sort=True)
    if not len(known):
        return pd.Series(None, index=range(n), dtype=values.dtype), 0
    lowest, highest = _ends(numbers, codes, n)
    taken = known.take(np.where(highest < 0, -1, lowest), allow_fill=True, fill_value=np.nan)
    return pd.Series(taken).astype(values.dtype), int((lowest < highest).sum())


def _ends(numbers: np.ndarray, codes: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the lowest and the highest number of each code; missing ones (-1) are skipped; high, -1 without any."""
    is_known = numbers >= 0
    lowest, highest = np.full(n, len(numbers)), np.full(n, -1)
    np.minimum.at(lowest, codes[is_known], numbers[is_known])
    np.maximum.at(highest, codes[is_known], numbers[is_known])
    return lowest, highest


def settle_comments(table: pd.DataFrame, codes: np.ndarray, ids: pd.Index) -> pd.DataFrame:
    """Returns response_id, question, comment, sorted: null where empty; different texts joined by a line end.

    `table` holds question and comment of every answer, `codes` its response's place in the sorted `ids`.
    """
    question_codes, questions = pd.factorize(table["question"], sort=True)
    keys = codes.astype("int64") * len(questions) + question_codes
    order = np.argsort(keys, kind="stable")
    keys, texts = keys[order], table["comment"].iloc[order].reset_index(drop=True)
    is_shared = pd.Series(keys).duplicated(keep=False).to_numpy()
    if is_shared.any():
        joined = _joined(keys[is_shared], texts[is_shared])
        first = ~pd.Series(keys).duplicated().to_numpy()
        keys, texts = keys[first], texts[first].where(~is_shared[first], joined.reindex(keys[first]).array)
    return pd.DataFrame({
        "response_id": ids.take(keys // len(questions)),
        "question": questions.take(keys % len(questions)),
        "comment": texts.array,
    }).astype("str")  # fmt: skip


def _joined(keys: np.ndarray, texts: pd.Series) -> pd.Series:
    """Returns the different texts of each key, sorted and joined; null for a key without one."""
    said = pd.DataFrame({"key": keys, "text": texts.array}).dropna().drop_duplicates().sort_values(["key", "text"])
    return said.groupby("key", sort=False)["text"].agg("\n".join).astype("str")

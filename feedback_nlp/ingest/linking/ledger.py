"""The account of the source rows: each is a response's first row, merged into one, or rejected, and why."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from feedback_nlp.schema import Source

REASON_COLUMNS = ["source", "fate", "reason", "rows"]


def first_rows(codes: np.ndarray) -> np.ndarray:
    """Returns for each row, in the order of source and row number, whether it is the first of its response.

    >>> first_rows(np.array([1, 0, 1])).tolist()
    [True, True, False]
    """
    first: np.ndarray = ~pd.Series(codes).duplicated().to_numpy()
    return first


def count_rows(
    sources: Sequence[Source], kept: pd.DataFrame, merged: pd.DataFrame, rejected: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the ledger (source, rows, responses, merged, rejected) and its reasons (source, fate, reason, rows).

    rows = responses + merged + rejected holds for every source, and the reasons' rows sum to merged and rejected.

    Args:
        sources: the files, in the order of the ledger.
        kept: one row per response, its first: column source.
        merged: the further rows of responses: columns source and reason.
        rejected: columns source and reason.
    """
    names = [source.name for source in sources]
    ledger = pd.DataFrame({"source": names, "rows": [source.rows for source in sources]})
    for column, rows in [("responses", kept), ("merged", merged), ("rejected", rejected)]:
        counts = rows["source"].value_counts()
        ledger[column] = ledger["source"].map(counts).fillna(0).astype("int64")
    parts = [_reasons(merged, "merged"), _reasons(rejected, "rejected")]
    reasons = pd.concat(parts).astype({"source": "str", "fate": "str", "reason": "str", "rows": "int64"})
    place = {name: number for number, name in enumerate(names)}
    reasons = reasons.sort_values(["source", "fate", "reason"], ignore_index=True)
    order = reasons["source"].map(place).sort_values(kind="stable").index
    return ledger.astype({"source": "str"}), reasons.loc[order].reset_index(drop=True)


def _reasons(rows: pd.DataFrame, fate: str) -> pd.DataFrame:
    counts = rows.groupby(["source", "reason"], observed=True).size().reset_index(name="rows")
    return counts.assign(fate=fate)[REASON_COLUMNS]

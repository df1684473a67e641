"""Precision, recall and F1 of themes over responses."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FIGURES = ("n_labelled", "n_found", "precision", "recall", "f1")
AVERAGES = ("macro average", "weighted average", "micro average")


def theme_figures(themes: Sequence[str], truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> pd.DataFrame:
    """Returns one row per theme, then the macro, weighted and micro average: theme, n_labelled, n_found, precision,
    recall, f1.

    precision = right / found, recall = right / labelled, F1 = 2 right / (labelled + found), all 0 to 1. Precision is
    missing where nothing was found, recall and F1 where nothing was labelled. The macro average is the mean over the
    labelled themes, the weighted one weighs them by n_labelled, the micro average counts all their labels as one theme;
    averages of precision leave out themes of which nothing was found.

    Args:
        themes: (k,) names.
        truth: bool (m, k), whether people gave theme j to response i.
        found: bool (m, k), whether the model did.

    >>> truth = np.array([[True, False], [True, True], [False, False]])
    >>> found = np.array([[True, False], [False, True], [False, True]])
    >>> theme_figures(["Price", "Staff"], truth, found)["f1"].round(3).tolist()
    [0.667, 0.667, 0.667, 0.667, 0.667]
    """
    counts = pd.DataFrame(
        {"right": (truth & found).sum(axis=0), "n_labelled": truth.sum(axis=0), "n_found": found.sum(axis=0)},
        index=pd.Index(list(themes), dtype="str"),
    ).astype(float)
    known = counts[counts["n_labelled"] > 0]
    own = _rates(counts)
    rates = own.loc[known.index]
    rows = pd.DataFrame([rates.mean(), _weighted(rates, known["n_labelled"]), _rates(known.sum().to_frame().T).iloc[0]])
    totals = known[["n_labelled", "n_found"]].sum()
    rows = rows.assign(n_labelled=totals["n_labelled"], n_found=totals["n_found"]).set_axis(pd.Index(AVERAGES))
    table = pd.concat([own.join(counts[["n_labelled", "n_found"]]), rows])
    table = table.astype({"n_labelled": int, "n_found": int}).rename_axis("theme").reset_index()
    return table[["theme", *FIGURES]]


def _rates(counts: pd.DataFrame) -> pd.DataFrame:
    labelled, found = (counts[name].where(counts[name] > 0) for name in ("n_labelled", "n_found"))
    return pd.DataFrame(
        {
            "precision": counts["right"] / found,
            "recall": counts["right"] / labelled,
            "f1": 2 * counts["right"] / (labelled + counts["n_found"]),
        }
    )


def _weighted(rates: pd.DataFrame, weights: "pd.Series[float]") -> "pd.Series[float]":
    mass = rates.notna().mul(weights, axis=0).sum()
    return rates.mul(weights, axis=0).sum() / mass.where(mass > 0)

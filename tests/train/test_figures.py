"""Precision, recall and F1, against scikit-learn and by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import precision_recall_fscore_support

from feedback_nlp.train.figures import AVERAGES, theme_figures

NAMES = ["Price", "Speed", "Staff"]
TABLES = arrays.arrays(np.bool_, (8, 3), elements=st.booleans())


@settings(deadline=None, max_examples=50)
@given(TABLES, TABLES)
def test_figures_agree_with_scikit_learn(truth: np.ndarray, found: np.ndarray) -> None:
    truth[:3] |= np.eye(3, dtype=bool)  # every theme is labelled at least once
    ours = theme_figures(NAMES, truth, found).set_index("theme")
    expected = precision_recall_fscore_support(truth, found, average=None, zero_division=0)
    rates = ours.loc[NAMES, ["precision", "recall", "f1"]].fillna(0).to_numpy().T
    assert np.allclose(rates, expected[:3])
    for average in ("macro", "weighted", "micro"):
        f1 = precision_recall_fscore_support(truth, found, average=average, zero_division=0)[2]
        assert ours.loc[f"{average} average", "f1"] == pytest.approx(f1)


def test_precision_is_missing_where_nothing_was_found() -> None:
    table = theme_figures(["Price"], np.array([[True]]), np.array([[False]])).set_index("theme")
    assert np.isnan(table.loc["Price", "precision"])
    assert table.loc["Price", ["recall", "f1"]].tolist() == [0, 0]
    assert table.loc["macro average", "f1"] == 0


def test_a_theme_that_nobody_labelled_is_outside_the_averages() -> None:
    truth, found = np.array([[True, False], [True, False]]), np.array([[True, True], [True, True]])
    table = theme_figures(["Price", "Staff"], truth, found).set_index("theme")
    assert np.isnan(table.loc["Staff", "f1"])
    assert table.loc[list(AVERAGES), "f1"].tolist() == [1, 1, 1]
    assert table.loc["macro average", "n_found"] == 2


def test_the_averages_come_last_and_counts_are_whole_numbers() -> None:
    truth = np.eye(3, dtype=bool)
    table = theme_figures(NAMES, truth, truth)
    assert table["theme"].tolist() == [*NAMES, *AVERAGES]
    assert table.columns.tolist() == ["theme", "n_labelled", "n_found", "precision", "recall", "f1"]
    assert pd.api.types.is_integer_dtype(table["n_labelled"])
    assert table["n_labelled"].tolist() == [1, 1, 1, 3, 3, 3]

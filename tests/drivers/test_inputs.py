"""What users may hand to the metrics, and what is said where it can't be used."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.drivers import ces, csat, nps
from feedback_nlp.drivers.inputs import (
    categories_of,
    counted,
    marks_of,
    person_codes,
    sorted_codes,
    truths_of,
    weights_of,
)
from feedback_nlp.errors import InputError


@pytest.mark.parametrize("scores", [["x"], [5, ""], [float("inf")], ["1e400"], [10**400], [True, {}]])
def test_a_score_that_is_no_number_is_named_with_its_row(scores):
    for metric in (csat, ces):
        with pytest.raises(
            InputError, match=rf"^scores: row {len(scores)}: .* is no number; null is a missing answer$"
        ):
            metric(scores)


def test_a_long_value_is_not_shown_whole():
    with pytest.raises(InputError) as error:
        csat(["very " * 1000])
    assert len(str(error.value)) < 150


@pytest.mark.parametrize("scores", ["5", 5, np.ones((2, 2)), pd.DataFrame({"score": [5]})])
def test_a_single_value_or_a_table_is_no_column(scores):
    with pytest.raises(InputError, match=r"scores: found .*; give a list"):
        csat(scores)


def test_texts_of_numbers_and_every_kind_of_null_are_read():
    assert csat(["5", " 4 ", 1, None, pd.NA, float("nan")]).value == pytest.approx(2 / 3)


@pytest.mark.parametrize("satisfied", [[], ["top"], "45"])
def test_what_counts_as_satisfied_has_to_be_numbers(satisfied):
    with pytest.raises(InputError, match="the answers that count as good"):
        csat([5, 4], satisfied)


def test_categories_of_scores_are_the_usual_three():
    assert categories_of(range(11)).tolist() == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2
    assert categories_of(pd.Series([9, None], index=[4, 2])).index.tolist() == [4, 2]


@pytest.mark.parametrize("score", [11, -1, 8.5, "nine"])
def test_a_score_outside_0_to_10_has_no_category(score):
    with pytest.raises(InputError, match=r"scores: row 2: .* is no (whole )?number"):
        categories_of([9, score])


def test_truths_are_read_in_their_usual_spellings_and_nothing_else():
    assert truths_of([True, "Yes", "TRUE", 1, "1", 1.0, np.True_]).all()
    assert not truths_of([False, "no", "False", 0, "0"]).any()
    with pytest.raises(InputError, match="answers: row 2: 'maybe' is none of true, false"):
        truths_of([True, "maybe"])


def test_codes_follow_the_order_of_the_names_whatever_their_kind():
    assert sorted_codes(pd.Series([10, 9.5, "10", "b", None, True], dtype=object)).tolist() == [2, 1, 3, 4, -1, 0]


def test_answers_without_a_value_or_a_weight_do_not_count():
    values, weights, clusters = counted(np.array([1.0, np.nan, 3.0]), [0, 1, 2], ["a", "b", "a"])
    assert (values.tolist(), weights.tolist(), clusters) == ([3.0], [2.0], None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from("ab")), max_size=30))
def test_what_counts_is_sorted_and_keeps_its_weight(rows):
    values, weights, people = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    if rows and not any(weights):
        return
    kept, weight, _ = counted(np.array(values, dtype=float), weights, people)
    assert kept.tolist() == sorted(v for v, w in zip(values, weights, strict=True) if w)
    assert weight.sum() == sum(weights)


def test_a_weight_beyond_all_numbers_is_named():
    with pytest.raises(InputError, match="weights: row 2"):
        weights_of([1, 10**400], np.array([1.0, 2.0]))


def test_a_wrong_category_is_shown_as_it_is():
    with pytest.raises(InputError, match="row 1: 9 is none of promoter"):
        nps([9, 10])
    with pytest.raises(InputError) as error:
        nps(["prom\noter\x1b[31m" + "r" * 500])
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


def test_nothing_is_written_into_what_was_given():
    scores = pd.Series([5, None, 2], index=["x", "y", "z"], dtype="Int64")
    before = scores.copy()
    marks_of(scores, [5])
    categories_of(scores)
    pd.testing.assert_series_equal(scores, before)


def test_people_without_a_name_have_no_code():
    assert person_codes(pd.Series(["b", None, "a", np.nan]), 4).tolist() == [1, -1, 0, -1]
    assert person_codes(None, 2).tolist() == [-1, -1]

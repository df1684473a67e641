"""Further ratings beside the score: each in its own scale, never an error."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.ingest.scores.ratings import Rating, read_rating


def read(values: list[str | None], column: str = "rating") -> Rating:
    return read_rating(pd.Series(values, dtype="str"), column)


@pytest.mark.parametrize(
    ("values", "column", "kind", "ends"),
    [
        (["1", "4", "5"], "rating", "csat", (1, 5)),
        (["2", "6"], "rating", "csat", (1, 7)),
        (["2", "6"], "How easy was it to get help?", "ces", (1, 7)),
        (["2", "6"], "CustomerEffort", "ces", (1, 7)),
        (["3", "9"], "rating", "nps-like", (1, 10)),
        (["0", "9"], "would recommend", "nps-like", (0, 10)),
        (["3", "9"], "Satisfaction globale", "csat", (1, 10)),
        (["3", "9"], "Zufriedenheit_Hotline", "csat", (1, 10)),
        (["0", "80"], "rating", "other", (0, 100)),
        (["0", "1"], "recommended", "other", (0, 1)),
        (["0", "4.5"], "rating", "other", (0, 5)),
        (["3/7", "2/7"], "rating", "csat", (1, 7)),
        (["Very satisfied", "Dissatisfied"], "q7", "csat", (1, 5)),
        (["Sehr einfach", "Schwierig"], "q7", "ces", (1, 5)),
        (["Strongly agree", "Somewhat agree", "Agree"], "The company made it easy for me", "ces", (1, 7)),
        (["Strongly agree", "Disagree"], "q7", "other", (1, 5)),
        (["yes", "no"], "q7", "other", (0, 2)),
    ],
)  # fmt: skip
def test_the_kind_and_the_ends_of_a_scale(values: list[str], column: str, kind: str, ends: tuple[float, float]) -> None:
    rating = read(values, column)
    assert (rating.kind, (rating.low, rating.high), rating.n) == (kind, ends, len(values))


def test_scores_keep_their_index_and_nulls() -> None:
    rating = read_rating(pd.Series(["5", None, " 3 ", "N/A"], index=[4, 4, 1, 0], dtype="str"), "rating")
    assert rating.scores.index.tolist() == [4, 4, 1, 0]
    np.testing.assert_array_equal(rating.scores, [5, np.nan, 3, np.nan])


def test_missing_answers_are_not_unread() -> None:
    assert read(["5", "", "n/a", "Don't know", "prefer not to say", None]).n_unread == 0


def test_what_can_not_be_read_is_null_and_counted() -> None:
    rating = read(["5", "4", "purple", "x" * 200])
    assert (rating.n, rating.n_unread, rating.mean) == (2, 2, 4.5)


def test_codes_for_no_answer_are_unread_but_zero_is_not() -> None:
    rating = read(["1", "4", "5", "99", "-1", "0"])
    assert (rating.n, rating.n_unread, rating.high) == (4, 2, 5)


def test_the_more_frequent_of_words_and_numbers_is_read() -> None:
    rating = read(["Very satisfied"] * 5 + ["Satisfied"] * 4 + ["3"] * 2)
    assert (rating.n, rating.n_unread) == (9, 2)


def test_words_of_several_families_are_read_by_the_most_frequent() -> None:
    rating = read(["Very satisfied"] * 5 + ["Dissatisfied"] * 2 + ["Strongly agree"] * 3)
    assert (rating.kind, rating.n, rating.n_unread) == ("csat", 7, 3)


@pytest.mark.parametrize("values", [[], [None, "N/A"], ["purple", "green"]])
def test_nothing_to_read_is_no_error(values: list[str | None]) -> None:
    rating = read(values)
    assert (rating.n, rating.mean, rating.kind) == (0, None, "other")
    assert np.isnan(rating.low)
    assert rating.scores.isna().all()


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["5", "1/5", "★★☆☆☆", "Good", "No", "99"]))))
def test_every_value_is_read_unread_or_missing(values: list[str | None]) -> None:
    rating = read(values)
    assert rating.n == int(rating.scores.notna().sum())
    assert rating.n + rating.n_unread <= sum(value is not None for value in values)
    assert not rating.n or rating.low <= rating.scores.min() <= rating.scores.max() <= rating.high


def test_numbers_are_read_where_few_values_are_words() -> None:
    rating = read(["5", "4", "3", "Satisfied"])
    assert (rating.scores.tolist()[:3], rating.n, rating.n_unread) == ([5.0, 4.0, 3.0], 3, 1)


def test_a_sixth_star_is_one_of_ten() -> None:
    assert read(["★★★★★★", "★★★"]).high == 10
    assert read(["★★★★★", "★★★"]).high == 5

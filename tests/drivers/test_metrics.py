"""One metric for every group: the table against the functions it is made of, and the bands of NPS."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.drivers import ces, crr, csat, nps
from feedback_nlp.drivers.metrics import nps_band, score_table, sure_band
from feedback_nlp.errors import ConfigError, InputError
from feedback_nlp.schema import CATEGORIES, Estimate

FIGURES = ["n", "n_eff", "value", "low", "high", "band", "too_few"]

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["shop", "phone", None]),
        st.sampled_from([*CATEGORIES, None]),
        st.integers(0, 3),
        st.sampled_from(["ann", "bob", "eve", None]),
    ),
    min_size=1,
    max_size=40,
).filter(lambda rows: sum(weight for _, category, weight, _ in rows if category) > 0)


@pytest.fixture
def answers():
    rng = np.random.default_rng(0)
    n = 400
    score = rng.integers(0, 11, n)
    return pd.DataFrame(
        {
            "channel": rng.choice(["shop", "phone", "web"], n, p=[0.5, 0.45, 0.05]),
            "year": rng.choice([2023, 2024], n),
            "score": score,
            "category": np.select([score >= 9, score >= 7], ["promoter", "passive"], "detractor"),
            "satisfaction": rng.integers(1, 6, n),
            "effort": rng.integers(1, 8, n),
            "stayed": rng.random(n) < 0.8,
            "weight": rng.uniform(0.2, 2, n),
            "respondent_id": rng.choice([f"p{i}" for i in range(300)], n),
        }
    )


def test_each_group_has_the_figures_of_its_own_answers(answers):
    table = score_table(answers, "channel", weight="weight", respondent="respondent_id", level=0.9)
    assert table.columns.tolist() == ["channel", *FIGURES]
    assert table["channel"].tolist() == ["phone", "shop", "web"]
    for _, row in table[~table["too_few"]].iterrows():
        own = answers[answers["channel"] == row["channel"]]
        expected = nps(own["category"], own["weight"], own["respondent_id"], 0.9)
        assert Estimate(row["value"], row["low"], row["high"]) == expected
        assert row["n"] == len(own)


@pytest.mark.parametrize(
    ("metric", "column", "one"),
    [
        ("nps", "", lambda own: nps(own["category"])),
        ("nps_of_scores", "", lambda own: nps(own["category"])),
        ("csat", "satisfaction", lambda own: csat(own["satisfaction"])),
        ("ces", "effort", lambda own: ces(own["effort"]).mean),
        ("ces_easy", "effort", lambda own: ces(own["effort"]).easy),
        ("crr", "stayed", lambda own: crr(own.index, own.index[own["stayed"]])),
    ],
)
def test_every_metric_is_that_of_its_function(answers, metric, column, one):
    for _, row in score_table(answers, "year", metric, column).iterrows():
        expected = one(answers[answers["year"] == row["year"]])
        assert (row["value"], row["low"], row["high"]) == (expected.value, expected.low, expected.high)


def test_without_groups_there_is_one_row_about_everybody(answers):
    for nothing in ("", (), []):
        row = score_table(answers, nothing).iloc[0]
        assert row["value"] == nps(answers["category"]).value
        assert row["n"] == len(answers)


def test_several_columns_make_a_group_of_each_combination_that_is_there(answers):
    table = score_table(answers, ["year", "channel"], min_group=5)
    assert table[["year", "channel"]].values.tolist() == [
        [y, c] for y in (2023, 2024) for c in ("phone", "shop", "web")
    ]
    own = answers[(answers["year"] == 2024) & (answers["channel"] == "shop")]
    assert table["value"][4] == nps(own["category"]).value
    assert table["year"].dtype == answers["year"].dtype


def test_a_small_group_is_there_without_figures(answers):
    web = score_table(answers, "channel").set_index("channel").loc["web"]
    assert web["too_few"]
    assert 0 < web["n"] < 30
    assert web[["value", "low", "high", "band"]].isna().all()
    assert not score_table(answers, "channel", min_group=5)["too_few"].any()


def test_rows_without_a_group_are_a_group_after_the_others():
    frame = pd.DataFrame({"shop": ["b", None, "a", float("nan")], "category": ["promoter"] * 4})
    table = score_table(frame, "shop", min_group=1)
    assert table["shop"].tolist()[:2] == ["a", "b"]
    assert table["shop"].isna().tolist() == [False, False, True]
    assert table["n"].tolist() == [1, 1, 2]


def test_groups_are_sorted_as_numbers_where_they_are_numbers():
    frame = pd.DataFrame({"agent": [10, 9, "x", 9], "category": ["promoter"] * 4}, dtype=object)
    assert score_table(frame, "agent")["agent"].tolist() == [9, 10, "x"]


def test_only_answers_that_count_are_counted():
    frame = pd.DataFrame({"category": ["promoter", None, "passive", "detractor"], "weight": [1.0, None, 0.0, 3.0]})
    row = score_table(frame, weight="weight", min_group=2).iloc[0]
    assert (row["n"], row["value"]) == (2, -50.0)
    assert row["n_eff"] == pytest.approx(16 / 10)


def test_a_group_without_an_answer_has_no_figures():
    frame = pd.DataFrame({"shop": ["a", "b", "c"], "category": ["promoter", None, "passive"], "weight": [1, 1, 0]})
    table = score_table(frame, "shop", weight="weight", min_group=1)
    assert table["n"].tolist() == [1, 0, 0]
    assert table["too_few"].tolist() == [False, True, True]
    assert table.loc[1:, ["n_eff", "value", "low", "high", "band"]].isna().all(axis=None)


def test_a_group_of_one_person_is_worth_one_answer():
    frame = pd.DataFrame({"category": ["promoter", "detractor"] * 20, "who": ["ann"] * 40})
    row = score_table(frame, respondent="who").iloc[0]
    assert (row["n"], row["n_eff"]) == (40, 1.0)
    assert row["high"] - row["low"] > 90


def test_an_empty_table_gives_an_empty_one():
    empty = pd.DataFrame({"shop": [], "category": []})
    assert score_table(empty, "shop").columns.tolist() == ["shop", *FIGURES]
    assert len(score_table(empty, "shop")) == 0
    assert score_table(empty)["n"].tolist() == [0]
    assert score_table(empty)["too_few"].tolist() == [True]


def test_columns_have_one_type_whatever_is_null(answers):
    for table in (score_table(answers, "channel"), score_table(answers.iloc[:3], "channel"), score_table(answers[:0])):
        types = table[FIGURES].dtypes.astype(str)
        assert types.tolist() == ["int64", "float64", "float64", "float64", "float64", "str", "bool"]


def test_answers_that_count_as_good_can_be_chosen(answers):
    table = score_table(answers, metric="csat", column="satisfaction", good=[5])
    assert table["value"][0] == pytest.approx((answers["satisfaction"] == 5).mean())


def test_only_nps_has_bands(answers):
    assert score_table(answers, metric="ces", column="effort")["band"].isna().all()
    assert score_table(answers)["band"].tolist() == ["below zero"]


@given(ROWS)
@settings(max_examples=40)
def test_the_groups_table_is_the_function_on_each_group(rows):
    frame = pd.DataFrame(rows, columns=["channel", "category", "weight", "who"], dtype=object)
    table = score_table(frame, "channel", weight="weight", respondent="who", min_group=1)
    for _, row in table[~table["too_few"]].iterrows():
        of_group = frame["channel"].isna() if pd.isna(row["channel"]) else frame["channel"] == row["channel"]
        own = frame[of_group]
        expected = nps(own["category"], own["weight"], own["who"])
        assert (row["value"], row["low"], row["high"]) == (expected.value, expected.low, expected.high)
    assert table["n"].sum() == sum(bool(category) and weight > 0 for _, category, weight, _ in rows)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_rows_does_not_matter_to_the_last_bit(rows, random):
    frames = [
        pd.DataFrame(order, columns=["channel", "category", "weight", "who"]).assign(weight=lambda f: f["weight"] * 0.7)
        for order in (rows, random.sample(rows, len(rows)))
    ]
    one, other = (score_table(f, "channel", weight="weight", respondent="who", min_group=1) for f in frames)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@given(ROWS, st.sampled_from([0.25, 2.0, 1024.0]))
@settings(max_examples=40)
def test_the_unit_of_weights_does_not_matter(rows, unit):
    frame = pd.DataFrame(rows, columns=["channel", "category", "weight", "who"])
    scaled = frame.assign(weight=frame["weight"] * unit)
    one, other = (score_table(f, "channel", weight="weight", min_group=1) for f in (frame, scaled))
    pd.testing.assert_frame_equal(one, other)


def test_the_frame_stays_as_it_was(answers):
    before = answers.copy()
    score_table(answers, ["channel", "year"], weight="weight", respondent="respondent_id")
    pd.testing.assert_frame_equal(answers, before)


def test_the_index_of_the_frame_does_not_matter(answers):
    moved = answers.set_index(answers.index[::-1] // 2)
    pd.testing.assert_frame_equal(score_table(moved, "channel"), score_table(answers, "channel"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "chanel"}, "frame: no column 'chanel'; found .*; did you mean 'channel'"),
        ({"column": "categories"}, "frame: no column 'categories'.*did you mean 'category'"),
        ({"weight": "wheight"}, "did you mean 'weight'"),
        ({"by": ["channel", "channel"]}, "by: 'channel': it is named twice"),
        ({"column": "score"}, r"score: row 1: \d+ is none of promoter, passive, detractor"),
        ({"metric": "nps_of_scores", "column": "channel"}, "channel: row 1: '.*' is no number"),
        ({"metric": "csat", "column": "channel"}, "channel: row 1: '.*' is no number"),
        ({"metric": "crr", "column": "effort"}, r"effort: row \d+: \d is none of true, false, yes, no, 1, 0"),
        ({"weight": "channel"}, "channel: row 1: '.*' is no weight"),
    ],
)
def test_a_wrong_column_or_value_is_named(answers, options, message):
    with pytest.raises(InputError, match=message):
        score_table(answers, **options)


def test_a_group_named_like_a_figure_is_refused(answers):
    with pytest.raises(InputError, match="by: 'value': a column of the result has that name"):
        score_table(answers.rename(columns={"channel": "value"}), "value")


def test_a_column_that_is_there_twice_is_refused(answers):
    with pytest.raises(InputError, match="column 'year' is there 2 times; rename all but one"):
        score_table(pd.concat([answers, answers[["year"]]], axis=1), "year")


def test_weights_that_are_all_zero_are_refused(answers):
    with pytest.raises(InputError, match="weight: all of them are 0"):
        score_table(answers.assign(weight=0.0), weight="weight")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "npss"}, "metric = 'npss': none of nps, .*did you mean 'nps'"),
        ({"metric": "csat"}, "column: metric csat needs the name of the column"),
        ({"good": [5]}, r"good = \[5\]: metric nps has no answers to choose"),
        ({"level": 95}, "level = 95"),
        ({"min_group": 0}, "min_group = 0: give a whole number"),
        ({"min_group": 2.5}, "min_group = 2.5"),
    ],
)
def test_an_impossible_setting_is_refused(answers, options, message):
    with pytest.raises(ConfigError, match=message):
        score_table(answers, **options)


@pytest.mark.parametrize(
    ("value", "band"),
    [(-100, "below zero"), (-0.1, "below zero"), (0, "positive"), (49.9, "positive"), (50, "excellent"),
     (69.9, "excellent"), (70, "world class"), (100, "world class"), (float("nan"), None)],
)  # fmt: skip
def test_bands_begin_at_their_figure(value, band):
    assert nps_band(value) == band


def test_rounding_does_not_move_a_value_into_the_lower_band():
    assert nps_band(50 - 1e-13) == "excellent"
    assert nps_band(-1e-13) == "positive"


@pytest.mark.parametrize("value", [101, -100.5, float("inf")])
def test_what_is_no_nps_has_no_band(value):
    with pytest.raises(InputError, match="an NPS lies from -100 to 100"):
        nps_band(value)


def test_a_band_is_sure_where_it_holds_the_whole_interval():
    assert sure_band(Estimate(60, 51, 69)) == "excellent"
    assert sure_band(Estimate(60, 49, 71)) == "between positive and world class"
    assert sure_band(Estimate(1, -1, 3)) == "between below zero and positive"
    assert sure_band(Estimate(math.nan, math.nan, math.nan)) is None


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0, 1))
def test_a_sure_band_is_that_of_every_value_in_the_interval(one, other, place):
    low, high = sorted((one, other))
    inside = min(max(low + place * (high - low), low), high)
    band = sure_band(Estimate(inside, low, high))
    assert band.startswith("between") or band == nps_band(inside)

"""`rank_drivers`: it adds up, does not depend on the order of rows, and its figures are those of their definitions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import nps, rank_drivers
from feedback_nlp.drivers.scores import wilson
from feedback_nlp.schema import FIGURES

THEME_IDS = ("a", "b", "c", "d", "e")


@st.composite
def surveys(draw):
    """Small surveys of any make: weights, repeats, equal columns, mentions twice over or of unscored responses."""
    n = draw(st.integers(1, 30))
    categories = draw(st.lists(st.sampled_from(["promoter", "passive", "detractor", None]), min_size=n, max_size=n))
    category = pd.Series(categories, dtype="str")
    responses = pd.DataFrame({"response_id": [f"r{i}" for i in range(n)], "category": category})
    if draw(st.booleans()):
        responses["weight"] = draw(st.lists(st.floats(0.01, 100), min_size=n, max_size=n))
    if draw(st.booleans()):
        responses["respondent_id"] = draw(st.lists(st.sampled_from(["p", "q", "s", None]), min_size=n, max_size=n))
    polarity = st.sampled_from([-1.0, -0.3, 0.0, 0.5, None])
    rows = draw(st.lists(st.tuples(st.integers(0, n - 1), st.sampled_from(THEME_IDS), polarity), max_size=80))
    if draw(st.booleans()):
        rows += [(row, "e", polarity) for row, theme, polarity in rows if theme == "a"]  # an equal column
    mentions = pd.DataFrame(rows, columns=["response_id", "theme_id", "polarity"])
    mentions["response_id"] = [f"r{row}" for row in mentions["response_id"]]
    kinds = draw(st.lists(st.sampled_from(["topic", "topic", "generic", "other"]), min_size=5, max_size=5))
    return responses, mentions, pd.DataFrame({"theme_id": THEME_IDS, "kind": kinds})


OPTIONS = st.builds(
    DriversConfig, min_mentions=st.integers(1, 5), include_generic=st.booleans(), n_draws=st.just(100)
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(surveys(), OPTIONS)
def test_the_contributions_sum_to_nps(tables, options):
    drivers = rank_drivers(*tables, options)
    if tables[0]["category"].notna().any():
        assert drivers.account["contribution"].sum() == pytest.approx(drivers.nps.value, abs=1e-9)
    assert drivers.covariance.shape == (len(drivers.account), len(drivers.account))


@settings(max_examples=50, deadline=None)
@given(surveys(), OPTIONS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_bit(tables, options, random):
    shuffled = [table.sample(frac=1, random_state=random.randrange(1000)) for table in tables[:2]]
    one, other = rank_drivers(*tables, options), rank_drivers(*shuffled, tables[2], options)
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    pd.testing.assert_frame_equal(one.account, other.account, check_exact=True)
    assert one.covariance.tobytes() == other.covariance.tobytes()
    assert one.notes == other.notes


@settings(max_examples=50, deadline=None)
@given(surveys(), OPTIONS)
def test_every_interval_holds_its_figure(tables, options):
    table = rank_drivers(*tables, options).table
    for name in ("share", "nps", "drag", "lift", "rank"):
        known = table[table[f"{name}_low"].notna()]
        assert (known[f"{name}_low"] <= known[name]).all()
        assert (known[name] <= known[f"{name}_high"]).all()


def test_the_table_has_a_row_per_theme_and_the_figures_in_their_order(survey):
    table = rank_drivers(*survey()).table
    assert table["theme_id"].tolist() == ["theme A", "theme B", "theme C", "theme D"]
    assert tuple(table.columns) == ("theme_id", *FIGURES)


def test_a_large_survey_of_many_themes_adds_up(survey):
    drivers = rank_drivers(*survey(n=5000, n_themes=10, weighted=True, people=2000))
    assert abs(drivers.account["contribution"].sum() - drivers.nps.value) < 1e-9


@pytest.mark.parametrize("case", [{}, {"weighted": True}, {"weighted": True, "people": 100}])
def test_the_headline_is_that_of_nps(survey, case):
    responses, mentions, themes = survey(**case)
    given_columns = (responses.get("weight"), responses.get("respondent_id"))
    headline = rank_drivers(responses, mentions, themes).nps
    expected = nps(responses["category"], *given_columns)
    assert (headline.value, headline.low, headline.high) == pytest.approx((expected.value, expected.low, expected.high))


@pytest.mark.parametrize("case", [{}, {"weighted": True}, {"weighted": True, "people": 100}])
def test_nps_of_a_theme_is_that_of_its_mentioners(survey, case):
    responses, mentions, themes = survey(**case)
    said = responses["response_id"].isin(mentions["response_id"][mentions["theme_id"] == "theme B"])
    own = responses[said]
    expected = nps(own["category"], own.get("weight"), own.get("respondent_id"))
    row = rank_drivers(responses, mentions, themes).table.iloc[1]
    assert (row["nps"], row["nps_low"], row["nps_high"]) == pytest.approx((expected.value, expected.low, expected.high))


@pytest.mark.parametrize("case", [{}, {"weighted": True}])
def test_leave_one_out_is_nps_less_that_without_the_mentioners(survey, case):
    responses, mentions, themes = survey(**case)
    table = rank_drivers(responses, mentions, themes).table
    for row in table.itertuples():
        told = mentions["response_id"][mentions["theme_id"] == row.theme_id]
        without = responses[~responses["response_id"].isin(told)]
        everyone, rest = (nps(t["category"], t.get("weight")).value for t in (responses, without))
        assert row.leave_one_out == pytest.approx(everyone - rest)


def test_a_theme_of_detractors_has_a_negative_leave_one_out_and_drag():
    responses = pd.DataFrame({"response_id": list("abcdef"), "category": ["promoter"] * 4 + ["detractor"] * 2})
    told = pd.DataFrame({"response_id": ["e", "f"], "theme_id": "wait", "polarity": -1.0})
    themes = pd.DataFrame({"theme_id": ["wait"], "kind": ["topic"]})
    row = rank_drivers(responses, told, themes, DriversConfig(min_mentions=1)).table.iloc[0]
    assert row["leave_one_out"] == pytest.approx(100 / 3 - 100)
    assert row["drag"] == pytest.approx(100 / 3 - 100)  # with one theme, share x gap is both
    assert row["rank"] == 1


def test_counts_and_share_are_those_of_scored_responses(survey):
    responses, mentions, themes = survey()
    scored = responses["response_id"][responses["category"].notna()]
    own = mentions[mentions["response_id"].isin(scored) & (mentions["theme_id"] == "theme C")]
    row = rank_drivers(responses, mentions, themes).table.iloc[2]
    assert row["n_responses"] == own["response_id"].nunique()
    assert row["n_negative"] == own["response_id"][own["polarity"] < 0].nunique()
    assert row["n_positive"] == own["response_id"][own["polarity"] > 0].nunique()
    expected = wilson(row["n_responses"] / len(scored), len(scored))
    assert (row["share"], row["share_low"], row["share_high"]) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )


def test_with_weights_shares_are_weighted_and_counts_are_not(survey):
    responses, mentions, themes = survey(weighted=True)
    scored = responses[responses["category"].notna()]
    said = scored["response_id"].isin(mentions["response_id"][mentions["theme_id"] == "theme A"])
    row = rank_drivers(responses, mentions, themes).table.iloc[0]
    assert row["n_responses"] == said.sum()
    assert row["share"] == pytest.approx(scored["weight"][said].sum() / scored["weight"].sum())
    kish = scored["weight"].sum() ** 2 / (scored["weight"] ** 2).sum()
    assert row["share_high"] == pytest.approx(wilson(row["share"], kish).high)


def test_net_and_ranks_follow_from_the_drags(survey):
    table = rank_drivers(*survey()).table
    assert np.allclose(table["net"], table["drag"] + table["lift"])
    assert table["rank"].tolist() == table["drag"].rank().astype(int).tolist()
    assert table["rank_shrunk"].tolist() == table["drag_shrunk"].rank().astype(int).tolist()


def test_drag_and_lift_are_the_contributions_of_the_account(survey):
    drivers = rank_drivers(*survey())
    account = drivers.account.set_index(["theme_id", "polarity"])["contribution"]
    assert account.xs("negative", level=1).tolist() == drivers.table["drag"].tolist()
    assert account.xs("positive", level=1).tolist() == drivers.table["lift"].tolist()


def test_the_shrunk_drags_are_closer_together_in_effect(survey):
    drivers = rank_drivers(*survey())
    share = drivers.account[drivers.account["polarity"] == "negative"].set_index("theme_id")["share"]
    table = drivers.table.set_index("theme_id")
    assert np.std(table["drag_shrunk"] / share) < np.std(table["drag"] / share)


def test_a_planted_theme_is_ranked_first_and_flagged_and_an_idle_one_is_not():
    rng = np.random.default_rng(5)
    said = rng.random((1500, 2)) < 0.2
    category = np.where(rng.random(1500) < np.where(said[:, 0], 0.7, 0.2), "detractor", "promoter")
    responses = pd.DataFrame({"response_id": np.arange(1500), "category": category})
    rows, themes = np.nonzero(said)
    mentions = pd.DataFrame({"response_id": rows, "theme_id": np.array(["bad", "idle"])[themes], "polarity": -1.0})
    table = rank_drivers(responses, mentions, pd.DataFrame({"theme_id": ["idle", "bad"], "kind": "topic"})).table
    assert table["rank"].tolist() == [2, 1]
    assert table["flagged"].tolist() == [False, True]
    assert table["robustness"][1] > 0.3 > table["robustness"][0]


def test_robustness_is_that_of_the_classical_t(survey):
    responses, mentions, themes = survey(n_themes=1)
    scored = responses[responses["category"].notna()].sort_values("response_id")
    said = mentions.assign(praise=mentions["polarity"] > 0)
    x = np.column_stack([np.ones(len(scored)), *(
        scored["response_id"].isin(said["response_id"][said["praise"] == praise]) for praise in (False, True)
    )]).astype(float)  # fmt: skip
    y = scored["category"].map({"promoter": 100.0, "passive": 0.0, "detractor": -100.0}).to_numpy(dtype=float)
    b, df = np.linalg.lstsq(x, y, rcond=None)[0], len(y) - 3
    t = b[1] / np.sqrt(np.sum((y - x @ b) ** 2) / df * np.linalg.inv(x.T @ x)[1, 1])
    f = abs(t) / np.sqrt(df)
    expected = 0.5 * (np.sqrt(f**4 + 4 * f**2) - f**2)
    assert rank_drivers(responses, mentions, themes).table["robustness"][0] == pytest.approx(expected)


def test_the_level_moves_every_interval_and_the_seed_only_the_ranks(survey):
    tables = survey()
    wide, narrow = (rank_drivers(*tables, DriversConfig(level=level)).table for level in (0.95, 0.5))
    for name in ("share", "nps", "drag", "lift"):
        assert (narrow[f"{name}_high"] < wide[f"{name}_high"]).all()
    other = rank_drivers(*tables, seed=1).table
    pd.testing.assert_frame_equal(wide.drop(columns=["p_top3", "rank_low", "rank_high"]),
                                  other.drop(columns=["p_top3", "rank_low", "rank_high"]))  # fmt: skip
    assert not other["p_top3"].equals(wide["p_top3"])


def test_without_scores_there_are_counts_and_shares_only(survey):
    responses, mentions, themes = survey()
    drivers = rank_drivers(responses.assign(category=None), mentions, themes)
    assert drivers.n == len(responses)
    assert np.isnan(drivers.nps.value)
    assert (len(drivers.account), drivers.covariance.shape) == (0, (0, 0))
    known = ["theme_id", "n_responses", "n_negative", "n_positive", "share", "share_low", "share_high"]
    assert drivers.table[known].notna().all(axis=None)
    assert drivers.table.drop(columns=known).isna().all(axis=None)
    expected = mentions["response_id"][mentions["theme_id"] == "theme A"].nunique() / len(responses)
    assert drivers.table["share"][0] == pytest.approx(expected)


def test_types_are_the_same_with_and_without_scores(survey):
    responses, mentions, themes = survey()
    scored = rank_drivers(responses, mentions, themes)
    unscored = rank_drivers(responses.assign(category=None), mentions, themes)
    assert scored.table.dtypes.equals(unscored.table.dtypes)
    assert scored.account.dtypes.equals(unscored.account.dtypes)


def test_without_themes_the_base_is_the_nps(survey):
    responses, mentions, themes = survey()
    drivers = rank_drivers(responses, mentions.iloc[:0], themes.iloc[:0])
    assert len(drivers.table) == 0
    assert drivers.account["contribution"].tolist() == [drivers.nps.value]
    points = responses["category"].dropna().map({"promoter": 100, "passive": 0, "detractor": -100})
    n = len(points)  # HC3 of a mean: every leverage is 1/n
    assert drivers.account["standard_error"][0] == pytest.approx(points.std(ddof=0) / np.sqrt(n) / (1 - 1 / n))


def test_no_response_at_all_gives_an_empty_account(survey):
    responses, mentions, themes = survey()
    drivers = rank_drivers(responses.iloc[:0], mentions.iloc[:0], themes)
    assert drivers.n == 0
    assert drivers.table["n_responses"].tolist() == [0] * 4

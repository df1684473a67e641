"""Which columns enter the regression: pooling, generic remarks, dependence, overlap."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.design import independent_columns


def add(tables, theme_id, rows, polarity=-1.0, kind="topic"):
    """The tables with one more theme, mentioned by the scored responses at `rows`."""
    responses, mentions, themes = tables
    ids = responses["response_id"][responses["category"].notna()].to_numpy()[rows]
    more = pd.DataFrame({"response_id": ids, "theme_id": theme_id, "polarity": polarity})
    if theme_id not in set(themes["theme_id"]):
        themes = pd.concat([themes, pd.DataFrame({"theme_id": [theme_id], "kind": [kind]})], ignore_index=True)
    return responses, pd.concat([mentions, more], ignore_index=True), themes


def terms(drivers):
    return list(drivers.account[["theme_id", "polarity"]].fillna("").itertuples(index=False, name=None))


def test_the_account_goes_base_themes_generic_other(survey):
    tables = add(survey(n_themes=2), "rare", range(4))
    tables = add(add(tables, "nice", range(40), 1.0, "generic"), "bad", range(20, 50), -1.0, "generic")
    assert terms(rank_drivers(*tables, DriversConfig(include_generic=True))) == [
        ("base", ""),
        ("theme A", "negative"), ("theme A", "positive"), ("theme B", "negative"), ("theme B", "positive"),
        ("generic", "negative"), ("generic", "positive"), ("other", "negative"),
    ]  # fmt: skip


def test_generic_remarks_are_out_of_the_design_unless_asked_for(survey):
    plain = survey(n_themes=2)
    tables = add(plain, "bad", range(60), -1.0, "generic")
    drivers = rank_drivers(*tables)
    assert np.array_equal(drivers.covariance, rank_drivers(*plain).covariance)
    row = drivers.table.set_index("theme_id").loc["bad"]
    assert row["n_negative"] == 60
    assert row[["drag", "lift", "rank", "drag_shrunk", "flagged"]].isna().all()


def test_generic_themes_of_one_polarity_are_one_column(survey):
    tables = add(survey(n_themes=1), "bad", range(60), -1.0, "generic")
    tables = add(tables, "awful", range(40, 80), -1.0, "generic")
    account = rank_drivers(*tables, DriversConfig(include_generic=True)).account.set_index("theme_id")
    n = tables[0]["category"].notna().sum()
    assert account.loc["generic", "share"] == pytest.approx(80 / n)


def test_rare_columns_are_pooled_per_polarity_and_named(survey):
    tables = add(add(survey(n_themes=2), "rare", range(6)), "seldom", range(3, 12))
    drivers = rank_drivers(*tables)
    account = drivers.account.set_index("theme_id")
    assert account.loc["other", "polarity"] == "negative"
    assert account.loc["other", "share"] == pytest.approx(12 / drivers.n)  # any of the two
    assert "pooled complaints of 'rare' into other: 6 responses, 10 needed" in drivers.notes


def test_a_theme_with_pooled_complaints_has_a_lift_but_no_drag_and_no_rank(survey):
    tables = add(add(survey(n_themes=2), "loved", range(6)), "loved", range(100, 140), 1.0)
    row = rank_drivers(*tables).table.set_index("theme_id").loc["loved"]
    assert row[["drag", "drag_low", "net", "rank", "p_top3", "rank_shrunk", "robustness"]].isna().all()
    assert row[["lift", "lift_low", "lift_high", "nps", "leave_one_out", "share"]].notna().all()


def test_as_many_mentions_as_the_minimum_are_enough(survey):
    tables = add(survey(n_themes=1), "few", range(10))
    assert pd.notna(rank_drivers(*tables).table["drag"][1])
    assert pd.isna(rank_drivers(*tables, DriversConfig(min_mentions=11)).table["drag"][1])


def test_a_theme_of_kind_other_is_in_the_other_column(survey):
    tables = add(survey(n_themes=1), "rest", range(50), kind="other")
    drivers = rank_drivers(*tables)
    assert terms(drivers)[-1] == ("other", "negative")
    assert drivers.table["drag"].isna().tolist() == [False, True]


def test_a_theme_nobody_mentions_is_absent_and_not_noted(survey):
    responses, mentions, themes = survey(n_themes=1)
    silent = pd.concat([themes, pd.DataFrame({"theme_id": ["silent"], "kind": ["topic"]})])
    drivers = rank_drivers(responses, mentions, silent)
    assert drivers.notes == ()
    row = drivers.table.iloc[1]
    assert (row["n_responses"], row["share"]) == (0, 0.0)
    assert row[["nps", "drag", "lift", "rank"]].isna().all()
    assert row["leave_one_out"] == 0.0


def test_of_two_equal_columns_the_later_is_dropped_and_named(survey):
    responses, mentions, themes = survey(n_themes=2)
    twin = mentions[(mentions["theme_id"] == "theme A") & (mentions["polarity"] < 0)].assign(theme_id="twin")
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["twin"], "kind": ["topic"]})])
    drivers = rank_drivers(responses, pd.concat([mentions, twin]), more)
    assert drivers.table["drag"].isna().tolist() == [False, False, True]
    assert "dropped complaints of 'twin': the columns before it determine it" in drivers.notes
    assert any("'theme A' and 'twin' overlap (Jaccard 1.00)" in note for note in drivers.notes)
    assert np.array_equal(drivers.covariance, rank_drivers(responses, mentions, themes).covariance)


def test_a_theme_of_which_everybody_complains_is_dropped_for_the_base(survey):
    responses, mentions, themes = survey(n_themes=1)
    everyone = pd.DataFrame({"response_id": responses["response_id"], "theme_id": "all", "polarity": -1.0})
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["all"], "kind": ["topic"]})])
    drivers = rank_drivers(responses, pd.concat([mentions, everyone]), more)
    assert any(note.startswith("dropped complaints of 'all'") for note in drivers.notes)
    assert drivers.account["contribution"].sum() == pytest.approx(drivers.nps.value, abs=1e-9)
    assert pd.isna(drivers.table["leave_one_out"][1])  # nobody is left without it


def test_complaints_that_come_together_are_noted_above_the_limit_only(survey):
    tables = add(add(survey(n_themes=1), "queue", range(30)), "wait", range(27))  # Jaccard 27/30
    note = "complaints of 'queue' and 'wait' overlap (Jaccard 0.90): read their drags as a group's"
    assert note in rank_drivers(*tables).notes
    assert note not in rank_drivers(*tables, DriversConfig(overlap=0.95)).notes


@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 7)), elements=st.sampled_from([0.0, 1.0])))
def test_the_kept_columns_are_a_basis_of_all_of_them(x):
    kept = independent_columns([x.T @ x])
    assert np.linalg.matrix_rank(x[:, kept]) == kept.sum() == np.linalg.matrix_rank(x)


@given(arrays(np.float64, (8, 5), elements=st.sampled_from([0.0, 1.0])))
def test_each_dropped_column_is_determined_by_the_kept_ones_before_it(x):
    kept = independent_columns([x.T @ x])
    for column in np.flatnonzero(~kept):
        before = x[:, :column][:, kept[:column]]
        solved = before @ np.linalg.lstsq(before, x[:, column], rcond=None)[0] if before.size else np.zeros(8)
        assert np.allclose(solved, x[:, column])


def test_a_column_must_be_independent_in_every_period():
    same, free = np.array([[1.0, 1], [1, 1]]), np.array([[1.0, 0], [1, 1]])
    assert independent_columns([free.T @ free]).tolist() == [True, True]
    assert independent_columns([free.T @ free, same.T @ same]).tolist() == [True, False]

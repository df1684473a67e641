"""`compare_periods`: the parts add up to the change, and are those of two separate fits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import compare_periods, nps, rank_drivers
from feedback_nlp.drivers.scores import wilson
from feedback_nlp.errors import InputError


@pytest.fixture(scope="module")
def periods(survey):
    """Two quarters of the same themes; in the second there is more of theme A, and scores are lower."""
    responses_a, mentions_a, themes = survey(seed=1)
    responses_b, mentions_b, _ = survey(n=500, seed=2)
    more = pd.DataFrame({"response_id": responses_b["response_id"].iloc[:60], "theme_id": "theme A", "polarity": -1.0})
    lower = responses_b["category"].where(responses_b.index > 40, "detractor")
    return responses_a, mentions_a, responses_b.assign(category=lower), pd.concat([mentions_b, more]), themes


def parts(bridge):
    total = bridge.total
    return bridge.table["mix"].sum() + bridge.table["rate"].sum() + total.base.value


def test_mix_rate_and_base_sum_to_the_change(periods):
    bridge = compare_periods(*periods)
    assert abs(parts(bridge) - bridge.total.change.value) < 1e-9
    assert bridge.total.change.value == bridge.total.nps_b.value - bridge.total.nps_a.value
    assert bridge.total.mix.value == pytest.approx(bridge.table["mix"].sum())
    assert bridge.total.rate.value == pytest.approx(bridge.table["rate"].sum())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 60), st.booleans(), st.booleans(), st.integers(1, 8))
def test_the_sum_holds_for_any_two_samples(survey, seed, n, weighted, repeated, min_mentions):
    extra = {"weighted": weighted} | ({"people": 20} if repeated else {})
    responses_a, mentions_a, themes = survey(n=n, seed=seed, **extra)
    responses_b, mentions_b, _ = survey(n=65 - n, seed=seed + 1)
    options = DriversConfig(min_mentions=min_mentions)
    bridge = compare_periods(responses_a, mentions_a, responses_b, mentions_b, themes, options)
    change = bridge.total.nps_b.value - bridge.total.nps_a.value
    assert abs(parts(bridge) - change) < 1e-9 or np.isnan(change)


def test_with_all_columns_in_both_periods_the_parts_come_from_two_fits(periods):
    bridge, themes = compare_periods(*periods), periods[4]
    a, b = (rank_drivers(*periods[at : at + 2], themes).account for at in (0, 2))
    mix = (b["share"] - a["share"]) * (a["effect"] + b["effect"]) / 2
    rate = (b["effect"] - a["effect"]) * (a["share"] + b["share"]) / 2
    assert np.allclose(bridge.table["mix"], mix[1:])
    assert np.allclose(bridge.table["rate"], rate[1:])
    assert np.allclose(bridge.table["contribution_a"], a["contribution"][1:])
    assert bridge.total.base.value == pytest.approx(rate[0])


def test_the_base_s_interval_is_that_of_two_independent_bases(periods):
    bridge, themes = compare_periods(*periods), periods[4]
    errors = [rank_drivers(*periods[at : at + 2], themes).account["standard_error"][0] for at in (0, 2)]
    half = 1.959963984540054 * np.hypot(*errors)
    assert bridge.total.base.high - bridge.total.base.value == pytest.approx(half)


def test_the_change_s_interval_is_the_adjusted_wald_one_of_two_samples():
    themes = pd.DataFrame({"theme_id": ["t"], "kind": ["topic"]})
    none = pd.DataFrame({"response_id": [], "theme_id": [], "polarity": []})
    counts = ((10, 6, 4), (8, 5, 12))
    tables = [
        pd.DataFrame({"response_id": range(sum(c)), "category": np.repeat(["promoter", "passive", "detractor"], c)})
        for c in counts
    ]
    change = compare_periods(tables[0], none, tables[1], none, themes).total.change
    (p0, d0), (p1, d1) = (((c[0] + 0.75) / (sum(c) + 3), (c[2] + 0.75) / (sum(c) + 3)) for c in counts)
    variance = (p0 + d0 - (p0 - d0) ** 2) / 23 + (p1 + d1 - (p1 - d1) ** 2) / 28
    centre, half = 100 * (p1 - d1 - p0 + d0), 196 * 0.99998162 * np.sqrt(variance)
    assert (change.low, change.high) == pytest.approx((centre - half, centre + half), abs=1e-4)
    assert change.value == pytest.approx(-46.0)


def test_the_share_s_change_has_newcombe_s_interval(periods):
    row = compare_periods(*periods).table.iloc[0]
    n_a, n_b = (int(table["category"].notna().sum()) for table in (periods[0], periods[2]))
    a, b = wilson(row["share_a"], n_a), wilson(row["share_b"], n_b)
    assert row["share_change"] == pytest.approx(b.value - a.value)
    assert row["share_change_low"] == pytest.approx(
        row["share_change"] - np.sqrt((b.value - b.low) ** 2 + (a.high - a.value) ** 2)
    )


def test_newcombe_s_interval_is_the_published_one():
    themes = pd.DataFrame({"theme_id": ["t"], "kind": ["topic"]})
    sides = []
    for hits, n in ((48, 80), (56, 70)):  # Newcombe 1998, table II: 56/70 − 48/80 = .2000, .0524 to .3339
        sides.append(pd.DataFrame({"response_id": range(n), "category": ["promoter", "passive"] * (n // 2)}))
        sides.append(pd.DataFrame({"response_id": range(hits), "theme_id": "t", "polarity": -1.0}))
    row = compare_periods(*sides, themes).table.iloc[0]
    assert (round(row["share_change_low"], 4), round(row["share_change_high"], 4)) == (0.0524, 0.3339)


def test_exchanging_the_periods_turns_every_sign(periods):
    there = compare_periods(*periods)
    back = compare_periods(*periods[2:4], *periods[:2], periods[4])
    for name in ("share_change", "mix", "rate"):
        assert np.allclose(there.table[name], -back.table[name])
        assert np.allclose(there.table[f"{name}_low"], -back.table[f"{name}_high"])
    assert there.total.base.low == pytest.approx(-back.total.base.high)


def test_a_period_against_itself_has_not_changed(periods):
    bridge = compare_periods(*periods[:2], *periods[:2], periods[4])
    assert not bridge.table[["mix", "rate", "share_change"]].any(axis=None)
    assert (bridge.total.change.value, bridge.total.base.value) == (0.0, 0.0)
    assert (bridge.table["rate_low"] < 0).all()


def test_a_column_too_rare_in_one_period_is_pooled_in_both_but_keeps_its_shares(periods):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    new = mentions_a[~((mentions_a["theme_id"] == "theme D") & (mentions_a["polarity"] < 0))]
    bridge = compare_periods(responses_a, new, responses_b, mentions_b, themes)
    row = bridge.table.set_index(["theme_id", "polarity"]).loc[("theme D", "negative")]
    assert row["share_a"] == 0.0
    assert row["share_change_low"] > 0
    assert row[["mix", "rate", "contribution_b"]].isna().all()
    assert any(note.startswith("pooled complaints of 'theme D' into other: 0 and ") for note in bridge.notes)
    assert abs(parts(bridge) - bridge.total.change.value) < 1e-9


def test_more_mentions_of_a_complaint_are_mix_and_worse_scores_of_it_are_rate(survey):
    rng = np.random.default_rng(3)
    themes = pd.DataFrame({"theme_id": ["wait"], "kind": ["topic"]})

    def quarter(share, detractors):
        said = rng.random(4000) < share
        category = np.where(rng.random(4000) < np.where(said, detractors, 0.1), "detractor", "promoter")
        told = pd.DataFrame({"response_id": np.flatnonzero(said), "theme_id": "wait", "polarity": -1.0})
        return pd.DataFrame({"response_id": range(4000), "category": category}), told

    start = quarter(0.2, 0.5)
    more = compare_periods(*start, *quarter(0.4, 0.5), themes).table.iloc[0]
    worse = compare_periods(*start, *quarter(0.2, 0.8), themes).table.iloc[0]
    assert more["mix_high"] < 0 < more["rate_high"]
    assert worse["rate_high"] < 0 < worse["mix_high"]


def test_without_scores_in_a_period_only_the_shares_are_known(periods):
    responses_a, *others = periods
    bridge = compare_periods(responses_a.assign(category=None), *others)
    assert bridge.table[["share_a", "share_b", "share_change"]].notna().all(axis=None)
    assert bridge.table[["mix", "rate", "contribution_a"]].isna().all(axis=None)
    assert np.isnan(bridge.total.change.value)


def test_the_order_of_rows_changes_no_bit(periods):
    shuffled = [table.sample(frac=1, random_state=1) for table in periods[:4]]
    pd.testing.assert_frame_equal(
        compare_periods(*periods).table, compare_periods(*shuffled, periods[4]).table, check_exact=True
    )


def test_the_levels_are_those_of_nps(periods):
    total = compare_periods(*periods).total
    assert total.nps_a.low == pytest.approx(nps(periods[0]["category"]).low)
    assert total.nps_b.value == pytest.approx(nps(periods[2]["category"]).value)


def test_a_missing_column_in_the_second_period_is_named(periods):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    with pytest.raises(InputError, match="mentions: no column 'polarity'"):
        compare_periods(responses_a, mentions_a, responses_b, mentions_b.drop(columns="polarity"), themes)

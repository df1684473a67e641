"""`compare_periods`: the parts add up to the change, and are those of two separate fits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import compare_periods, nps, rank_drivers
from feedback_nlp.drivers.bridge import BridgeTotal
from feedback_nlp.drivers.scores import wilson
from feedback_nlp.errors import InputError
from feedback_nlp.schema import Estimate


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


def paired(both, only_b, only_a, neither):
    """Two periods of the same people, of whom so many mention the theme in both, in b only, in a only, in neither."""
    n = both + only_b + only_a + neither
    category = (["promoter", "passive", "detractor"] * n)[:n]
    responses = pd.DataFrame({"response_id": range(n), "respondent_id": range(n), "category": category})
    in_b, in_a = list(range(both + only_b)), [*range(both), *range(both + only_b, both + only_b + only_a)]
    told = [pd.DataFrame({"response_id": ids, "theme_id": "t", "polarity": -1.0}) for ids in (in_a, in_b)]
    return responses, told[0], responses, told[1], pd.DataFrame({"theme_id": ["t"], "kind": ["topic"]})


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((20, 12, 2, 16), 0.0562, 0.3292)],  # Newcombe 1998b, method 10
)
def test_the_shares_change_of_pairs_has_newcombe_s_interval(cells, low, high):
    row = compare_periods(*paired(*cells), DriversConfig(min_mentions=2)).table.iloc[0]
    assert row["share_change"] == pytest.approx(0.2)
    assert (round(row["share_change_low"], 4), round(row["share_change_high"], 4)) == (low, high)


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


# Tables that say little or are broken


def test_a_total_made_without_segments_says_nothing_of_them():
    assert np.isnan(BridgeTotal(*[Estimate(0.0, 0.0, 0.0)] * 6).segments.value)


def test_few_scored_responses_are_said_to_be_too_few(periods):
    responses_a, *others = periods
    few = responses_a.assign(category=responses_a["category"].where(responses_a.index < 21))
    bridge = compare_periods(few, *others)
    n = int(few["category"].notna().sum())
    assert bridge.notes[0] == f"too few scored responses in a: {n}, figures can be relied on from 30 on"
    assert abs(parts(bridge) - bridge.total.change.value) < 1e-9


@pytest.mark.parametrize("segment", ["", "site"])
def test_a_period_of_one_category_has_parts_but_no_interval(periods, segment):
    tables = [table.assign(site="s") if "category" in table else table for table in periods]
    tables[2] = tables[2].assign(category=tables[2]["category"].where(tables[2]["category"].isna(), "passive"))
    bridge = compare_periods(*tables, segment=segment)
    assert bridge.notes[0] == "all scores of b are in one category: its parts of the change have no interval"
    assert abs(parts(bridge) - bridge.total.change.value) < 1e-9
    assert bridge.table[["mix_low", "mix_high", "rate_low", "rate_high"]].isna().all(axis=None)
    assert np.isnan([bridge.total.mix.low, bridge.total.rate.high, bridge.total.base.low]).all()
    assert bridge.total.change.low < bridge.total.change.value < bridge.total.change.high


def test_a_theme_on_every_response_of_a_period_is_dropped(periods):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    everyone = pd.DataFrame({"response_id": responses_b["response_id"], "theme_id": "theme B", "polarity": -1.0})
    bridge = compare_periods(responses_a, mentions_a, responses_b, pd.concat([mentions_b, everyone]), themes)
    assert "dropped complaints of 'theme B': the columns before it determine it" in bridge.notes
    row = bridge.table.set_index(["theme_id", "polarity"]).loc[("theme B", "negative")]
    assert row["share_b"] == 1.0
    assert np.isnan(row["rate"])
    assert abs(parts(bridge) - bridge.total.change.value) < 1e-9


def test_a_pooled_column_that_one_period_lacks_is_said_to_be_absent_there(periods):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    told = [m[~((m["theme_id"] == "theme D") & (m["polarity"] < 0))] for m in (mentions_a, mentions_b)]
    new = pd.DataFrame({"response_id": responses_b["response_id"].iloc[:5], "theme_id": "theme D", "polarity": -1.0})
    bridge = compare_periods(responses_a, told[0], responses_b, pd.concat([told[1], new]), themes)
    assert "dropped complaints of 'other': there are none in a" in bridge.notes
    mirrored = compare_periods(responses_b, pd.concat([told[1], new]), responses_a, told[0], themes)
    assert "dropped complaints of 'other': there are none in b" in mirrored.notes


def test_a_theme_that_one_person_repeats_has_parts_without_an_interval(periods):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    own = responses_a["response_id"][responses_a["category"].notna()].iloc[:12]
    person = responses_a["response_id"].mask(responses_a["response_id"].isin(own), "the complainer")
    told = mentions_a[(mentions_a["theme_id"] != "theme C") | (mentions_a["polarity"] > 0)]
    pet = pd.DataFrame({"response_id": own, "theme_id": "theme C", "polarity": -1.0})
    tables = (responses_a.assign(respondent_id=person), pd.concat([told, pet]), responses_b, mentions_b, themes)
    for segment in ("", "site"):
        placed = [table.assign(site="s") if "category" in table else table for table in tables]
        bridge = compare_periods(*placed, segment=segment)
        row = bridge.table.set_index(["theme_id", "polarity"]).loc[("theme C", "negative")]
        assert row[["mix", "rate"]].notna().all()
        assert row[["mix_low", "rate_high"]].isna().all()
        assert bridge.table["rate_low"].notna().sum() == 7
        note = "no interval for mix and rate of 'theme C' negative: on one side it rests on a single response or person"
        assert note in bridge.notes


@pytest.mark.parametrize("segment", ["", "site"])
def test_without_any_mention_the_change_is_all_base(periods, segment):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    tables = (responses_a.assign(site="s"), mentions_a.iloc[:0], responses_b.assign(site="s"), mentions_b.iloc[:0])
    bridge = compare_periods(*tables, themes, segment=segment)
    assert bridge.total.base.value == pytest.approx(bridge.total.change.value)
    assert (bridge.total.mix.value, bridge.total.rate.value) == (0.0, 0.0)
    assert (bridge.table[["share_a", "share_b"]] == 0).all(axis=None)


@pytest.mark.parametrize("segment", ["", "site"])
def test_an_empty_period_has_no_figures(periods, segment):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    tables = (responses_a.assign(site="s").iloc[:0], mentions_a.iloc[:0], responses_b.assign(site="s"), mentions_b)
    bridge = compare_periods(*tables, themes, segment=segment)
    assert bridge.notes == ("no scores in a period: shares only",)
    assert bridge.table["share_a"].isna().all()
    assert bridge.table["share_b"].notna().all()
    assert len(bridge.segments) == 0


def test_a_single_response_has_a_change_without_intervals_of_its_parts(periods):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    first = responses_a[responses_a["category"].notna()].iloc[:1]
    told = mentions_a[mentions_a["response_id"].isin(first["response_id"])]
    bridge = compare_periods(first, told, responses_b, mentions_b, themes)
    assert abs(parts(bridge) - bridge.total.change.value) < 1e-9
    assert np.isnan(bridge.total.base.low)
    assert bridge.notes[0].startswith("too few scored responses in a: 1,")


def test_responses_of_weight_zero_do_not_count_in_a_comparison(periods):
    responses_a, mentions_a, responses_b, mentions_b, themes = periods
    extra = pd.DataFrame({"response_id": ["zero"], "category": ["detractor"], "weight": [0.0], "site": ["z"]})
    more = pd.concat([responses_a.assign(weight=1.0, site="s"), extra])
    tables = (mentions_a, responses_b.assign(site="s"), mentions_b, themes)
    with_zero, without = (
        compare_periods(table, *tables, segment="site") for table in (more, responses_a.assign(site="s"))
    )
    pd.testing.assert_frame_equal(with_zero.table, without.table)
    pd.testing.assert_frame_equal(with_zero.segments, without.segments)


@pytest.mark.parametrize("at", [0, 2])
def test_a_negative_weight_and_a_repeated_id_are_named(periods, at):
    tables = list(periods)
    tables[at] = periods[at].assign(weight=-1.0)
    with pytest.raises(InputError, match=r"responses: weight: row 1: -1\.0 is no weight"):
        compare_periods(*tables)
    tables[at] = pd.concat([periods[at], periods[at].iloc[:1]])
    with pytest.raises(InputError, match="responses: response_id: 'r0000' is there more than once"):
        compare_periods(*tables)


def test_a_missing_column_is_named_among_the_user_s_own(periods):
    responses_a, *others = periods
    with pytest.raises(InputError, match=r"responses: no column 'category'; found response_id, scores$"):
        compare_periods(responses_a.rename(columns={"category": "scores"}), *others)


def test_the_tables_given_stay_as_they_are(periods):
    before = [table.copy() for table in periods]
    compare_periods(
        *[t.assign(site="s", respondent_id=t.index) if "category" in t else t for t in periods], None, "site"
    )
    compare_periods(*periods)
    for table, copy in zip(periods, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)

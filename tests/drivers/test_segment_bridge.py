"""The bridge with segments and with people in both samples: exact sums, and errors straight from the definitions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.bridge import compare_periods, compare_segments
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.errors import InputError

POINTS = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}
SMALL = DriversConfig(min_group=2, min_mentions=2)


def with_segments(survey, seed, n=400, odds=(0.5, 0.3, 0.2), people=0, weighted=False):
    """A survey whose responses come from three channels, web the happiest; `people` of one pool if given."""
    responses, mentions, themes = survey(n=n, seed=seed, weighted=weighted)
    rng = np.random.default_rng(seed + 1000)
    channel = rng.choice(["phone", "shop", "web"], n, p=odds)
    lifted = responses["category"].where((channel != "web") | (rng.random(n) < 0.5), "promoter")
    responses = responses.assign(segment_channel=channel, category=lifted.where(responses["category"].notna()))
    if people:
        responses["respondent_id"] = [f"p{person}" for person in rng.integers(0, people, n)]
    return responses, mentions, themes


def two_periods(survey, **extra):
    responses_a, mentions_a, themes = with_segments(survey, 1, **extra)
    responses_b, mentions_b, _ = with_segments(survey, 2, n=500, odds=(0.3, 0.3, 0.4), **extra)
    return responses_a, mentions_a, responses_b, mentions_b, themes


def error(estimate):
    return (estimate.high - estimate.low) / 2 / 1.959963984540054


def sum_of_parts(bridge):
    segments = bridge.segments["mix"].sum()
    return segments + bridge.table["mix"].sum() + bridge.table["rate"].sum() + bridge.total.base.value


def test_segments_mix_rate_and_base_sum_to_the_change(survey):
    bridge = compare_periods(*two_periods(survey), segment="segment_channel")
    total = bridge.total
    assert abs(sum_of_parts(bridge) - total.change.value) < 1e-9
    assert total.segments.value == pytest.approx(bridge.segments["mix"].sum())
    assert abs(total.segments.value + total.mix.value + total.rate.value + total.base.value - total.change.value) < 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(8, 80), st.booleans(), st.sampled_from([0, 10, 200]), st.integers(2, 12))
def test_the_sum_holds_with_segments_weights_and_repeated_people(survey, seed, n, weighted, people, least):
    responses_a, mentions_a, themes = with_segments(survey, seed, n, (0.6, 0.4, 0.0), people, weighted)
    responses_b, mentions_b, _ = with_segments(survey, seed + 1, 88 - n, (0.2, 0.4, 0.4), people)
    options = DriversConfig(min_mentions=2, min_group=least)
    tables = (responses_a, mentions_a, responses_b, mentions_b, themes)
    bridge = compare_periods(*tables, options, "segment_channel")
    change = bridge.total.nps_b.value - bridge.total.nps_a.value
    assert abs(sum_of_parts(bridge) - change) < 1e-9 or np.isnan(change)
    assert abs(bridge.segments["share_a"].sum() - 1) < 1e-9 or np.isnan(change)


def test_the_segment_s_part_is_the_formula_s(survey):
    tables = two_periods(survey, weighted=True)
    found = compare_periods(*tables, segment="segment_channel").segments.set_index("segment")
    for side, responses in (("a", tables[0]), ("b", tables[2])):
        scored = responses[responses["category"].notna()]
        points, weight = scored["category"].map(POINTS), scored["weight"]
        by_channel = scored.assign(w=weight, wy=weight * points).groupby("segment_channel")[["w", "wy"]].sum()
        assert np.allclose(found[f"share_{side}"], by_channel["w"] / weight.sum())
        assert np.allclose(found[f"nps_{side}"], by_channel["wy"] / by_channel["w"])
    assert np.allclose(found["mix"], (found["share_b"] - found["share_a"]) * (found["nps_a"] + found["nps_b"]) / 2)


def test_without_a_segment_there_is_no_part_for_it(survey):
    bridge = compare_periods(*two_periods(survey))
    assert np.isnan(bridge.total.segments.value)
    assert len(bridge.segments) == 0
    assert list(bridge.segments) == ["segment", "share_a", "share_b", "nps_a", "nps_b", "mix", "mix_low", "mix_high"]


def test_a_single_segment_changes_nothing(survey):
    tables = [table.assign(all="everybody") if "category" in table else table for table in two_periods(survey)]
    plain, one = compare_periods(*tables), compare_periods(*tables, segment="all")
    pd.testing.assert_frame_equal(plain.table, one.table)
    assert (one.total.segments.low, one.total.segments.value, one.total.segments.high) == (0.0, 0.0, 0.0)
    assert one.total.base.high == pytest.approx(plain.total.base.high)


def test_a_change_that_is_all_the_segments_goes_to_them_whole():
    shop = pd.DataFrame({"category": ["detractor"] * 60 + ["promoter"] * 40, "channel": "shop"})
    web = pd.DataFrame({"category": ["promoter"] * 90 + ["passive"] * 10, "channel": "web"})
    themes = pd.DataFrame({"theme_id": ["wait"], "kind": ["topic"]})
    tables = []
    for shops, webs in ((3, 1), (1, 3)):
        responses = pd.concat([shop] * shops + [web] * webs, ignore_index=True)
        responses["response_id"] = responses.index
        waited = (responses["channel"] == "shop") & (responses.index % 100 < 30)
        tables += [responses, pd.DataFrame({"response_id": np.flatnonzero(waited), "theme_id": "wait", "polarity": -1})]
    bridge, blind = (compare_periods(*tables, themes, segment=segment) for segment in ("channel", ""))
    assert bridge.total.change.value == pytest.approx(55.0)
    assert bridge.total.segments.value == pytest.approx(55.0)
    assert bridge.total.segments.low > 40
    assert np.allclose([bridge.total.mix.value, bridge.total.rate.value, bridge.total.base.value], 0.0, atol=1e-9)
    assert abs(blind.total.mix.value) + abs(blind.total.base.value) > 40  # without segments the themes get the blame


@pytest.mark.parametrize("people", [0, 300])
def test_exchanging_the_periods_turns_every_sign_of_the_segments_too(survey, people):
    tables = two_periods(survey, people=people, weighted=True)
    there = compare_periods(*tables, segment="segment_channel")
    back = compare_periods(*tables[2:4], *tables[:2], tables[4], segment="segment_channel")
    for table, other, names in ((there.table, back.table, ("mix", "rate", "share_change")),
                                (there.segments, back.segments, ("mix",))):  # fmt: skip
        for name in names:
            assert np.allclose(table[name], -other[name])
            assert np.allclose(table[f"{name}_low"], -other[f"{name}_high"])
    for part in ("segments", "mix", "rate", "base", "change"):
        assert getattr(there.total, part).low == pytest.approx(-getattr(back.total, part).high)


def test_the_order_of_rows_changes_no_bit(survey):
    tables = two_periods(survey, people=300)
    shuffled = [table.sample(frac=1, random_state=1) for table in tables[:4]]
    first = compare_periods(*tables, segment="segment_channel")
    second = compare_periods(*shuffled, tables[4], segment="segment_channel")
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
    pd.testing.assert_frame_equal(first.segments, second.segments, check_exact=True)
    assert first.total.segments == second.total.segments
    assert first.total.change == second.total.change


# The parts as a plain function of the weights, and their derivative by the weight of each person


def dense(responses, mentions, themes):
    scored = responses[responses["category"].notna()].sort_values("response_id")
    said = {(m.response_id, m.theme_id, m.polarity > 0) for m in mentions.itertuples()}
    columns = [(theme, praise) for theme in themes["theme_id"] for praise in (False, True)]
    x = np.array([[1.0] + [float((r, *c) in said) for c in columns] for r in scored["response_id"]])
    own = scored["weight"].to_numpy() if "weight" in scored else np.ones(len(x))
    channel = np.searchsorted(["phone", "shop", "web"], scored["segment_channel"].to_numpy(dtype=str))
    return x, scored["category"].map(POINTS).to_numpy(dtype=float), own, channel, scored["respondent_id"].to_numpy()


def parts_of(sides, weights, has_segments):
    q = np.array([np.bincount(s[3], w) / w.sum() for s, w in zip(sides, weights, strict=True)])
    m = np.array([np.bincount(s[3], w * s[1]) / np.bincount(s[3], w) for s, w in zip(sides, weights, strict=True)])
    fits = []
    for (x, y, _, channel, _), w, own in zip(sides, weights, q, strict=True):
        v = w * (q.mean(axis=0) / own)[channel] if has_segments else w
        root = np.sqrt(v)[:, None]
        fits.append((np.average(x, axis=0, weights=v), np.linalg.lstsq(x * root, y * root[:, 0], rcond=None)[0]))
    (p0, b0), (p1, b1) = fits
    mix, rate = (p1 - p0) * (b0 + b1) / 2, (b1 - b0) * (p0 + p1) / 2
    segments = (q[1] - q[0]) * m.mean(axis=0)
    totals = [segments.sum(), mix.sum(), rate[1:].sum(), rate[0]]
    return np.concatenate([totals, segments, mix[1:], rate[1:]])


def errors_by_derivative(tables, has_segments):
    """The square root of Σ_g (dθ / d log weight of person g)², by central differences."""
    sides = [dense(*tables[at : at + 2], tables[4]) for at in (0, 2)]
    squares, step = 0.0, 1e-5
    for person in sorted({person for side in sides for person in side[4]}):
        up, down = ([s[2] * np.where(s[4] == person, 1 + e, 1.0) for s in sides] for e in (step, -step))
        moved = parts_of(sides, up, has_segments) - parts_of(sides, down, has_segments)
        squares = squares + (moved / (2 * step)) ** 2
    return np.sqrt(squares)


@pytest.mark.parametrize(("segment", "people"), [("segment_channel", 250), ("segment_channel", 100_000), ("", 250)])
def test_the_errors_are_the_derivatives_by_each_person_s_weight(survey, monkeypatch, segment, people):
    def unstretched(columns, sample):  # the derivative knows no 1/(1 − h)
        fit = fit_terms(columns, sample)
        residuals = sample.points - columns @ fit.effects
        assert (np.abs(fit.stretched) >= np.abs(residuals)).all()
        return replace(fit, stretched=residuals)

    monkeypatch.setattr("feedback_nlp.drivers.bridge.fit_terms", unstretched)
    responses_a, mentions_a, responses_b, mentions_b, themes = two_periods(survey, people=people, weighted=True)
    tables = (responses_a, mentions_a, responses_b, mentions_b, themes.iloc[:2])
    told = [table[table["theme_id"].isin(themes["theme_id"][:2])] for table in (mentions_a, mentions_b)]
    bridge = compare_periods(responses_a, told[0], responses_b, told[1], themes.iloc[:2], None, segment)
    expected = errors_by_derivative(tables, bool(segment))
    total = bridge.total
    found = [error(part) for part in (total.segments, total.mix, total.rate, total.base)]
    for table, name in ((bridge.segments, "mix"), (bridge.table, "mix"), (bridge.table, "rate")):
        found += ((table[f"{name}_high"] - table[f"{name}_low"]) / 2 / 1.959963984540054).tolist()
    if segment:
        of_segments = [0, 4, 5, 6]  # these have leverages of a mean of some 100 in them
        assert np.array(found)[of_segments] == pytest.approx(expected[of_segments], rel=0.03)
        found, expected = np.delete(found, of_segments), np.delete(expected, of_segments)
    else:
        found, expected = found[1:], np.delete(expected, [0, 4, 5, 6])
    assert np.allclose(found, expected, rtol=1e-4)


# Which segments there are


def test_a_segment_that_one_period_lacks_is_pooled_and_named(survey):
    responses_a, *others = two_periods(survey)
    old = responses_a.assign(segment_channel=responses_a["segment_channel"].replace("web", "phone"))
    bridge = compare_periods(old, *others, segment="segment_channel")
    assert bridge.segments["segment"].tolist() == ["phone", "other segments"]  # shop was the next smallest
    note = bridge.notes[0]
    assert note.startswith("pooled segments into 'other segments', 30 responses needed in both: 'shop' (")
    assert "'web' (0 and " in note
    assert abs(sum_of_parts(bridge) - bridge.total.change.value) < 1e-9


def test_a_segment_with_one_person_is_pooled(survey):
    tables = list(two_periods(survey))
    for at in (0, 2):
        lone = tables[at].index == tables[at]["category"].first_valid_index()
        tables[at] = tables[at].assign(segment_channel=tables[at]["segment_channel"].mask(lone, "fax"))
    bridge = compare_periods(*tables, segment="segment_channel")
    assert "'fax' (1 and 1)" in bridge.notes[0]
    assert bridge.segments.notna().all(axis=None)


def test_periods_without_a_common_segment_have_no_part_for_segments(survey):
    responses_a, mentions_a, responses_b, mentions_b, themes = two_periods(survey)
    tables = (responses_a.assign(site="old"), mentions_a, responses_b.assign(site="new"), mentions_b, themes)
    bridge = compare_periods(*tables, segment="site")
    assert bridge.segments["segment"].tolist() == ["other segments"]
    assert bridge.total.segments.value == 0.0
    assert "'new' (0 and " in bridge.notes[0]


def test_many_small_segments_are_counted_not_all_listed(survey):
    tables = [t.assign(agent=[f"agent {i % 90}" for i in range(len(t))]) if "category" in t else t
              for t in two_periods(survey)]  # fmt: skip
    bridge = compare_periods(*tables, segment="agent")
    assert bridge.notes[0].endswith(" and 78 more")
    assert len(bridge.segments) == 1


def test_responses_without_a_value_are_a_segment_of_their_own(survey):
    tables = [t.assign(segment_channel=t["segment_channel"].replace("shop", None)) if "category" in t else t
              for t in two_periods(survey)]  # fmt: skip
    bridge, named = compare_periods(*tables, segment="segment_channel"), compare_periods(
        *two_periods(survey), segment="segment_channel"
    )  # fmt: skip
    assert bridge.segments["segment"].tolist()[:2] == ["phone", "web"]
    assert bridge.segments["segment"].isna().tolist() == [False, False, True]
    assert bridge.total.segments.value == pytest.approx(named.total.segments.value)


def test_whole_numbers_are_the_same_segment_however_they_are_stored(survey):
    responses_a, mentions_a, responses_b, mentions_b, themes = two_periods(survey)
    regions_a, regions_b = np.arange(len(responses_a)) % 2, np.arange(len(responses_b)) % 2 + 0.0
    tables = (responses_a.assign(region=regions_a), mentions_a, responses_b.assign(region=regions_b), mentions_b)
    bridge = compare_periods(*tables, themes, segment="region")
    assert bridge.segments["segment"].tolist() == ["0", "1"]


def test_a_segment_column_that_a_period_lacks_is_named(survey):
    tables = list(two_periods(survey))
    tables[2] = tables[2].rename(columns={"segment_channel": "segment_chanel"})
    with pytest.raises(InputError, match=r"responses: no column 'segment_channel'.*did you mean 'segment_chanel'"):
        compare_periods(*tables, segment="segment_channel")


# People in both


def test_people_who_are_in_one_period_only_change_no_bit(survey):
    tables = two_periods(survey)
    known = list(tables)
    for at, prefix in ((0, "a"), (2, "b")):
        known[at] = tables[at].assign(respondent_id=[f"{prefix}{i}" for i in range(len(tables[at]))])
    for segment in ("", "segment_channel"):
        first, second = compare_periods(*tables, segment=segment), compare_periods(*known, segment=segment)
        pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
        pd.testing.assert_frame_equal(first.segments, second.segments, check_exact=True)
        assert (first.total.change, first.total.base) == (second.total.change, second.total.base)


def test_a_null_respondent_is_nobody_s_other_half(survey):
    tables = two_periods(survey)
    unknown = [table.assign(respondent_id=None) if "category" in table else table for table in tables]
    pd.testing.assert_frame_equal(compare_periods(*tables).table, compare_periods(*unknown).table, check_exact=True)


def test_the_same_answers_of_the_same_people_leave_next_to_no_error(survey):
    responses, mentions, themes = with_segments(survey, 1)
    known = responses.assign(respondent_id=responses["response_id"])
    strangers = compare_periods(responses, mentions, responses, mentions, themes)
    same = compare_periods(known, mentions, known, mentions, themes)
    assert error(same.total.base) == pytest.approx(0.0, abs=1e-5)
    assert (same.table[["rate_high", "mix_high"]].abs() < 1e-5).all(axis=None)
    assert 0 < error(same.total.change) < 0.15 * error(strangers.total.change)


def test_the_change_s_error_is_that_of_pairs():
    """Pairs have the variance of their differences: here of 200 people, of whom 60 went from passive to promoter."""
    before = ["passive"] * 60 + ["promoter"] * 70 + ["detractor"] * 70
    after = ["promoter"] * 130 + ["detractor"] * 70
    sides = [
        pd.DataFrame({"response_id": range(200), "respondent_id": range(200), "category": c}) for c in (before, after)
    ]
    none = pd.DataFrame({"response_id": [], "theme_id": [], "polarity": []})
    themes = pd.DataFrame({"theme_id": ["t"], "kind": ["topic"]})
    change = compare_periods(sides[0], none, sides[1].sample(frac=1, random_state=0), none, themes).total.change
    differences = np.repeat([100.0, 0.0], [60, 140])
    assert change.value == pytest.approx(differences.mean())
    assert error(change) == pytest.approx(differences.std() / np.sqrt(200), rel=0.06)  # three are added to each side


def test_ids_may_be_numbers_in_one_period_and_texts_in_the_other(survey):
    responses, mentions, themes = with_segments(survey, 1)
    number = responses.assign(respondent_id=np.arange(len(responses)))
    text = number.assign(respondent_id=number["respondent_id"].astype(str))
    first, second = (compare_periods(number, mentions, other, mentions, themes).total for other in (number, text))
    assert first.change == second.change


# Two segments of one run


def test_two_segments_are_compared_like_two_periods(survey):
    responses, mentions, themes = with_segments(survey, 1, people=300)
    tables = []
    for value in ("phone", "web"):
        own = responses[responses["segment_channel"] == value]
        tables += [own, mentions[mentions["response_id"].isin(own["response_id"])]]
    expected = compare_periods(*tables, themes)
    found = compare_segments(responses, mentions, themes, "segment_channel", "phone", "web")
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.total.change == expected.total.change
    assert found.total.change.low > 0  # web is the happiest


def test_a_third_column_s_mix_is_taken_out_of_a_comparison_of_two_segments(survey):
    responses, mentions, themes = with_segments(survey, 1, n=600)
    responses["region"] = np.where(np.arange(600) % 3 == 0, "north", "south")
    bridge = compare_segments(responses, mentions, themes, "segment_channel", "phone", "shop", within="region")
    assert bridge.segments["segment"].tolist() == ["north", "south"]
    assert abs(sum_of_parts(bridge) - bridge.total.change.value) < 1e-9


def test_those_without_a_value_can_be_compared_too(survey):
    responses, mentions, themes = with_segments(survey, 1)
    missing = responses.assign(segment_channel=responses["segment_channel"].replace("shop", None))
    named = compare_segments(responses, mentions, themes, "segment_channel", "phone", "shop")
    unnamed = compare_segments(missing, mentions, themes, "segment_channel", "phone", None)
    assert unnamed.total == named.total


def test_a_value_may_be_the_number_that_the_column_holds(survey):
    responses, mentions, themes = with_segments(survey, 1)
    shops = responses.assign(shop=np.arange(len(responses)) % 3)
    number, text = (compare_segments(shops, mentions, themes, "shop", *values) for values in ((0, 2), ("0", "2")))
    assert number.total.change == text.total.change


def test_an_absent_null_has_no_nearest_name(survey):
    with pytest.raises(InputError, match=r"nobody is without a value; known: phone, shop, web$"):
        compare_segments(*with_segments(survey, 1), "segment_channel", None, "web")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("web", "phon"), "nobody has 'phon'; known: phone, shop, web; did you mean 'phone'"),
        (("web", "web"), "'web' is compared with itself"),
    ],
)
def test_a_segment_that_nobody_has_is_named_with_the_known_ones(survey, asked, message):
    with pytest.raises(InputError, match=f"segment_channel: {message}"):
        compare_segments(*with_segments(survey, 1), "segment_channel", *asked)


def test_mentions_of_unknown_responses_are_found_in_the_whole_table(survey):
    responses, mentions, themes = with_segments(survey, 1)
    wrong = mentions.assign(response_id=mentions["response_id"].where(mentions.index != 4, "nobody"))
    with pytest.raises(InputError, match="mentions: response_id: row 5: 'nobody' is not in responses"):
        compare_segments(responses, wrong, themes, "segment_channel", "phone", "web")


def test_empty_tables_have_no_segments_to_compare(survey):
    responses, mentions, themes = with_segments(survey, 1)
    with pytest.raises(InputError, match="nobody has 'phone'; known: none"):
        compare_segments(responses.iloc[:0], mentions.iloc[:0], themes, "segment_channel", "phone", "web")

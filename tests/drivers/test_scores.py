"""The scores and their intervals, against closed forms, published figures and simulation."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multinomial

from feedback_nlp.drivers import ces, crr, csat, nps
from feedback_nlp.drivers.scores import clusters_of, effective_size, quantile, weighted_mean, wilson
from feedback_nlp.errors import ConfigError, InputError

# mean and both shares of one list of answers, by one call each
METRICS = {
    "csat": lambda answers, *more: csat(answers, (4, 5), *more),
    "ces": lambda answers, *more: ces(answers, (5, 6, 7), *more).mean,
    "easy": lambda answers, *more: ces(answers, (5, 6, 7), *more).easy,
}
ANSWERS = st.lists(st.integers(1, 7), min_size=1, max_size=30)
CATEGORIES = st.lists(st.sampled_from(["promoter", "passive", "detractor", None]), min_size=1, max_size=60)


def test_nps_is_promoters_minus_detractors():
    assert nps(["promoter"] * 60 + ["passive"] * 25 + ["detractor"] * 15).value == pytest.approx(45.0)


def test_the_interval_of_nps_is_the_adjusted_wald_one():
    estimate = nps(["promoter"] * 10 + ["passive"] * 6 + ["detractor"] * 4)
    p, d = 10.75 / 23, 4.75 / 23
    half = 1.959963984540054 * 100 * math.sqrt((p + d - (p - d) ** 2) / 23)
    assert estimate.low == pytest.approx(100 * (p - d) - half)
    assert estimate.high == pytest.approx(100 * (p - d) + half)


def test_a_lower_level_gives_a_narrower_interval():
    answers = ["promoter"] * 50 + ["detractor"] * 30
    assert nps(answers, level=0.8).low > nps(answers, level=0.95).low


def test_nulls_are_no_answers():
    assert nps(["promoter", None, "passive", float("nan"), pd.NA]) == nps(["promoter", "passive"])


def test_without_an_answer_nps_is_unknown():
    assert all(math.isnan(end) for end in (nps([]).value, nps([None]).low, nps([None, None]).high))


def test_an_unknown_category_is_named_with_its_row():
    with pytest.raises(InputError, match=r"row 2: 'promotor' is none of .*did you mean 'promoter'"):
        nps(["promoter", "promotor"])


@pytest.mark.parametrize("weight", [-1.0, float("inf"), None, "much"])
def test_an_impossible_weight_is_named_with_its_row(weight):
    with pytest.raises(InputError, match="weights: row 2"):
        nps(["promoter", "passive"], weights=[1.0, weight])


def test_weights_that_are_all_zero_are_refused():
    with pytest.raises(InputError, match="at least one answer must count"):
        nps(["promoter", "passive"], weights=[0, 0])


def test_as_many_weights_and_respondents_as_answers_are_needed():
    with pytest.raises(InputError, match="1 values for 2"):
        nps(["promoter", "passive"], weights=[1.0])
    with pytest.raises(InputError, match="3 values for 2"):
        nps(["promoter", "passive"], respondents=["a", "b", "c"])


def test_the_weight_of_an_answer_that_is_missing_does_not_matter():
    assert nps(["promoter", None], weights=[2.0, None]) == nps(["promoter"], weights=[1.0])


def test_an_answer_with_weight_zero_is_as_if_it_were_not_there():
    assert nps(["promoter", "passive", "detractor"], weights=[1, 2, 0]) == nps(["promoter", "passive"], weights=[1, 2])


def test_weights_make_the_interval_that_of_kish_s_effective_size():
    answers = ["promoter", "promoter", "detractor", "detractor"] * 20
    weighted = nps(answers, weights=[3.0, 1.0] * 40)  # (Σw)² / Σw² = 160² / 400 = 64
    equal = nps(["promoter"] * 32 + ["detractor"] * 32)
    assert (weighted.value, weighted.low, weighted.high) == pytest.approx((equal.value, equal.low, equal.high))


def test_answers_given_twice_by_each_person_count_once():
    answers = ["promoter"] * 30 + ["passive"] * 20 + ["detractor"] * 10
    twice = nps(answers * 2, respondents=[f"p{i}" for i in range(60)] * 2)
    assert (twice.low, twice.high) == pytest.approx((nps(answers).low, nps(answers).high))


def test_people_who_all_agree_count_once_each():
    people = [f"p{i // 4}" for i in range(40)]
    assert nps(["promoter"] * 40, respondents=people).low == pytest.approx(nps(["promoter"] * 10).low)


def test_repeats_that_cancel_out_do_not_make_the_sample_larger():
    answers = ["promoter", "detractor"] * 20
    assert nps(answers, respondents=[i // 2 for i in range(40)]) == nps(answers)


def test_one_person_s_many_answers_are_one_answer():
    answers = ["promoter", "detractor", "promoter", "passive"] * 5
    alone = nps(answers, respondents=["p"] * 20)
    assert alone.value == 25.0
    p, d = (0.5 + 0.75) / 4, (0.25 + 0.75) / 4  # n_eff = 1
    assert alone.high == pytest.approx(100 * (p - d) + 1.959964 * 100 * math.sqrt((p + d - (p - d) ** 2) / 4))


def test_respondents_who_answered_once_change_nothing():
    answers = ["promoter", "passive", "detractor", "promoter"]
    weights = [1.0, 2.0, 0.5, 4.0]
    assert nps(answers, weights, respondents=["a", "b", None, None]) == nps(answers, weights)


def test_the_design_effect_is_the_clustered_variance_over_the_independent_one():
    values, weights = np.array([3.0, 1.0, 4.0, 1.0, 5.0]), np.array([1.0, 2.0, 1.0, 0.5, 3.0])
    clusters = np.array([0, 1, 0, 1, 0])
    e = weights * (values - np.average(values, weights=weights))
    deff = ((e[0] + e[2] + e[4]) ** 2 + (e[1] + e[3]) ** 2) / (e**2).sum()
    assert effective_size(values, weights, clusters) == pytest.approx(7.5**2 / 15.25 / deff)


def test_nobody_who_answered_twice_means_no_clusters():
    assert clusters_of(np.array(["a", None, "b", None], dtype=object)) is None


@given(CATEGORIES)
def test_nps_lies_within_its_interval_and_its_range(categories):
    estimate = nps(categories)
    assert math.isnan(estimate.value) or -100 <= estimate.low <= estimate.value <= estimate.high <= 100


@given(CATEGORIES, st.floats(0.01, 1000))
def test_the_unit_of_the_weights_does_not_matter(categories, unit):
    weights = np.arange(1, len(categories) + 1)
    assert np.allclose(_ends(nps(categories, weights)), _ends(nps(categories, weights * unit)), equal_nan=True)


@given(CATEGORIES)
def test_exchanging_promoters_and_detractors_turns_the_sign(categories):
    mirrored = [{"promoter": "detractor", "detractor": "promoter"}.get(c, c) for c in categories]
    one, other = nps(categories), nps(mirrored)
    assert np.allclose(_ends(one), [-other.value, -other.high, -other.low], equal_nan=True)


def test_weights_do_not_round_nps_past_its_range():
    for weights in np.random.default_rng(0).uniform(0.01, 100, (50, 7)):
        estimate = nps(["promoter"] * 7, weights)
        assert estimate.low <= estimate.value <= estimate.high <= 100


def test_small_samples_are_covered():
    rng = np.random.default_rng(0)
    drawn = rng.choice(["promoter", "passive", "detractor"], size=(2000, 20), p=[0.6, 0.25, 0.15])
    estimates = [nps(sample) for sample in drawn]
    assert 0.93 < np.mean([e.low <= 45.0 <= e.high for e in estimates]) < 0.99


def test_at_n_20_the_adjusted_interval_covers_where_the_plain_one_does_not():
    outcomes = [(p, 20 - p - d, d) for p in range(21) for d in range(21 - p)]
    estimates = [nps(["promoter"] * p + ["passive"] * m + ["detractor"] * d) for p, m, d in outcomes]
    adjusted = np.array([(estimate.low, estimate.high) for estimate in estimates])
    p, _, d = np.array(outcomes).T / 20
    half = 196 * np.sqrt((p + d - (p - d) ** 2) / 20)
    plain = np.column_stack([100 * (p - d) - half, 100 * (p - d) + half])
    steps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    truths = [(p, 1 - p - d, d) for p in steps for d in steps if p + d < 0.95]
    covered = np.array([[_exact_coverage(ends, outcomes, truth) for ends in (adjusted, plain)] for truth in truths])
    assert covered[:, 0].min() > 0.937
    assert covered[:, 0].mean() > 0.945
    assert covered[:, 1].min() < 0.9


def test_wilson_is_the_published_interval():
    estimate = wilson(81 / 263, 263)  # Newcombe 1998, table I: .2553 to .3662
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_holds_the_share_and_stays_a_share(n, share):
    estimate = wilson(share, n)
    assert 0 <= estimate.low <= share <= estimate.high <= 1


def test_csat_counts_the_top_two_boxes_unless_told():
    scores = [5, 4, 4, 3, 2, 1, None, 5]
    assert csat(scores).value == pytest.approx(4 / 7)
    assert csat(scores, satisfied=[5]).value == pytest.approx(2 / 7)
    assert csat(scores).low == wilson(4 / 7, 7).low


def test_ces_gives_the_mean_with_student_s_interval_and_the_easy_share():
    score = ces([7, 6, 5, 2, None])
    assert score.mean.value == 5.0
    assert score.easy.value == 0.75
    assert score.mean.high - 5.0 == pytest.approx(3.182446 * np.std([7, 6, 5, 2], ddof=1) / 2, rel=1e-6)


def test_one_effort_score_has_no_interval_and_none_has_no_mean():
    assert ces([4]).mean.value == 4.0
    assert math.isnan(ces([4]).mean.low)
    assert math.isnan(ces([]).easy.value)
    assert math.isnan(csat([None]).value)


def test_new_customers_do_not_count_as_retained():
    assert crr(["a", "b", "c", "d"], ["a", "new", "newer", "newest", None]).value == 0.25


def test_retention_of_nobody_is_unknown():
    assert math.isnan(crr([None], ["a"]).value)


def test_ids_of_customers_are_compared_as_they_are():
    assert crr([17, 18], [17.0, 3]).value == 0.5
    with pytest.raises(InputError, match="at_start holds texts and at_end numbers: no id can match"):
        crr(["17", "18"], [17, 18])


def test_a_customer_counts_once_however_often_listed():
    assert crr(["a", "a", "b"], ["a"], weights=[2, 2, 2]) == crr(["a", "b"], ["a"])
    assert crr({"a", "b"}, {"a"}).value == 0.5


def test_retention_can_be_weighted_by_revenue():
    kept = crr(["a", "b", "c"], ["a", "c"], weights=[5, 3, 2])
    assert kept.value == pytest.approx(0.7)
    assert kept.low == wilson(kept.value, 100 / 38).low


def test_a_customer_with_two_weights_is_refused():
    with pytest.raises(InputError, match="weights: row 3: 'a' has another one before"):
        crr(["a", "b", "a"], ["a"], weights=[1, 1, 2])


def test_contracts_of_one_customer_end_together():
    contracts, owners = [f"c{i}" for i in range(40)], [i // 4 for i in range(40)]
    kept = crr(contracts, contracts[:20], respondents=owners)
    assert (kept.low, kept.high) == pytest.approx((wilson(0.5, 10).low, wilson(0.5, 10).high))


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan"), "0.95"])
def test_a_level_outside_0_to_1_is_refused(level):
    for score in (lambda: nps(["promoter"], level=level), lambda: ces([1, 2], level=level), lambda: quantile(level)):
        with pytest.raises(ConfigError, match=r"level = .*: give a number between 0 and 1, such as 0.95"):
            score()


@pytest.mark.parametrize(
    "shape", [list, np.array, pd.Series, lambda answers: pd.Series(answers, index=range(9, 5, -1))]
)
def test_a_list_an_array_and_a_series_give_the_same(shape):
    assert csat(shape([5, 4, 2, 1]), weights=shape([1, 2, 3, 4])) == csat([5, 4, 2, 1], weights=[1, 2, 3, 4])
    assert ces(shape([5, 4, 2, 1]), respondents=shape([1, 1, 2, 3])) == ces([5, 4, 2, 1], respondents=[1, 1, 2, 3])
    assert nps(shape(["promoter"] * 4), shape([1, 2, 3, 4])) == nps(["promoter"] * 4, [1, 2, 3, 4])
    assert crr(shape(["a", "b", "c", "d"]), shape(["a", "b", "x", "y"])) == crr(["a", "b", "c", "d"], ["a", "b"])


@pytest.mark.parametrize("metric", METRICS)
@given(ANSWERS, st.floats(0.01, 1000))
def test_only_the_ratio_of_weights_matters(metric, answers, unit):
    weights = np.arange(1, len(answers) + 1)
    one, other = (METRICS[metric](answers, w) for w in (weights, weights * unit))
    assert np.allclose(_ends(one), _ends(other), equal_nan=True)


@pytest.mark.parametrize("metric", METRICS)
@given(ANSWERS, st.data())
def test_a_weight_counts_like_that_many_answers(metric, answers, data):
    weights = data.draw(st.lists(st.integers(1, 4), min_size=len(answers), max_size=len(answers)))
    repeated = np.repeat(answers, weights)
    assert METRICS[metric](answers, weights).value == pytest.approx(METRICS[metric](repeated).value)


@pytest.mark.parametrize("metric", METRICS)
@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter_to_the_last_bit(metric, answers, random):
    rows = [(a, 0.1 + 0.7 * (i % 5), random.choice(["ann", "bob", None])) for i, a in enumerate(answers)]
    shuffled = random.sample(rows, len(rows))
    one, other = (METRICS[metric](*zip(*order, strict=True)) for order in (rows, shuffled))
    assert np.array_equal(_ends(one), _ends(other), equal_nan=True)


@pytest.mark.parametrize("metric", METRICS)
@given(ANSWERS)
def test_the_interval_holds_the_value(metric, answers):
    estimate = METRICS[metric](answers, range(1, len(answers) + 1), [i // 2 for i in range(len(answers))])
    assert math.isnan(estimate.low) or estimate.low <= estimate.value <= estimate.high


@pytest.mark.parametrize(("hits", "n"), [(0, 12), (3, 12), (45, 60), (60, 60)])
def test_the_interval_of_csat_is_that_of_statsmodels(hits, n):
    from statsmodels.stats.proportion import proportion_confint

    estimate = csat([5] * hits + [1] * (n - hits), level=0.9)
    assert (estimate.low, estimate.high) == pytest.approx(proportion_confint(hits, n, 0.1, "wilson"), abs=1e-12)


def test_weighted_shares_have_wilson_s_interval_at_the_effective_size():
    from statsmodels.stats.proportion import proportion_confint

    weights = [3.0, 1.0] * 40  # (Σw)² / Σw² = 64
    estimate = csat([5, 4, 2, 1] * 20, weights=weights)
    assert (estimate.low, estimate.high) == pytest.approx(proportion_confint(32, 64, 0.05, "wilson"))


def test_the_weighted_mean_has_the_interval_of_statsmodels_at_the_effective_size():
    from statsmodels.stats.weightstats import DescrStatsW

    rng = np.random.default_rng(1)
    answers, weights = rng.integers(1, 8, 50), rng.uniform(0.2, 3, 50)
    worth = weights.sum() ** 2 / (weights**2).sum()
    estimate = ces(answers, weights=weights, level=0.9).mean
    expected = DescrStatsW(answers, weights * worth / weights.sum()).tconfint_mean(0.1)
    assert (estimate.low, estimate.high) == pytest.approx(expected)


def test_each_person_who_repeats_an_effort_score_counts_once():
    twice = ces([7, 6, 2, 5] * 2, respondents=["a", "b", "c", "d"] * 2).mean
    assert _ends(twice) == pytest.approx(_ends(ces([7, 6, 2, 5]).mean))


def test_answers_all_alike_or_worth_less_than_two_give_a_mean_without_interval():
    assert math.isnan(ces([7] * 20).mean.low)
    assert math.isnan(ces([7, 1, 4], respondents=["a"] * 3).mean.high)
    assert math.isnan(weighted_mean(np.array([1.0, 7.0]), np.array([1.0, 5.0]), None, 0.95).low)
    assert not math.isnan(ces([7, 1]).mean.low)


def test_the_mean_is_covered_with_weights_and_repeats():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(400):
        person = np.repeat(np.arange(60), rng.integers(1, 4, 60))
        answers = rng.normal(4, 1, 60)[person] + rng.normal(0, 1, len(person))
        estimate = ces(answers, weights=rng.uniform(0.5, 2, 60)[person], respondents=person).mean
        hits += estimate.low <= 4 <= estimate.high
    assert 0.92 < hits / 400 < 0.98


def _exact_coverage(ends, outcomes, truth):
    value = 100 * (truth[0] - truth[2])
    held = (ends[:, 0] <= value + 1e-9) & (value <= ends[:, 1] + 1e-9)
    return multinomial.pmf(outcomes, 20, truth)[held].sum()


def _ends(estimate):
    return [estimate.value, estimate.low, estimate.high]

"""The scores and their intervals, against closed forms, published figures and simulation."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.drivers import ces, crr, csat, nps
from feedback_nlp.drivers.scores import clusters_of, effective_size, wilson
from feedback_nlp.errors import InputError

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


def _ends(estimate):
    return [estimate.value, estimate.low, estimate.high]

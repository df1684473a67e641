"""Ranks, shrinkage, flags and robustness, against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq
from scipy.stats import norm

from feedback_nlp.drivers.ranks import draw_ranks, flag, rank_of, robustness_value, shrink

DRAGS = arrays(np.float64, st.integers(1, 12), elements=st.floats(-50, 20))


@given(DRAGS)
def test_ranks_are_a_permutation_that_sorts_the_drags(drags):
    ranks = rank_of(drags)
    assert sorted(ranks) == list(range(1, len(drags) + 1))
    assert (np.diff(drags[np.argsort(ranks)]) >= 0).all()


@given(DRAGS, st.integers(0, 5))
def test_a_rank_lies_within_its_interval(drags, seed):
    spread = draw_ranks(drags, np.eye(len(drags)) * 4, 100, 0.95, seed)
    assert (spread.low <= rank_of(drags)).all()
    assert (rank_of(drags) <= spread.high).all()
    assert ((spread.p_top3 >= 0) & (spread.p_top3 <= 1)).all()


def test_without_error_the_ranks_are_sure():
    spread = draw_ranks(np.array([-4.0, -3.0, -2.0, -1.0]), np.zeros((4, 4)), 100, 0.95, 0)
    assert spread.low.tolist() == spread.high.tolist() == [1, 2, 3, 4]
    assert spread.p_top3.tolist() == [1, 1, 1, 0]


def test_the_probability_of_the_better_of_two_is_the_normal_one():
    drags, covariance = np.array([-2.0, -1.0]), np.array([[1.0, 0.6], [0.6, 2.0]])
    padded = np.concatenate([[-99.0, -98.0], drags])  # two that are always worse, so that one place is left
    joint = np.zeros((4, 4))
    joint[2:, 2:] = covariance
    spread = draw_ranks(padded, joint, 40_000, 0.95, 1)
    assert spread.p_top3[2] == pytest.approx(norm.cdf(1 / np.sqrt(1 + 2 - 1.2)), abs=0.01)


def test_a_drag_without_a_variance_stays_and_spoils_no_other():
    covariance = np.array([[1.0, np.nan], [np.nan, np.nan]])
    spread = draw_ranks(np.array([-5.0, 0.0]), covariance, 1000, 0.95, 0)
    assert (spread.low[0], spread.high[0]) == (1, 1)


def test_the_draws_depend_on_the_seed_only():
    drags, covariance = np.linspace(-3, 0, 6), np.eye(6)
    one, same, other = (draw_ranks(drags, covariance, 500, 0.95, seed).p_top3 for seed in (7, 7, 8))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_shrinkage_follows_dersimonian_and_laird_on_a_worked_case():
    effects, variances = np.array([-10.0, -20.0, -60.0]), np.array([25.0, 100.0, 25.0])
    weights = 1 / variances
    fixed = (weights * effects).sum() / weights.sum()
    q = (weights * (effects - fixed) ** 2).sum()
    tau2 = (q - 2) / (weights.sum() - (weights**2).sum() / weights.sum())
    mean = (effects / (variances + tau2)).sum() / (1 / (variances + tau2)).sum()
    expected = [(tau2 * b + v * mean) / (tau2 + v) for b, v in zip(effects, variances, strict=True)]
    assert tau2 > 0
    assert shrink(effects, variances) == pytest.approx(expected)


@given(DRAGS)
def test_shrunk_effects_lie_between_the_effect_and_the_range_of_all(effects):
    shrunk = shrink(effects, np.linspace(1, 9, len(effects)))
    assert shrunk.min() >= effects.min() - 1e-9
    assert shrunk.max() <= effects.max() + 1e-9


def test_one_effect_known_far_better_than_the_others_does_not_break_the_shrinkage():
    shrunk = shrink(np.array([-1.0, -20.0, -30.0]), np.array([1e-11, 1e4, 1e4]))
    assert shrunk[0] == pytest.approx(-1.0)
    assert np.isfinite(shrunk).all()


def test_a_variance_that_is_rounding_counts_as_none():
    shrunk = shrink(np.array([-1.0, -20.0, -30.0]), np.array([1e-29, 4e2, 4e2]))
    assert shrunk.tolist() == pytest.approx([-1.0, -25.0, -25.0])


def test_effects_without_a_variance_are_left_alone():
    assert shrink(np.array([-1.0, -2.0, -9.0]), np.array([4.0, np.nan, 4.0]))[1] == -2.0
    assert shrink(np.array([-1.0]), np.array([4.0])).tolist() == [-1.0]


def test_flags_are_those_of_benjamini_and_hochberg():
    p = np.array([0.04, 0.001, 0.2, 0.058, 0.9])
    drags = norm.ppf(p) - 0.5  # with errors of 1 and the margin of .5 these are the p values
    assert flag(drags, np.ones(5), 0.5, 0.1).tolist() == [True, True, False, True, False]  # .058 <= 3/5 * .1


def test_a_drag_within_the_margin_is_never_flagged_however_precise():
    assert flag(np.array([-0.4, -3.0]), np.array([1e-6, 0.1]), 0.5, 0.1).tolist() == [False, True]


def test_without_error_only_the_margin_decides_and_without_a_known_error_nothing_is_flagged():
    assert flag(np.array([-0.4, -0.6, -90.0]), np.array([0.0, 0.0, np.nan]), 0.5, 0.1).tolist() == [False, True, False]
    assert flag(np.zeros(0), np.zeros(0), 0.5, 0.1).tolist() == []


def test_robustness_is_the_published_formula():
    f = 4.18 / np.sqrt(783)  # Cinelli & Hazlett 2020, table 1: t = 4.18, df = 783, RV = 13.9 %
    expected = 0.5 * (np.sqrt(f**4 + 4 * f**2) - f**2)
    assert robustness_value(4.18, 783.0) == pytest.approx(expected)
    assert round(float(robustness_value(4.18, 783.0)), 3) == 0.139


@given(st.floats(0.01, 50))
def test_a_confounder_of_that_strength_just_brings_the_effect_to_zero(f):
    undone = brentq(lambda share: share / np.sqrt(1 - share) - f, 0, 1 - 1e-12)  # bias² / df = R²R² / (1 − R²)
    assert robustness_value(f, 1.0) == pytest.approx(undone, abs=1e-6)


def test_robustness_of_no_effect_is_none_and_of_a_perfect_fit_full():
    assert robustness_value(np.array([0.0, 0.0, 3.0]), np.array([0.0, 1.0, 0.0])).tolist() == [0.0, 0.0, 1.0]

"""Contrasts of NPS and of shares: closed forms, correlations of people in several cells, many at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from feedback_nlp.drivers.people.contrasts import (
    AGAINST,
    correlation_of,
    correlations_of_two,
    enlarged,
    flags_of,
    nps_contrasts,
    share_contrast,
    share_contrasts,
    spans_of,
)
from feedback_nlp.drivers.scores import clusters_of, effective_size, nps_change, nps_moments, wilson

POINTS = np.array([100.0, 0.0, -100.0])


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_enlarged_is_nps_moments_of_shares(seed, n):
    rng = np.random.default_rng(seed)
    points, weights = rng.choice(POINTS, n), rng.uniform(0.2, 3, n)
    shares = (np.average(points == side, weights=weights) for side in (100, -100))
    found = enlarged(*shares, np.array(effective_size(points, weights)))
    assert found == pytest.approx(nps_moments(points, weights, None), abs=1e-10)


def test_the_difference_of_two_independent_nps_is_nps_change():
    before, after = (20.0, 19.0, 3.0), (30.0, 29.0, 4.0)
    spans, _ = nps_contrasts(np.array([after, before]).T, np.array([200.0, 300.0]), AGAINST, np.eye(2), 0.95)
    change = nps_change(before, after, 0.95)
    assert spans == pytest.approx([change.value, change.low, change.high])


def test_many_contrasts_of_nps_are_those_of_each():
    rng = np.random.default_rng(0)
    moments, sizes, rho = rng.uniform(1, 30, (3, 2, 5)), rng.uniform(30, 90, (2, 5)), rng.uniform(-0.5, 0.5, 5)
    spans, p = nps_contrasts(moments, sizes, AGAINST, correlations_of_two(rho), 0.9)
    for at in range(5):
        alone = nps_contrasts(moments[..., at], sizes[:, at], AGAINST, correlations_of_two(rho[at]), 0.9)
        assert np.append(spans[:, at], p[at]) == pytest.approx(np.append(*alone))


def test_many_contrasts_of_shares_are_those_of_each():
    rng = np.random.default_rng(1)
    shares = [[wilson(share, 50.0) for share in rng.uniform(0, 1, 5)] for _ in range(2)]
    rho = rng.uniform(-0.5, 0.5, 5)
    together = np.stack([spans_of(side) for side in shares], axis=1)
    spans, p = share_contrasts(together, AGAINST, correlations_of_two(rho), 0.95)
    for at in range(5):
        change, alone = share_contrast([side[at] for side in shares], AGAINST, correlations_of_two(rho[at]), 0.95)
        assert [*spans[:, at], p[at]] == pytest.approx([change.value, change.low, change.high, alone])


def test_missing_figures_stay_missing_without_a_warning():
    spans, p = nps_contrasts(np.full((3, 2, 1), np.nan), np.full((2, 1), np.nan), AGAINST, np.ones((2, 2, 1)), 0.95)
    assert np.isnan(spans).all()
    assert np.isnan(p).all()


def test_a_contrast_of_shares_without_any_spread_is_sure():
    certain = np.array([[[1.0], [0.0]]] * 3)
    _, p = share_contrasts(certain, AGAINST, correlations_of_two(np.zeros(1)), 0.95)
    assert p.tolist() == [0.0]
    _, p = share_contrasts(certain[:, [0, 0]], AGAINST, correlations_of_two(np.zeros(1)), 0.95)
    assert p.tolist() == [1.0]


def test_the_p_of_a_contrast_of_shares_is_a_normal_s():
    shares = np.array([[0.5, 0.4, 0.6], [0.3, 0.2, 0.4]]).T
    _, p = share_contrasts(shares, AGAINST, np.eye(2), 0.95)
    assert p == pytest.approx(2 * norm.sf(0.2 / (np.sqrt(0.02) / norm.ppf(0.975))))


def test_what_has_no_p_is_neither_flagged_nor_counted():
    assert flags_of(pd.Series([0.05, np.nan, np.nan, 0.9]), 0.1).tolist() == [True, pd.NA, pd.NA, False]


def test_shares_that_go_wholly_together_leave_the_difference_of_the_distances():
    shares, together = [wilson(0.5, 40), wilson(0.3, 40)], np.ones((2, 2))
    change, _ = share_contrast(shares, np.array([1.0, -1.0]), together, 0.95)
    down = abs((shares[0].value - shares[0].low) - (shares[1].high - shares[1].value))
    assert change.value - change.low == pytest.approx(down)


def test_a_contrast_s_p_is_five_percent_where_its_interval_begins_at_zero():
    apart, _ = share_contrast([wilson(0.5, 50), wilson(0.2, 50)], np.array([1.0, -1.0]), np.eye(2), 0.95)
    half = (apart.value - apart.low) / apart.value
    _, p = share_contrast([wilson(0.5, 50), wilson(0.2, 50)], np.array([1.0, -1.0]), np.eye(2) / half**2, 0.95)
    assert p == pytest.approx(0.05)


@given(st.integers(0, 10_000))
def test_correlations_of_cells_could_be_those_of_some_numbers(seed):
    rng = np.random.default_rng(seed)
    values, weights = rng.choice([-100.0, 0.0, 100.0], 30), rng.uniform(0.1, 3, 30)
    cell = rng.permutation(np.repeat(np.arange(3), 10))
    clusters = clusters_of(rng.integers(0, 8, 30).astype(object))
    correlation = correlation_of(values, weights, clusters, [np.flatnonzero(cell == c) for c in range(3)])
    assert np.linalg.eigvalsh(correlation).min() > -1e-9
    assert np.abs(correlation).max() <= 1 + 1e-12


def test_people_in_one_cell_only_make_no_correlation():
    cells = [np.array([0, 1]), np.array([2, 3])]
    values = np.array([1.0, 0.0, 1.0, 0.0])
    assert correlation_of(values, np.ones(4), np.array([0, 0, 1, 1]), cells).tolist() == [[1, 0], [0, 1]]


def test_a_cell_of_one_mind_goes_with_nothing_even_where_its_mean_is_rounded():
    values = np.array([-100.0, -100.0, -100.0, 100.0, -100.0, 0.0])
    weights = np.array([0.1, 0.1, 0.1, 1.0, 2.0, 0.4])
    assert np.average(values[:3], weights=weights[:3]) != -100  # its errors are rounding, all of one sign
    cells = [np.array([0, 1, 2]), np.array([3, 4, 5])]
    assert correlation_of(values, weights, np.array([0, 1, 2, 0, 1, 3]), cells).tolist() == [[1, 0], [0, 1]]

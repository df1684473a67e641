"""The Shapley split against brute force, closed forms and its own axioms."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from feedback_nlp.drivers.shapley import _by_subsets, _by_waves, fitted_nps, split_fitted, taken_away, unique_patterns

CUTS = np.array([-1.2, 0.7])


def nps_of(eta, cuts=CUTS):
    """100 P(promoter) − 100 P(detractor), straight from the definition of the model."""
    promoter, detractor = 1 - 1 / (1 + np.exp(eta - cuts[1])), 1 / (1 + np.exp(eta - cuts[0]))
    return 100 * promoter - 100 * detractor


def marks_of(n, k, seed, rate=0.4):
    rng = np.random.default_rng(seed)
    return np.column_stack([np.ones(n), rng.random((n, k)) < rate])


def by_all_orders(x, weights, slopes):
    """Each column's mean gain in v over all orders in which the columns can come in."""
    k = x.shape[1] - 1

    def v(columns):
        return np.average(nps_of(x[:, columns] @ slopes[columns]), weights=weights)

    gains = np.zeros(k + 1)
    for order in permutations(range(1, k + 1)):
        for at, column in enumerate(order):
            gains[column] += v(list(order[: at + 1])) - v(list(order[:at]))
    gains /= len(list(permutations(range(k))))
    gains[0] = nps_of(0.0)
    return gains


@pytest.mark.parametrize("seed", range(4))
def test_the_split_is_the_mean_over_all_orders_of_four_columns(seed):
    x, rng = marks_of(60, 4, seed), np.random.default_rng(seed)
    slopes, weights = np.concatenate([[0.0], rng.normal(0, 1.5, 4)]), rng.uniform(0.2, 3, 60)
    split = split_fitted(sparse.csr_array(x), weights, slopes, CUTS)
    assert split == pytest.approx(by_all_orders(x, weights, slopes), abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 30), st.floats(0.01, 0.9), st.floats(0.1, 4))
def test_the_parts_sum_to_the_mean_fitted_nps_however_many_marks(seed, k, rate, spread):
    x, rng = marks_of(15, k, seed, rate), np.random.default_rng(seed)
    slopes, weights = np.concatenate([[0.0], rng.normal(0, spread, k)]), rng.uniform(0.2, 3, 15)
    cuts = np.sort(rng.normal(0, 2, 2))
    split = split_fitted(sparse.csr_array(x), weights, slopes, cuts)
    assert split.sum() == pytest.approx(np.average(nps_of(x @ slopes, cuts), weights=weights), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.floats(0.1, 4))
def test_waves_and_subsets_give_the_same_figures(seed, m, spread):
    rng = np.random.default_rng(seed)
    slopes, cuts = rng.normal(0, spread, (2, m)), np.sort(rng.normal(0, 2, 2))
    assert _by_waves(slopes, cuts) == pytest.approx(_by_subsets(slopes, cuts), abs=1e-10)


@pytest.mark.parametrize("m", [3, 12, 13, 31, 80])
def test_marks_of_equal_slopes_share_equally(m):
    slopes = np.concatenate([[0.0], np.full(m, -0.3)])
    split = split_fitted(sparse.csr_array(np.ones((1, m + 1))), np.ones(1), slopes, CUTS)
    assert split[1:] == pytest.approx(np.full(m, (nps_of(-0.3 * m) - nps_of(0.0)) / m), abs=1e-10)


def test_thirteen_marks_of_unequal_slopes_agree_with_the_listed_subsets():
    rng = np.random.default_rng(3)
    slopes = rng.normal(0, 1, 13)
    columns = sparse.csr_array(np.ones((1, 14)))
    split = split_fitted(columns, np.ones(1), np.concatenate([[0.0], slopes]), CUTS)
    assert split[1:] == pytest.approx(_by_subsets(slopes[None, :], CUTS)[0], abs=1e-10)


def test_a_column_without_effect_gets_nothing_and_one_without_marks_too():
    x = marks_of(50, 4, 1)
    x[:, 4] = 0
    split = split_fitted(sparse.csr_array(x), np.ones(50), np.array([0, 1.0, 0.0, -2.0, -1.0]), CUTS)
    assert split[2] == pytest.approx(0, abs=1e-12)
    assert split[4] == 0


def test_a_column_alone_gets_the_whole_difference():
    x = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    split = split_fitted(sparse.csr_array(x), np.ones(3), np.array([0.0, -2.0]), CUTS)
    assert split == pytest.approx([nps_of(0.0), (nps_of(-2.0) - nps_of(0.0)) / 3])


def test_a_curve_that_is_nearly_straight_splits_like_a_line():
    x, slopes = marks_of(40, 5, 2), np.array([0, 1, -2, 3, -1, 0.5]) * 1e-4
    split = split_fitted(sparse.csr_array(x), np.ones(40), slopes, CUTS)
    slope_at_0 = sum(100 * np.exp(-c) / (1 + np.exp(-c)) ** 2 for c in CUTS)
    assert split[1:] == pytest.approx(slope_at_0 * x[:, 1:].mean(axis=0) * slopes[1:], rel=1e-3)
    assert taken_away(sparse.csr_array(x), np.ones(40), slopes, CUTS)[1:] == pytest.approx(split[1:], rel=1e-3)


@pytest.mark.parametrize("k", [3, 16])
def test_an_infinite_threshold_never_moves(k):
    x, slopes = marks_of(40, k, 4, rate=0.95), np.linspace(0, -1, k + 1)
    binary = split_fitted(sparse.csr_array(x), np.ones(40), slopes, np.array([-np.inf, 0.7]))
    assert binary.sum() == pytest.approx(np.mean(100 / (1 + np.exp(0.7 - x @ slopes))), abs=1e-9)


def test_weights_count_like_repeated_responses_in_any_unit():
    x, slopes = marks_of(30, 4, 5), np.array([0.0, 1.0, -2.0, 0.5, -0.1])
    times = np.arange(30) % 3 + 1
    weighted = split_fitted(sparse.csr_array(x), 0.25 * times, slopes, CUTS)
    repeated = split_fitted(sparse.csr_array(np.repeat(x, times, axis=0)), np.ones(times.sum()), slopes, CUTS)
    assert weighted == pytest.approx(repeated, abs=1e-11)


def test_what_is_taken_away_is_the_nps_without_that_column():
    x, slopes, weights = marks_of(50, 4, 6), np.array([0.0, 1.0, -2.0, 0.5, -0.1]), np.linspace(1, 2, 50)
    taken = taken_away(sparse.csr_array(x), weights, slopes, CUTS)
    for column in range(1, 5):
        without = x.copy()
        without[:, column] = 0
        lost = np.average(nps_of(x @ slopes) - nps_of(without @ slopes), weights=weights)
        assert taken[column] == pytest.approx(lost, abs=1e-11)


def test_small_and_large_stores_of_subsets_give_the_same_split(monkeypatch):
    x, slopes = marks_of(200, 9, 7), np.linspace(-1, 1, 10)
    slopes[0] = 0
    whole = split_fitted(sparse.csr_array(x), np.ones(200), slopes, CUTS)
    monkeypatch.setattr("feedback_nlp.drivers.shapley._CELLS", 100)
    assert split_fitted(sparse.csr_array(x), np.ones(200), slopes, CUTS) == pytest.approx(whole, abs=1e-11)


def test_fitted_nps_is_that_of_the_probabilities():
    eta = np.linspace(-4, 4, 9)
    assert fitted_nps(eta, CUTS) == pytest.approx(nps_of(eta), abs=1e-11)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(0, 20))
def test_patterns_give_every_row_back_and_are_distinct(seed, n, k):
    x = marks_of(n, k, seed, 0.3)
    patterns, place = unique_patterns(sparse.csr_array(x))
    assert np.array_equal(patterns.toarray()[place], x)
    assert len({tuple(row) for row in patterns.toarray()}) == patterns.shape[0]


def test_patterns_are_the_same_in_small_chunks_and_whatever_the_order_of_rows(monkeypatch):
    x = marks_of(300, 9, 8)
    patterns = unique_patterns(sparse.csr_array(x))[0].toarray()
    monkeypatch.setattr("feedback_nlp.drivers.shapley._CHUNK", 7)
    assert np.array_equal(unique_patterns(sparse.csr_array(x[::-1].copy()))[0].toarray(), patterns)

"""`exact_p`: Fisher's test for many tables, against exact arithmetic and scipy's."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom

from feedback_nlp.drivers.people.exact import exact_p


def by_fractions(hits, n, other_hits, other_n):
    total, all_hits = n + other_n, hits + other_hits
    weights = {k: comb(all_hits, k) * comb(total - all_hits, n - k) for k in range(min(n, all_hits) + 1)}
    tails = [sum(w for k, w in weights.items() if side(k)) for side in (lambda k: k <= hits, lambda k: k >= hits)]
    return float(min(Fraction(1), Fraction(2 * min(tails), comb(total, n))))


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_the_exact_p_is_twice_fisher_s_smaller_tail(n, other_n, data):
    hits, other_hits = data.draw(st.integers(0, n)), data.draw(st.integers(0, other_n))
    table = [[hits, n - hits], [other_hits, other_n - other_hits]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert exact_p(hits / n, n, other_hits / other_n, other_n) == pytest.approx(min(1.0, 2 * min(tails)))


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_thirteen_digits_are_right(n, other_n, data):
    hits, other_hits = data.draw(st.integers(0, n)), data.draw(st.integers(0, other_n))
    expected = by_fractions(hits, n, other_hits, other_n)
    assert float(exact_p(hits / n, n, other_hits / other_n, other_n)) == pytest.approx(expected, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(("hits", "n", "other_hits"), [(40, 330, 9_000), (3, 330, 9_000), (0, 50, 4_000), (33, 33, 33)])
def test_among_a_hundred_thousand_answers_it_is_scipy_s(hits, n, other_hits):
    urn = (100_000, hits + other_hits, n)
    expected = min(1.0, 2 * min(hypergeom.cdf(hits, *urn), hypergeom.sf(hits - 1, *urn)))
    others = 100_000 - n
    assert float(exact_p(hits / n, n, other_hits / others, others)) == pytest.approx(expected, rel=1e-12)


def test_among_a_million_answers_the_digits_hold():
    # 1,000 of a million, 130 hits where 100 are expected: log P by 40 digits of log Γ, the tail by its ratios
    assert float(exact_p(0.13, 1000, 99_870 / 999_000, 999_000)) == pytest.approx(0.0026687477744843967, rel=1e-12)


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(0, 1), st.floats(0, 1))
def test_neither_the_order_of_the_sides_nor_what_is_called_a_hit_matters(n, other_n, share, other):
    share, other = round(share * n) / n, round(other * other_n) / other_n
    p = exact_p(share, n, other, other_n)
    assert exact_p(other, other_n, share, n) == pytest.approx(p, rel=1e-11)
    assert exact_p(1 - share, n, 1 - other, other_n) == pytest.approx(p, rel=1e-11)


def test_many_tables_are_tested_as_each_alone():
    rng = np.random.default_rng(0)
    n, other_n = rng.integers(1, 300, (2, 3, 20)).astype(float)
    share, other = rng.uniform(0, 1, (2, 3, 20))
    together = exact_p(share, n, other, other_n)
    alone = [float(exact_p(*cell)) for cell in zip(*(x.ravel() for x in (share, n, other, other_n)), strict=True)]
    assert together.ravel().tolist() == alone
    assert together.shape == (3, 20)


def test_nobody_marked_or_everybody_is_no_difference():
    assert exact_p([0, 1], 40, [0, 1], 900).tolist() == [1, 1]


def test_effective_sizes_below_the_hits_are_taken_up_to_them():
    assert float(exact_p(1.0, 0.4, 0.5, 10)) == 1.0


def test_no_tables_give_no_p():
    assert exact_p(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0)).shape == (0,)

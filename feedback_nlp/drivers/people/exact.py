"""Fisher's exact test of many pairs of shares at once."""

from typing import Any

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from feedback_nlp.drivers.scores import Floats

_SERIES = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680)  # of log x!, by odd powers of 1/x
_LONG = 30.0  # from here on four terms of it are enough


def exact_p(share: Any, size: Any, other_share: Any, other_size: Any) -> Floats:
    """Returns the two-sided p-values of shares (0–1) of samples of a size against others', numbers or arrays of them.

    Fisher's exact test (1935), twice the smaller tail and at most 1, on counts rounded from share × size: a size may be
    an effective one. It stays honest where a handful of complaints are expected and a normal approximation would flag
    three. People who are on both sides make it conservative.

    >>> exact_p([8 / 10, 0.5], 10, [1 / 6, 0.5], 6).round(4)
    array([0.049, 1.   ])
    """
    share, size, other_share, other_size = np.broadcast_arrays(share, size, other_share, other_size)
    hits, other_hits = np.rint(share * size), np.rint(other_share * other_size)
    misses, other_misses = np.rint(size) - hits, np.rint(other_size) - other_hits
    return _two_sided(np.maximum([[hits, misses], [other_hits, other_misses]], 0.0))


def _two_sided(cells: Floats) -> Floats:
    """Returns twice the smaller tail of each 2 × 2 table with its margins, (2, 2, …)."""
    more = cells[0, 0] * cells[1, 1] >= cells[0, 1] * cells[1, 0]  # hits in the first row than expected
    alone = _probabilities(cells)
    tail = alone * _tails(np.where(more, cells, cells[::-1]))
    other: Floats = 1.0 - tail + alone  # the smaller one only about the median
    return np.minimum(2.0 * np.minimum(tail, other), 1.0)


def _probabilities(cells: Floats) -> Floats:
    """Returns how probable each table is, given its margins (hypergeometric).

    log P = Σ h(margins) − h(total) − Σ h(cells) − G²/2 with h(x) = log x! − x log x + x and G² = 2 Σ cell log(cell /
    expected), the likelihood ratio: nothing large is taken from something large, so 13 digits are right for millions
    of answers (the deviance form of Loader 2000, "Fast and accurate computation of binomial probabilities").
    """
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    total = np.maximum(rows.sum(axis=0), 1.0)
    expected = rows[:, None] * columns[None, :] / total
    beyond = (cells[0, 0] * cells[1, 1] - cells[0, 1] * cells[1, 0]) / total  # exact below the division
    distance = beyond * np.array([[1.0, -1.0], [-1.0, 1.0]]).reshape(2, 2, *[1] * (cells.ndim - 2))
    ratio = xlog1py(cells, distance / np.where(expected > 0, expected, 1.0)).sum(axis=(0, 1))
    margins = _excess(rows).sum(axis=0) + _excess(columns).sum(axis=0) - _excess(total)
    return np.asarray(np.exp(margins - _excess(cells).sum(axis=(0, 1)) - ratio))


def _excess(x: Floats) -> Floats:
    """Returns h(x) = log x! − x log x + x, 0 for 0."""
    large, small = np.maximum(x, _LONG), np.minimum(x, _LONG)
    series = sum(term / large**power for term, power in zip(_SERIES, (1, 3, 5, 7), strict=True))
    return np.where(
        x >= _LONG,
        0.5 * np.log(2 * np.pi * large) + series,
        gammaln(small + 1) - xlogy(small, small) + small,
    )


def _tails(cells: Floats) -> Floats:
    """Returns the probability of at least as many hits in the first row over that of just as many, (…)."""
    (hits, misses), (other_hits, other_misses) = cells.reshape(2, 2, -1)
    sums, term = np.ones_like(hits), np.ones_like(hits)
    left = np.flatnonzero(misses * other_hits > 0)
    step = 0
    while len(left):
        term[left] *= (other_hits[left] - step) * (misses[left] - step)
        step += 1
        term[left] /= (hits[left] + step) * (other_misses[left] + step)
        sums[left] += term[left]
        left = left[term[left] > 1e-18 * sums[left]]
    of_tables: Floats = sums.reshape(cells.shape[2:])
    return of_tables

"""Drag and lift: one regression of the score on who mentioned what, and the sampling error of every product in it.

NPS = b_0 + Σ_c p_c b_c,    drag = p b of a theme's complaints, lift = p b of its praise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from feedback_nlp.drivers.design import gram, scale_rows
from feedback_nlp.drivers.ranks import robustness_value
from feedback_nlp.drivers.sample import Sample, Sparse
from feedback_nlp.drivers.scores import Codes, Floats

_CHUNK = 65_536  # rows whose leverages are computed at once
_FULL_LEVERAGE = 1 - 1e-8  # the fit goes through such a row whatever its score, so it says nothing about the error


@dataclass(frozen=True)
class Fit:
    """The fitted terms, base first: shares p (K,; base 1) and effects b (K,) in points, with their sampling errors.

    `of_shares`, `crossed`, `of_effects` (K, K): covariances of p with p, p with b, b with b; NaN in the rows and
    columns of effects that have no interval. `robustness` (K,): see `robustness_value`; NaN for the base. `inverse`
    (K, K): N = n (X'WX)⁻¹, and `stretched` (n,): e_i / (1 − h_i), 0 for a row of full leverage; with them a comparison
    of two fits finds the influence of each response again.
    """

    shares: Floats
    effects: Floats
    of_shares: Floats
    crossed: Floats
    of_effects: Floats
    robustness: Floats
    inverse: Floats
    stretched: Floats

    @property
    def has_interval(self) -> NDArray[np.bool_]:
        """Which effects have an interval, (K,)."""
        return ~np.isnan(np.diag(self.of_effects))

    @property
    def contributions(self) -> Floats:
        """What each term adds to the NPS, (K,) in points; they sum to it."""
        return self.shares * self.effects

    @property
    def covariance(self) -> Floats:
        """Covariance of the contributions, (K, K), by the product rule: d(pb) = b dp + p db."""
        return self.covariance_of(self.effects, self.shares)

    def covariance_of(self, by_share: Floats, by_effect: Floats) -> Floats:
        """Covariance (K, K) of figures that move by_share · dp + by_effect · db, both (K,)."""
        s, e = by_share, by_effect
        mixed = np.outer(s, e) * self.crossed
        covariance = np.outer(s, s) * self.of_shares + mixed + mixed.T + np.outer(e, e) * self.of_effects
        np.fill_diagonal(covariance, np.maximum(np.diag(covariance), 0.0))  # of a variance of 0 rounding may leave less
        return np.asarray(covariance, dtype=np.float64)


def fit_terms(columns: Sparse, sample: Sample) -> Fit:
    """Returns the weighted least-squares fit of the points on the columns (n, K), with HC3 influence-function errors.

    With weights w of mean 1, A = (X'WX)⁻¹, p_c = mean(w M_c), residuals e and leverages h_i = w_i x_i'A x_i, the
    influence of response i on a share and on an effect is

        IF_i(p_c) = w_i (M_ic − p_c),      IF_i(b_c) = w_i n (A x_i)_c e_i / (1 − h_i),

    so that of the contribution is IF_i(p_c b_c) = w_i [(M_ic − p_c) b_c + p_c n (A x_i)_c e_i / (1 − h_i)], and
    Cov = Σ_i IF_i IF_i' / n² (influence functions: Hampel 1974; 1/(1 − h): HC3, MacKinnon & White 1985). Where people
    answered repeatedly, IF are summed per person before they are squared (Liang & Zeger 1986). The residuals are
    weighted, the base is NPS − Σ p b, so the contributions sum to the NPS to rounding.

    A row with h_i > 1 − 1e-8 is the only one that tells its columns from the others: those effects get no interval
    (NaN), nor does a column whose mentions are all one person's where errors are summed per person. Taking p as fixed
    instead would leave an interval of 95 % with 80 %.

    The columns must be linearly independent, base first (`independent_columns`). Nothing dense of n × K is made.
    """
    n, weights = sample.n, sample.weights
    moments = gram(columns, columns, weights) / n
    shares = moments[0].copy()
    shares[0] = 1.0
    average = float(np.average(sample.points, weights=weights))
    root, inverse = _inverses(moments, shares)
    products = np.asarray(columns.T @ (weights * sample.points)) / n
    slopes = inverse[1:, 1:] @ (products[1:] - shares[1:] * average)
    effects = np.concatenate([[average - shares[1:] @ slopes], slopes])
    residuals = sample.points - columns @ effects
    leverages = weights / n * _square_lengths(columns, root)
    full = leverages > _FULL_LEVERAGE
    stretched = np.where(full, 0.0, residuals / np.where(full, 1.0, 1.0 - leverages))
    of_shares, crossed, of_effects = _covariances(columns, sample, shares, inverse, stretched)
    without = _resting_on(columns[np.flatnonzero(full)], inverse, moments) + _of_one_person(columns, sample.clusters)
    crossed[:, without] = np.nan
    of_effects[:, without] = of_effects[without, :] = np.nan
    unexplained = float(weights @ residuals**2)
    robustness = robustness_value(effects, np.diag(inverse) / n * unexplained)
    robustness[without] = robustness[0] = np.nan
    if n <= len(shares):
        robustness[:] = np.nan
    return Fit(shares, effects, of_shares, crossed, of_effects, robustness, inverse, stretched)


def influence_rows(columns: Sparse, weights: Floats, stretched: Floats) -> tuple[Sparse, Sparse]:
    """Returns w x and w u x, (n, K) each, with u = e / (1 − h): IF(p) = w x T and IF(b) = w u x N are linear in them.

    >>> counted, missed = influence_rows(sparse.csr_array(np.ones((2, 1))), np.array([0.5, 1.5]), np.array([2.0, 4.0]))
    >>> counted.toarray().ravel(), missed.toarray().ravel()
    (array([0.5, 1.5]), array([1., 6.]))
    """
    return scale_rows(columns, weights), scale_rows(columns, weights * stretched)


def deviation_from(shares: Floats) -> Floats:
    """Returns T = I − e_0 p', (K, K), which takes the shares p from a row of marks: x T = x − p, and 0 for the base.

    >>> np.array([1.0, 1.0]) @ deviation_from(np.array([1.0, 0.25]))
    array([0.  , 0.75])
    """
    deviation = np.eye(len(shares))
    deviation[0] -= shares
    return deviation


def per_person(rows: Sparse, people: Codes | None) -> Sparse:
    """Returns the sums of the rows of each person, (people, K), or the rows themselves without codes of people.

    >>> per_person(sparse.csr_array(np.array([[1.0, 0.0], [2.0, 5.0], [4.0, 0.0]])), np.array([0, 1, 0])).toarray()
    array([[5., 0.],
           [2., 5.]])
    """
    if people is None:
        return rows
    n = rows.shape[0]
    whose = sparse.csr_array((np.ones(n), (people, np.arange(n))), shape=(int(people.max()) + 1, n))
    return sparse.csr_array(whose @ rows)


def _inverses(moments: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Returns F and N = F F' = n (X'WX)⁻¹, both (K, K), from X'WX / n, by way of the centred columns.

    Centring first keeps the digits that a large share would cost, and scaling those that a small one would.
    """
    size = len(shares)
    centred = moments[1:, 1:] - np.outer(shares[1:], shares[1:])
    scale = np.sqrt(np.diag(centred))
    lower = linalg.cholesky(centred / np.outer(scale, scale), lower=True) if size > 1 else centred
    half = linalg.solve_triangular(lower, np.eye(size - 1), lower=True).T / scale[:, None] if size > 1 else centred
    root = np.zeros((size, size))
    root[0, 0] = 1.0
    root[0, 1:] = -shares[1:] @ half
    root[1:, 1:] = half
    return root, root @ root.T


def _square_lengths(columns: Sparse, root: Floats) -> Floats:
    """Returns |x_i'F|² of every row, (n,)."""
    lengths = np.empty(columns.shape[0])
    for start in range(0, len(lengths), _CHUNK):
        rows = np.asarray(columns[start : start + _CHUNK] @ root)
        lengths[start : start + _CHUNK] = np.einsum("ij,ij->i", rows, rows)
    return lengths


def _covariances(
    columns: Sparse, sample: Sample, shares: Floats, inverse: Floats, stretched: Floats
) -> tuple[Floats, Floats, Floats]:
    """Returns the covariances of shares with shares, shares with effects, and effects with effects.

    Both influences are linear in `influence_rows`, so the sums over people need only X'X-sized sums of these.
    """
    rows = influence_rows(columns, sample.weights, stretched)
    counted, missed = (per_person(part, sample.clusters) for part in rows)
    deviation = deviation_from(shares)
    n2 = float(sample.n) ** 2
    of_shares = deviation.T @ gram(counted, counted) @ deviation / n2
    crossed = deviation.T @ gram(counted, missed) @ inverse / n2
    of_effects = inverse.T @ gram(missed, missed) @ inverse / n2
    return (of_shares + of_shares.T) / 2, crossed, (of_effects + of_effects.T) / 2


def _of_one_person(columns: Sparse, clusters: Codes | None) -> list[int]:
    """Returns the columns that one person alone marks: that person's residuals nearly cancel, which is no certainty."""
    if clusters is None:
        return []
    people = per_person(columns, clusters)
    return np.flatnonzero(np.bincount(people.indices, minlength=columns.shape[1]) == 1).tolist()


def _resting_on(rows: Sparse, inverse: Floats, moments: Floats) -> list[int]:
    """Returns the columns whose effects rest on one of these rows of full leverage alone.

    Without such a row X has the null vector A x_i, so what has a part in it can't be estimated without the row.
    """
    scale = np.sqrt(np.diag(moments))
    parts = np.abs(np.asarray(rows @ inverse)) * scale
    if len(parts) == 0:
        return []
    return np.flatnonzero((parts > 1e-6 * parts.max(axis=1, keepdims=True)).any(axis=0)).tolist()

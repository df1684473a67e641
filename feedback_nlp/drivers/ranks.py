"""What is said of a list of drags: their order, how sure it is, which of them are flagged, and what could undo them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from feedback_nlp.drivers.scores import Codes, Floats

_EXACT = 1e-12  # points²: a variance below it is rounding, the fit is exact


@dataclass(frozen=True)
class RankSpread:
    """Per theme (t,): the ends of its rank's interval, and the probability that it is the worst, of the worst three."""

    low: Codes
    high: Codes
    p_worst: Floats
    p_top3: Floats


def rank_of(drags: Floats) -> Codes:
    """Returns each drag's rank, 1 = most negative; of equal ones the first comes first.

    >>> rank_of(np.array([-1.0, -3.0, 0.5, -3.0]))
    array([3, 1, 4, 2])
    """
    ranks: Codes = _ranks(drags[None, :])[0]
    return ranks


def draw_ranks(drags: Floats, covariance: Floats, n_draws: int, level: float, seed: int) -> RankSpread:
    """Returns how the ranks spread when the drags (t,) are drawn again from N(d, C), with C their covariance (t, t).

    The interval runs between the quantiles of the drawn ranks (and holds the rank itself); p_worst is the share of
    draws with rank 1, p_top3 with a rank up to 3 (parametric bootstrap of ranks: Goldstein & Spiegelhalter 1996). A
    drag without a covariance (NaN) stays where it is: the others are ranked against it, its own spread means nothing.

    >>> spread = draw_ranks(np.array([-5.0, 0.0]), np.eye(2), n_draws=1000, level=0.95, seed=0)
    >>> spread.low, spread.high
    (array([1, 2]), array([1, 2]))
    """
    values, vectors = np.linalg.eigh(np.where(np.isnan(covariance), 0.0, covariance))
    noise = np.random.default_rng(seed).standard_normal((n_draws, len(drags)))
    drawn = _ranks(drags + noise @ (vectors * np.sqrt(np.clip(values, 0.0, None))).T)
    ends = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0, method="inverted_cdf").astype(np.int64)
    own = rank_of(drags)
    worst, top3 = (drawn == 1).mean(axis=0), (drawn <= 3).mean(axis=0)
    return RankSpread(np.minimum(ends[0], own), np.maximum(ends[1], own), worst, top3)


def shrink(effects: Floats, variances: Floats) -> Floats:
    """Returns the effects drawn towards their common mean, each the more the less precise it is (empirical Bayes).

    With weights 1/v_j, Q = Σ (b_j − b̄)²/v_j and τ² = max(0, (Q − (k − 1)) / (Σ 1/v − Σ 1/v² / Σ 1/v)) (DerSimonian &
    Laird 1986), m = the mean of b weighted by 1/(v_j + τ²), and b_j becomes (τ² b_j + v_j m) / (τ² + v_j). An effect
    whose variance is unknown (NaN) or 0 but for rounding stays as it is and has no say in the mean.

    >>> shrink(np.array([-10.0, -30.0]), np.array([400.0, 400.0]))
    array([-20., -20.])
    """
    usable = variances > _EXACT
    shrunk = effects.copy()
    if usable.sum() < 2:
        return shrunk
    b, v = effects[usable], variances[usable]
    precision = 1 / v
    spread = float(precision @ (b - np.average(b, weights=precision)) ** 2)
    products = np.outer(precision, precision)
    np.fill_diagonal(products, 0.0)
    scale = products.sum() / precision.sum()  # = Σ 1/v − Σ 1/v² / Σ 1/v, without its cancellation
    between = max(0.0, float((spread - (len(b) - 1)) / scale))
    centre = np.average(b, weights=1 / (v + between))
    shrunk[usable] = (between * b + v * centre) / (between + v)
    return shrunk


def flag(drags: Floats, errors: Floats, margin: float, rate: float) -> NDArray[np.bool_]:
    """Returns which drags are below −margin beyond chance, at a false discovery rate of `rate`.

    One-sided p = Φ((d + margin) / se) against the null drag >= −margin, then `benjamini_hochberg`. A drag without a
    standard error is never flagged.

    >>> flag(np.array([-4.0, -0.6, 1.0]), np.array([0.5, 0.5, 0.5]), margin=0.5, rate=0.1)
    array([ True, False, False])
    """
    distance = drags + margin
    with np.errstate(divide="ignore", invalid="ignore"):
        p = ndtr(distance / errors)
    return benjamini_hochberg(np.where(errors == 0, np.where(distance < 0, 0.0, 1.0), p), rate)


def benjamini_hochberg(p: Floats, rate: float) -> NDArray[np.bool_]:
    """Returns which of k hypotheses to reject at a false discovery rate of `rate` (Benjamini & Hochberg 1995).

    Rejected are the m smallest p-values with the largest m for which p_(m) <= rate · m / k. A missing p-value (NaN) is
    never rejected but counts in k.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.9, np.nan]), 0.1)
    array([ True,  True, False, False])
    """
    known = np.where(np.isnan(p), 1.0, p)
    order = np.argsort(known, kind="stable")
    passed = np.flatnonzero(known[order] <= rate * np.arange(1, len(known) + 1) / max(len(known), 1))
    rejected = np.zeros(len(known), dtype=bool)
    rejected[order[: passed[-1] + 1 if len(passed) else 0]] = True
    return rejected & ~np.isnan(p)


def robustness_value(effects: Any, unexplained: Any) -> Floats:
    """Returns how strong a confounder must be to bring each effect to zero, 0–1 (Cinelli & Hazlett 2020).

    RV = ½ (√(f⁴ + 4f²) − f²) with f = |t|/√df: an unobserved cause that explains at least the share RV of what is left
    of the mentions and of the score would do. It needs the classical t, t²/df = b² / (A_cc Σ w e²), whatever error the
    interval has; `unexplained` is A_cc Σ w e². Computed as 2 / (1 + √(1 + 4/f²)), which keeps its digits for large f.

    >>> robustness_value(np.array([0.0, 1.0]), np.array([1.0, 2.0]))
    array([0. , 0.5])
    """
    effects, unexplained = np.asarray(effects, dtype=np.float64), np.asarray(unexplained, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        against = 4 * unexplained / effects**2
        return np.where(effects == 0, 0.0, 2 / (1 + np.sqrt(1 + against)))


def _ranks(drags: Floats) -> Codes:
    order = np.argsort(drags, axis=1, kind="stable")
    ranks = np.empty(drags.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.arange(1, drags.shape[1] + 1)[None, :], axis=1)
    return ranks

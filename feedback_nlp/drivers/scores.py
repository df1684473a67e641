"""The scores themselves, each with its interval: NPS, CSAT, CES, CRR, and the share behind them.

Repeated answers of one person and unequal weights both make a sample worth less than its rows. Both enter every
interval here through one number, the effective sample size.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri, stdtrit

from feedback_nlp.drivers.inputs import (
    POINTS,
    Codes,
    Floats,
    check_one_each,
    check_same_kind,
    check_share,
    clusters_of,
    column_of,
    counted,
    marks_of,
    numbers_of,
    points_of,
    weights_of,
)
from feedback_nlp.schema import Estimate

__all__ = [
    "NOTHING",
    "POINTS",
    "Codes",
    "EffortScore",
    "Floats",
    "ces",
    "clusters_of",
    "crr",
    "csat",
    "effective_size",
    "nps",
    "nps_change",
    "nps_moments",
    "nps_of_points",
    "points_of",
    "quantile",
    "weighted_mean",
    "weighted_share",
    "weights_of",
    "wilson",
]

NOTHING = Estimate(float("nan"), float("nan"), float("nan"))
_ADDED, _ADDED_PROMOTERS = 3.0, 0.75  # Rocks 2016: .75 promoters, 1.5 passives, .75 detractors


def nps(
    categories: Collection[Any],
    weights: Collection[Any] | None = None,
    respondents: Collection[Any] | None = None,
    level: float = 0.95,
) -> Estimate:
    """Returns the NPS, from -100 to +100, with its adjusted Wald interval.

    NPS = 100 (P − D) with P and D the (weighted) shares of promoters and detractors. The interval adds .75 promoters,
    1.5 passives and .75 detractors to a sample of n_eff answers (Rocks 2016, "Interval estimation for the Net Promoter
    Score", The American Statistician 70(4)):

        centre ± z · 100 √((P + D − (P − D)²) / (n_eff + 3)),   all of it from the enlarged sample,

    cut to [−100, 100] and, in tiny samples, widened to hold the value itself. n_eff is `effective_size`: Kish's n for
    the weights, divided by the design effect of several answers by one respondent.

    Args:
        categories: "promoter", "passive" or "detractor"; nulls are ignored.
        weights: one number >= 0 per answer, in any unit; an answer with weight 0 is ignored.
        respondents: who answered; a null is a person of its own.
        level: of the interval.

    Returns:
        The estimate; all three numbers NaN without any answer.

    Raises:
        InputError: an unknown category, a weight that is missing, negative or infinite, or lengths that differ.

    >>> nps(["promoter"] * 5 + ["passive"] * 3 + ["detractor"] * 2).value
    30.0
    >>> nps(["promoter", "detractor"], weights=[3, 1]).value
    50.0
    """
    return nps_of_points(*counted(points_of(categories), weights, respondents), level)


def csat(
    scores: Collection[Any],
    satisfied: Collection[float] = (4, 5),
    weights: Collection[Any] | None = None,
    respondents: Collection[Any] | None = None,
    level: float = 0.95,
) -> Estimate:
    """Returns the customer satisfaction score: the (weighted) share (0–1) of satisfied answers, Wilson's interval.

    Satisfied are the top two boxes of five unless said otherwise. Nulls are ignored; NaN without any answer. Weights
    and respondents are those of `nps`: they enter the interval through `effective_size`.

    Raises:
        InputError: a score is no number, a weight is impossible, or lengths differ.

    >>> csat([5, 4, 3, 1, None]).value
    0.5
    >>> csat([5, 1], weights=[3, 1]).value
    0.75
    """
    return weighted_share(*counted(marks_of(scores, satisfied), weights, respondents), level)


@dataclass(frozen=True)
class EffortScore:
    """The customer effort score in its two readings: the mean answer, and the share (0–1) of "easy" answers."""

    mean: Estimate
    easy: Estimate


def ces(
    scores: Collection[Any],
    easy: Collection[float] = (5, 6, 7),
    weights: Collection[Any] | None = None,
    respondents: Collection[Any] | None = None,
    level: float = 0.95,
) -> EffortScore:
    """Returns the customer effort score: mean (Student's t interval) and share of easy answers (Wilson interval).

    The answers agree on a scale, usually 1–7, that it was easy (Dixon, Toman & DeLisi 2013); 5 to 7 are "easy" unless
    said otherwise. Nulls are ignored; NaN without any answer. Weights and respondents are those of `nps`. The mean has
    no interval where its answers are worth fewer than two or are all the same, see `weighted_mean`.

    Raises:
        InputError: a score is no number, a weight is impossible, or lengths differ.

    >>> score = ces([7, 6, 2, 5])
    >>> score.mean.value, score.easy.value
    (5.0, 0.75)
    """
    mean = weighted_mean(*counted(numbers_of(scores), weights, respondents), level)
    return EffortScore(mean, weighted_share(*counted(marks_of(scores, easy), weights, respondents), level))


def crr(
    at_start: Collection[Any],
    at_end: Collection[Any],
    weights: Collection[Any] | None = None,
    respondents: Collection[Any] | None = None,
    level: float = 0.95,
) -> Estimate:
    """Returns the customer retention rate (0–1): of the customers at the start, the share still there at the end.

    CRR = |start ∩ end| / |start|, over ids: customers won in between do not count. The Wilson interval takes the period
    as a sample of periods like it. NaN without a customer at the start; nulls are ignored, an id counts once.

    Args:
        at_start: the ids.
        at_end: the ids; the length may be another one.
        weights: one per entry of `at_start`, such as the revenue of each; then CRR is the share of it that stayed.
        respondents: who stands behind each entry of `at_start`, where one customer has several contracts.
        level: of the interval.

    Raises:
        InputError: an id has two weights or two respondents, ids are texts on one side and numbers on the other, a
            weight is impossible, or lengths differ.

    >>> crr(at_start=["a", "b", "c", "d"], at_end=["b", "c", "d", "new"]).value
    0.75
    """
    start, end = column_of(at_start, "at_start"), column_of(at_end, "at_end")
    check_same_kind(start, end)
    for name, column in (("weights", weights), ("respondents", respondents)):
        check_one_each(start, name, column)
    is_new = start.notna() & ~start.duplicated()
    stayed = np.where(is_new, start.isin(end.dropna()), np.nan)
    return weighted_share(*counted(stayed, weights, respondents), level)


def weighted_share(marks: Floats, weights: Floats, clusters: Codes | None, level: float) -> Estimate:
    """Returns the share (0–1) of the weight that has a mark of 1 rather than 0, Wilson's interval at `effective_size`.

    >>> weighted_share(np.array([1.0, 0.0]), np.array([3.0, 1.0]), None, 0.95).value
    0.75
    """
    if len(marks) == 0:
        return NOTHING
    share = min(float(np.average(marks, weights=weights)), 1.0)  # weights may round past the end
    return wilson(share, effective_size(marks, weights, clusters), level)


def weighted_mean(values: Floats, weights: Floats, clusters: Codes | None, level: float) -> Estimate:
    """Returns a mean with Student's t interval at `effective_size`.

        mean ± t(n_eff − 1) · √(s² / (n_eff − 1)),   s² = Σ w (x − mean)² / Σ w,

    which without weights and repeats is the usual one (Student 1908). The ends are NaN where n_eff is below 2, or all
    values are the same: their spread then says nothing of how far off the mean may be.

    >>> estimate = weighted_mean(np.array([2.0, 5.0, 6.0, 7.0]), np.ones(4), None, 0.95)
    >>> estimate.value, round(estimate.low, 2), round(estimate.high, 2)
    (5.0, 1.56, 8.44)
    """
    check_share("level", level, 0.95)
    if len(values) == 0:
        return NOTHING
    mean = float(np.clip(np.average(values, weights=weights), values.min(), values.max()))
    n = effective_size(values, weights, clusters)
    if n < 2 - 1e-9 or np.ptp(values) == 0:  # two equal weights may round to a little less than two
        return Estimate(mean, NOTHING.low, NOTHING.high)
    variance = float(np.average((values - mean) ** 2, weights=weights))
    half = float(stdtrit(n - 1, 0.5 + level / 2) * np.sqrt(variance / (n - 1)))
    return Estimate(mean, mean - half, mean + half)


def wilson(share: float, n: float, level: float = 0.95) -> Estimate:
    """Returns a share (0–1) with Wilson's score interval.

    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n), Wilson 1927; n may be an effective sample size. It stays inside
    [0, 1] and keeps its coverage near 0 and 1, where Wald's does not.

    >>> estimate = wilson(0.0, 10)
    >>> estimate.low, round(estimate.high, 3)
    (0.0, 0.278)
    """
    z2 = quantile(level) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = float(np.sqrt(max(share * (1 - share), 0.0) * z2 / n + z2**2 / (4 * n**2)) / (1 + z2 / n))
    return Estimate(share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share))


def effective_size(values: Floats, weights: Floats, clusters: Codes | None = None) -> float:
    """Returns how many independent, equally weighted answers the sample is worth for the mean of `values`.

    n_eff = n_Kish / deff with n_Kish = (Σw)² / Σw² (Kish 1965) and, where people answered repeatedly,
    deff = Σ_g (Σ_{i in g} w_i e_i)² / Σ_i (w_i e_i)², e = values − their mean: the clustered variance over the
    independent one (Kish 1965; Liang & Zeger 1986). It is never taken below 1: repeats add no information. Where all
    values agree there is no e, and each person counts once: deff = Σ_g (Σ w)² / Σ w². One person alone is one answer.

    >>> effective_size(np.array([1.0, 0.0, 1.0, 0.0]), np.ones(4))
    4.0
    >>> effective_size(np.array([1.0, 1.0, 0.0, 0.0]), np.ones(4), np.array([0, 0, 1, 1]))
    2.0
    """
    kish = float(weights.sum() ** 2 / (weights**2).sum())
    if clusters is None:
        return kish
    if np.ptp(clusters) == 0:
        return 1.0
    errors = weights * (values - np.average(values, weights=weights)) if np.ptp(values) > 0 else weights
    together, alone = (np.bincount(clusters, errors) ** 2).sum(), (errors**2).sum()
    return kish / max(float(together / alone), 1.0)


def nps_of_points(points: Floats, weights: Floats, clusters: Codes | None, level: float) -> Estimate:
    """Returns what `nps` does, from points (+100, 0, −100), positive weights and codes of the respondents.

    >>> nps_of_points(np.array([100.0, 0.0, -100.0, 100.0]), np.ones(4), None, 0.95).value
    25.0
    """
    if len(points) == 0:
        return NOTHING
    value, centre, error = nps_moments(points, weights, clusters)
    half = quantile(level) * error
    return Estimate(value, max(min(centre - half, value), -100.0), min(max(centre + half, value), 100.0))


def nps_moments(points: Floats, weights: Floats, clusters: Codes | None) -> tuple[float, float, float]:
    """Returns the NPS, and the centre and standard error of its adjusted Wald interval, all in points.

    >>> [round(figure, 2) for figure in nps_moments(np.array([100.0, 100.0, -100.0]), np.ones(3), None)]
    [33.33, 16.67, 34.69]
    """
    n = effective_size(points, weights, clusters)
    promoters, detractors = (float(np.average(points == p, weights=weights)) for p in (100.0, -100.0))
    p, d = ((share * n + _ADDED_PROMOTERS) / (n + _ADDED) for share in (promoters, detractors))
    value = min(max(float(np.average(points, weights=weights)), -100.0), 100.0)  # weights may round past the ends
    return value, 100.0 * (p - d), 100.0 * float(np.sqrt((p + d - (p - d) ** 2) / (n + _ADDED)))


def nps_change(before: tuple[float, float, float], after: tuple[float, float, float], level: float) -> Estimate:
    """Returns NPS after − NPS before with the adjusted Wald interval of two independent samples (Rocks 2016).

    Each side is what `nps_moments` returns: value, centre, standard error. The interval is centred on the difference of
    the centres, widened to hold the difference itself, and cut to [−200, 200].

    >>> change = nps_change((20.0, 19.0, 3.0), (30.0, 29.0, 4.0), 0.95)
    >>> change.value, round(change.low, 1), round(change.high, 1)
    (10.0, 0.2, 19.8)
    """
    value, centre = after[0] - before[0], after[1] - before[1]
    half = quantile(level) * float(np.hypot(before[2], after[2]))
    return Estimate(value, max(min(centre - half, value), -200.0), min(max(centre + half, value), 200.0))


def quantile(level: float) -> float:
    """Returns z, how many standard errors a two-sided normal interval of that level reaches to each side.

    Raises:
        ConfigError: the level is not between 0 and 1.

    >>> round(quantile(0.95), 2)
    1.96
    """
    check_share("level", level, 0.95)
    return float(ndtri(0.5 + level / 2))

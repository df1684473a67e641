"""The scores themselves, each with its interval: NPS, CSAT, CES, CRR, and the share behind them.

Repeated answers of one person and unequal weights both make a sample worth less than its rows. Both enter every
interval here through one number, the effective sample size.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import CATEGORIES, Estimate

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

POINTS = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}
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
    points = points_of(categories)
    weight = weights_of(weights, points)
    used = ~np.isnan(points) & (weight > 0)
    clusters = None
    if respondents is not None:
        _same_length("respondents", len(respondents), len(points))
        clusters = clusters_of(pd.Series(respondents, dtype=object).to_numpy()[used])
    return nps_of_points(points[used], weight[used], clusters, level)


def csat(scores: Collection[Any], satisfied: Collection[float] = (4, 5), level: float = 0.95) -> Estimate:
    """Returns the customer satisfaction score: the share (0–1) of satisfied answers, with its Wilson interval.

    Satisfied are the top two boxes of five unless said otherwise. Nulls are ignored; NaN without any answer.

    >>> csat([5, 4, 3, 1, None]).value
    0.5
    """
    answers = _numbers(scores)
    return wilson(float(np.isin(answers, list(satisfied)).mean()), len(answers), level) if len(answers) else NOTHING


@dataclass(frozen=True)
class EffortScore:
    """The customer effort score in its two readings: the mean answer, and the share (0–1) of "easy" answers."""

    mean: Estimate
    easy: Estimate


def ces(scores: Collection[Any], easy: Collection[float] = (5, 6, 7), level: float = 0.95) -> EffortScore:
    """Returns the customer effort score: mean (Student's t interval) and share of easy answers (Wilson interval).

    The answers agree on a scale, usually 1–7, that it was easy (Dixon, Toman & DeLisi 2013); 5 to 7 are "easy" unless
    said otherwise. Nulls are ignored; NaN without any answer, and a single answer has a mean but no interval for it.

    >>> score = ces([7, 6, 2, 5])
    >>> score.mean.value, score.easy.value
    (5.0, 0.75)
    """
    answers = _numbers(scores)
    n = len(answers)
    if n == 0:
        return EffortScore(NOTHING, NOTHING)
    mean = float(answers.mean())
    half = float(stdtrit(n - 1, 0.5 + level / 2) * answers.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return EffortScore(
        Estimate(mean, mean - half, mean + half), wilson(float(np.isin(answers, list(easy)).mean()), n, level)
    )


def crr(at_start: Collection[Any], at_end: Collection[Any], level: float = 0.95) -> Estimate:
    """Returns the customer retention rate (0–1): of the customers at the start, the share still there at the end.

    CRR = |start ∩ end| / |start|, over ids: customers won in between do not count. The Wilson interval takes the period
    as a sample of periods like it. NaN without a customer at the start; nulls are ignored, an id counts once.

    >>> crr(at_start=["a", "b", "c", "d"], at_end=["b", "c", "d", "new"]).value
    0.75
    """
    start = set(pd.Series(list(at_start), dtype=object).dropna())
    if not start:
        return NOTHING
    return wilson(len(start & set(at_end)) / len(start), len(start), level)


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


def points_of(categories: Collection[Any], where: str = "categories") -> Floats:
    """Returns +100, 0 or −100 per category, NaN where it is null.

    Raises:
        InputError: a category is none of the three.

    >>> points_of(["promoter", None, "detractor"])
    array([ 100.,   nan, -100.])
    """
    given = pd.Series(categories, dtype=object)
    points = np.asarray(given.map(POINTS), dtype=np.float64)
    wrong = np.flatnonzero(np.isnan(points) & given.notna().to_numpy())
    if len(wrong):
        found = str(given.iloc[wrong[0]])
        hint = did_you_mean(found, CATEGORIES)
        raise InputError(f"{where}: row {wrong[0] + 1}: {found!r} is none of {', '.join(CATEGORIES)}{hint}")
    return points


def weights_of(weights: Collection[Any] | None, points: Floats, where: str = "weights") -> Floats:
    """Returns a weight per answer: as given, 0 for one without points, ones if none is given (or nulls only).

    Where no answer has points, all of them count.

    Raises:
        InputError: not one weight per answer, or that of an answer is missing, negative, infinite or no number.

    >>> weights_of([2, 1], np.array([100.0, np.nan])), weights_of(None, np.array([100.0, 0.0]))
    (array([2., 0.]), array([1., 1.]))
    """
    needed = ~np.isnan(points) | np.isnan(points).all()
    _same_length(where, len(points) if weights is None else len(weights), len(points))
    given = pd.Series([None] * len(points) if weights is None else weights, dtype=object)
    if given.isna().to_numpy()[needed].all():
        return needed.astype(np.float64)
    numbers = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(needed & ~(np.isfinite(numbers) & (numbers >= 0)))
    if len(wrong):
        found = given.iloc[wrong[0]]
        raise InputError(f"{where}: row {wrong[0] + 1}: {found!r} is no weight; give every answer a number >= 0")
    used = np.where(needed, numbers, 0.0)
    if not used.any():
        raise InputError(f"{where}: all of them are 0; at least one answer must count")
    return used


def clusters_of(respondents: Any) -> Codes | None:
    """Returns one code per answer, equal for the answers of one person; a null is a person of its own.

    None where nobody answered twice, so that the figures are those of a sample without respondents, to the last bit.

    >>> clusters_of(np.array(["ann", None, "ann", None], dtype=object))
    array([0, 1, 0, 2])
    """
    codes, people = pd.factorize(respondents)
    codes = codes.astype(np.int64)
    alone = codes < 0
    codes[alone] = len(people) + np.arange(alone.sum())
    return codes if len(people) < (~alone).sum() else None


def quantile(level: float) -> float:
    """Returns z, how many standard errors a two-sided normal interval of that level reaches to each side.

    >>> round(quantile(0.95), 2)
    1.96
    """
    return float(ndtri(0.5 + level / 2))


def _numbers(scores: Collection[Any]) -> Floats:
    return pd.Series(list(scores), dtype=object).dropna().to_numpy(dtype=np.float64)


def _same_length(name: str, found: int, expected: int) -> None:
    if found != expected:
        raise InputError(f"{name}: {found} values for {expected} categories; give one per category")

"""What two samples have in common when they are compared: the segments they are weighted to, and people in both.

Either makes the errors of the two fits depend on each other, so that their covariance is one matrix over both:

    Cov = Σ_g IF_g IF_g',    IF_g = Σ_{i of person g in a} IF_i / n_a + Σ_{i of person g in b} IF_i / n_b.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg, sparse

from feedback_nlp.drivers.design import gram, scale_rows
from feedback_nlp.drivers.drag import Fit, deviation_from, influence_rows, per_person
from feedback_nlp.drivers.figures import Rows, share_of
from feedback_nlp.drivers.inputs import POINTS, clusters_of
from feedback_nlp.drivers.sample import Sample, Sparse
from feedback_nlp.drivers.scores import Codes, Floats, effective_size, nps_change, nps_moments
from feedback_nlp.schema import Estimate

Pair = tuple[Sample, Sample]
Labels = NDArray[np.object_]

POOLED = "other segments"
_NAMED = 12  # pooled segments that a note names
_FULL_LEVERAGE = 1 - 1e-8
_ADDED = 3.0  # answers added to a sample by the adjusted Wald interval


@dataclass(frozen=True)
class People:
    """Who answered: one code per response of a and of b, None where nobody answered twice.

    `shared`: somebody is in both; then the codes of the two samples are one series of codes.
    """

    a: Codes | None
    b: Codes | None
    shared: bool


@dataclass(frozen=True)
class Segments:
    """The S segments of two samples: names, the code of each response, shares q and NPS m of both samples (2, S).

    A name is None for the responses without a value.
    """

    names: tuple[str | None, ...]
    codes: tuple[Codes, Codes]
    shares: Floats
    nps: Floats
    notes: tuple[str, ...]

    @property
    def mix(self) -> Floats:
        """What each segment's share adds to the change, (S,) in points: (q_b − q_a) (m_a + m_b) / 2."""
        return np.asarray((self.shares[1] - self.shares[0]) * self.nps.mean(axis=0))

    def reweighted(self, samples: Pair) -> Pair:
        """Returns the samples with weights w q̄ / q, so that each segment has the same share in both."""
        factors = self.shares.mean(axis=0) / self.shares
        a, b = (
            replace(sample, weights=sample.weights * factors[side][self.codes[side]])
            for side, sample in enumerate(samples)
        )
        return a, b

    def marks(self, side: int) -> Sparse:
        """Returns D, (n, S): 1 at the segment of each response."""
        codes = self.codes[side]
        return sparse.csr_array(
            (np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), len(self.mix))
        )


def people_of(samples: Pair, respondents: tuple[Labels | None, Labels | None]) -> People:
    """Returns who answered in each sample, and in both, from the respondents' ids; a null is a person of its own.

    Where nobody is in both, the codes are those of the samples.

    >>> sample = _example(["promoter", "passive"])
    >>> ann_and_bob, bob_and_cleo = np.array(["ann", "bob"], dtype=object), np.array(["bob", "cleo"], dtype=object)
    >>> people_of((sample, sample), (ann_and_bob, bob_and_cleo))
    People(a=array([0, 1]), b=array([1, 2]), shared=True)
    """
    a, b = respondents
    is_shared = a is not None and b is not None and bool((set(a) & set(b)) - {None})
    codes = clusters_of(np.concatenate([a, b])) if is_shared else None
    if codes is None:
        return People(samples[0].clusters, samples[1].clusters, False)
    return People(codes[: samples[0].n], codes[samples[0].n :], True)


def find_segments(samples: Pair, labels: tuple[Labels, Labels], min_group: int) -> Segments:
    """Returns the segments of two scored samples, those with fewer than `min_group` responses in either pooled.

    A segment that one of the samples lacks has no NPS there, and that of a handful says little: both are one segment,
    "other segments", with as many of the next smallest as it takes to have `min_group` in both samples. Missing values
    are a segment of their own.

    >>> a, b = _example(["promoter", "passive"]), _example(["promoter"] * 3 + ["detractor"])
    >>> web_and_shop = (np.array(["web", "shop"], dtype=object), np.array(["web"] * 3 + ["shop"], dtype=object))
    >>> segments = find_segments((a, b), web_and_shop, min_group=1)
    >>> segments.names, segments.shares.tolist(), segments.mix.tolist()
    (('shop', 'web'), [[0.5, 0.5], [0.25, 0.75]], [12.5, 25.0])
    """
    values: list[str | None] = sorted((set(labels[0]) | set(labels[1])) - {None})
    values += [None] if any(label is None for side in labels for label in side) else []
    place = {value: at for at, value in enumerate(values)}
    codes = [np.array([place[label] for label in side], dtype=np.int64) for side in labels]
    counts = np.stack([np.bincount(side, minlength=len(values)) for side in codes])
    pooled = _too_small(counts, min_group)
    names, notes = list(values), tuple[str, ...]()
    if len(pooled) > 1:
        notes = (_pooling_note(values, counts, pooled, min_group),)
        kept = [at for at in range(len(values)) if at not in set(pooled)]
        new = np.full(len(values), len(kept), dtype=np.int64)
        new[kept] = np.arange(len(kept))
        codes = [new[side] for side in codes]
        names = [values[at] for at in kept] + [_unused_name({values[at] for at in kept})]
    size = len(names)
    totals = [np.bincount(c, s.weights, size) for c, s in zip(codes, samples, strict=True)]
    sums = [np.bincount(c, s.weights * s.points, size) for c, s in zip(codes, samples, strict=True)]
    shares = np.stack([total / total.sum() for total in totals])
    return Segments(tuple(names), (codes[0], codes[1]), shares, np.stack(sums) / np.stack(totals), notes)


def _too_small(counts: Any, min_group: int) -> list[int]:
    """Returns which segments to pool, given the counts (2, S): until they are `min_group` together in both samples."""
    least = counts.min(axis=0)
    by_size = np.argsort(least, kind="stable")
    n_pooled = int((least < min_group).sum())
    while 0 < n_pooled < len(by_size) and counts[:, by_size[:n_pooled]].sum(axis=1).min() < min_group:
        n_pooled += 1
    return [int(at) for at in by_size[:n_pooled]]


def _pooling_note(values: Sequence[str | None], counts: Any, pooled: list[int], min_group: int) -> str:
    shown = [
        f"{'those without a value' if values[at] is None else repr(values[at])} ({counts[0, at]} and {counts[1, at]})"
        for at in sorted(pooled)[:_NAMED]
    ]
    more = f" and {len(pooled) - _NAMED} more" if len(pooled) > _NAMED else ""
    return f"pooled segments into '{POOLED}', {min_group} responses needed in both: {', '.join(shown)}{more}"


def _unused_name(taken: set[str | None]) -> str:
    name = POOLED
    while name in taken:
        name += " (pooled)"
    return name


def segment_covariance(segments: Segments, samples: Pair, people: People) -> Floats:
    """Returns the covariance (S, S) of the segments' mix, with the shares and the NPS taken as estimated.

    With w the weights, σ = −1 in a and +1 in b, and h_i = w_i / Σ_s w the leverage of a mean,

        IF_i(mix_s) = w_i [σ (D_is − q_s) (m_a + m_b)_s / 2 + D_is (q_b − q_a)_s (y_i − m_s) / (2 q_s (1 − h_i))],

    D_is = 1 where response i is of segment s, q and m those of its own sample where neither a nor b is written.
    A segment that one response alone carries in a sample has none (NaN).
    """
    step, average = segments.shares[1] - segments.shares[0], segments.nps.mean(axis=0)
    rows, maps, unknown = [], [], np.zeros(len(step), dtype=bool)
    for side, (sample, sign) in enumerate(zip(samples, (-1.0, 1.0), strict=True)):
        marks, codes, shares = segments.marks(side), segments.codes[side], segments.shares[side]
        leverages = sample.weights / (sample.n * shares[codes])
        full = leverages > _FULL_LEVERAGE
        unknown[codes[full]] = True
        errors = np.where(full, 0.0, (sample.points - segments.nps[side][codes]) / np.where(full, 1.0, 1 - leverages))
        weighted = scale_rows(marks, sample.weights)
        rows.append(sparse.csr_array(sparse.hstack([weighted, scale_rows(weighted, errors)], format="csr")))
        maps.append(np.vstack([_of_share(shares) * (sign * average), np.diag(step / (2 * shares))]))
    covariance = _over_people(rows, maps, (samples[0].n, samples[1].n), people)
    covariance[unknown] = covariance[:, unknown] = np.nan
    return covariance


def join_fits(
    fits: tuple[Fit, Fit], columns: Sequence[Sparse], samples: Pair, people: People, segments: Segments | None
) -> tuple[Fit, Fit, Floats | None]:
    """Returns the fits with their errors as parts of one comparison, and the covariance between them.

    The covariance is that of (p, b) of a with (p, b) of b, (2K, 2K); None where the samples are independent: nobody is
    in both, and they are not weighted to common segments. Then the fits stay as they are.

    With segments, a fit at the weights v = w q̄ / q moves with its own shares and with those of the other sample. With
    ψ_i the influence of response i per unit of weight (`fit_terms`, without 1/(1 − h)), g_s = Σ_{i in s} v_i ψ_i / n,

        IF_i(θ) = v_i ψ_i + Σ_s g_s (1/(2 q̄_s) − 1/q_s) w_i (1[s_i = s] − q_s)    for a response of its own sample,
        IF_i(θ) =           Σ_s g_s / (2 q̄_s)           w_i (1[s_i = s] − q_s)    for one of the other, q its own,

    since d log v = dq̄ / q̄ − dq / q and q̄ is the mean of both (post-stratification: Särndal, Swensson & Wretman 1992).
    """
    if not people.shared and segments is None:
        return (*fits, None)
    size = len(fits[0].shares)
    rows, maps = [], []
    for side, (fit, sample) in enumerate(zip(fits, samples, strict=True)):
        parts = [*influence_rows(columns[side], sample.weights, fit.stretched)]
        own, other = linalg.block_diag(deviation_from(fit.shares), fit.inverse), np.zeros((2 * size, 2 * size))
        to = np.hstack([own, other] if side == 0 else [other, own])
        if segments is not None:
            parts.append(scale_rows(segments.marks(side), sample.weights * _unweighting(segments, side)))
            to = np.vstack([to, _through_shares(segments, side, fits, columns, samples)])
        rows.append(sparse.csr_array(sparse.hstack(parts, format="csr")))
        maps.append(to)
    covariance = _over_people(rows, maps, (samples[0].n, samples[1].n), people)
    unknown = np.concatenate([part for fit in fits for part in (np.zeros(size, dtype=bool), ~fit.has_interval)])
    covariance[unknown] = covariance[:, unknown] = np.nan
    within = (covariance[: 2 * size, : 2 * size], covariance[2 * size :, 2 * size :])
    a, b = (
        replace(fit, of_shares=c[:size, :size], crossed=c[:size, size:], of_effects=c[size:, size:])
        for fit, c in zip(fits, within, strict=True)
    )
    return a, b, covariance[: 2 * size, 2 * size :]


def _unweighting(segments: Segments, side: int) -> Floats:
    """Returns w / v per response: the shares were taken at the first weights."""
    factors: Floats = segments.shares[side] / segments.shares.mean(axis=0)
    return factors[segments.codes[side]]


def _through_shares(
    segments: Segments, side: int, fits: tuple[Fit, Fit], columns: Sequence[Sparse], samples: Pair
) -> Floats:
    """Returns (S, 4K): what a response of this side does to p and b of both fits by way of the segments' shares."""
    moves = []
    for other, (fit, sample) in enumerate(zip(fits, samples, strict=True)):
        marks = segments.marks(other)
        residuals = sample.points - columns[other] @ fit.effects
        by_share = gram(marks, columns[other], sample.weights) @ deviation_from(fit.shares)
        by_effect = gram(marks, columns[other], sample.weights * residuals) @ fit.inverse
        factor = 0.5 / segments.shares.mean(axis=0) - (1 / segments.shares[side] if other == side else 0.0)
        moves.append(factor[:, None] * np.hstack([by_share, by_effect]) / sample.n)
    return np.asarray(_of_share(segments.shares[side]) @ np.hstack(moves))


def _of_share(shares: Floats) -> Floats:
    """Returns Q = I − 1 q', (S, S), which takes the influences on the shares from a row of marks: D_i Q = D_i − q."""
    return np.asarray(np.eye(len(shares)) - shares)


def _over_people(rows: Sequence[Sparse], maps: Sequence[Floats], sizes: tuple[int, int], people: People) -> Floats:
    """Returns Σ_g IF_g IF_g' over the people of both samples, where IF = rows @ map / n in each."""
    a, b = (per_person(part, codes) for part, codes in zip(rows, (people.a, people.b), strict=True))
    (n_a, n_b), (to_a, to_b) = sizes, maps
    covariance = to_a.T @ gram(a, a) @ to_a / float(n_a) ** 2 + to_b.T @ gram(b, b) @ to_b / float(n_b) ** 2
    if people.shared:
        common = min(a.shape[0], b.shape[0])  # the codes of who is in both lie below the end of either
        across = to_a.T @ gram(a[:common], b[:common]) @ to_b / (float(n_a) * n_b)
        covariance = covariance + across + across.T
    return np.asarray((covariance + covariance.T) / 2)


def change_of_nps(samples: Pair, people: People, level: float) -> Estimate:
    """Returns the change of the NPS with the adjusted Wald interval, less the covariance of those in both samples.

        SE² = SE_a² + SE_b² − 2 r SE'_a SE'_b,

    r the correlation of the two NPS by their influences summed per person, and SE' what the answers alone have in SE
    once .75 promoters, 1.5 passives and .75 detractors are added to each sample, who are nobody's answers in both
    (as Bonett & Price 2012 add to pairs): SE' <= SE, so a sample that answers alike twice keeps an interval.
    In simulated panels of 20 to 200 people it holds the change in 94 to 99.9 %, the more the more alike they answer.

    >>> sample = _example(["promoter"] * 50 + ["detractor"] * 50)
    >>> people = People(np.arange(100), np.arange(100), shared=True)
    >>> [round(change_of_nps((sample, sample), them, 0.95).high) for them in (People(None, None, False), people)]
    [27, 3]
    """
    first, second = (nps_moments(s.points, s.weights, s.clusters) for s in samples)
    if not people.shared:
        return nps_change(first, second, level)
    r = _correlation(_sums(samples[0], samples[0].points, people.a), _sums(samples[1], samples[1].points, people.b))
    alone = [_answers_error(sample, moments) for sample, moments in zip(samples, (first, second), strict=True)]
    variance = first[2] ** 2 + second[2] ** 2 - 2 * r * alone[0] * alone[1]
    return nps_change((*first[:2], 0.0), (*second[:2], float(np.sqrt(max(variance, 0.0)))), level)


def change_of_shares(
    samples: Pair, rows: tuple[Rows, Rows], people: People, level: float
) -> tuple[Estimate, Estimate, Estimate]:
    """Returns the shares (0–1) that these rows are of each sample, and their change, by Newcombe's hybrid score method.

    With δ and ε the distances of the shares to the ends of their Wilson intervals, the change reaches
    √(δ² − 2 φ δ ε + ε²) down and up, φ the correlation of the two shares: 0 for independent samples (Newcombe 1998a,
    method 10); for people in both that of their sums, less his continuity correction (1998b, method 10).

    >>> sample, rows = _example(["promoter", "detractor"] * 25), (np.arange(20), np.arange(25))
    >>> change = change_of_shares((sample, sample), rows, People(None, None, False), 0.95)[2]
    >>> round(change.value, 3), round(change.low, 3), round(change.high, 3)
    (0.1, -0.092, 0.282)
    """
    a, b = (share_of(sample, at, level) for sample, at in zip(samples, rows, strict=True))
    change, phi = b.value - a.value, 0.0
    if people.shared:
        first, second = (np.bincount(at, minlength=s.n).astype(np.float64) for s, at in zip(samples, rows, strict=True))
        phi = _correlation(_sums(samples[0], first, people.a), _sums(samples[1], second, people.b), continuity=0.5)
    low, high = _hybrid(b.value - b.low, a.high - a.value, phi), _hybrid(b.high - b.value, a.value - a.low, phi)
    return a, b, Estimate(change, change - low, change + high)


def _hybrid(one: float, other: float, phi: float) -> float:
    if phi == 0.0:
        return float(np.hypot(one, other))
    return float(np.sqrt(max(one**2 - 2 * phi * one * other + other**2, 0.0)))


def _answers_error(sample: Sample, moments: tuple[float, float, float]) -> float:
    """Returns what the answers have in the standard error of an enlarged sample; the rest is of those added."""
    n = effective_size(sample.points, sample.weights, sample.clusters)
    variance = float(np.average((sample.points - moments[0]) ** 2, weights=sample.weights))
    return float(np.sqrt(variance * n)) / (n + _ADDED)


def _sums(sample: Sample, values: Floats, codes: Codes | None) -> Floats:
    """Returns each person's sum of w (value − mean)."""
    errors = sample.weights * (values - np.average(values, weights=sample.weights))
    return np.asarray(errors if codes is None else np.bincount(codes, errors), dtype=np.float64)


def _correlation(a: Floats, b: Floats, continuity: float = 0.0) -> float:
    """Returns the correlation of two means from the sums of each person in either sample, 0 where one does not vary."""
    common = min(len(a), len(b))
    together = float(a[:common] @ b[:common])
    if together > 0:
        together = max(together - continuity, 0.0)
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return min(max(together / spread, -1.0), 1.0) if spread > 0 else 0.0


def segment_table(segments: Segments, half: Floats) -> pd.DataFrame:
    """Returns one row per segment: segment (null for missing values), share_, nps_ of both sides, mix with its ends."""
    figures = {
        "share_a": segments.shares[0],
        "share_b": segments.shares[1],
        "nps_a": segments.nps[0],
        "nps_b": segments.nps[1],
        "mix": segments.mix,
        "mix_low": segments.mix - half,
        "mix_high": segments.mix + half,
    }
    return pd.DataFrame({"segment": pd.Series(list(segments.names), dtype="str"), **figures})


def no_segments() -> pd.DataFrame:
    """Returns `segment_table` without a row.

    >>> len(no_segments())
    0
    """
    nothing = np.zeros((2, 0))
    return segment_table(Segments((), (np.zeros(0, np.int64),) * 2, nothing, nothing, ()), np.zeros(0))


def _example(categories: list[str]) -> Sample:
    """Returns the sample of these answers and no mention, for the examples above."""
    nothing = sparse.csr_array((len(categories), 0))
    points = np.array([POINTS[category] for category in categories])
    return Sample(points, np.ones(len(categories)), None, nothing, nothing, nothing, (), ())

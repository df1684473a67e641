"""What moved NPS between two periods: other people, themes mentioned more or less, themes that hurt more or less, and
the rest.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import POLARITIES, Design, Term, build_design
from feedback_nlp.drivers.drag import Fit, fit_terms
from feedback_nlp.drivers.figures import rows_of_themes
from feedback_nlp.drivers.sample import NEEDED, Sample, any_of, read_sample
from feedback_nlp.drivers.scores import (
    NOTHING,
    Floats,
    nps_of_points,
    quantile,
)
from feedback_nlp.drivers.segment_bridge import (
    Labels,
    Pair,
    People,
    change_of_nps,
    change_of_shares,
    find_segments,
    join_fits,
    no_segments,
    people_of,
    segment_covariance,
    segment_table,
)
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import Estimate

_NUMBERS = (
    "share_a", "share_b", "share_change", "share_change_low", "share_change_high",
    "contribution_a", "contribution_b", "mix", "mix_low", "mix_high", "rate", "rate_low", "rate_high",
)  # fmt: skip


_PLACE = "place in the table"  # a column added to a copy of the responses, to find their other columns again


@dataclass(frozen=True)
class BridgeTotal:
    """NPS of both periods and its change, in points: change = segments + mix + rate + base, each with its interval.

    `mix`: themes are mentioned more or less. `rate`: a mention hurts or helps more or less. `base`: the unexplained
    part, what changed for those who mention nothing in the design. `segments`: other shares of the segments; null
    (NaN) where no segment was asked for, and then it has no part in the sum.
    """

    nps_a: Estimate
    nps_b: Estimate
    change: Estimate
    mix: Estimate
    rate: Estimate
    base: Estimate
    segments: Estimate = NOTHING


@dataclass(frozen=True)
class Bridge:
    """What `compare_periods` returns.

    `table`: one row per topic and polarity in the order of the themes, then generic and other where the design has
    them: theme_id, polarity, share_a, share_b, share_change, contribution_a, contribution_b (drag or lift), mix and
    rate, the changes with _low and _high. Contributions, mix and rate are null without a column in the design. With
    segments, they are those of the samples weighted to common segments; the shares are those of the periods as they
    are, so that a share may rise without a mix where the theme's segments have grown.

    `segments`: one row per segment: segment (null for responses without a value), share_a, share_b, nps_a, nps_b, mix,
    mix_low, mix_high; the mix sums to `total.segments`. No row where no segment was asked for.
    """

    table: pd.DataFrame
    total: BridgeTotal
    notes: tuple[str, ...] = ()
    segments: pd.DataFrame = field(default_factory=no_segments)


def compare_periods(
    responses_a: pd.DataFrame,
    mentions_a: pd.DataFrame,
    responses_b: pd.DataFrame,
    mentions_b: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig | None = None,
    segment: str = "",
) -> Bridge:
    """Returns what moved NPS from period a to period b, theme by theme, with intervals.

        NPS_b − NPS_a = Σ (p_b − p_a) b̄   [mix]   + Σ p̄ (b_b − b_a)   [rate]   + (b_b,0 − b_a,0)   [base],

    with p the shares and b the effects of the two regressions and bars for the means of the periods: the split of each
    p b by Shapley 1953 (Kitagawa 1955), exact to rounding. Both periods have the same columns: one with fewer than
    `min_mentions` responses in either is pooled in both. Intervals of the parts by the influence functions of
    `fit_terms`; of the shares' change by Newcombe's hybrid score method (1998); of the NPS's change by adjusted Wald.

    With a segment, what other shares of the segments do is taken out first,

        Σ_s (q_b,s − q_a,s) (m_a,s + m_b,s) / 2   [segments],

    with q the (weighted) shares of the segments and m their NPS, and the bridge above runs on the samples weighted by
    q̄_s / q_s, which have the same segments. Segments with fewer than `min_group` scored responses in either period are
    pooled. The intervals take the q as estimated (`segment_covariance`, `join_fits`).

    People with a `respondent_id` in both periods make the two samples depend on each other: the influences of all their
    answers are summed before they are squared, and the changes of the NPS and of the shares get their covariance
    (`change_of_nps`, `change_of_shares`). Otherwise the periods are taken as independent samples.

    In simulated worlds the 95 % intervals of the totals hold in 94 to 97 %. The mix of a single theme is a product of
    two uncertain numbers: its interval holds in 99 % where both are about zero, and in no more than 89 % where one of
    them is one or two standard errors away from it.

    The tables are those of `rank_drivers`, with the same themes for both periods. Where a period has no category, only
    the shares are there; where one has a single category, its fit has no error to go by and the parts no interval.

    Args:
        responses_a, responses_b: as in `rank_drivers`, and the column of the segment.
        mentions_a, mentions_b: as in `rank_drivers`.
        themes: those of both periods.
        settings: of the estimate; the defaults if not given.
        segment: a column of the responses, such as "segment_channel"; "" for none. Missing values are one segment.

    Raises:
        InputError: as `rank_drivers`, or a period lacks the segment's column.

    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> before = pd.DataFrame({"response_id": list("abcd"), "category": ["promoter"] * 2 + ["detractor", "passive"]})
    >>> after = before.assign(category=["promoter"] * 2 + ["detractor"] * 2)
    >>> waits = pd.DataFrame({"response_id": ["c", "d"], "theme_id": "wait", "polarity": -1.0})
    >>> bridge = compare_periods(before, waits, after, waits, themes, DriversConfig(min_mentions=1))
    >>> bridge.total.change.value, bridge.table["rate"].tolist()[0], bridge.total.base.value
    (-25.0, -25.0, 0.0)
    """
    settings = settings or DriversConfig()
    with threadpool_limits(limits=1):  # more threads sum in another order
        a, people_a = _read(responses_a, mentions_a, themes, segment)
        b, people_b = _read(responses_b, mentions_b, themes, segment)
        people = people_of((a, b), (people_a, people_b))
        if not (a.is_scored and b.is_scored):
            table = _table((a, b), people, Design((), (), ()), {}, settings)
            return Bridge(table, BridgeTotal(*[NOTHING] * 6), ("no scores in a period: shares only",))
        return _bridge((a, b), people, settings)


def compare_segments(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    segment: str,
    a: str | None,
    b: str | None,
    settings: DriversConfig | None = None,
    within: str = "",
) -> Bridge:
    """Returns what sets the NPS of segment b apart from that of segment a: `compare_periods` of the two.

    It says what differs between the people of the two segments, not what would change for a person who moved from one
    to the other. Somebody with answers in both is taken account of, as there.

    Args:
        responses: as in `rank_drivers`, and the columns of the segments.
        mentions: as in `rank_drivers`.
        themes: as in `rank_drivers`.
        segment: the column of the responses that tells the two apart, such as "segment_channel".
        a: a value of that column; None for the responses without one.
        b: another one.
        settings: of the estimate; the defaults if not given.
        within: another segment column whose mix is taken out first, such as "segment_region"; "" for none.

    Raises:
        InputError: as `compare_periods`, a value that nobody has, or the same one twice.

    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> answers = {"response_id": list("abcd"), "category": ["promoter", "passive", "detractor", "passive"]}
    >>> responses = pd.DataFrame(answers | {"channel": ["web", "web", "shop", "shop"]})
    >>> waits = pd.DataFrame({"response_id": ["c"], "theme_id": "wait", "polarity": -1.0})
    >>> compare_segments(responses, waits, themes, "channel", "web", "shop").total.change.value
    -100.0
    """
    read_sample(responses, mentions, themes, segment)  # names what is wrong by its row in the whole tables
    labels = _texts(responses[segment])
    a, b = _texts(pd.Series([a, b], dtype=object))
    _check_values(segment, labels, a, b)
    keys = responses["response_id"].map(str).to_numpy(dtype=object)
    told = mentions["response_id"].map(str)
    (in_a, said_a), (in_b, said_b) = (
        (labels == value, told.isin(keys[labels == value]).to_numpy()) for value in (a, b)
    )
    return compare_periods(
        responses[in_a], mentions[said_a], responses[in_b], mentions[said_b], themes, settings, within
    )


def _check_values(segment: str, labels: Labels, *asked: str | None) -> None:
    known = sorted({label for label in labels if label is not None})
    for value in asked:
        if value not in labels.tolist():
            shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
            found = "nobody is without a value" if value is None else f"nobody has {value!r}"
            hint = "" if value is None else did_you_mean(value, known)
            raise InputError(f"{segment}: {found}; known: {shown or 'none'}{hint}")
    if len(set(asked)) < len(asked):
        raise InputError(f"{segment}: {asked[0]!r} is compared with itself; name two different values")


def _read(
    responses: pd.DataFrame, mentions: pd.DataFrame, themes: pd.DataFrame, segment: str
) -> tuple[Sample, Labels | None]:
    """Returns the sample, its `labels` those of the segment as texts, and the respondent of each of its responses."""
    if not set(NEEDED["responses"]) | ({segment} - {""}) <= set(responses.columns):
        read_sample(responses, mentions, themes, segment)  # raises
    placed = responses.assign(**{_PLACE: np.arange(len(responses))})
    sample = read_sample(placed, mentions, themes, _PLACE)
    rows = np.asarray(sample.labels, dtype=np.int64)
    labels = _texts(responses[segment])[rows] if segment else None
    respondents = _texts(responses["respondent_id"])[rows] if "respondent_id" in responses else None
    return replace(sample, labels=labels), respondents


def _texts(values: "pd.Series[Any]") -> Labels:
    """Returns the values as texts, None for a missing one; 3.0 is "3", as in the other period without missing ones."""
    texts = np.empty(len(values), dtype=object)  # a Series of texts would make its missing ones NaN
    texts[:] = [
        None if is_missing else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        for value, is_missing in zip(values.to_numpy(dtype=object), values.isna(), strict=True)
    ]
    return texts


def _bridge(samples: Pair, people: People, settings: DriversConfig) -> Bridge:
    segments = None
    weighted = samples
    if samples[0].labels is not None and samples[1].labels is not None:
        segments = find_segments(samples, (samples[0].labels, samples[1].labels), settings.min_group)
        weighted = segments.reweighted(samples)
    design = build_design(weighted, settings)
    first, second = (fit_terms(columns, sample) for columns, sample in zip(design.columns, weighted, strict=True))
    unsure = _unsure(design, ~(first.has_interval & second.has_interval))
    doubts, is_constant = _doubts(samples, settings)
    a, b, crossed = join_fits((first, second), design.columns, weighted, people, segments)
    parts = _split(a, b, crossed)
    of_segments = None if segments is None else segment_covariance(segments, samples, people)
    if is_constant:
        parts |= {name: (parts[name][0], np.full_like(parts[name][1], np.nan)) for name in ("mix", "rate")}
        of_segments = None if of_segments is None else np.full_like(of_segments, np.nan)
    total = _total(samples, people, parts, settings.level)
    table = _table(samples, people, design, parts, settings)
    notes = doubts + design.notes + (() if is_constant else unsure)
    if segments is None or of_segments is None:
        return Bridge(table, total, notes)
    mix = _interval(float(segments.mix.sum()), float(of_segments.sum()), settings.level)
    half = quantile(settings.level) * np.sqrt(np.maximum(np.diag(of_segments), 0.0))
    return Bridge(table, replace(total, segments=mix), segments.notes + notes, segment_table(segments, half))


def _doubts(samples: Pair, settings: DriversConfig) -> tuple[tuple[str, ...], bool]:
    """Returns what to doubt in samples that are too small or of one category, and whether there is one of these."""
    doubts, is_constant = [], False
    for name, sample in zip("ab", samples, strict=True):
        if sample.n < settings.min_group:
            found = f"too few scored responses in {name}: {sample.n}"
            doubts.append(f"{found}, figures can be relied on from {settings.min_group} on")
        if np.ptp(sample.points) == 0:
            is_constant = True
            doubts.append(f"all scores of {name} are in one category: its parts of the change have no interval")
    return tuple(doubts), is_constant


def _unsure(design: Design, unknown: Any) -> tuple[str, ...]:
    names = ["base", *(f"'{term.theme_id}' {term.polarity}" for term in design.terms)]
    return tuple(
        f"no interval for mix and rate of {names[at]}: on one side it rests on a single response or person"
        for at in np.flatnonzero(unknown)
    )


def _split(a: Fit, b: Fit, crossed: Floats | None) -> dict[str, Any]:
    """Returns the parts: (value (K,), covariance (K, K)) of mix and rate, base first, and the contributions.

    The base's share is 1 in both periods, so its mix is 0 and its rate is the change of the base. `crossed` (2K, 2K):
    the covariance of p and b of a with those of b, None where there is none.
    """
    effect, share = (a.effects + b.effects) / 2, (a.shares + b.shares) / 2
    more, worse = b.shares - a.shares, b.effects - a.effects
    mix, rate = np.zeros((2, len(share), len(share)))
    for fit, sign in ((a, -1.0), (b, 1.0)):
        mix = mix + fit.covariance_of(sign * effect, more / 2)
        rate = rate + fit.covariance_of(worse / 2, sign * share)
    if crossed is not None:
        mix = mix + _across(crossed, (-effect, more / 2), (effect, more / 2))
        rate = rate + _across(crossed, (worse / 2, -share), (worse / 2, share))
    return {
        "contribution_a": a.contributions,
        "contribution_b": b.contributions,
        "mix": (more * effect, mix),
        "rate": (share * worse, rate),
    }


def _across(crossed: Floats, by_a: tuple[Floats, Floats], by_b: tuple[Floats, Floats]) -> Floats:
    """Returns what the errors that a and b share add to the covariance (K, K) of figures by_a · dθ_a + by_b · dθ_b."""
    size = len(by_a[0])
    both = np.outer(np.concatenate(by_a), np.concatenate(by_b)) * crossed
    added = both.reshape(2, size, 2, size).sum(axis=(0, 2))
    return np.asarray(added + added.T)


def _total(samples: Pair, people: People, parts: dict[str, Any], level: float) -> BridgeTotal:
    before, after = (nps_of_points(s.points, s.weights, s.clusters, level) for s in samples)
    sums = []
    for name, places in (("mix", slice(1, None)), ("rate", slice(1, None)), ("rate", slice(0, 1))):
        values, covariance = parts[name]
        sums.append(_interval(float(values[places].sum()), float(covariance[places, places].sum()), level))
    return BridgeTotal(before, after, change_of_nps(samples, people, level), *sums)


def _interval(value: float, variance: float, level: float) -> Estimate:
    half = quantile(level) * float(np.sqrt(max(variance, 0.0))) if not np.isnan(variance) else float("nan")
    return Estimate(value, value - half, value + half)


def _table(
    samples: Pair, people: People, design: Design, parts: dict[str, Any], settings: DriversConfig
) -> pd.DataFrame:
    first = samples[0]
    terms = [
        Term(str(first.theme_ids[theme]), polarity, theme, (theme,))
        for theme in first.themes_of_kind("topic")
        for polarity in POLARITIES
    ]
    terms += [term for term in design.terms if term.theme is None]
    places = {(term.theme_id, term.polarity, term.theme): at for at, term in enumerate(design.terms, start=1)}
    rows = []
    for term in terms:
        row: dict[str, Any] = {"theme_id": term.theme_id, "polarity": term.polarity}
        row |= _shares(samples, people, term, settings.level)
        place = places.get((term.theme_id, term.polarity, term.theme))
        rows.append(row | (_parts_of(parts, place, settings.level) if place is not None else {}))
    table = pd.DataFrame(rows, columns=["theme_id", "polarity", *_NUMBERS])
    return table.astype({"theme_id": "str", "polarity": "str"} | dict.fromkeys(_NUMBERS, "float64"))


def _shares(samples: Pair, people: People, term: Term, level: float) -> dict[str, float]:
    first, second = (rows_of_themes(any_of(getattr(s, term.polarity), [term.sources]))[0] for s in samples)
    a, b, change = change_of_shares(samples, (first, second), people, level)
    return {
        "share_a": a.value,
        "share_b": b.value,
        "share_change": change.value,
        "share_change_low": change.low,
        "share_change_high": change.high,
    }


def _parts_of(parts: dict[str, Any], place: int, level: float) -> dict[str, float]:
    found = {name: float(parts[name][place]) for name in ("contribution_a", "contribution_b")}
    for name in ("mix", "rate"):
        values, covariance = parts[name]
        part = _interval(float(values[place]), float(covariance[place, place]), level)
        found |= {name: part.value, f"{name}_low": part.low, f"{name}_high": part.high}
    return found

"""What moved NPS between two periods: themes mentioned more or less, themes that hurt more or less, and the rest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import POLARITIES, Design, Term, build_design
from feedback_nlp.drivers.drag import Fit, fit_terms
from feedback_nlp.drivers.figures import rows_of_themes, share_of
from feedback_nlp.drivers.sample import Sample, any_of, read_sample
from feedback_nlp.drivers.scores import NOTHING, nps_change, nps_moments, nps_of_points, quantile
from feedback_nlp.schema import Estimate

_NUMBERS = (
    "share_a", "share_b", "share_change", "share_change_low", "share_change_high",
    "contribution_a", "contribution_b", "mix", "mix_low", "mix_high", "rate", "rate_low", "rate_high",
)  # fmt: skip


@dataclass(frozen=True)
class BridgeTotal:
    """NPS of both periods and its change, in points: change = mix + rate + base, each with its interval.

    `mix`: themes are mentioned more or less. `rate`: a mention hurts or helps more or less. `base`: the unexplained
    part, what changed for those who mention nothing in the design.
    """

    nps_a: Estimate
    nps_b: Estimate
    change: Estimate
    mix: Estimate
    rate: Estimate
    base: Estimate


@dataclass(frozen=True)
class Bridge:
    """What `compare_periods` returns.

    `table`: one row per topic and polarity in the order of the themes, then generic and other where the design has
    them: theme_id, polarity, share_a, share_b, share_change, contribution_a, contribution_b (drag or lift), mix and
    rate, the changes with _low and _high. Contributions, mix and rate are null without a column in the design.
    """

    table: pd.DataFrame
    total: BridgeTotal
    notes: tuple[str, ...] = ()


def compare_periods(
    responses_a: pd.DataFrame,
    mentions_a: pd.DataFrame,
    responses_b: pd.DataFrame,
    mentions_b: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig | None = None,
) -> Bridge:
    """Returns what moved NPS from period a to period b, theme by theme, with intervals.

        NPS_b − NPS_a = Σ (p_b − p_a) b̄   [mix]   + Σ p̄ (b_b − b_a)   [rate]   + (b_b,0 − b_a,0)   [base],

    with p the shares and b the effects of the two regressions and bars for the means of the periods: the split of each
    p b by Shapley 1953 (Kitagawa 1955), exact to rounding. Both periods have the same columns: one with fewer than
    `min_mentions` responses in either is pooled in both. The periods are taken as independent samples. Intervals of the
    parts by the influence functions of `fit_terms`; of the shares' change by Newcombe's hybrid score method (1998); of
    the NPS's change by adjusted Wald.

    The tables are those of `rank_drivers`, with the same themes for both periods. Where a period has no category, only
    the shares are there.

    Raises:
        InputError: as `rank_drivers`.

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
        samples = (read_sample(responses_a, mentions_a, themes), read_sample(responses_b, mentions_b, themes))
        if not all(sample.is_scored for sample in samples):
            table = _table(samples, Design((), (), ()), {}, settings)
            return Bridge(table, BridgeTotal(*[NOTHING] * 6), ("no scores in a period: shares only",))
        design = build_design(samples, settings)
        fits = [fit_terms(columns, sample) for columns, sample in zip(design.columns, samples, strict=True)]
        parts = _split(*fits)
        total = _total(samples, parts, settings.level)
        return Bridge(_table(samples, design, parts, settings), total, design.notes)


def _split(a: Fit, b: Fit) -> dict[str, Any]:
    """Returns the parts: (value (K,), covariance (K, K)) of mix and rate, base first, and the contributions.

    The base's share is 1 in both periods, so its mix is 0 and its rate is the change of the base.
    """
    effect, share = (a.effects + b.effects) / 2, (a.shares + b.shares) / 2
    more, worse = b.shares - a.shares, b.effects - a.effects
    mix, rate = np.zeros((2, len(share), len(share)))
    for fit, sign in ((a, -1.0), (b, 1.0)):
        mix = mix + fit.covariance_of(sign * effect, more / 2)
        rate = rate + fit.covariance_of(worse / 2, sign * share)
    return {
        "contribution_a": a.contributions,
        "contribution_b": b.contributions,
        "mix": (more * effect, mix),
        "rate": (share * worse, rate),
    }


def _total(samples: tuple[Sample, Sample], parts: dict[str, Any], level: float) -> BridgeTotal:
    before, after = (nps_of_points(s.points, s.weights, s.clusters, level) for s in samples)
    first, second = (nps_moments(s.points, s.weights, s.clusters) for s in samples)
    sums = []
    for name, places in (("mix", slice(1, None)), ("rate", slice(1, None)), ("rate", slice(0, 1))):
        values, covariance = parts[name]
        sums.append(_interval(float(values[places].sum()), float(covariance[places, places].sum()), level))
    return BridgeTotal(before, after, nps_change(first, second, level), *sums)


def _interval(value: float, variance: float, level: float) -> Estimate:
    half = quantile(level) * float(np.sqrt(max(variance, 0.0))) if not np.isnan(variance) else float("nan")
    return Estimate(value, value - half, value + half)


def _table(
    samples: tuple[Sample, Sample], design: Design, parts: dict[str, Any], settings: DriversConfig
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
        row |= _shares(samples, term, settings.level)
        place = places.get((term.theme_id, term.polarity, term.theme))
        rows.append(row | (_parts_of(parts, place, settings.level) if place is not None else {}))
    table = pd.DataFrame(rows, columns=["theme_id", "polarity", *_NUMBERS])
    return table.astype({"theme_id": "str", "polarity": "str"} | dict.fromkeys(_NUMBERS, "float64"))


def _shares(samples: tuple[Sample, Sample], term: Term, level: float) -> dict[str, float]:
    a, b = (
        share_of(sample, rows_of_themes(any_of(getattr(sample, term.polarity), [term.sources]))[0], level)
        for sample in samples
    )
    change = b.value - a.value
    return {
        "share_a": a.value,
        "share_b": b.value,
        "share_change": change,
        "share_change_low": change - float(np.hypot(b.value - b.low, a.high - a.value)),
        "share_change_high": change + float(np.hypot(b.high - b.value, a.value - a.low)),
    }


def _parts_of(parts: dict[str, Any], place: int, level: float) -> dict[str, float]:
    found = {name: float(parts[name][place]) for name in ("contribution_a", "contribution_b")}
    for name in ("mix", "rate"):
        values, covariance = parts[name]
        part = _interval(float(values[place]), float(covariance[place, place]), level)
        found |= {name: part.value, f"{name}_low": part.low, f"{name}_high": part.high}
    return found

"""One metric for every group of a table, and the names in use for bands of NPS."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import isnan
from numbers import Integral
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.drivers.inputs import (
    categories_of,
    clusters_of_codes,
    marks_of,
    numbers_of,
    person_codes,
    points_of,
    sorted_codes,
    truths_of,
    weights_of,
)
from feedback_nlp.drivers.scores import (
    NOTHING,
    Codes,
    Floats,
    effective_size,
    nps_of_points,
    quantile,
    weighted_mean,
    weighted_share,
)
from feedback_nlp.errors import ConfigError, InputError, did_you_mean
from feedback_nlp.schema import Estimate

Metric: TypeAlias = Literal["nps", "nps_of_scores", "csat", "ces", "ces_easy", "crr"]

# CustomerGauge, "What is a good Net Promoter Score?": above 0 good, from 50 excellent, from 70 world class
BANDS = ((70.0, "world class"), (50.0, "excellent"), (0.0, "positive"), (-100.0, "below zero"))
_FIGURES = ("n", "n_eff", "value", "low", "high", "band", "too_few")


@dataclass(frozen=True)
class _Reading:
    """How a metric reads its column and what it makes of the numbers."""

    column: str  # "" = has to be named
    read: Callable[[Collection[Any], Collection[Any], str], Floats]  # answers, good ones, place for errors
    estimate: Callable[[Floats, Floats, Codes | None, float], Estimate]
    good: tuple[Any, ...] | None = None  # None = no answer is better than another by name


_READINGS: dict[str, _Reading] = {
    "nps": _Reading("category", lambda answers, _, where: points_of(answers, where), nps_of_points),
    "nps_of_scores": _Reading(
        "score", lambda answers, _, where: points_of(categories_of(answers, where), where), nps_of_points
    ),
    "csat": _Reading("", marks_of, weighted_share, (4, 5)),
    "ces": _Reading("", lambda answers, _, where: numbers_of(answers, where), weighted_mean),
    "ces_easy": _Reading("", marks_of, weighted_share, (5, 6, 7)),
    "crr": _Reading("", lambda answers, _, where: truths_of(answers, where), weighted_share),
}


def score_table(
    frame: pd.DataFrame,
    by: str | Sequence[str] = (),
    metric: Metric = "nps",
    column: str = "",
    weight: str = "",
    respondent: str = "",
    level: float = 0.95,
    min_group: int = 30,
    good: Collection[float] = (),
) -> pd.DataFrame:
    """Returns a metric of every group of a table, with its interval: one row per group, sorted by the groups.

    | metric | column holds | value |
    |---|---|---|
    | nps | promoter, passive, detractor | −100 to 100, as `nps` |
    | nps_of_scores | whole numbers from 0 to 10 (9–10, 7–8, 0–6) | −100 to 100, as `nps` |
    | csat | numbers; `good` = satisfied, (4, 5) | share 0–1, as `csat` |
    | ces | numbers | mean in the scale's units, as `ces().mean` |
    | ces_easy | numbers; `good` = easy, (5, 6, 7) | share 0–1, as `ces().easy` |
    | crr | one row per customer at the start: was there at the end? (true/false, yes/no, 1/0) | share 0–1, as `crr` |

    Nothing is dropped: rows without a group make a group of their own, with a null in place of its name, after the
    others; a group without an answer has n = 0. Each interval is that of one group looked at alone: among many groups
    some of them will miss, and groups whose intervals overlap may still differ. Nothing is written into `frame`.

    Args:
        frame: one row per answer.
        by: one column, several, or none for one row about the whole table.
        metric: see above.
        column: where the answers are; "category" for nps and "score" for nps_of_scores if not given.
        weight: column of weights; without it all answers count the same.
        respondent: column that says who answered; a null is a person of its own.
        level: of the intervals.
        min_group: a group of fewer answers has no figures and is marked `too_few`.
        good: the answers that count as satisfied or easy; the metric's own if empty.

    Returns:
        The columns of `by`, then n (answers with a weight above 0), n_eff (what they are worth, see `effective_size`),
        value, low, high, band (see `sure_band`; null for all but NPS) and too_few. What can't be is null.

    Raises:
        InputError: a column is not there, there twice or named like one of the result; an answer or a weight is
            impossible.
        ConfigError: an unknown metric, or an impossible level, min_group or good.

    >>> frame = pd.DataFrame({"shop": list("ababa"), "category": ["promoter", "passive"] * 2 + ["detractor"]})
    >>> score_table(frame, "shop", min_group=2)[["shop", "n", "value", "too_few"]].to_dict("list")
    {'shop': ['a', 'b'], 'n': [3, 2], 'value': [33.333333333333336, 0.0], 'too_few': [False, False]}
    """
    groups = [by] if isinstance(by, str) and by else list(by)
    reading, column = _reading(metric, column, good)
    _check_settings(level, min_group)
    _check_columns(frame, groups, [column, weight, respondent])
    values = reading.read(frame[column], good or reading.good or (), column)
    weights = weights_of(frame[weight] if weight else None, values, weight)
    people = person_codes(frame[respondent] if respondent else None, len(frame))
    codes, names = _group_codes(frame, groups)
    rows = []
    for place in _places(codes, len(names), values, weights, people):
        sample = values[place], weights[place], clusters_of_codes(people[place])
        rows.append(_row(reading, sample, level, min_group, is_nps=metric.startswith("nps")))
    figures = pd.DataFrame(rows, columns=list(_FIGURES)).astype({"band": "str"})
    return pd.concat([names, figures], axis=1)


def nps_band(value: float) -> str | None:
    """Returns the name in common use for the band of an NPS; null for a null.

    "below zero", "positive" from 0, "excellent" from 50, "world class" from 70 (CustomerGauge, "What is a good Net
    Promoter Score?"; others put "world class" at 80). The names are a convention that knows nothing of industry,
    country or way of asking: figures to compare with belong into `against_benchmarks`.

    Raises:
        InputError: a value outside −100 to 100.

    >>> nps_band(-3.0), nps_band(12), nps_band(50), nps_band(71.5)
    ('below zero', 'positive', 'excellent', 'world class')
    """
    if value is None or isnan(value):
        return None
    if not -100 <= value <= 100:
        raise InputError(f"NPS = {value:g}: an NPS lies from -100 to 100")
    reached = round(value, 9)  # weights may round 50 to a little less
    return next(name for least, name in BANDS if reached >= least)


def sure_band(estimate: Estimate) -> str | None:
    """Returns the band that holds the whole interval of an NPS, else the two that it lies between; null without one.

    >>> sure_band(Estimate(30.0, 20.0, 40.0)), sure_band(Estimate(45.0, 38.0, 52.0))
    ('positive', 'between positive and excellent')
    """
    low, high = nps_band(estimate.low), nps_band(estimate.high)
    return low if low == high or low is None or high is None else f"between {low} and {high}"


def _row(
    reading: _Reading, sample: tuple[Floats, Floats, Codes | None], level: float, min_group: int, *, is_nps: bool
) -> tuple[Any, ...]:
    n = len(sample[0])
    estimate = reading.estimate(*sample, level) if n >= min_group else NOTHING
    return (
        n,
        effective_size(*sample) if n else float("nan"),
        estimate.value,
        estimate.low,
        estimate.high,
        sure_band(estimate) if is_nps else None,
        n < min_group,
    )


def _reading(metric: str, column: str, good: Collection[Any]) -> tuple[_Reading, str]:
    if metric not in _READINGS:
        known = get_args(Metric)
        raise ConfigError(f"metric = {metric!r}: none of {', '.join(known)}{did_you_mean(str(metric), known)}")
    reading = _READINGS[metric]
    if len(good) and reading.good is None:
        raise ConfigError(f"good = {good!r}: metric {metric} has no answers to choose; leave it out")
    if not (column or reading.column):
        raise ConfigError(f"column: metric {metric} needs the name of the column that holds the answers")
    return reading, column or reading.column


def _check_settings(level: float, min_group: int) -> None:
    quantile(level)
    if not isinstance(min_group, Integral) or min_group < 1:
        raise ConfigError(f"min_group = {min_group!r}: give a whole number of answers, 1 or more")


def _check_columns(frame: pd.DataFrame, groups: list[str], others: list[str]) -> None:
    known = [str(name) for name in frame.columns]
    for name in filter(None, [*groups, *others]):
        if name not in frame.columns:
            hint = did_you_mean(str(name), known)
            raise InputError(f"frame: no column '{name}'; found {', '.join(known) or 'no column'}{hint}")
        if known.count(str(name)) > 1:
            raise InputError(f"frame: column '{name}' is there {known.count(str(name))} times; rename all but one")
    for name in groups:
        if name in _FIGURES or groups.count(name) > 1:
            reason = "a column of the result has that name" if name in _FIGURES else "it is named twice"
            raise InputError(f"by: '{name}': {reason}; name each column once, and none of {', '.join(_FIGURES)}")


def _group_codes(frame: pd.DataFrame, by: list[str]) -> tuple[Codes, pd.DataFrame]:
    """Returns the group of each row, 0 the first in order, and the names of the groups."""
    if not by:
        return np.zeros(len(frame), dtype=np.int64), pd.DataFrame(index=range(1))
    keys = np.column_stack([sorted_codes(frame[name]) for name in by])
    keys[keys < 0] = len(frame)  # nulls last
    _, first, codes = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    names = frame[by].iloc[first].reset_index(drop=True)
    for name in by:
        if names[name].dtype == object:  # which kind of null comes first may hang on the order of the rows
            names[name] = names[name].where(names[name].notna(), None)
    return codes.reshape(-1).astype(np.int64), names


def _places(codes: Codes, n_groups: int, values: Floats, weights: Floats, people: Codes) -> list[NDArray[np.intp]]:
    """Returns for each group the rows that count, in an order that does not hang on the order of the table."""
    order = np.lexsort((people, weights, values, codes))
    order = order[~np.isnan(values[order]) & (weights[order] > 0)]
    return np.split(order, np.searchsorted(codes[order], np.arange(1, n_groups))) if n_groups else []

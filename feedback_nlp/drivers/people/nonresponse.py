"""Who did not answer: commenters beside those who gave only a score, and weights that restore known segment sizes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.people.contrasts import (
    AGAINST,
    Rows,
    correlation_of,
    count_people,
    nps_contrast,
    share_within,
)
from feedback_nlp.drivers.people.groups import read_groups, rows_of_groups
from feedback_nlp.drivers.people.segments import NO_MENTIONS, NO_THEMES, known_values, read_with_rows, segment_column
from feedback_nlp.drivers.sample import Sample, read_sample
from feedback_nlp.drivers.scores import (
    NOTHING,
    effective_size,
    nps_of_points,
    points_of,
    quantile,
    weights_of,
)
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import Estimate

_WROTE = ("comment", "other-language")  # the statuses of a comment that says something
_ADDED = 3.0  # answers that enlarge a sample in all (Rocks 2016)
_LIMIT = (
    "repairs only response that differs between segments; it cannot repair response that depends on the score itself"
)


@dataclass(frozen=True)
class ResponseGap:
    """What `response_gap` returns: NPS in points, null where a side has too few people.

    `commenters`, `silent`: NPS of those who wrote something and of those who gave only a score; `difference` = the one
    minus the other. `share`: of the scored responses that have a comment, 0–1, with Wilson's interval.
    """

    commenters: Estimate
    silent: Estimate
    difference: Estimate
    share: Estimate
    n_commenters: int
    n_silent: int
    notes: tuple[str, ...]


def response_gap(
    responses: pd.DataFrame,
    comments: pd.DataFrame,
    settings: DriversConfig | None = None,
    read: tuple[Sample, Rows] | None = None,
) -> ResponseGap:
    """Returns the NPS of those who commented beside that of those who did not, and their difference.

    Themes are known of commenters only. Where the two sides differ, a report of comments is not a report of everybody,
    though drags still add up to the NPS of all (silent responses are rows of the regression). Nothing is seen here of
    people who did not answer at all. Intervals as in `nps` and `nps_contrast`; weights and respondents count.

    Args:
        responses: response_id, category; optional respondent_id and weight.
        comments: response_id, and status ("comment" and "other-language" count as comments) or else comment (any
            text but blanks counts). Several rows per response are one response.
        settings: level and min_group; a side of fewer people has no figures.
        read: what `read_with_rows` returned for these responses, where it is there already.

    Raises:
        InputError: a column is missing, a comment's response is not in `responses`, or as `rank_drivers`.

    >>> responses = pd.DataFrame({"response_id": list("abcd"), "category": ["promoter"] * 2 + ["passive"] * 2})
    >>> comments = pd.DataFrame({"response_id": ["c", "d"], "comment": ["Slow", "Dear"]})
    >>> gap = response_gap(responses, comments, DriversConfig(min_group=2))
    >>> gap.commenters.value, gap.silent.value, gap.difference.value, gap.share.value
    (0.0, 100.0, -100.0, 0.5)
    """
    settings = settings or DriversConfig()
    wrote = _wrote(responses, comments)
    sample, rows = read or read_with_rows(responses, NO_MENTIONS, NO_THEMES)
    marks = np.asarray(wrote, dtype=np.float64)[rows]
    sides = {"commented": np.flatnonzero(marks == 1), "gave only a score": np.flatnonzero(marks == 0)}
    if not sample.is_scored:
        nobody = np.zeros(0, dtype=np.intp)
        sides = dict.fromkeys(sides, nobody)
    enough = {name: count_people(sample, rows) >= settings.min_group for name, rows in sides.items()}
    notes = [
        f"too few: {len(sides[name])} {name}, {settings.min_group} people needed" for name in sides if not enough[name]
    ]
    commenters, silent = (
        nps_contrast(sample, [rows], np.ones(1), settings.level)[0] if enough[name] else NOTHING
        for name, rows in sides.items()
    )
    difference = NOTHING
    if all(enough.values()):
        difference = nps_contrast(sample, list(sides.values()), AGAINST, settings.level)[0]
        if difference.low > 0 or difference.high < 0:
            notes.append("those who commented score differently: what comments say is not what everybody would say")
    everyone = np.arange(sample.n)
    share = share_within(marks, sample, everyone, settings.level)[0] if sample.is_scored else NOTHING
    n_commenters, n_silent = (len(rows) for rows in sides.values())
    return ResponseGap(commenters, silent, difference, share, n_commenters, n_silent, tuple(notes))


@dataclass(frozen=True)
class PostStratified:
    """What `post_stratify` returns.

    `weights`: float, indexed like the responses: a `weight` column for `rank_drivers` and all else; 0 for responses
    without a score or a segment. They sum to what the weights summed to before. `nps_raw`, `nps`: before and after, in
    points. `n_eff`: Kish's effective sample size with the new weights. `notes`: always what weighting can't repair.
    """

    weights: "pd.Series[float]"
    nps_raw: Estimate
    nps: Estimate
    n_eff: float
    notes: tuple[str, ...]


def post_stratify(
    responses: pd.DataFrame, segment: str, sizes: Mapping[str, float], settings: DriversConfig | None = None
) -> PostStratified:
    """Returns weights that give each segment its known size, and the NPS with them.

    A response's weight becomes w_i N_s / n_s, with N_s the known size of its segment (in any unit) and n_s the sum of
    the weights of its scored responses (post-stratification: Holt & Smith 1979). It repairs response that differs
    between segments, if within each those who answered are like those who did not. It can't repair response that
    depends on the score itself: the unhappy of a segment who stay silent are missed with any weights.

    The sizes are known, so the interval counts only the spread within segments: with q_s the known shares, each segment
    is enlarged by 3 q_s answers (a quarter promoters, a quarter detractors; Rocks's 3 in all, spread as Price & Bonett
    2004 do), and the variance is Σ q_s² V_s / (n_s + 3 q_s − 1), n_s effective sizes, V_s = P + D − (P − D)². In
    simulations it covers 95–97 %, down to segments of 3 responses; Kish's n_eff covers 88 % where a segment of few,
    divided people weighs most, and 99.9 % where it is of one mind.

    Args:
        responses: response_id, category; optional respondent_id and weight; the segment's column.
        segment: "channel" or "segment_channel".
        sizes: of every segment value that has scored responses: how many people there are, or their shares.
        settings: level and min_group.

    Raises:
        InputError: a segment without a size, a size without scored responses or not above 0, or as `rank_drivers`.

    >>> answers = ["promoter"] * 3 + ["detractor"]
    >>> responses = pd.DataFrame({"response_id": range(4), "category": answers, "city": list("aaab")})
    >>> found = post_stratify(responses, "city", {"a": 500, "b": 500}, DriversConfig(min_group=2))
    >>> found.weights.round(3).tolist(), found.nps_raw.value, found.nps.value
    ([0.667, 0.667, 0.667, 2.0], 50.0, 0.0)
    """
    settings = settings or DriversConfig()
    column = segment_column(responses, segment)
    sample = read_sample(responses, NO_MENTIONS, NO_THEMES, column)
    groups = {value: rows for value, rows in rows_of_groups(read_groups(sample, responses[column])) if len(rows)}
    missing = groups.pop(None, np.zeros(0, dtype=np.intp))
    shares = _shares(sizes, groups, responses[column], column)
    inside = sample.weights.sum() - sample.weights[missing].sum()
    factors = {value: float(shares[value] * inside / sample.weights[rows].sum()) for value, rows in groups.items()}
    notes = [_LIMIT]
    if len(missing):
        notes.append(f"left out: {len(missing)} responses without a value in '{column}'")
    for value, rows in groups.items():
        if count_people(sample, rows) < settings.min_group:
            notes.append(f"'{value}' has {len(rows)} scored responses, each of which counts {factors[value]:.2g} times")
    raw, repaired, size = NOTHING, NOTHING, float("nan")
    if not sample.is_scored:
        notes.append("no scores: weights only")
    elif count_people(sample, np.arange(sample.n)) < settings.min_group:
        notes.append(f"too few: {sample.n} scored responses, {settings.min_group} people needed")
    elif groups:
        raw = nps_of_points(sample.points, sample.weights, sample.clusters, settings.level)
        repaired, size = _repaired(sample, groups, shares, factors, settings.level)
    points = points_of(responses["category"], "responses: category")
    factor = known_values(responses[column], []).map(factors).to_numpy(dtype=np.float64, na_value=0.0)
    weights = weights_of(responses.get("weight"), points, "responses: weight") * factor
    return PostStratified(pd.Series(weights, index=responses.index, name="weight"), raw, repaired, size, tuple(notes))


def _wrote(responses: pd.DataFrame, comments: pd.DataFrame) -> "pd.Series[float]":
    """Returns 1 for each response with a comment that says something, 0 for the others."""
    columns = [str(column) for column in comments.columns]
    of_text = "status" if "status" in columns else "comment"
    for column in ("response_id", of_text):
        if column not in columns:
            hint = did_you_mean(column, columns)
            raise InputError(f"comments: no column '{column}'; found {', '.join(columns) or 'no column'}{hint}")
    if "response_id" not in responses:
        return pd.Series(0.0, index=responses.index)  # what is missing there is said when the responses are read
    known, ids = (_as_texts(table["response_id"]) for table in (responses, comments))
    texts = comments[of_text].astype(object)
    says = texts.isin(_WROTE) if of_text == "status" else texts.notna() & (texts.map(str).str.strip() != "")
    if np.array_equal(ids.to_numpy(dtype=object), known.to_numpy(dtype=object)) and known.is_unique:
        return pd.Series(says.to_numpy(dtype=np.float64), index=responses.index)  # a comment each, in the same order
    strange = np.flatnonzero(~_among(ids, known.dropna()))
    if len(strange):
        raise InputError(f"comments: response_id: row {strange[0] + 1}: {ids.iloc[strange[0]]!r} is not in responses")
    return pd.Series(_among(known, ids[says]), index=responses.index, dtype=np.float64)


def _as_texts(ids: "pd.Series[Any]") -> "pd.Series[Any]":
    """Returns the ids as text; what is text already is taken as it is, which is faster."""
    return ids.astype(object) if isinstance(ids.dtype, pd.StringDtype) else ids.map(str, na_action="ignore")


def _among(ids: "pd.Series[Any]", wanted: "pd.Series[Any]") -> NDArray[np.bool_]:
    """Returns which ids are among the wanted ones; as objects, which are looked up much faster than texts."""
    return pd.Series(ids.to_numpy(dtype=object), dtype=object).isin(wanted.to_numpy(dtype=object)).to_numpy(dtype=bool)


def _shares(
    sizes: Mapping[str, float], groups: Mapping[str | None, Rows], values: "pd.Series[Any]", column: str
) -> dict[str | None, float]:
    """Returns the known share of each segment."""
    known_values(values, list(sizes))
    given = {str(value): size for value, size in sizes.items()}
    for value, size in given.items():
        if isinstance(size, bool) or not isinstance(size, int | float | np.number) or not 0 < size < np.inf:
            raise InputError(f"sizes: '{value}': {size!r} is no size; give the number of people, above 0")
        if value not in groups:
            raise InputError(
                f"sizes: '{value}' has no scored response in '{column}'; join it with another or leave it out"
            )
    for name in groups:
        if name not in given:
            hint = did_you_mean(str(name), given)
            raise InputError(f"sizes: no size for '{name}' of '{column}'; found {', '.join(given) or 'none'}{hint}")
    total = sum(float(size) for size in given.values())
    return {value: float(given[str(value)]) / total for value in groups}


def _repaired(
    sample: Sample,
    groups: Mapping[str | None, Rows],
    shares: Mapping[str | None, float],
    factors: Mapping[str | None, float],
    level: float,
) -> tuple[Estimate, float]:
    """Returns the NPS with the segments' known shares, and Kish's effective size of the new weights."""
    clusters = sample.clusters
    q = np.array([shares[value] for value in groups])
    parts = np.array([_enlarged(sample, rows, shares[value]) for value, rows in groups.items()])
    correlation = correlation_of(sample.points, sample.weights, clusters, list(groups.values()))
    errors = q * parts[:, 2]
    half = quantile(level) * float(np.sqrt(max(errors @ correlation @ errors, 0.0)))
    value, centre = (float(q @ parts[:, column]) for column in (0, 1))
    estimate = Estimate(value, max(min(centre - half, value), -100.0), min(max(centre + half, value), 100.0))
    weights = np.zeros(sample.n)
    for name, rows in groups.items():
        weights[rows] = sample.weights[rows] * factors[name]
    used = np.flatnonzero(weights)
    return estimate, effective_size(sample.points[used], weights[used], None if clusters is None else clusters[used])


def _enlarged(sample: Sample, rows: Rows, share: float) -> tuple[float, float, float]:
    """Returns the NPS of a segment, and centre and standard error with 3 q_s answers more."""
    points, weights, clusters = sample.points[rows], sample.weights[rows], sample.clusters
    n = max(effective_size(points, weights, None if clusters is None else clusters[rows]), 1.0)
    added = _ADDED * share
    p, d = ((float(np.average(points == side, weights=weights)) * n + added / 4) / (n + added) for side in (100, -100))
    variance = (p + d - (p - d) ** 2) / (n + added - 1)
    return float(np.average(points, weights=weights)), 100 * (p - d), 100 * float(np.sqrt(variance))

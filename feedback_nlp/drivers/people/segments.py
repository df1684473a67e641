"""Segments side by side: each channel, agent or region against all others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import build_design
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.drivers.figures import rows_of_themes
from feedback_nlp.drivers.people.contrasts import (
    AGAINST,
    Rows,
    correlations_of_two,
    enlarged,
    flags_of,
    nps_contrasts,
    share_contrasts,
    spans_of,
)
from feedback_nlp.drivers.people.exact import exact_p
from feedback_nlp.drivers.people.groups import Groups, compare_sides, parts_of_groups, read_groups
from feedback_nlp.drivers.ranks import shrink
from feedback_nlp.drivers.sample import Sample, any_of, read_sample
from feedback_nlp.drivers.scores import POINTS, Floats, quantile, wilson
from feedback_nlp.errors import InputError, did_you_mean

Bools = NDArray[np.bool_]

NO_MENTIONS = pd.DataFrame({"response_id": [], "theme_id": [], "polarity": []})
NO_THEMES = pd.DataFrame({"theme_id": [], "kind": []})

_ROW = "_row of the responses"
_NPS = ("nps", "nps_low", "nps_high", "difference", "difference_low", "difference_high", "nps_shrunk", "p")
_SHARES = (
    "n_negative", "share", "share_low", "share_high", "difference", "difference_low", "difference_high",
    "drag_from", "drag_from_low", "drag_from_high", "p",
)  # fmt: skip


def segment_table(responses: pd.DataFrame, segment: str, settings: DriversConfig | None = None) -> pd.DataFrame:
    """Returns one row per value of a segment, sorted by it: its NPS beside that of all others.

    - value: as text; the responses without a value are a group like any other, null and last.
    - n, n_people: scored responses with a weight above 0, and who gave them.
    - nps, nps_low, nps_high: adjusted Wald, clustered by respondent, as `nps`.
    - difference, _low, _high: nps − that of all other responses, in points, and p, two-sided (`nps_contrast`).
    - nps_shrunk: drawn towards the groups' common mean, the more the fewer they are (`shrink`: empirical Bayes,
      DerSimonian & Laird 1986): the better guess of what a group's NPS will be, and the one to sort agents by.
    - flagged: the difference survives Benjamini–Hochberg over the table at `settings.false_discovery_rate`.
    - too_few: fewer than `settings.min_group` people (ten answers each of three people are no group): figures null.

    A group that differs has not therefore caused it: agents get different customers.

    Args:
        responses: response_id, category; optional respondent_id and weight; the segment's column.
        segment: "channel" or "segment_channel".
        settings: level, min_group, false_discovery_rate.

    Raises:
        InputError: no such column, or as `rank_drivers`.

    >>> answers = ["promoter"] * 3 + ["detractor", "passive"]
    >>> responses = pd.DataFrame({"response_id": range(5), "category": answers, "agent": list("aaabb")})
    >>> table = segment_table(responses, "agent", DriversConfig(min_group=2))
    >>> table[["value", "n", "nps", "difference"]].values.tolist()
    [['a', 3, 100.0, 150.0], ['b', 2, -50.0, -150.0]]
    """
    settings = settings or DriversConfig()
    column = segment_column(responses, segment)
    sample = read_sample(responses, NO_MENTIONS, NO_THEMES, column)
    return _nps_table(sample, read_groups(sample, responses[column]), settings)


def _nps_table(sample: Sample, groups: Groups, settings: DriversConfig) -> pd.DataFrame:
    too_few = groups.n_people[0] < settings.min_group
    table = {"value": list(groups.values), "n": groups.n[0], "n_people": groups.n_people[0], "too_few": too_few}
    if sample.is_scored:
        table |= _nps_figures(sample, groups, ~too_few, settings.level)
    return _table(table, ["value", "n", "n_people"], _NPS, settings.false_discovery_rate)


def segment_themes(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    segment: str,
    settings: DriversConfig | None = None,
) -> pd.DataFrame:
    """Returns one row per topic and value of a segment: which group has more of which complaint.

    - theme_id, in the order of the themes; value, n, too_few: as in `segment_table`. n_negative: its responses that
      complain of the theme, plainly counted; complaints of a theme count for the parent it names too.
    - share (0–1, weighted), _low, _high: of the group that complains of it; Wilson at the effective sample size.
    - difference, _low, _high: share − that of all other responses (Newcombe 1998), and p, exact (`share_difference`).
    - drag_from, _low, _high: the part of the theme's drag that comes from the group, in points of the whole NPS:
      b_j q_s p_js, with b_j the effect common to all groups (`rank_drivers`), q_s the group's share of the responses
      and p_js `share`. Over all groups it sums to the drag exactly. It says where complaints are made, not where they
      hurt most. Var = f² Var(drag) + drag² f (1 − f) / n_eff, f the group's part of the theme's complaints: given who
      complains, their groups tell nothing of b_j. Null without a column of its own, or without any score.
    - flagged: the difference survives Benjamini–Hochberg over the table; topics nobody complains of do not count.

    Args:
        responses, segment, settings: as in `segment_table`.
        mentions, themes: as in `rank_drivers`.

    Raises:
        InputError: no such column, or as `rank_drivers`.

    >>> responses = pd.DataFrame({"response_id": range(4), "category": "passive", "agent": list("aabb")})
    >>> mentions = pd.DataFrame({"response_id": [0, 1, 2], "theme_id": "wait", "polarity": [-1.0, -0.5, 0.5]})
    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> table = segment_themes(responses, mentions, themes, "agent", DriversConfig(min_group=2))
    >>> table[["theme_id", "value", "share", "difference"]].values.tolist()
    [['wait', 'a', 1.0, 1.0], ['wait', 'b', 0.0, -1.0]]
    """
    settings = settings or DriversConfig()
    column = segment_column(responses, segment)
    sample = read_sample(responses, mentions, themes, column)
    return _theme_table(sample, read_groups(sample, responses[column]), themes, _drags(sample, settings), settings)


def segments_at_once(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    segments: Sequence[str],
    settings: DriversConfig | None = None,
    read: tuple[Sample, Rows] | None = None,
) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Returns segment -> what `segment_table` and what `segment_themes` say of it; the tables are read but once.

    Args:
        responses, mentions, themes, settings: as there.
        segments: names of segments, each as there.
        read: what `read_with_rows` returned for these tables, where it is there already.

    Raises:
        InputError: as there.

    >>> responses = pd.DataFrame({"response_id": range(4), "category": "passive", "agent": list("aabb")})
    >>> found = segments_at_once(responses, NO_MENTIONS, NO_THEMES, ["agent"], DriversConfig(min_group=2))
    >>> found["agent"][0][["value", "n", "nps"]].values.tolist()
    [['a', 2, 0.0], ['b', 2, 0.0]]
    """
    settings = settings or DriversConfig()
    columns = {segment: responses[segment_column(responses, segment)] for segment in segments}
    if not columns:
        return {}
    sample, rows = read or read_with_rows(responses, mentions, themes)
    drags = _drags(sample, settings)
    found = {}
    for segment, column in columns.items():
        labels = column.astype(object).where(column.notna(), None).to_numpy(dtype=object)[rows]
        groups = read_groups(replace(sample, labels=labels), column)
        by_theme = _theme_table(sample, groups, themes, drags, settings)
        found[segment] = (_nps_table(sample, groups, settings), by_theme)
    return found


def read_with_rows(responses: pd.DataFrame, mentions: pd.DataFrame, themes: pd.DataFrame) -> tuple[Sample, Rows]:
    """Returns the sample of the three tables (`read_sample`), and the row of `responses` that each of it stood in."""
    sample = read_sample(responses.assign(**{_ROW: np.arange(len(responses))}), mentions, themes, _ROW)
    return sample, np.asarray(sample.labels, dtype=np.intp)


def _theme_table(
    sample: Sample,
    groups: Groups,
    themes: pd.DataFrame,
    drags: dict[int, tuple[Rows, float, float]],
    settings: DriversConfig,
) -> pd.DataFrame:
    too_few, topics = groups.n_people[0] < settings.min_group, sample.themes_of_kind("topic")
    of_groups = {"value": groups.values, "n": groups.n[0], "too_few": too_few}
    marks = (of_theme for _, of_theme in theme_marks(sample, themes, "negative"))
    figures = _share_figures(marks, len(topics), groups, ~too_few, settings.level)
    figures |= _drag_figures(topics, drags, groups, settings.level)
    columns: dict[str, Any] = {"theme_id": np.repeat([str(sample.theme_ids[topic]) for topic in topics], len(too_few))}
    columns |= {name: [*of] * len(topics) for name, of in of_groups.items()}
    columns |= {name: np.where(too_few, np.nan, figure).ravel() for name, figure in figures.items()}
    table = _table(columns, ["theme_id", "value", "n"], _SHARES, settings.false_discovery_rate)
    return table.astype({"n_negative": "Int64"})


def theme_marks(sample: Sample, themes: pd.DataFrame, polarity: str) -> Iterator[tuple[int, Floats]]:
    """Returns each topic's place, and 1 for the responses that mention it or a child of it with that polarity, (n,)."""
    place = {theme_id: number for number, theme_id in enumerate(themes["theme_id"])}
    family = {topic: [topic] for topic in sample.themes_of_kind("topic")}
    for number, parent in enumerate(themes.get("parent_id", [])):
        if place.get(parent) in family:
            family[place[parent]].append(number)
    of_families = rows_of_themes(any_of(getattr(sample, polarity), list(family.values())))
    for topic, rows in zip(family, of_families, strict=True):
        yield topic, _marks(sample, rows)


def segment_column(responses: pd.DataFrame, name: str) -> str:
    """Returns the column of that name, or "segment_channel" for "channel"; an InputError if there is neither.

    >>> segment_column(pd.DataFrame({"segment_channel": ["phone"]}), "channel")
    'segment_channel'
    """
    for column in (name, f"segment_{name}"):
        if column in responses.columns:
            return column
    columns = [str(column) for column in responses.columns]
    known = [column.removeprefix("segment_") for column in columns if column.startswith("segment_")] or columns
    raise InputError(f"responses: no segment '{name}'; found {', '.join(known) or 'none'}{did_you_mean(name, known)}")


def known_values(column: "pd.Series[Any]", wanted: Sequence[Any]) -> "pd.Series[Any]":
    """Returns a column as text, null where it is; an InputError if one of the wanted values is not in it.

    >>> known_values(pd.Series([1, 2]), [1]).tolist()
    ['1', '2']
    """
    texts = column.astype(object).map(str, na_action="ignore")
    known = sorted(texts.dropna().unique())
    for value in map(str, wanted):
        if value not in known:
            shown = ", ".join(known[:10]) + (" …" if len(known) > 10 else "")
            raise InputError(f"{column.name}: no value '{value}'; found {shown or 'none'}{did_you_mean(value, known)}")
    return texts


def _drags(sample: Sample, settings: DriversConfig) -> dict[int, tuple[Rows, float, float]]:
    """Returns of each theme that has a column of its own who complains of it, its drag, and the drag's variance."""
    if not sample.is_scored:
        return {}
    with threadpool_limits(limits=1):  # more threads sum in another order
        design = build_design([sample], settings)
        fit = fit_terms(design.columns[0], sample)
        drags, variances, complaining = fit.contributions, np.diag(fit.covariance), rows_of_themes(sample.negative)
    places = zip(*design.own_places("negative"), strict=True)
    return {theme: (complaining[theme], float(drags[at]), float(variances[at])) for theme, at in places}


def _nps_figures(sample: Sample, groups: Groups, shown: Bools, level: float) -> dict[str, Floats]:
    """Returns the figures of `segment_table` by name, (g,) each, null where they are not to be shown."""
    sides = compare_sides(sample.points, (POINTS["promoter"], POINTS["detractor"]), groups)
    moments = enlarged(sides.shares[0], sides.shares[1], sides.sizes)
    nps, _ = nps_contrasts(moments[:, :1], sides.sizes[:1], np.ones(1), np.ones((1, 1, 1)), level)
    rho = correlations_of_two(sides.correlation)
    difference, p = nps_contrasts(moments, sides.sizes, AGAINST, rho, level)
    figures = _three("nps", nps) | _three("difference", difference) | {"p": p}
    figures = {name: np.where(shown, figure, np.nan) for name, figure in figures.items()}
    shrunk = np.full(len(shown), np.nan)
    shrunk[shown] = shrink(figures["nps"][shown], moments[2, 0, shown] ** 2)
    return figures | {"nps_shrunk": shrunk}


def _share_figures(
    marks: Iterable[Floats], n_themes: int, groups: Groups, shown: Bools, level: float
) -> dict[str, Floats]:
    """Returns what `share_difference` says of each theme's marks and group, by name, (t, g) each."""
    shape = (n_themes, len(shown))
    n, rho, (shares, sizes) = np.zeros(shape), np.zeros(shape), np.full((2, 2, *shape), np.nan)
    for theme, of_theme in enumerate(marks):
        sides = compare_sides(of_theme, (1.0,), groups)
        n[theme], rho[theme] = sides.n[0, 0], sides.correlation
        shares[:, theme], sizes[:, theme] = sides.shares[0], sides.sizes
    known = shown & (groups.n > 0)
    spans = np.full((3, 2, *shape), np.nan)
    for side, theme in np.ndindex(spans.shape[1:3]):
        at = np.flatnonzero(known[side])
        found = [wilson(*cell, level) for cell in zip(shares[side, theme, at], sizes[side, theme, at], strict=True)]
        spans[:, side, theme, at] = spans_of(found)
    difference, _ = share_contrasts(spans, AGAINST, correlations_of_two(rho), level)
    is_tested = known.all(axis=0) & (shares.sum(axis=0) > 0)
    p = np.full(shape, np.nan)
    cells = zip(shares, sizes, strict=True)
    p[is_tested] = exact_p(*(figure[is_tested] for cell in cells for figure in cell))
    return {"n_negative": n, "p": p} | _three("share", spans[:, 0]) | _three("difference", difference)


def _drag_figures(
    topics: list[int], drags: dict[int, tuple[Rows, float, float]], groups: Groups, level: float
) -> dict[str, Floats]:
    """Returns the part of each topic's drag that comes from each group, with its ends, (t, g) each."""
    spans = np.full((3, len(topics), len(groups.values)), np.nan)
    for place, topic in enumerate(topics):
        if topic in drags:
            complaining, drag, variance = drags[topic]
            f, size = parts_of_groups(complaining, groups)
            half = quantile(level) * np.sqrt(f**2 * variance + drag**2 * f * (1 - f) / size)
            spans[:, place] = f * drag, f * drag - half, f * drag + half
    return _three("drag_from", spans)


def _three(name: str, spans: Floats) -> dict[str, Floats]:
    """Returns values, lower and upper ends as three columns."""
    return dict(zip((name, f"{name}_low", f"{name}_high"), spans, strict=True))


def _marks(sample: Sample, rows: Rows) -> Floats:
    marks = np.zeros(sample.n)
    marks[rows] = 1.0
    return marks


def _table(columns: dict[str, Any], first: list[str], figures: Sequence[str], rate: float) -> pd.DataFrame:
    table = pd.DataFrame(columns, columns=[*first, *figures, "flagged", "too_few"])
    types = {name: "str" if name in ("theme_id", "value") else "int64" for name in first}
    table = table.astype(types | dict.fromkeys(figures, "float64") | {"too_few": "bool"})
    return table.assign(flagged=flags_of(table["p"], rate))

"""Segments side by side: each channel, agent or region against all others; and what any two groups differ in."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import build_design
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.drivers.figures import rows_of_themes
from feedback_nlp.drivers.ranks import benjamini_hochberg, shrink
from feedback_nlp.drivers.sample import Sample, any_of, read_sample
from feedback_nlp.drivers.scores import NOTHING, Codes, Floats, effective_size, nps_moments, quantile, wilson
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import Estimate

Rows = NDArray[np.intp]
Test = tuple[Estimate, float]  # a contrast and its two-sided p-value

NO_MENTIONS = pd.DataFrame({"response_id": [], "theme_id": [], "polarity": []})
NO_THEMES = pd.DataFrame({"theme_id": [], "kind": []})
AGAINST = np.array([1.0, -1.0])  # coefficients of a difference

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
    rows, variances = list[dict[str, Any]](), list[float]()
    for head, inside, others in _groups(sample, responses[column], settings.min_group):
        figures, variance = dict[str, float](), np.nan
        if sample.is_scored and not head["too_few"]:
            figures, variance = _nps_of_group(sample, inside, others, settings.level)
        rows.append(head | figures)
        variances.append(variance)
    table = _table(rows, ["value", "n", "n_people"], _NPS, settings.false_discovery_rate)
    shown = np.flatnonzero(~np.isnan(variances))
    table.loc[shown, "nps_shrunk"] = shrink(table["nps"].to_numpy()[shown], np.array(variances)[shown])
    return table


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
    groups = _groups(sample, responses[column], settings.min_group)
    drags = _drags(sample, settings)
    rows = list[dict[str, Any]]()
    for topic, marks in theme_marks(sample, themes, "negative"):
        for head, inside, others in groups:
            row = {"theme_id": str(sample.theme_ids[topic])} | head
            if not head["too_few"]:
                share, _, difference, p = share_difference(marks, sample, inside, others, settings.level)
                row |= spread("share", share) | spread("difference", difference)
                row |= {"n_negative": float(marks[inside].sum()), "p": p}
                row |= _drag_from(drags.get(topic), sample, inside, settings.level)
            rows.append(row)
    table = _table(rows, ["theme_id", "value", "n"], _SHARES, settings.false_discovery_rate)
    return table.astype({"n_negative": "Int64"})


def nps_contrast(sample: Sample, cells: Sequence[Rows], coefficients: Floats, level: float) -> Test:
    """Returns Σ_c a_c NPS_c over disjoint cells (rows of the sample) with its interval, and the two-sided p of 0.

    Each cell is enlarged by .75 promoters, 1.5 passives and .75 detractors (`nps_moments`, Rocks 2016); then

        Σ a_c centre_c ± z √(Σ_cd a_c a_d ρ_cd se_c se_d),

    ρ by `correlation_of`. p is Student's, with Welch & Satterthwaite's degrees of freedom: among many groups of 30 or
    40 the normal's thin tails flag some in 15 % of tables without any difference, Student's in 9 %. The interval is
    widened to hold the contrast itself, cut to what is possible. Each cell needs a response.

    >>> responses = pd.DataFrame({"response_id": range(4), "category": ["promoter"] * 2 + ["passive"] * 2})
    >>> sample = read_sample(responses, NO_MENTIONS, NO_THEMES)
    >>> change, p = nps_contrast(sample, [np.array([0, 1]), np.array([2, 3])], np.array([1.0, -1.0]), 0.95)
    >>> change.value, round(change.high, 1), round(p, 2)
    (100.0, 120.3, 0.44)
    """
    moments = np.array([nps_moments(*_of(sample, rows)) for rows in cells])
    freedom = np.array([effective_size(*_of(sample, rows)) for rows in cells]) - 1
    value, centre = (float(coefficients @ moments[:, column]) for column in (0, 1))
    parts = coefficients * moments[:, 2]
    error = _error(parts, correlation_of(sample.points, sample.weights, sample.clusters, cells))
    half, most = quantile(level) * error, 100.0 * float(np.abs(coefficients).sum())
    estimate = Estimate(value, max(min(centre - half, value), -most), min(max(centre + half, value), most))
    return estimate, _two_sided(centre, error, (parts @ parts) ** 2 / (parts**4 @ (1 / np.maximum(freedom, 1))))


def share_contrast(shares: Sequence[Estimate], coefficients: Floats, correlation: Floats, level: float) -> Test:
    """Returns Σ_c a_c p_c of shares (0–1) that have Wilson intervals, with its own, and its distance from 0 as a p.

    The method of variance estimates recovery: with d_c = |a_c| times the distance of p_c to the end of its interval on
    the side that lowers the sum, the lower end is the sum − √(Σ_cd s_c s_d ρ_cd d_c d_d), s the signs of a; the upper
    end likewise (Zou & Donner 2008). For two independent shares it is Newcombe's hybrid score interval (1998, method
    10), for correlated ones his of 1998b. The p-value is that of a normal with the interval's half towards 0.

    >>> shares = [wilson(56 / 70, 70), wilson(48 / 80, 80)]  # Newcombe 1998, table II
    >>> change, p = share_contrast(shares, np.array([1.0, -1.0]), np.eye(2), 0.95)
    >>> round(change.value, 4), round(change.low, 4), round(change.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    down, up = np.array([(share.value - share.low, share.high - share.value) for share in shares]).T
    rises = coefficients > 0
    below = _error(coefficients * np.where(rises, down, up), correlation)
    above = _error(coefficients * np.where(rises, up, down), correlation)
    value = float(coefficients @ [share.value for share in shares])
    p = _two_sided(value, (below if value > 0 else above) / quantile(level))
    return Estimate(value, value - below, value + above), p


def share_difference(
    marks: Floats, sample: Sample, rows: Rows, others: Rows, level: float
) -> tuple[Estimate, Estimate, Estimate, float]:
    """Returns the share of marks (n,) of 0 and 1 among some rows, that among others, the difference, and its p-value.

    Shares as `share_within`; the difference by Newcombe (`share_contrast`) at effective sample sizes; p, two-sided, by
    `exact_p`, NaN where nobody is marked. Without others, there is the share alone.
    """
    share, size = share_within(marks, sample, rows, level)
    if len(others) == 0:
        return share, NOTHING, NOTHING, np.nan
    other, other_size = share_within(marks, sample, others, level)
    correlation = correlation_of(marks, sample.weights, sample.clusters, [rows, others])
    difference, _ = share_contrast([share, other], AGAINST, correlation, level)
    p = exact_p(share.value, size, other.value, other_size) if share.value + other.value > 0 else np.nan
    return share, other, difference, p


def exact_p(share: float, size: float, other_share: float, other_size: float) -> float:
    """Returns the two-sided p-value of a share (0–1) of a sample of a size against another's.

    Fisher's exact test (1935), twice the smaller tail and at most 1, on counts rounded from share × size: a size may be
    an effective one. It stays honest where a handful of complaints are expected and a normal approximation would flag
    three. People who are on both sides make it conservative.

    >>> round(exact_p(8 / 10, 10, 1 / 6, 6), 4)
    0.049
    """
    from scipy.stats import hypergeom  # slow to import

    hits, other_hits = round(share * size), round(other_share * other_size)
    n, other_n = max(round(size), hits), max(round(other_size), other_hits)
    urn = (n + other_n, hits + other_hits, n)
    return float(min(1.0, 2 * min(hypergeom.cdf(hits, *urn), hypergeom.sf(hits - 1, *urn))))


def correlation_of(values: Floats, weights: Floats, clusters: Codes | None, cells: Sequence[Rows]) -> Floats:
    """Returns how the means of disjoint cells go together because people answered in several of them, (k, k).

    With S_gc = Σ w (value − mean of c) over the answers of person g in cell c, ρ_cd = Σ_g S_gc S_gd / √(v_c v_d), where
    v_c = Σ_g S_gc², and never below what independent answers would give (see `effective_size`). 1 on the diagonal.

    >>> cells = [np.array([0, 1]), np.array([2, 3])]
    >>> correlation_of(np.array([1.0, 0, 0, 1]), np.ones(4), np.array([0, 1, 0, 1]), cells)
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    if clusters is None:
        return np.eye(len(cells))
    sums, alone = np.zeros((int(clusters.max()) + 1, len(cells))), np.zeros(len(cells))
    for place, rows in enumerate(cells):
        errors = weights[rows] * (values[rows] - np.average(values[rows], weights=weights[rows]))
        sums[:, place] = np.bincount(clusters[rows], errors, len(sums))
        alone[place] = errors @ errors
    together = sums.T @ sums
    sizes = np.sqrt(np.maximum(np.diag(together), alone))
    sizes[sizes == 0] = 1.0  # all agree: nothing goes together
    correlation: Floats = together / np.outer(sizes, sizes)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def share_within(marks: Floats, sample: Sample, rows: Rows, level: float) -> tuple[Estimate, float]:
    """Returns the (weighted) share of marks (n,) of 0 and 1 among some rows, with Wilson's interval, and its n_eff."""
    _, weights, clusters = _of(sample, rows)
    size = effective_size(marks[rows], weights, clusters)
    share = min(float(np.average(marks[rows], weights=weights)), 1.0)  # weights may round past the end
    return wilson(share, size, level), size


def count_people(sample: Sample, rows: Rows) -> int:
    """Returns how many people answered some rows of the sample."""
    return len(rows) if sample.clusters is None else len(np.unique(sample.clusters[rows]))


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


def spread(name: str, estimate: Estimate) -> dict[str, float]:
    """Returns an estimate as three columns.

    >>> spread("nps", Estimate(1.0, 0.0, 2.0))
    {'nps': 1.0, 'nps_low': 0.0, 'nps_high': 2.0}
    """
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def flags_of(p: "pd.Series[float]", rate: float) -> "pd.Series[Any]":
    """Returns which p-values `benjamini_hochberg` rejects among those that are there; null where one is missing.

    What is too small to be tested does not count: its size was known before its outcome.

    >>> flags_of(pd.Series([0.01, None]), 0.1).tolist()
    [True, <NA>]
    """
    known = p.notna()
    flagged = pd.Series(pd.NA, index=p.index, dtype="boolean")
    flagged[known] = benjamini_hochberg(np.asarray(p[known], dtype=np.float64), rate)
    return flagged


def groups_of(sample: Sample, column: "pd.Series[Any]") -> list[tuple[str | None, Rows]]:
    """Returns each value of the segment column (text, sorted, null last) with its rows of the sample, maybe none."""
    texts = pd.Series(sample.labels, dtype=object).map(str, na_action="ignore")
    known: list[str | None] = sorted(known_values(column, []).dropna().unique())
    codes = pd.Index(known, dtype=object).get_indexer(pd.Index(texts, dtype=object))
    order = np.argsort(codes, kind="stable").astype(np.intp)
    ends = np.searchsorted(codes[order], np.arange(-1, len(known)), side="right")
    rows = np.split(order, ends)[:-1]
    missing = [(None, rows[0])] if column.isna().any() else []
    return [*zip(known, rows[1:], strict=True), *missing]


def _groups(sample: Sample, column: "pd.Series[Any]", least: int) -> list[tuple[dict[str, Any], Rows, Rows]]:
    """Returns of each value what every row of it says, its rows of the sample, and all other rows."""
    groups = []
    for value, rows in groups_of(sample, column):
        people = count_people(sample, rows)
        head = {"value": value, "n": len(rows), "n_people": people, "too_few": people < least}
        groups.append((head, rows, np.flatnonzero(_marks(sample, rows) == 0)))
    return groups


def _nps_of_group(sample: Sample, rows: Rows, others: Rows, level: float) -> tuple[dict[str, float], float]:
    """Returns the group's figures and the variance of its NPS."""
    found = spread("nps", nps_contrast(sample, [rows], np.ones(1), level)[0])
    if len(others):
        difference, p = nps_contrast(sample, [rows, others], AGAINST, level)
        found |= spread("difference", difference) | {"p": p}
    return found, nps_moments(*_of(sample, rows))[2] ** 2


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


def _drag_from(drag: tuple[Rows, float, float] | None, sample: Sample, rows: Rows, level: float) -> dict[str, float]:
    if drag is None:
        return {}
    complaining, value, variance = drag
    part, size = share_within(_marks(sample, rows), sample, complaining, level)
    f = part.value
    half = quantile(level) * np.sqrt(f**2 * variance + value**2 * f * (1 - f) / size)
    return spread("drag_from", Estimate(f * value, f * value - half, f * value + half))


def _marks(sample: Sample, rows: Rows) -> Floats:
    marks = np.zeros(sample.n)
    marks[rows] = 1.0
    return marks


def _table(rows: list[dict[str, Any]], first: list[str], figures: Sequence[str], rate: float) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*first, *figures, "flagged", "too_few"])
    types = {name: "str" if name in ("theme_id", "value") else "int64" for name in first}
    table = table.astype(types | dict.fromkeys(figures, "float64") | {"too_few": "bool"})
    return table.assign(flagged=flags_of(table["p"], rate))


def _error(parts: Floats, correlation: Floats) -> float:
    return float(np.sqrt(max(float(parts @ correlation @ parts), 0.0)))


def _two_sided(distance: float, error: float, freedom: float = np.inf) -> float:
    if error == 0:
        return 1.0 if distance == 0 else 0.0
    return float(2 * stdtr(freedom, -abs(distance) / error))


def _of(sample: Sample, rows: Rows) -> tuple[Floats, Floats, Codes | None]:
    """Returns points, weights and respondents of some rows."""
    return sample.points[rows], sample.weights[rows], None if sample.clusters is None else sample.clusters[rows]

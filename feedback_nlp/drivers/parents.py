"""The figures of themes that hold other themes: counted over the whole family, drags and lifts summed."""

from dataclasses import replace

import numpy as np
import pandas as pd

from feedback_nlp.drivers.design import Design
from feedback_nlp.drivers.drag import Fit
from feedback_nlp.drivers.figures import mention_figures
from feedback_nlp.drivers.sample import Sample, any_of
from feedback_nlp.drivers.scores import quantile


def with_parents(
    table: pd.DataFrame, themes: pd.DataFrame, sample: Sample, fitted: tuple[Design, Fit] | None, level: float
) -> pd.DataFrame:
    """Returns the table of figures with those of parents: themes that others name in `parent_id`.

    Counts, share, nps and leave_one_out are those of responses that mention the parent or any of its children. drag and
    lift sum the terms of these that have a column of their own, with the interval of the sum from the covariance of
    the terms: Var(Σ d_j) = Σ Σ Cov(d_i, d_j). Parents have no rank: they would compete with their own children.

    Args:
        table: of `theme_figures`, one row per theme in the order of `themes`.
        themes: theme_id, and parent_id if there are two levels.
        sample: the responses.
        fitted: the regression; None without scores.
        level: of the intervals.
    """
    families = _families(themes)
    if not families:
        return table
    groups = list(families.values())
    family = replace(
        sample,
        theme_ids=tuple(sample.theme_ids[place] for place in families),
        kinds=("topic",) * len(groups),
        mentioned=any_of(sample.mentioned, groups),
        negative=any_of(sample.negative, groups),
        positive=any_of(sample.positive, groups),
    )
    figures = mention_figures(family, level)
    if fitted is not None:
        figures |= _sums(*fitted, groups, level)
    result = table.copy()
    rows = list(families)
    own = ["rank", "rank_low", "rank_high", "p_top3", "p_worst", "drag_shrunk", "rank_shrunk", "flagged", "robustness"]
    result.loc[rows, own] = pd.NA
    for name, values in figures.items():
        result.loc[rows, name] = np.asarray(values)
    return result.astype(table.dtypes.to_dict())


def _families(themes: pd.DataFrame) -> dict[int, list[int]]:
    """Returns the place of each parent -> the places of itself and its children, in the order of the themes."""
    if "parent_id" not in themes:
        return {}
    place = {theme_id: number for number, theme_id in enumerate(themes["theme_id"])}
    families: dict[int, list[int]] = {}
    for number, parent in enumerate(themes["parent_id"]):
        if isinstance(parent, str) and parent in place:
            families.setdefault(place[parent], [place[parent]]).append(number)
    return dict(sorted(families.items()))


def _sums(design: Design, fit: Fit, groups: list[list[int]], level: float) -> dict[str, list[float]]:
    figures: dict[str, list[float]] = {}
    for name, polarity in (("drag", "negative"), ("lift", "positive")):
        own = dict(zip(*design.own_places(polarity), strict=True))
        places = [[own[theme] for theme in group if theme in own] for group in groups]
        totals = [float(fit.contributions[at].sum()) if at else np.nan for at in places]
        errors = [float(np.sqrt(fit.covariance[np.ix_(at, at)].sum())) if at else np.nan for at in places]
        half = quantile(level) * np.array(errors)
        figures |= {name: totals, f"{name}_low": list(totals - half), f"{name}_high": list(totals + half)}
    return figures | {"net": list(np.add(figures["drag"], figures["lift"]))}

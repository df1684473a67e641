"""Themes whose complaints come nearly always together: only their joint drag can be told."""

import numpy as np
import pandas as pd

from feedback_nlp.drivers.design import Design
from feedback_nlp.drivers.drag import Fit
from feedback_nlp.drivers.figures import rows_of_themes, share_of
from feedback_nlp.drivers.result import GROUP_COLUMNS, no_groups
from feedback_nlp.drivers.sample import Sample, any_of
from feedback_nlp.drivers.scores import quantile


def overlap_groups(sample: Sample, design: Design, fit: Fit, level: float) -> pd.DataFrame:
    """Returns one row per group of overlapping themes: group, theme_ids, share, drag, drag_low, drag_high.

    Two themes overlap where the Jaccard index of the responses that complain of them is above the limit of the design;
    what overlaps with a member joins its group. The regression splits credit between such themes almost arbitrarily,
    but the sum of their drags is well determined: Var(Σ d_j) = Σ Σ Cov(d_i, d_j), over the members with a column (one
    that the others determine was dropped, and its drag is in theirs). `share` (0–1) is of the responses that complain
    of any member. Groups and their members keep the order of the themes.
    """
    groups = _components(design.overlaps)
    if not groups:
        return no_groups()
    places = dict(zip(*design.own_places("negative"), strict=True))
    said = rows_of_themes(any_of(sample.negative, groups))
    rows = []
    for number, (themes, responses) in enumerate(zip(groups, said, strict=True), start=1):
        at = [places[theme] for theme in themes if theme in places]
        drag = float(fit.contributions[at].sum())
        half = quantile(level) * float(np.sqrt(fit.covariance[np.ix_(at, at)].sum()))
        share = share_of(sample, responses, level).value
        rows.append((number, [sample.theme_ids[theme] for theme in themes], share, drag, drag - half, drag + half))
    return pd.DataFrame(rows, columns=list(GROUP_COLUMNS))


def _components(pairs: tuple[tuple[int, int], ...]) -> list[list[int]]:
    """Returns the connected components of the pairs, each ascending, in the order of their first members.

    >>> _components(((1, 4), (0, 3), (4, 5)))
    [[0, 3], [1, 4, 5]]
    """
    groups: list[set[int]] = []
    for pair in pairs:
        touching = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touching] + [set(pair).union(*touching)]
    return sorted(sorted(group) for group in groups)

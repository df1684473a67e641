"""The figures of themes.csv: what is counted of each theme, and what the fit says of it."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import Design
from feedback_nlp.drivers.drag import Fit
from feedback_nlp.drivers.ranks import draw_ranks, flag, rank_of, shrink
from feedback_nlp.drivers.sample import Sample, Sparse
from feedback_nlp.drivers.scores import NOTHING, effective_size, nps_of_points, quantile, wilson
from feedback_nlp.schema import FIGURES, Estimate

_COUNTS = {"n_responses": "mentioned", "n_negative": "negative", "n_positive": "positive"}
_WHOLE = ("rank", "rank_low", "rank_high", "rank_shrunk")

Rows = NDArray[np.intp]


def theme_figures(
    sample: Sample, fitted: tuple[Design, Fit] | None, settings: DriversConfig, seed: int
) -> pd.DataFrame:
    """Returns one row per theme in the order of the themes: theme_id, FIGURES, p_worst; null where a figure can't be.

    - n_responses, n_negative, n_positive: plain counts of the responses in the design with any mention, a complaint, a
      praise. share (0–1): the weighted share with any mention, Wilson's interval at the effective sample size.
    - nps: of those who mention the theme, adjusted Wald. leave_one_out: NPS − NPS without them; negative drags.
    - drag, lift: contribution of the complaints' and of the praise's column, with its HC3 interval; null without a
      column of its own. net = drag + lift where both are there.
    - rank, rank_low, rank_high, p_top3, p_worst, flagged, drag_shrunk, rank_shrunk, robustness: among the themes with
      a drag.

    Without a fit (no scores) only the counts and the share are there.
    """
    n_themes = len(sample.theme_ids)
    figures = mention_figures(sample, settings.level)
    if fitted is not None:
        figures |= _of_columns(*fitted, n_themes, settings.level)
        figures |= _of_ranks(*fitted, n_themes, settings, seed)
    table = pd.DataFrame(figures, index=range(n_themes)).reindex(columns=[*FIGURES, "p_worst"])
    types = dict.fromkeys(table.columns, "float64") | dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(_WHOLE, "Int64")
    table = table.astype(types | {"flagged": "boolean"})
    table.insert(0, "theme_id", list(sample.theme_ids))
    return table


def mention_figures(sample: Sample, level: float) -> dict[str, Any]:
    """Returns the figures of `theme_figures` that need no fit, a list each; nps and leave_one_out only with scores."""
    mentioned = rows_of_themes(sample.mentioned)
    figures: dict[str, Any] = {
        count: [len(rows) for rows in rows_of_themes(getattr(sample, of))] for count, of in _COUNTS.items()
    }
    figures |= _spread("share", [share_of(sample, rows, level) for rows in mentioned])
    return figures | _of_mentioners(sample, mentioned, level) if sample.is_scored else figures


def rows_of_themes(marks: Sparse) -> list[Rows]:
    """Returns for each theme (column) the rows that have its mark, ascending.

    >>> from scipy import sparse
    >>> [rows.tolist() for rows in rows_of_themes(sparse.csr_array(np.array([[1.0, 0.0], [1.0, 1.0]])))]
    [[0, 1], [1]]
    """
    columns = marks.tocsc()
    columns.sort_indices()
    bounds = zip(columns.indptr[:-1], columns.indptr[1:], strict=True)
    return [columns.indices[start:end].astype(np.intp) for start, end in bounds]


def share_of(sample: Sample, rows: Rows, level: float) -> Estimate:
    """Returns the (weighted) share of the sample's responses that these rows are, with Wilson's interval at n_eff."""
    if sample.n == 0:
        return NOTHING
    marks = np.zeros(sample.n)
    marks[rows] = 1.0
    share = min(float(sample.weights[rows].sum() / sample.weights.sum()), 1.0)
    return wilson(share, effective_size(marks, sample.weights, sample.clusters), level)


def _of_mentioners(sample: Sample, mentioned: list[Rows], level: float) -> dict[str, Any]:
    clusters = sample.clusters
    own = [
        nps_of_points(sample.points[rows], sample.weights[rows], None if clusters is None else clusters[rows], level)
        for rows in mentioned
    ]
    scored = sample.weights * sample.points
    everyone = scored.sum() / sample.weights.sum()
    without = []
    for rows in mentioned:
        left = sample.weights.sum() - sample.weights[rows].sum() if len(rows) < sample.n else 0.0
        without.append(everyone - (scored.sum() - scored[rows].sum()) / left if left > 0 else np.nan)
    return {**_spread("nps", own), "leave_one_out": without}


def _of_columns(design: Design, fit: Fit, n_themes: int, level: float) -> dict[str, Any]:
    half = quantile(level) * np.sqrt(np.diag(fit.covariance))
    figures: dict[str, Any] = {}
    for name, polarity in (("drag", "negative"), ("lift", "positive")):
        themes, places = design.own_places(polarity)
        for end, sign in (("", 0), ("_low", -1), ("_high", 1)):
            value = fit.contributions + (sign * half if sign else 0.0)
            figures[name + end] = _placed(value[places], themes, n_themes)
    return figures | {"net": figures["drag"] + figures["lift"]}


def _of_ranks(design: Design, fit: Fit, n_themes: int, settings: DriversConfig, seed: int) -> dict[str, Any]:
    themes, places = design.own_places("negative")
    if not themes:
        return {}
    drags, covariance = fit.contributions[places], fit.covariance[np.ix_(places, places)]
    spread = draw_ranks(drags, covariance, settings.n_draws, settings.level, seed)
    known = ~np.isnan(np.diag(covariance))
    shrunk = fit.shares[places] * shrink(fit.effects[places], np.diag(fit.of_effects)[places])
    figures = {
        "rank": rank_of(drags),
        "rank_low": np.where(known, spread.low, np.nan),
        "rank_high": np.where(known, spread.high, np.nan),
        "p_top3": np.where(known, spread.p_top3, np.nan),
        "p_worst": np.where(known, spread.p_worst, np.nan),
        "drag_shrunk": shrunk,
        "rank_shrunk": rank_of(shrunk),
        "flagged": flag(drags, np.sqrt(np.diag(covariance)), settings.margin, settings.false_discovery_rate),
        "robustness": fit.robustness[places],
    }
    return {name: _placed(values, themes, n_themes) for name, values in figures.items()}


def _spread(name: str, estimates: list[Estimate]) -> dict[str, Any]:
    return {
        name: [estimate.value for estimate in estimates],
        f"{name}_low": [estimate.low for estimate in estimates],
        f"{name}_high": [estimate.high for estimate in estimates],
    }


def _placed(values: Any, themes: list[int], n_themes: int) -> NDArray[np.float64]:
    placed = np.full(n_themes, np.nan)
    placed[themes] = values
    return placed

"""Passives as a target: what keeps people from being promoters, what makes them detractors, and who is near either."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import Design, build_design
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.drivers.ordinal import fit_categories
from feedback_nlp.drivers.sample import Sample, read_sample
from feedback_nlp.drivers.scores import POINTS, Floats, quantile
from feedback_nlp.errors import InputError

_STEPS = ("detractor_passive", "passive_promoter")
_EFFECTS = tuple(f"{step}{end}" for step in _STEPS for end in ("", "_low", "_high"))
_NEAREST = ("response_id", "side", "p_detractor", "p_promoter", "theme_ids")
_SIDES = {"promoter": 1, "detractor": 0}  # the category a passive may move to, and the place of its probability


def passive_effects(
    responses: pd.DataFrame, mentions: pd.DataFrame, themes: pd.DataFrame, settings: DriversConfig | None = None
) -> pd.DataFrame:
    """Returns what each term does at the step from detractor to passive, and at that from passive to promoter.

    The points are the sum of two steps, y = min(y, 0) + max(y, 0) = −100 · 1[detractor] + 100 · 1[promoter], and least
    squares is linear in what it explains. So the regression of `rank_drivers`, on the same columns, of either step
    splits every contribution exactly:

        contribution = p b = p b(detractor→passive) + p b(passive→promoter),

    each with the interval of `fit_terms`. A theme whose first part is the larger goes with detractors in place of
    passives; one whose second is the larger, with passives in place of promoters. These are associations. The tables
    are those of `rank_drivers`, and of the settings min_mentions, include_generic and level count.

    Returns:
        One row per row of `rank_drivers(...).account`, in its order: theme_id, polarity, detractor_passive with _low
        and _high, passive_promoter with _low and _high, contribution; all in points of NPS. The columns sum to −100 ×
        the share of detractors, 100 × that of promoters, and the NPS. A step on which all responses stand on the same
        side (no detractors, or no promoters) is 0 without an interval. Without scores, without passives, or with
        passives only, there is no row: the steps can't be told apart.

    Raises:
        InputError: as `rank_drivers`.

    >>> category = ["promoter", "passive", "detractor", "promoter"] * 10
    >>> responses = pd.DataFrame({"response_id": range(40), "category": category})
    >>> mentions = pd.DataFrame({"response_id": [2, 6, 10, 14, 1, 5, 9, 13], "theme_id": "wait", "polarity": -1.0})
    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> table = passive_effects(responses, mentions, themes, DriversConfig(min_mentions=5))
    >>> table[["detractor_passive", "passive_promoter", "contribution"]].round(2).to_numpy().tolist()
    [[-18.75, 62.5, 43.75], [-6.25, -12.5, -18.75]]
    """
    settings = settings or DriversConfig()
    with threadpool_limits(limits=1):  # more threads sum in another order
        sample = read_sample(responses, mentions, themes)
        design = Design((), (), ())
        figures = dict[str, Floats]()
        if _has_steps(sample):
            design = build_design([sample], settings)
            for name, points in zip(_STEPS, (np.minimum(sample.points, 0), np.maximum(sample.points, 0)), strict=True):
                figures |= _of_step(name, design, replace(sample, points=points), settings.level)
            figures["contribution"] = figures[_STEPS[0]] + figures[_STEPS[1]]
    names = [("base", None), *((term.theme_id, term.polarity) for term in design.terms)] if figures else []
    table = pd.DataFrame(names, columns=["theme_id", "polarity"], dtype="str")
    return table.assign(**{name: figures.get(name, np.zeros(0)) for name in (*_EFFECTS, "contribution")})


def nearest_passives(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig | None = None,
    n: int = 50,
) -> pd.DataFrame:
    """Returns the passives most like promoters, and those most like detractors, by what they mention.

    The probabilities are those of the ordinal logit (`ordinal_drivers`) given the marks of a response: how many of
    those who say the same are promoters or detractors, under the model. It is a likeness, not a forecast of what one
    person will do, and of a passive without a comment it knows the base alone. The tables are those of
    `rank_drivers`; at most n of each side are listed.

    Returns:
        response_id (as given), side ("promoter", then "detractor"), p_detractor, p_promoter (0–1), theme_ids: a list of
        the themes with a column of their own that the response complains of or praises, most harmful log-odds first.
        Within a side the likeliest first, then by response_id as text; with few passives one can be on both. No row
        without scores, without passives, or with passives only, and no side of a category that nobody is in.

    Raises:
        InputError: n is negative, or as `rank_drivers`.

    >>> category = ["promoter", "passive", "detractor", "promoter"] * 10
    >>> responses = pd.DataFrame({"response_id": range(40), "category": category})
    >>> mentions = pd.DataFrame({"response_id": [2, 6, 10, 14, 1, 5, 9, 13], "theme_id": "wait", "polarity": -1.0})
    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> nearest = nearest_passives(responses, mentions, themes, DriversConfig(min_mentions=5), n=1)
    >>> nearest[["response_id", "side", "theme_ids"]].to_numpy().tolist()
    [[17, 'promoter', []], [1, 'detractor', ['wait']]]
    """
    if n < 0:
        raise InputError(f"nearest passives: n is {n}; give how many passives to list, 0 or more")
    settings = settings or DriversConfig()
    with threadpool_limits(limits=1):
        sample = read_sample(responses, mentions, themes, segment="response_id")
        rows = _nearest_rows(sample, settings, n) if _has_steps(sample) else []
    table = pd.DataFrame(rows, columns=list(_NEAREST))
    types = {"response_id": responses["response_id"].dtype, "side": "str", "p_detractor": "float64"}
    return table.astype({**types, "p_promoter": "float64", "theme_ids": "object"})


def _has_steps(sample: Sample) -> bool:
    """Returns whether there are passives and somebody else: without either, the two steps can't be told apart."""
    return sample.is_scored and bool((sample.points == 0).any()) and bool((sample.points != 0).any())


def _of_step(name: str, design: Design, sample: Sample, level: float) -> dict[str, Floats]:
    fit = fit_terms(design.columns[0], sample)
    half = quantile(level) * np.sqrt(np.diag(fit.covariance))
    if np.ptp(sample.points) == 0:
        half = np.full_like(half, np.nan)  # nobody took the step: no spread is no certainty
    return {name: fit.contributions, f"{name}_low": fit.contributions - half, f"{name}_high": fit.contributions + half}


def _nearest_rows(sample: Sample, settings: DriversConfig, n: int) -> list[tuple[Any, ...]]:
    design, model = fit_categories(sample, settings)
    if model is None or sample.labels is None:
        return []
    columns = design.columns[0]
    distances = model.cuts - np.asarray(columns @ model.slopes)[:, None]
    chances = np.column_stack([expit(distances[:, 0]), expit(-distances[:, 1])])
    passives = np.flatnonzero(sample.points == 0)
    rows = []
    for side, place in _SIDES.items():
        if not (sample.points == POINTS[side]).any():
            continue
        nearest = passives[np.argsort(-chances[passives, place], kind="stable")[:n]]  # rows are sorted by their id
        for row in nearest.tolist():
            said = _themes_of(columns.indices[columns.indptr[row] : columns.indptr[row + 1]], design, model.slopes)
            rows.append((sample.labels[row], side, chances[row, 0], chances[row, 1], said))
    return rows


def _themes_of(places: Any, design: Design, slopes: Floats) -> list[str]:
    """Returns the themes of these columns, lowest log-odds first, each once; neither base, generic nor other."""
    worst_first = sorted((float(slopes[place]), int(place)) for place in places if place > 0)
    terms = [design.terms[place - 1] for _, place in worst_first]
    return list(dict.fromkeys(term.theme_id for term in terms if term.theme is not None))

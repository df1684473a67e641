"""Who stayed: later behaviour (renewed, churned) by what people scored and by what they praised or complained of."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import POLARITIES
from feedback_nlp.drivers.people.contrasts import (
    Rows,
    count_people,
    flags_of,
    share_difference,
    spread,
)
from feedback_nlp.drivers.people.segments import NO_MENTIONS, NO_THEMES, known_values, segment_column, theme_marks
from feedback_nlp.drivers.sample import Sample, read_sample
from feedback_nlp.drivers.scores import POINTS, Floats
from feedback_nlp.errors import InputError

_FIGURES = ("share", "low", "high", "difference", "difference_low", "difference_high", "p")
_COLUMNS = ("category", "theme_id", "polarity", "n", "n_people", "n_kept", *_FIGURES, "flagged", "too_few")


def retention(
    responses: pd.DataFrame,
    outcome: str,
    kept: str | Collection[str],
    mentions: pd.DataFrame | None = None,
    themes: pd.DataFrame | None = None,
    settings: DriversConfig | None = None,
) -> pd.DataFrame:
    """Returns the share of people who stayed, by category of score and by theme and polarity, each against the rest.

    One row per category ("all", promoter, passive, detractor), then one per topic and polarity in the order of the
    themes (theme_id and polarity; category null there). In the rows are the scored responses with a known outcome.

    - n, n_people, n_kept: responses, the people who gave them, and responses whose outcome is one of `kept`.
    - share (0–1, weighted), low, high: kept; Wilson 1927 at the effective sample size.
    - difference, _low, _high: share − that of all other responses with a known outcome (for a theme: of those who do
      not mention it so, commented or not), by Newcombe 1998, and p, exact (`share_difference`). Null for "all".
    - flagged: the difference survives Benjamini–Hochberg, among the three categories and among the themes apart.
    - too_few: fewer than `settings.min_group` people; the figures are null.

    Who complains and leaves need not have left because of it. Complaints of a theme count for the parent it names too.

    Args:
        responses: response_id, category; optional respondent_id and weight; the outcome's column.
        outcome: the column of later behaviour, "renewed" or "segment_renewed"; null is not known and left out.
        kept: the value, or values, that mean the person stayed.
        mentions, themes: as in `rank_drivers`; without them the categories alone are there.
        settings: level, min_group, false_discovery_rate.

    Raises:
        InputError: no such column, a value of `kept` that is not in it, or as `rank_drivers`.

    >>> answers = ["promoter"] * 2 + ["detractor"] * 2
    >>> responses = pd.DataFrame({"response_id": range(4), "category": answers, "renewed": list("yyyn")})
    >>> table = retention(responses, "renewed", "y", settings=DriversConfig(min_group=2))
    >>> table[["category", "n", "share", "too_few"]].values.tolist()[:2]
    [['all', 4, 0.75, False], ['promoter', 2, 1.0, False]]
    """
    settings = settings or DriversConfig()
    if (mentions is None) != (themes is None):
        raise InputError("retention: mentions and themes come together; found one without the other")
    column = segment_column(responses, outcome)
    stayed = [kept] if isinstance(kept, str) else sorted(map(str, kept))
    if not stayed:
        raise InputError("retention: kept names no value; give those that mean the person stayed")
    known_values(responses[column], stayed)
    mentions, themes = (NO_MENTIONS, NO_THEMES) if mentions is None or themes is None else (mentions, themes)
    sample = read_sample(responses, mentions, themes, column)
    labels = known_values(pd.Series(sample.labels, dtype=object), [])
    base = np.flatnonzero(labels.notna())
    marks: Floats = np.asarray(labels.isin(stayed), dtype=np.float64)
    everyone = _row(sample, marks, base, base, settings) | {"category": "all"}
    categories = [
        _row(sample, marks, base, base[sample.points[base] == points], settings) | {"category": name}
        for name, points in POINTS.items()
    ]
    by_theme = [
        _row(sample, marks, base, base[mentioned[base] == 1], settings) | {"theme_id": theme_id, "polarity": polarity}
        for theme_id, polarity, mentioned in _themes(sample, themes)
    ]
    tables = [_table(rows, settings.false_discovery_rate) for rows in ([everyone, *categories], by_theme)]
    return pd.concat(tables, ignore_index=True)


def _themes(sample: Sample, themes: pd.DataFrame) -> list[tuple[str, str, Floats]]:
    of_polarity = [
        [(str(sample.theme_ids[topic]), polarity, marks) for topic, marks in theme_marks(sample, themes, polarity)]
        for polarity in POLARITIES
    ]
    return [row for pair in zip(*of_polarity, strict=True) for row in pair]


def _row(sample: Sample, marks: Floats, base: Rows, rows: Rows, settings: DriversConfig) -> dict[str, Any]:
    people = count_people(sample, rows)
    found: dict[str, Any] = {"n": len(rows), "n_people": people, "too_few": people < settings.min_group}
    if found["too_few"]:
        return found
    others = np.setdiff1d(base, rows, assume_unique=True)
    share, _, difference, p = share_difference(marks, sample, rows, others, settings.level)
    found |= {"n_kept": int(marks[rows].sum()), "share": share.value, "low": share.low, "high": share.high}
    return found | spread("difference", difference) | {"p": p}


def _table(rows: list[dict[str, Any]], rate: float) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    types = dict.fromkeys(("category", "theme_id", "polarity"), "str") | dict.fromkeys(("n", "n_people"), "int64")
    table = table.astype(types | dict.fromkeys(_FIGURES, "float64") | {"n_kept": "Int64", "too_few": "bool"})
    return table.assign(flagged=flags_of(table["p"], rate))

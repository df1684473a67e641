"""Each theme of a run as plain data: its figures, counts, quotes, history and what is recommended."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote as url_quote

import pandas as pd

from feedback_nlp.report.summary.data import ThemeSummary
from feedback_nlp.report.summary.depth import count_co_mentions, count_scores, count_sides
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.groups import count_groups
from feedback_nlp.report.summary.pairs import Pairs, pairs_of
from feedback_nlp.report.summary.quotes import choose_quotes
from feedback_nlp.report.summary.recommend import recommend
from feedback_nlp.report.summary.trend import theme_trends
from feedback_nlp.track import Run
from feedback_nlp.track.history import History

Row = Mapping[Hashable, Any]


def summarise_themes(run: Run, history: History, *, has_scores: bool) -> tuple[ThemeSummary, ...]:
    """Returns the topics, worst drag first, then those that can't be ranked, commonest first.

    Generic praise and complaint, and parents of other themes, have their own places.
    """
    table = run.model.themes
    parents = set(table["parent_id"].dropna())
    topics = table[(table["kind"] == "topic") & ~table["theme_id"].isin(parents)]
    names = dict(zip(table["theme_id"], table["name"], strict=True))
    figures = {row["theme_id"]: row for row in run.drivers.table.to_dict("records")}
    few = run.drivers_settings.min_group
    rows = [_theme(row, figures.get(row["theme_id"], {}), names, few) for row in topics.to_dict("records")]
    pairs = pairs_of(run)
    beside = _beside(run, rows, history, pairs)
    for row in rows:
        row |= {name: found[row["theme_id"]] for name, found in beside.items() if row["theme_id"] in found}
    summaries = [ThemeSummary(**row) for row in rows]
    advice = recommend(run, summaries, pairs) if has_scores else {}
    summaries = [replace(theme, recommendation=advice.get(theme.theme_id)) for theme in summaries]
    key = "drag_shrunk" if run.drivers_settings.rank_by == "shrunk" else "drag"
    return tuple(sorted(summaries, key=lambda theme: _order(theme, key)))


def _beside(run: Run, rows: list[dict[str, Any]], history: History, pairs: Pairs) -> dict[str, Mapping[str, Any]]:
    """Returns field of ThemeSummary -> theme_id -> its value, for all that is counted over every theme at once."""
    settings, level = run.report_settings, run.drivers_settings.level
    names = {row["theme_id"]: row["name"] for row in rows}
    ranked = set(run.drivers.table["theme_id"])
    return {
        "n_statements": {str(key): int(n) for key, n in run.mentions["theme_id"].value_counts().items()},
        "p_worst": run.drivers.p_worst,
        "meaning": {row["theme_id"]: run.drivers.explain(row["theme_id"]) for row in rows if row["theme_id"] in ranked},
        "groupings": count_groups(pairs, level),
        "quotes": choose_quotes(run, rows, settings.n_quotes, settings.most_quotes, pairs),
        "trend": theme_trends(history),
        "sides": count_sides(pairs),
        "scores": count_scores(pairs, run.drivers_settings.min_group),
        "co_mentions": count_co_mentions(pairs, names, level),
    }


def _theme(row: Row, figures: Row, names: Mapping[str, str], few: int) -> dict[str, Any]:
    """Returns the fields of one theme that come from the tables of themes and of figures.

    Of fewer than `few` people the NPS is no figure to rely on, and would tell how they scored.
    """
    texts = {
        "theme_id": row["theme_id"],
        "anchor": "theme-" + url_quote(row["theme_id"], safe=""),
        "name": row["name"],
        "parent": "" if pd.isna(row["parent_id"]) else names.get(row["parent_id"], row["parent_id"]),
        "keyphrases": tuple(row["keyphrases"]),
    }
    counts = {name: _whole(figures.get(name)) or 0 for name in ("n_responses", "n_negative", "n_positive")}
    intervals = {name: _figure(figures, name) for name in ("share", "nps", "drag", "lift")}
    if counts["n_responses"] < few:
        intervals["nps"] = None
    numbers = {
        name: _number(figures.get(name)) for name in ("net", "leave_one_out", "p_top3", "drag_shrunk", "robustness")
    }
    ranks = {name: _whole(figures.get(name)) for name in ("rank", "rank_low", "rank_high")}
    flagged = figures.get("flagged")
    return texts | counts | intervals | numbers | ranks | {"flagged": not pd.isna(flagged) and bool(flagged)}


def _order(theme: ThemeSummary, key: str) -> tuple[bool, float, int, str]:
    drag = theme.drag_shrunk if key == "drag_shrunk" else theme.drag and theme.drag.value
    return drag is None, drag or 0.0, -theme.n_responses, theme.theme_id


def _figure(figures: Row, name: str) -> Figure | None:
    value = _number(figures.get(name))
    return None if value is None else Figure(value, *_ends(figures.get(f"{name}_low"), figures.get(f"{name}_high")))


def _ends(low: Any, high: Any) -> tuple[float | None, float | None]:
    return _number(low), _number(high)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) or not math.isfinite(value) else float(value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else round(number)

"""From a run to what its report says: every figure, count and quote, as plain data."""

import math
from collections.abc import Hashable, Mapping
from typing import Any
from urllib.parse import quote as url_quote

import pandas as pd

from feedback_nlp.report.account import steps
from feedback_nlp.report.groups import count_groups
from feedback_nlp.report.quotes import choose_quotes
from feedback_nlp.report.segments import summarise_segments
from feedback_nlp.report.summary import Figure, Rating, Summary, ThemeGroup, ThemeSummary
from feedback_nlp.report.uncovered import what_is_uncovered
from feedback_nlp.report.unknown import what_is_unknown
from feedback_nlp.track.runs import Run

Row = Mapping[Hashable, Any]


def summarise(run: Run) -> Summary:
    """Returns what the report of a run says, without its looks.

    Points are NPS points, shares 0–1; missing is None. Without any score `nps` and every drag are None, and themes are
    ordered by how many responses mention them. The order of the run's rows does not matter.
    """
    categories = run.responses["category"]
    has_scores = bool(categories.notna().any()) and math.isfinite(run.drivers.nps.value)
    settings = run.manifest.get("config", {})
    themes = _themes(run, has_scores, settings)
    names = {theme.theme_id: theme.name for theme in themes}
    return Summary(
        title=_title(run.manifest),
        periods=tuple(sorted(run.responses["period"].dropna().unique())),
        level=_level(settings),
        n=len(run.responses),
        n_scored=int(categories.notna().sum()),
        n_commented=_n_commented(run.comments),
        n_promoters=int((categories == "promoter").sum()),
        n_passives=int((categories == "passive").sum()),
        n_detractors=int((categories == "detractor").sum()),
        is_weighted=bool(run.responses["weight"].notna().any()),
        rank_by=_rank_by(settings),
        nps=Figure(run.drivers.nps.value, *_ends(run.drivers.nps.low, run.drivers.nps.high)) if has_scores else None,
        themes=themes,
        groups=_groups(run),
        account=steps(run.drivers.account, names) if has_scores else (),
        unknown=what_is_unknown(run),
        warning=_warning(run.manifest.get("facts", {}).get("direction") or {}),
        uncovered=what_is_uncovered(run),
        min_group=run.drivers_settings.min_group,
        segments=summarise_segments(run.beside.segments) if has_scores else (),
        ratings=_ratings(run.manifest.get("facts", {}).get("ratings") or {}),
    )


def _warning(direction: Mapping[str, Any]) -> str:
    return str(direction["sentence"]) if direction.get("verdict") == "against" else ""


def _ratings(facts: Mapping[str, Any]) -> tuple[Rating, ...]:
    known = [own for own in facts.values() if own["n"]]
    return tuple(Rating(own["column"], own["n"], own["mean"], own["low"], own["high"]) for own in known)


def _themes(run: Run, has_scores: bool, settings: Mapping[str, Any]) -> tuple[ThemeSummary, ...]:
    """Returns the topics; generic praise and complaint, and parents of other themes, have their own places."""
    table = run.model.themes
    parents = set(table["parent_id"].dropna())
    topics = table[(table["kind"] == "topic") & ~table["theme_id"].isin(parents)]
    names = dict(zip(table["theme_id"], table["name"], strict=True))
    figures = {row["theme_id"]: row for row in run.drivers.table.to_dict("records")}
    base = run.responses[run.responses["category"].notna()] if has_scores else run.responses
    groups = count_groups(base, run.mentions, _level(settings))
    rows = [
        _theme(row, figures.get(row["theme_id"], {}), names) | {"groupings": groups.get(row["theme_id"], ())}
        for row in topics.to_dict("records")
    ]
    for row in rows:
        theme_id = row["theme_id"]
        row |= {"p_worst": run.drivers.p_worst.get(theme_id)}
        row |= {"meaning": run.drivers.explain(theme_id)} if theme_id in figures else {}
    quotes = choose_quotes(run, rows, settings.get("report", {}).get("n_quotes", 5))
    n_statements = run.mentions["theme_id"].value_counts().to_dict()
    summaries = [
        ThemeSummary(**row, n_statements=int(n_statements.get(row["theme_id"], 0)), quotes=quotes[row["theme_id"]])
        for row in rows
    ]
    key = "drag_shrunk" if _rank_by(settings) == "shrunk" else "drag"
    return tuple(sorted(summaries, key=lambda theme: _order(theme, key)))


def _theme(row: Row, figures: Row, names: Mapping[str, str]) -> dict[str, Any]:
    """Returns the fields of one theme that come from the tables of themes and of figures."""
    texts = {
        "theme_id": row["theme_id"],
        "anchor": "theme-" + url_quote(row["theme_id"], safe=""),
        "name": row["name"],
        "parent": "" if pd.isna(row["parent_id"]) else names.get(row["parent_id"], row["parent_id"]),
        "keyphrases": tuple(row["keyphrases"]),
    }
    counts = {name: _whole(figures.get(name)) or 0 for name in ("n_responses", "n_negative", "n_positive")}
    intervals = {name: _figure(figures, name) for name in ("share", "nps", "drag", "lift")}
    numbers = {
        name: _number(figures.get(name)) for name in ("net", "leave_one_out", "p_top3", "drag_shrunk", "robustness")
    }
    ranks = {name: _whole(figures.get(name)) for name in ("rank", "rank_low", "rank_high")}
    flagged = figures.get("flagged")
    return texts | counts | intervals | numbers | ranks | {"flagged": not pd.isna(flagged) and bool(flagged)}


def _groups(run: Run) -> tuple[ThemeGroup, ...]:
    names = dict(zip(run.model.themes["theme_id"], run.model.themes["name"], strict=True))
    return tuple(
        ThemeGroup(
            tuple(names.get(theme_id, theme_id) for theme_id in group["theme_ids"]),
            Figure(group["drag"], *_ends(group["drag_low"], group["drag_high"])),
        )
        for group in run.drivers.groups.to_dict("records")
    )


def _order(theme: ThemeSummary, key: str) -> tuple[bool, float, int, str]:
    drag = theme.drag_shrunk if key == "drag_shrunk" else theme.drag and theme.drag.value
    return drag is None, drag or 0.0, -theme.n_responses, theme.theme_id


def _level(settings: Mapping[str, Any]) -> float:
    return float(settings.get("drivers", {}).get("level", 0.95))


def _rank_by(settings: Mapping[str, Any]) -> str:
    return str(settings.get("drivers", {}).get("rank_by", "raw"))


def _title(manifest: Mapping[str, Any]) -> str:
    title = manifest.get("config", {}).get("report", {}).get("title", "")
    return title or "Survey feedback"


def _n_commented(comments: pd.DataFrame) -> int:
    return int(comments.loc[comments["status"] == "comment", "response_id"].nunique())


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

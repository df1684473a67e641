"""From a run to what its report says: every figure, count and quote, as plain data."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from feedback_nlp.report.summary.account import steps
from feedback_nlp.report.summary.compare import summarise_comparison
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.heat import heat_maps
from feedback_nlp.report.summary.map import summarise_map
from feedback_nlp.report.summary.sections import Rating, ThemeGroup
from feedback_nlp.report.summary.segments import summarise_segments
from feedback_nlp.report.summary.themes import summarise_themes
from feedback_nlp.report.summary.trend import summarise_trend
from feedback_nlp.report.summary.uncovered import what_is_uncovered
from feedback_nlp.report.summary.unknown import what_is_unknown
from feedback_nlp.track.headline import headline
from feedback_nlp.track.history import look_back
from feedback_nlp.track.runs import Run


def summarise(run: Run, earlier: Sequence[Run] = ()) -> Summary:
    """Returns what the report of a run says, without its looks; earlier runs with its themes give it a history.

    Points are NPS points, shares 0–1; missing is None. Without any score `nps` and every drag are None, and themes are
    ordered by how many responses mention them. The order of the run's rows does not matter.
    """
    categories = run.responses["category"]
    has_scores = bool(categories.notna().any()) and math.isfinite(run.drivers.nps.value)
    history = look_back(run, earlier) if earlier else run.history
    themes = summarise_themes(run, history, has_scores=has_scores)
    names = {theme.theme_id: theme.name for theme in themes}
    return Summary(
        title=run.report_settings.title or "Survey feedback",
        periods=tuple(sorted(run.responses["period"].dropna().unique())),
        level=run.drivers_settings.level,
        n=len(run.responses),
        n_scored=int(categories.notna().sum()),
        n_commented=_n_commented(run.comments),
        n_promoters=int((categories == "promoter").sum()),
        n_passives=int((categories == "passive").sum()),
        n_detractors=int((categories == "detractor").sum()),
        is_weighted=bool(run.responses["weight"].notna().any()),
        rank_by=run.drivers_settings.rank_by,
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
        headline=headline(run, history),
        trend=summarise_trend(history),
        bridge=summarise_comparison(history.bridge) if history.bridge else None,
        heat=heat_maps(run),
        map=summarise_map(run),
        n_quotes=run.report_settings.n_quotes,
        min_people=run.report_settings.min_people,
    )


def _warning(direction: Mapping[str, Any]) -> str:
    return str(direction["sentence"]) if direction.get("verdict") == "against" else ""


def _ratings(facts: Mapping[str, Any]) -> tuple[Rating, ...]:
    known = [own for own in facts.values() if own["n"]]
    return tuple(Rating(own["column"], own["n"], own["mean"], own["low"], own["high"]) for own in known)


def _groups(run: Run) -> tuple[ThemeGroup, ...]:
    names = dict(zip(run.model.themes["theme_id"], run.model.themes["name"], strict=True))
    return tuple(
        ThemeGroup(
            tuple(names.get(theme_id, theme_id) for theme_id in group["theme_ids"]),
            Figure(group["drag"], *_ends(group["drag_low"], group["drag_high"])),
        )
        for group in run.drivers.groups.to_dict("records")
    )


def _n_commented(comments: pd.DataFrame) -> int:
    return int(comments.loc[comments["status"] == "comment", "response_id"].nunique())


def _ends(low: Any, high: Any) -> tuple[float | None, float | None]:
    return _known(low), _known(high)


def _known(value: Any) -> float | None:
    return None if pd.isna(value) or not math.isfinite(value) else float(value)

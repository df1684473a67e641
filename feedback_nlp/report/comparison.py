"""Two periods side by side, as plain data and as a page: what moved NPS, and how sure that is."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from feedback_nlp.report import charts
from feedback_nlp.report.page import fill
from feedback_nlp.report.summary import Figure, Step
from feedback_nlp.report.unknown import name_themes
from feedback_nlp.schema import Estimate
from feedback_nlp.track import Comparison

_JOINED = {"other": "Themes too small to rank", "generic": "Generic words"}
_WORDS = {"negative": "complaints", "positive": "praise"}


@dataclass(frozen=True)
class Move:
    """How one theme's complaints or praise moved; contributions (drag or lift), mix and rate are None where pooled."""

    name: str
    side: str  # "complaints" or "praise"
    share_a: float
    share_b: float
    share_change: Figure
    contribution_a: float | None
    contribution_b: float | None
    mix: Figure | None
    rate: Figure | None

    @property
    def change(self) -> float | None:
        """Returns mix + rate, the points of NPS by which the term moved; None where it is pooled."""
        return self.mix.value + self.rate.value if self.mix and self.rate else None


@dataclass(frozen=True)
class SegmentMove:
    """How one segment's share moved, its NPS on both sides, and what the share's move does to the whole NPS."""

    name: str
    share_a: float
    share_b: float
    nps_a: float | None
    nps_b: float | None
    mix: Figure | None


@dataclass(frozen=True)
class ComparisonSummary:
    """What the comparison says; `change` is None where a period has no scores, and then only shares are known."""

    name_a: str
    name_b: str
    nps_a: Figure | None
    nps_b: Figure | None
    change: Figure | None
    parts: tuple[tuple[str, Figure], ...]  # mix, rate and base with their words
    walk: tuple[Step, ...]
    moves: tuple[Move, ...]  # largest change first; pooled ones last
    notes: tuple[str, ...]
    segments: tuple[SegmentMove, ...] = ()


def render_comparison(comparison: Comparison) -> str:
    """Returns the comparison of two runs as one self-contained HTML page, under the rules of `render_report`."""
    summary = summarise_comparison(comparison)
    parts = [part for move in summary.moves for part in (move.mix, move.rate) if part]
    scale = charts.scale_of([0.0, *(end for part in parts for end in (part.value, part.low, part.high))])
    walk_scale = charts.account_scale(summary.walk)
    return fill("comparison.html", summary=summary, scale=scale, walk_scale=walk_scale, charts=charts)


def summarise_comparison(comparison: Comparison) -> ComparisonSummary:
    """Returns what moved between two runs as plain data: terms by absolute change, largest first."""
    total = comparison.bridge.total
    nps_a, nps_b, change = (_figure_of(estimate) for estimate in (total.nps_a, total.nps_b, total.change))
    words = {
        "Segments: other shares of who answered": _figure_of(total.segments),
        "Mix: mentioned more or less": _figure_of(total.mix),
        "Rate: hurts or helps more or less": _figure_of(total.rate),
        "Base: the unexplained part": _figure_of(total.base),
    }
    parts = tuple((label, part) for label, part in words.items() if part)
    names = dict(zip(comparison.themes["theme_id"], comparison.themes["name"], strict=True))
    moves = [_move({str(key): value for key, value in row.items()}) for row in comparison.table.to_dict("records")]
    return ComparisonSummary(
        name_a=comparison.name_a,
        name_b=comparison.name_b,
        nps_a=nps_a,
        nps_b=nps_b,
        change=change,
        parts=parts,
        walk=_walk(comparison, nps_a, parts),
        moves=tuple(sorted(moves, key=_order)),
        notes=name_themes(comparison.bridge.notes, names),
        segments=tuple(_segment(row) for row in comparison.bridge.segments.to_dict("records")),
    )


def _segment(row: Mapping[Hashable, Any]) -> SegmentMove:
    return SegmentMove(
        name="not given" if row["segment"] is None or row["segment"] != row["segment"] else str(row["segment"]),
        share_a=row["share_a"],
        share_b=row["share_b"],
        nps_a=_known(row["nps_a"]),
        nps_b=_known(row["nps_b"]),
        mix=_figure_of(Estimate(row["mix"], row["mix_low"], row["mix_high"])),
    )


def _walk(comparison: Comparison, nps_a: Figure | None, parts: tuple[tuple[str, Figure], ...]) -> tuple[Step, ...]:
    if nps_a is None:
        return ()
    at = nps_a.value
    walk = [Step(f"NPS {comparison.name_a}", "base", at, 0.0, at)]
    for label, part in parts:
        walk.append(Step(label, "rest", part.value, at, at + part.value))
        at += part.value
    return (*walk, Step(f"NPS {comparison.name_b}", "total", at, 0.0, at))


def _order(move: Move) -> tuple[bool, float, str, str]:
    moved = move.change
    return moved is None, -abs(moved if moved is not None else move.share_change.value), move.name, move.side


def _move(row: Mapping[str, Any]) -> Move:
    return Move(
        name=_JOINED.get(row["theme_id"], row["name"]),
        side=_WORDS.get(row["polarity"], row["polarity"]),
        share_a=row["share_a"],
        share_b=row["share_b"],
        share_change=_figure(row, "share_change") or Figure(0.0),
        contribution_a=_known(row["contribution_a"]),
        contribution_b=_known(row["contribution_b"]),
        mix=_figure(row, "mix"),
        rate=_figure(row, "rate"),
    )


def _figure(row: Mapping[str, Any], name: str) -> Figure | None:
    return _figure_of(Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"]))


def _figure_of(estimate: Estimate) -> Figure | None:
    value = _known(estimate.value)
    return None if value is None else Figure(value, _known(estimate.low), _known(estimate.high))


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

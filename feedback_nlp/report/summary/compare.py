"""Two periods side by side, as plain data: what moved NPS, and how sure that is."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.moves import ComparisonSummary, Move, SegmentMove
from feedback_nlp.report.summary.segments import value_name
from feedback_nlp.report.summary.unknown import name_themes
from feedback_nlp.schema import Estimate
from feedback_nlp.track import Comparison

_JOINED = {"other": "Themes too small to rank", "generic": "Generic words"}
_WORDS = {"negative": "complaints", "positive": "praise"}


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
        moves=tuple(sorted(moves, key=_order)),
        notes=name_themes(comparison.bridge.notes, names),
        segments=tuple(_segment(row) for row in comparison.bridge.segments.to_dict("records")),
    )


def _segment(row: Mapping[Hashable, Any]) -> SegmentMove:
    return SegmentMove(
        name=value_name(row["segment"]),
        share_a=row["share_a"],
        share_b=row["share_b"],
        nps_a=_known(row["nps_a"]),
        nps_b=_known(row["nps_b"]),
        mix=_figure_of(Estimate(row["mix"], row["mix_low"], row["mix_high"])),
    )


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

"""What a comparison of two runs says, as plain data."""

from dataclasses import dataclass

from feedback_nlp.report.summary.figure import Figure


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

    @property
    def could_be_chance(self) -> bool:
        """Returns whether neither part can be told apart from 0; a pooled move is not told at all."""
        return not (self.mix and self.rate) or (self.mix.could_be_chance and self.rate.could_be_chance)


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
    moves: tuple[Move, ...]  # largest change first; pooled ones last
    notes: tuple[str, ...]
    segments: tuple[SegmentMove, ...] = ()

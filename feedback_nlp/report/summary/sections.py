"""The parts of a summary that belong to no single theme: account, segments, history, map, what is not known."""

from dataclasses import dataclass

from feedback_nlp.report.summary.figure import Figure


@dataclass(frozen=True)
class ThemeGroup:
    """Themes whose complaints nearly always come together, and the drag of all of them."""

    names: tuple[str, ...]
    drag: Figure


@dataclass(frozen=True)
class Step:
    """One line of the account: `start` + `value` = `end`, in points; kind is base, drag, lift, rest or total."""

    label: str
    kind: str
    value: float
    start: float
    end: float


@dataclass(frozen=True)
class GenericCount:
    """Responses that only say the score again in words ("love it", "terrible")."""

    name: str
    n_responses: int


@dataclass(frozen=True)
class Silence:
    """NPS of those who commented and of those who gave only a score; None where they are too few."""

    commenters: Figure
    silent: Figure
    difference: Figure


@dataclass(frozen=True)
class Unknown:
    """What the figures can't tell, as counts; responses unless the name says otherwise."""

    n_silent: int
    n_non_answers: int
    n_other_language: int
    n_unscored: int
    n_statements: int
    n_statements_unthemed: int
    n_rows: int
    n_rows_rejected: int
    n_rows_merged: int
    n_scores_outside: int
    n_dates_unread: int
    reasons: tuple[tuple[str, int], ...]  # why rows were rejected, commonest first
    generic: tuple[GenericCount, ...]
    notes: tuple[str, ...]
    suspicions: tuple[str, ...] = ()  # what looked odd in the export, as sentences
    silence: Silence | None = None
    contradictions: tuple[str, ...] = ()  # where words and score disagree, as sentences


@dataclass(frozen=True)
class Gap:
    """A group of like statements that a codebook mostly has no theme for."""

    n_without: int  # statements without a theme
    nearest: str  # the theme that most of them are nearest to, or ""
    quotes: tuple[str, ...]  # masked, typical first


@dataclass(frozen=True)
class WeakTheme:
    """A theme that takes `n` statements and misses more, `n_missed`: those without a theme that are nearest to it."""

    name: str
    n: int
    n_missed: int


@dataclass(frozen=True)
class Uncovered:
    """What a codebook covers badly; statements that only evaluate are not counted."""

    n_statements: int
    n_without: int
    gaps: tuple[Gap, ...]
    n_more: int  # groups beyond those listed
    weak: tuple[WeakTheme, ...]


@dataclass(frozen=True)
class SegmentRow:
    """One value of a segment: its NPS, and how that differs from all others'; None where it has too few responses."""

    value: str
    n: int
    nps: Figure | None
    difference: Figure | None
    nps_shrunk: float | None
    is_flagged: bool  # the difference survives when all values are tested at once


@dataclass(frozen=True)
class SegmentSummary:
    """A segment's values, lowest NPS first; `n_more` values are not listed."""

    name: str
    rows: tuple[SegmentRow, ...]
    n_more: int = 0


@dataclass(frozen=True)
class Rating:
    """A further rating of the survey beside its score, in its own scale."""

    name: str
    n: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class PeriodPoint:
    """One period: its responses, and its NPS where they are enough."""

    period: str
    n: int
    nps: Figure | None


@dataclass(frozen=True)
class HeatCell:
    """The share (0–1) of a segment value's `n` responses that complain about a theme; None where n is too few."""

    n: int
    n_complain: int | None
    complain: Figure | None
    is_flagged: bool = False  # differs from all other values beyond chance, all cells of the segment tested at once


@dataclass(frozen=True)
class HeatRow:
    """A theme's cells, in the order of the heat map's columns."""

    theme_id: str
    name: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatMap:
    """Who complains about what: the values of one segment as columns, themes as rows, worst drag first."""

    name: str  # of the segment
    values: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    n_more: int = 0  # values beyond those listed


@dataclass(frozen=True)
class MapPoint:
    """A place on the map: one statement, or `n` of them in a cell; theme_id "" where they have no theme."""

    x: float
    y: float
    theme_id: str
    n: int = 1
    text: str = ""  # of one statement of a theme that enough people mention, cut at a word's end
    polarity: float | None = None


@dataclass(frozen=True)
class StatementMap:
    """Statements side by side as they are alike: near ones say similar things; the axes have no unit."""

    points: tuple[MapPoint, ...]
    labels: tuple[tuple[str, float, float], ...]  # theme_id and the middle of its statements
    n_shown: int
    n_statements: int

"""What the report says, as plain data: no HTML, no tables, missing is None.

`summarise` (in summarise.py) makes it, charts draw from it, the template renders it; the three never mix.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Figure:
    """A figure with the ends of its interval, in its own units; None ends where there is no interval."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def could_be_chance(self) -> bool:
        """Returns whether the interval includes 0; without an interval nothing is said.

        >>> Figure(-1, -3, 1).could_be_chance, Figure(-4, -5, -3).could_be_chance
        (True, False)
        """
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high


@dataclass(frozen=True)
class Quote:
    """One statement in its comment: the texts around it are cut at word ends and carry their ellipsis."""

    before: str
    marked: str
    after: str
    polarity: float | None
    score: float | None
    date: date | None
    segments: tuple[str, ...] = ()
    question: str = ""  # only where the survey asks more than one


@dataclass(frozen=True)
class GroupCount:
    """What share (0–1) of one group's responses mention, complain about and praise a theme; None in a small group."""

    value: str
    n: int
    mention: Figure | None
    complain: Figure | None
    praise: Figure | None


@dataclass(frozen=True)
class Grouping:
    """A theme's counts by the values of one segment, largest group first."""

    name: str
    groups: tuple[GroupCount, ...]
    n_more: int = 0  # values beyond those listed


@dataclass(frozen=True)
class ThemeSummary:
    """One theme: figures in NPS points, share 0–1; None where a figure does not exist."""

    theme_id: str
    anchor: str  # unique id in the page
    name: str
    parent: str  # the parent's name, or ""
    keyphrases: tuple[str, ...]
    n_responses: int
    n_negative: int
    n_positive: int
    n_statements: int
    share: Figure | None
    nps: Figure | None
    drag: Figure | None  # None: too few complaints to rank
    lift: Figure | None
    net: float | None
    leave_one_out: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    p_worst: float | None
    p_top3: float | None
    drag_shrunk: float | None
    robustness: float | None
    flagged: bool
    meaning: str = ""  # two sentences: what the figures say, and what they do not
    groupings: tuple[Grouping, ...] = ()
    quotes: tuple[Quote, ...] = ()


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
class Summary:
    """Everything the page shows. `nps` is None where no score was given: then no theme has a drag."""

    title: str
    periods: tuple[str, ...]
    level: float
    n: int
    n_scored: int
    n_commented: int
    n_promoters: int
    n_passives: int
    n_detractors: int
    is_weighted: bool
    rank_by: str
    nps: Figure | None
    themes: tuple[ThemeSummary, ...]  # worst drag first; then those that can't be ranked, commonest first
    groups: tuple[ThemeGroup, ...]
    account: tuple[Step, ...]
    unknown: Unknown
    warning: str = ""  # what must be known before any figure is read
    ratings: tuple[Rating, ...] = ()
    segments: tuple[SegmentSummary, ...] = ()
    min_group: int = 30  # fewer scores than this are too few to rely on
    uncovered: Uncovered | None = None  # where a codebook gave the themes

    @property
    def dragging(self) -> tuple[ThemeSummary, ...]:
        """Returns the themes whose drag is negative, worst first."""
        return tuple(theme for theme in self.themes if theme.drag and theme.drag.value < 0)

    @property
    def praised(self) -> ThemeSummary | None:
        """Returns the theme with the largest lift above 0, or None."""
        lifted = [theme for theme in self.themes if theme.lift and theme.lift.value > 0]
        return max(lifted, key=lambda theme: (theme.lift.value if theme.lift else 0.0, theme.theme_id), default=None)

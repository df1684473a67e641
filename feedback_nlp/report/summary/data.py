"""What the report says, as plain data: no HTML, no tables, missing is None.

`summarise` (in summarise.py) makes it, charts draw from it, pages and files render it; the three never mix.
"""

from dataclasses import dataclass
from datetime import date

from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.moves import ComparisonSummary
from feedback_nlp.report.summary.sections import (
    HeatMap,
    PeriodPoint,
    Rating,
    SegmentSummary,
    StatementMap,
    Step,
    ThemeGroup,
    Uncovered,
    Unknown,
)
from feedback_nlp.sentences import Sentence


@dataclass(frozen=True)
class Quote:
    """One statement in its comment: the texts around it are cut at word ends and carry their ellipsis."""

    before: str
    marked: str
    after: str
    polarity: float | None
    score: float | None
    date: date | None
    segments: tuple[tuple[str, str], ...] = ()  # (name, value), only values that enough people share
    question: str = ""  # only where the survey asks more than one
    kind: str = ""  # "typical", "extreme" (the strongest words), or "" for one more
    category: str = ""  # detractor, passive, promoter
    period: str = ""


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
class TrendPoint:
    """A theme in one period of `n` responses: shares 0–1, drag in points; None where they are too few."""

    period: str
    n: int
    mention: Figure | None
    complain: Figure | None
    drag: Figure | None


@dataclass(frozen=True)
class Sides:
    """A theme's responses by what they say of it; the four sum to its responses."""

    n_complain: int  # complaints only
    n_praise: int  # praise only
    n_both: int
    n_neutral: int


@dataclass(frozen=True)
class ScoreCount:
    """How many of a theme's responses, and what share (0–1) of them and of all responses, gave a score."""

    score: float
    category: str
    n: int
    share: float
    share_all: float


@dataclass(frozen=True)
class CoMention:
    """Another theme in the same responses: `n` mention both; its share (0–1) among this theme's and among all."""

    theme_id: str
    name: str
    n: int
    share: Figure
    share_all: float


@dataclass(frozen=True)
class Recommendation:
    """What to do about a flagged theme, in sentences that each state something of the run; none is general advice."""

    who: tuple[str, ...]  # the segments and categories that complain
    what: tuple[str, ...]  # what they say
    touched: tuple[str, ...]  # how many detractors and passives
    follow_up: tuple[str, ...]  # the list behind it, and its owner
    measure: tuple[str, ...]  # what to watch next, and how many responses that takes


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
    share: Figure | None
    nps: Figure | None
    drag: Figure | None  # None: too few complaints to rank
    lift: Figure | None
    net: float | None
    leave_one_out: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    p_top3: float | None
    drag_shrunk: float | None
    robustness: float | None
    flagged: bool
    n_statements: int = 0
    p_worst: float | None = None
    meaning: str = ""  # two sentences: what the figures say, and what they do not
    groupings: tuple[Grouping, ...] = ()
    quotes: tuple[Quote, ...] = ()  # the first `Summary.n_quotes` are shown at once
    trend: tuple[TrendPoint, ...] = ()  # empty without a second period
    sides: Sides | None = None
    scores: tuple[ScoreCount, ...] = ()  # empty where too few gave one
    co_mentions: tuple[CoMention, ...] = ()
    recommendation: Recommendation | None = None


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
    headline: tuple[Sentence, ...] = ()  # the first is NPS and what changed
    trend: tuple[PeriodPoint, ...] = ()  # empty without a second period
    bridge: ComparisonSummary | None = None  # between the last two periods that are large enough
    heat: tuple[HeatMap, ...] = ()
    map: StatementMap | None = None
    n_quotes: int = 5  # per theme, shown at once
    min_people: int = 5  # fewer people than this are not quoted

    @property
    def dragging(self) -> tuple[ThemeSummary, ...]:
        """Returns the themes whose drag is negative, worst first."""
        return tuple(theme for theme in self.themes if theme.drag and theme.drag.value < 0)

    @property
    def praised(self) -> ThemeSummary | None:
        """Returns the theme with the largest lift above 0, or None."""
        lifted = [theme for theme in self.themes if theme.lift and theme.lift.value > 0]
        return max(lifted, key=lambda theme: (theme.lift.value if theme.lift else 0.0, theme.theme_id), default=None)

"""What would be read from an export, before anything slow starts: for a person, and as a config file for `run`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import FeedbackError, InputError
from feedback_nlp.ingest.exports import answers_of, read_files
from feedback_nlp.ingest.inspection_text import screen
from feedback_nlp.ingest.linking.link import link_ratings
from feedback_nlp.ingest.reading.formats import Export
from feedback_nlp.ingest.scores.direction import Direction, check_direction
from feedback_nlp.ingest.scores.scales import usual_values
from feedback_nlp.ingest.settings_file import settings_text
from feedback_nlp.schema import CATEGORIES, Answers, Linked, Source

Polarity: TypeAlias = Callable[[Sequence[str]], NDArray[np.float64]]  # texts -> −1..1, 0 where nothing is known
Describe: TypeAlias = Callable[[pd.DataFrame], dict[str, Any]]  # comments as linked -> counts of what they are

_INGEST, _LINK = IngestConfig(), LinkConfig()
_TWO_ENDED = {"1-5": "5-1", "1-7": "7-1"}
_SAMPLE = 3_000  # comments that are looked at; a screen is read at once


@dataclass(frozen=True)
class Column:
    """One column as a person sees it before its role is known."""

    name: str
    n_filled: int
    n_distinct: int
    example: str  # its commonest value, the first by text of equals


@dataclass(frozen=True)
class Inspection:
    """How an export is understood. What stands in the way is `problem`, and what would follow it is empty."""

    sources: tuple[Source, ...]  # one per file, with its layout
    columns: tuple[str, ...]  # all of them, in the order of the files
    roles: dict[str, list[str]]  # role -> columns
    guessed: dict[str, str]  # role -> why that column was taken
    questions: dict[str, int]  # question -> answers with text, most first
    rejected: dict[str, int]  # reason -> rows, most first
    problem: str = ""
    suggestion: str = ""  # what the comments say where the numbers can't tell: the rest is read so
    candidates: tuple[Column, ...] = ()  # the columns in detail, where a role can't be told
    scores: dict[str, dict[str, int]] = field(default_factory=dict)  # category -> score -> responses
    periods: dict[str, int] = field(default_factory=dict)  # period -> responses
    ledger: pd.DataFrame = field(default_factory=pd.DataFrame)  # of schema.Linked
    reasons: pd.DataFrame = field(default_factory=pd.DataFrame)  # of schema.Linked
    facts: dict[str, Any] = field(default_factory=dict)  # of schema.Linked
    notes: tuple[str, ...] = ()  # what looks suspicious, one sentence each
    direction: Direction | None = None  # whether the score runs with its words; None if nobody looked
    comments: dict[str, Any] = field(default_factory=dict)  # what the comments are, of `n_looked_at` of them
    n_looked_at: int = 0
    config: str = ""  # TOML that `run` accepts

    def text(self) -> str:
        """Returns one screen for a person: files, columns, scale, direction, periods, rows, what looks suspicious."""
        return screen(self)


def inspect_export(
    files: Sequence[str | Path],
    ingest: IngestConfig = _INGEST,
    link: LinkConfig = _LINK,
    *,
    polarity: Polarity | None = None,
    describe: Describe | None = None,
) -> Inspection:
    """Returns how the files would be read: layouts, roles and why, scale and evidence, periods, and the row ledger.

    What stands in the way (a role or scale that can't be told, contradicting scores …) is `problem`, not an error, so
    that the columns are seen all the same. Where numbers can't tell which end of a scale is best and the comments can,
    the rest is read as they say.

    Args:
        files: as in `read_exports`.
        ingest: which columns hold what; the rest is guessed.
        link: how scores and dates are read.
        polarity: reads how kind a text is, to check that promoters write more kindly than detractors.
        describe: counts what comments are; it gets up to 3,000 of them, as linked.

    Raises:
        InputError: a file can't be read.
    """
    exports = read_files(files, ingest)
    try:
        answers = answers_of(exports, ingest)
    except InputError as error:
        return _unassigned(exports, ingest, link, str(error))
    seen = _seen(exports, answers)
    problem, suggestion = "", ""
    try:
        linked = link_ratings(answers, link)
    except FeedbackError as error:
        problem = str(error)
        told = _scale_told_by_words(answers, link, polarity)
        if told is None:
            return replace(seen, problem=problem, config=settings_text(answers, {}, ingest, link, problem))
        linked, suggestion = told
    sample = _sample(linked)
    return replace(
        seen, rejected=_tally(linked.rejected["reason"]), problem=problem, suggestion=suggestion,
        scores=_score_counts(linked), periods=_tally(linked.responses["period"].fillna("no period"), by_name=True),
        ledger=linked.ledger, reasons=linked.reasons, facts=linked.facts, notes=(*answers.notes, *linked.notes),
        direction=_direction(linked, sample, polarity), comments=describe(sample) if describe else {},
        n_looked_at=len(sample), config=settings_text(answers, linked.facts, ingest, link, suggestion),
    )  # fmt: skip


def _scale_told_by_words(answers: Answers, link: LinkConfig, polarity: Polarity | None) -> tuple[Linked, str] | None:
    """The responses under the scale that people's words speak for, where numbers alone can't tell which end is best."""
    if link.scale or polarity is None:
        return None
    for scale, opposite in _TWO_ENDED.items():
        try:
            linked = link_ratings(answers, link.model_copy(update={"scale": scale}))
        except FeedbackError:
            continue
        direction = _direction(linked, _sample(linked), polarity)
        if direction is None or direction.verdict == "can't tell":
            return None
        if direction.verdict == "against":
            scale = opposite
            linked = link_ratings(answers, link.model_copy(update={"scale": scale}))
        return linked, f"The comments speak for --scale {scale}; it is read so below, and `run` wants it said."
    return None


def _unassigned(exports: Sequence[Export], ingest: IngestConfig, link: LinkConfig, problem: str) -> Inspection:
    """What can be seen of files whose columns' roles can't be told."""
    sources = tuple(export.source for export in exports)
    answers = Answers(pd.DataFrame(), sources, pd.DataFrame(), {})
    config = settings_text(answers, {}, ingest, link, problem)
    return Inspection(
        sources, _names(exports), {}, {}, {}, {}, problem=problem, candidates=_columns(exports), config=config,
        notes=tuple(note for export in exports for note in export.notes),
    )  # fmt: skip


def _seen(exports: Sequence[Export], answers: Answers) -> Inspection:
    """What is known before the rows are linked."""
    has_text = answers.table["comment"].str.strip().fillna("") != ""
    return Inspection(
        answers.sources, _names(exports), answers.roles, answers.guessed, _tally(answers.table["question"][has_text]),
        rejected=_tally(answers.rejected["reason"]), notes=answers.notes,
    )  # fmt: skip


def _names(exports: Sequence[Export]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name) for export in exports for name in export.cells.columns))


def _columns(exports: Sequence[Export]) -> tuple[Column, ...]:
    cells = pd.concat([export.cells for export in exports])
    return tuple(_column(str(name), cells[name].dropna()) for name in cells.columns)


def _column(name: str, values: pd.Series) -> Column:
    counts = usual_values(values)
    return Column(name, int(counts.sum()), len(counts), str(counts.index[0]) if len(counts) else "")


def _sample(linked: Linked) -> pd.DataFrame:
    """The comments of up to 3,000 responses spread evenly over the ids, whatever the order of the rows."""
    spoken = linked.comments[linked.comments["comment"].notna()]
    return spoken.iloc[:: max(1, -(-len(spoken) // _SAMPLE))]


def _direction(linked: Linked, sample: pd.DataFrame, polarity: Polarity | None) -> Direction | None:
    if polarity is None or not linked.facts["scale"]:
        return None
    words = pd.Series(polarity(sample["comment"].tolist()), index=sample["response_id"])
    known = words[words != 0].groupby(level=0).mean()
    responses = linked.responses
    return check_direction(responses["category"], responses["response_id"].map(known), linked.facts["scale"])


def _tally(values: pd.Series, *, by_name: bool = False) -> dict[str, int]:
    counts = values.value_counts().sort_index()
    ordered = counts if by_name else counts.sort_values(ascending=False, kind="stable")
    return {str(name): int(count) for name, count in ordered.items()}


def _score_counts(linked: Linked) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for category in CATEGORIES:
        scores = linked.responses.loc[linked.responses["category"] == category, "score"]
        counts[category] = {f"{score:g}": int(count) for score, count in scores.value_counts().sort_index().items()}
    n_missing = int(linked.responses["category"].isna().sum())
    return {**counts, "no score": {"missing": n_missing}} if n_missing else counts

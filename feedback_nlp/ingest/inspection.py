"""What would be read from an export, on one screen, before anything slow starts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import FeedbackError
from feedback_nlp.ingest.exports import read_exports
from feedback_nlp.ingest.link import link_ratings
from feedback_nlp.schema import CATEGORIES, Answers, Linked, Source

_INGEST, _LINK = IngestConfig(), LinkConfig()
_MAX_LINES = 8  # per list, so that all fits one screen


@dataclass(frozen=True)
class Inspection:
    """How an export is understood. If the rows can't be linked, `problem` says why and what follows it is empty."""

    sources: tuple[Source, ...]  # one per file, with its layout
    roles: dict[str, list[str]]  # role -> columns
    guessed: dict[str, str]  # role -> why that column was taken
    questions: dict[str, int]  # question -> answers with text, most first
    rejected: dict[str, int]  # reason -> rows, most first
    problem: str = ""
    scores: dict[str, dict[str, int]] = field(default_factory=dict)  # category -> score -> responses
    periods: dict[str, int] = field(default_factory=dict)  # period -> responses
    ledger: pd.DataFrame = field(default_factory=pd.DataFrame)  # of schema.Linked
    facts: dict[str, Any] = field(default_factory=dict)  # of schema.Linked

    def text(self) -> str:
        """Returns one screen for a person: files, columns, scale, periods and the account of the rows."""
        lines = ["files", *(f"  {s.name}: {s.rows:,} rows ({s.layout})" for s in self.sources)]
        lines += ["columns", *(f"  {role:<10} {', '.join(own)}{self._why(role)}" for role, own in self.roles.items())]
        lines += ["questions", *_counted(self.questions, "answers")]
        if self.problem:
            lines += ["problem", f"  {self.problem}"]
        else:
            lines += ["score", *self._score_lines(), "periods", *_counted(self.periods, "responses")]
            lines += self._ledger_lines()
        lines += ["rejected", *_counted(self.rejected, "rows")] if self.rejected else []
        return "\n".join(lines)

    def _why(self, role: str) -> str:
        return f"   (guessed: {self.guessed[role]})" if role in self.guessed else ""

    def _score_lines(self) -> Iterable[str]:
        if not self.facts["scale"]:
            return ["  none: themes without drivers"]
        guess = self.facts["scale_guessed"]
        lines = [f"  scale {self.facts['scale']}" + (f"   (guessed: {guess})" if guess else "")]
        for category, counts in self.scores.items():
            values = [f"{score} x {count:,}" for score, count in counts.items()]
            more = " …" if len(values) > _MAX_LINES else ""
            lines.append(f"  {category:<10} {sum(counts.values()):>7,}   {', '.join(values[:_MAX_LINES])}{more}")
        if n_outside := self.facts["n_scores_outside"]:
            lines.append(f"  {n_outside:,} outside the scale: {', '.join(self.facts['scores_outside'])}")
        return lines

    def _ledger_lines(self) -> Iterable[str]:
        yield "rows = responses + merged + rejected"
        for row in self.ledger.itertuples(index=False):
            yield f"  {row.source}: {row.rows:,} = {row.responses:,} + {row.merged:,} + {row.rejected:,}"


def inspect_export(files: Sequence[str | Path], ingest: IngestConfig = _INGEST, link: LinkConfig = _LINK) -> Inspection:
    """Returns how the files would be read: layouts, roles and why, scale and evidence, periods, and the row ledger.

    What stands in the way of linking (no scale can be told, contradicting scores …) is `problem`, not an error, so that
    the columns are seen all the same.

    Raises:
        InputError: a file can't be read, a named column is absent, or the score or comment column can't be told.
    """
    answers = read_exports(files, ingest)
    try:
        linked = link_ratings(answers, link)
    except FeedbackError as error:
        return Inspection(*_read(answers), rejected=_tally(answers.rejected["reason"]), problem=str(error))
    return Inspection(
        *_read(answers), rejected=_tally(linked.rejected["reason"]), scores=_score_counts(linked),
        periods=_tally(linked.responses["period"].fillna("no period"), by_name=True),
        ledger=linked.ledger, facts=linked.facts,
    )  # fmt: skip


def _read(answers: Answers) -> tuple[tuple[Source, ...], dict[str, list[str]], dict[str, str], dict[str, int]]:
    has_text = answers.table["comment"].str.strip().fillna("") != ""
    return answers.sources, answers.roles, answers.guessed, _tally(answers.table.loc[has_text, "question"])


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


def _counted(counts: dict[str, int], unit: str) -> list[str]:
    lines = [f"  {' '.join(name.split())[:70]}: {count:,} {unit}" for name, count in list(counts.items())[:_MAX_LINES]]
    rest = list(counts.values())[_MAX_LINES:]
    return [*lines, f"  … and {len(rest):,} more: {sum(rest):,} {unit}"] if rest else lines

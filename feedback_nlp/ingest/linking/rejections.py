"""Source rows that are left out of the responses: each with its reason, and as it stood."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from feedback_nlp.config import LinkConfig
from feedback_nlp.ingest.linking.duplicates import Bursts, find_bursts
from feedback_nlp.ingest.linking.rows import SourceRows
from feedback_nlp.ingest.reading.cells import REJECTED_COLUMNS
from feedback_nlp.ingest.reading.row_json import rows_as_json
from feedback_nlp.schema import Answers

SILENT, IDENTICAL, BURST = "neither score nor comment", "identical row", "same text within minutes"
_ROLE_OF = {
    "response_key": "id", "respondent_id": "respondent", "score": "score", "date": "date", "weight": "weight",
}  # fmt: skip


@dataclass(frozen=True)
class Fates:
    """Why each source row is rejected: `kinds` for the ledger, `reasons` for people; both "" where it is kept.

    `bursts` are those among the rows that are otherwise kept, whether they are rejected or not.
    """

    kinds: np.ndarray
    reasons: np.ndarray
    bursts: Bursts

    @property
    def is_kept(self) -> np.ndarray:
        """Whether each row is kept."""
        kept: np.ndarray = self.kinds == ""
        return kept


def decide_fates(rows: SourceRows, settings: LinkConfig) -> Fates:
    """Returns which rows are rejected and why: silent responses first, then identical rows, then bursts."""
    kinds, reasons = (np.full(len(rows.table), "", dtype=object) for _ in range(2))
    silent = _silent(rows)
    kinds[silent] = reasons[silent] = SILENT
    if settings.identical_rows == "reject":
        twins = np.flatnonzero((rows.ids.twin_of >= 0) & rows.ids.is_told_apart & (kinds == ""))
        kinds[twins] = IDENTICAL
        reasons[twins] = [f"identical to {_place(rows, twin)}" for twin in rows.ids.twin_of[twins]]
    bursts = _bursts(rows, kinds == "", settings)
    if settings.bursts == "reject":
        repeats = np.flatnonzero((bursts.first_of[rows.codes] >= 0) & (kinds == ""))
        first_row = _first_rows(rows.codes, len(rows.known_ids), kinds == "")
        said_at = first_row[bursts.first_of[rows.codes[repeats]]]
        minutes = f"within {settings.burst_minutes:g} minutes"
        kinds[repeats] = BURST
        reasons[repeats] = [f"same text as {_place(rows, place)} {minutes}" for place in said_at]
    return Fates(kinds, reasons, bursts)


def burst_example(rows: SourceRows, fates: Fates) -> pd.DataFrame:
    """Returns source and row of the first rows of the responses of one burst, in the order of time."""
    first_row = _first_rows(rows.codes, len(rows.known_ids), (fates.kinds == "") | (fates.kinds == BURST))
    return rows.table.iloc[first_row[list(fates.bursts.examples)]][["source", "row"]]


def rejected_rows(rows: SourceRows, fates: Fates, answers: Answers) -> pd.DataFrame:
    """Returns the rejected rows: source, row, reason, content.

    A row with a comment is not at hand as it stood: its content is what was read of it, under the file's column names.
    """
    where = np.flatnonzero(~fates.is_kept)
    rejected = rows.table.iloc[where]
    content = rejected["content"].copy()
    lacks = content.isna().to_numpy(bool)
    if lacks.any():
        content.iloc[np.flatnonzero(lacks)] = [_rebuilt(answers, start) for start in rows.first[where[lacks]]]
    return rejected.assign(reason=fates.reasons[where], content=content)[REJECTED_COLUMNS]


def _silent(rows: SourceRows) -> np.ndarray:
    """Returns the rows of responses that have neither a score nor a comment."""
    has_comment = np.logical_or.reduceat(rows.comments["comment"].notna().to_numpy(bool), rows.first)
    has_said = rows.table["category"].notna().to_numpy(bool) | has_comment
    return np.flatnonzero((np.bincount(rows.codes, weights=has_said) == 0)[rows.codes])


def _bursts(rows: SourceRows, is_kept: np.ndarray, settings: LinkConfig) -> Bursts:
    moments = rows.dates.dates.where(rows.dates.has_time & is_kept)
    return find_bursts(
        rows.comments["comment"], rows.codes[rows.numbers], moments.iloc[rows.numbers].reset_index(drop=True),
        len(rows.known_ids), settings.burst_size, settings.burst_minutes,
    )  # fmt: skip


def _first_rows(codes: np.ndarray, n: int, is_kept: np.ndarray) -> np.ndarray:
    """Returns the place of the first kept row of each of n responses; 0 for those without one."""
    first, places = np.zeros(n, dtype="int64"), np.flatnonzero(is_kept)[::-1]
    first[codes[places]] = places  # the last assignment wins: the first row
    return first


def _place(rows: SourceRows, position: int) -> str:
    return f"row {rows.table['row'].iloc[position]} of {rows.table['source'].iloc[position]}"


def _rebuilt(answers: Answers, start: int) -> str:
    """Returns the cells that were read of the source row whose answers begin here, as JSON."""
    table, roles = answers.table, answers.roles
    row = table.iloc[start]
    cells = {roles[role][0]: row[column] for column, role in _ROLE_OF.items() if roles.get(role)}
    for role in ("segment", "rating"):
        named = [column for column in table.columns if column.startswith(f"{role}_")]
        cells.update({column: row[name] for column, name in zip(roles.get(role, []), named, strict=False)})
    if roles.get("question"):
        cells[roles["question"][0]] = row["question"]
    comments = roles["comment"]
    for offset in range(len(comments)):  # a row has one answer per comment column
        answer = table.iloc[start + offset]
        cells[comments[0] if len(comments) == 1 else answer["question"]] = answer["comment"]
    return rows_as_json(pd.DataFrame([cells]).astype("str"))[0]

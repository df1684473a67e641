"""What rooms hand each other: checked tables, and frozen dataclasses for few things.

Nothing writes into its argument. Missing is null in memory, Parquet and JSON, and empty in CSV; never -1 or "". The
fourth kind of thing, vectors, travels as a float32 array (n, d) with unit rows, whose row i is segment i.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]  # (n, d), unit rows
Embed: TypeAlias = Callable[[Sequence[str]], Vectors]  # how a room that may not import embed/ gets vectors

FORMAT_VERSION = 1  # of run folders and model folders

STATUSES = ("comment", "empty", "non-answer", "other-language")
CATEGORIES = ("promoter", "passive", "detractor")
KINDS = ("topic", "generic", "other")
GENERIC_PRAISE, GENERIC_COMPLAINT = "generic-praise", "generic-complaint"  # the ids of the two generic themes

FIGURES = (
    "n_responses", "n_negative", "n_positive", "share", "share_low", "share_high", "nps", "nps_low", "nps_high",
    "drag", "drag_low", "drag_high", "lift", "lift_low", "lift_high", "net", "leave_one_out",
    "rank", "rank_low", "rank_high", "p_top3", "drag_shrunk", "rank_shrunk", "flagged", "robustness",
)  # fmt: skip
THEME_COLUMNS = ("theme_id", "name", "kind", "parent_id", "keyphrases", *FIGURES)  # of themes.csv


def _text(*, nullable: bool = False, **options: Any) -> pa.Column:
    return pa.Column(str, nullable=nullable, **options)


RESPONSES = pa.DataFrameSchema(
    {
        "response_id": _text(unique=True),
        "respondent_id": _text(nullable=True),
        "score": pa.Column(float, nullable=True),  # in its own scale
        "category": _text(nullable=True, checks=pa.Check.isin(CATEGORIES)),
        "date": pa.Column("datetime64[us]", nullable=True),
        "period": _text(nullable=True),
        "weight": pa.Column(float, nullable=True, checks=pa.Check.ge(0)),
        "segment_.*": _text(nullable=True, regex=True, required=False),
        "rating_.*": pa.Column(float, nullable=True, regex=True, required=False),  # CSAT, effort … in their own scales
    },
    strict=True, coerce=True,
)  # fmt: skip

COMMENTS = pa.DataFrameSchema(
    {
        "response_id": _text(),
        "question": _text(),
        "comment": _text(nullable=True),  # after masking
        "status": _text(checks=pa.Check.isin(STATUSES)),
        "language": _text(nullable=True),
        "same_text_as": _text(nullable=True, required=False),  # the first response that says the same
    },
    unique=["response_id", "question"], strict=True, coerce=True,
)  # fmt: skip

SEGMENTS = pa.DataFrameSchema(
    {
        "segment_id": _text(unique=True),
        "response_id": _text(),
        "question": _text(),
        "start": pa.Column("int64", checks=pa.Check.ge(0)),
        "end": pa.Column("int64"),  # comment[start:end] == text
        "text": _text(),
        "bare": _text(required=False),  # what is embedded: lower case, without "and", handles, marks at its ends
        "generic": _text(nullable=True, required=False),  # the generic theme's id where a statement only evaluates
    },
    strict=True, coerce=True,
)  # fmt: skip

MENTIONS = pa.DataFrameSchema(
    {
        "segment_id": _text(),
        "theme_id": _text(nullable=True),
        "response_id": _text(),
        "question": _text(),
        "start": pa.Column("int64", checks=pa.Check.ge(0)),
        "end": pa.Column("int64"),
        "text": _text(),
        "polarity": pa.Column(float, nullable=True, checks=pa.Check.in_range(-1, 1)),
        "confidence": pa.Column(float, nullable=True, checks=pa.Check.in_range(0, 1)),
    },
    unique=["segment_id", "theme_id"], strict=True, coerce=True,
)  # fmt: skip

MAP = pa.DataFrameSchema(
    {
        "segment_id": _text(unique=True),
        "x": pa.Column(float, checks=pa.Check.in_range(-1, 1)),  # near statements say similar things; no unit
        "y": pa.Column(float, checks=pa.Check.in_range(-1, 1)),
    },
    strict=True, coerce=True,
)  # fmt: skip

THEMES = pa.DataFrameSchema(
    {
        "theme_id": _text(unique=True),
        "name": _text(),
        "kind": _text(checks=pa.Check.isin(KINDS)),
        "parent_id": _text(nullable=True),
        "keyphrases": pa.Column(object, required=True),  # list of str, best first
        "exemplars": pa.Column(object, required=True),  # list of str, typical first
    },
    strict=True, coerce=True,
)  # fmt: skip


def no_map() -> pd.DataFrame:
    """Returns the map of a run that has none."""
    return MAP.validate(pd.DataFrame({"segment_id": pd.Series(dtype="str"), "x": [], "y": []}))


@dataclass(frozen=True)
class Source:
    """One input file as it was read: where its rows came from and how its bytes were understood."""

    name: str  # the file's name without its folder
    sha256: str
    rows: int  # data rows, header excluded
    layout: str  # for people: "csv, utf-8, comma"
    n_repaired: int = 0  # lines that were not in the file's encoding and were read in another


@dataclass(frozen=True)
class Answers:
    """What `read_exports` returns: one row per answer (source row x comment question), as text, nothing lost.

    `table` columns: source, row (1-based data row within its source), response_key, respondent_id, score, date,
    weight, question, comment, segment_<name> and rating_<name>; everything text or null as the file had it; `content`
    is the whole row as JSON where no comment stands in it, for the rows that may be rejected later.
    `rejected` columns: source, row, reason, content (the row as it stood, as JSON).
    """

    table: pd.DataFrame
    sources: tuple[Source, ...]
    rejected: pd.DataFrame
    roles: dict[str, list[str]]  # role -> columns, e.g. {"comment": ["why"], "score": ["nps"]}
    guessed: dict[str, str] = field(default_factory=dict)  # role -> why that column was taken
    notes: tuple[str, ...] = ()  # what looks suspicious in the files, one sentence each


@dataclass(frozen=True)
class Linked:
    """What `link_ratings` returns: the responses, their comments, and the account of every row.

    `comments` columns: response_id, question, comment (unmasked, null where empty); `prepare` makes COMMENTS of it.
    `ledger`: one row per source: source, rows, responses, merged, rejected; rows = responses + merged + rejected.
    `reasons`: source, fate (merged, rejected), reason, rows: the same account, split by reason.
    """

    responses: pd.DataFrame
    comments: pd.DataFrame
    rejected: pd.DataFrame
    ledger: pd.DataFrame
    facts: dict[str, Any]  # for the manifest: scale, date_order, n_scores_outside, n_dates_unread, guesses ...
    reasons: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()  # what looks suspicious in the responses, one sentence each


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval, in the figure's own units; null ends where there is no interval."""

    value: float
    low: float
    high: float

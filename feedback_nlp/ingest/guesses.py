"""Guessing a column's role from its name and its content; a tie between equals is an error, never a coin toss.

Names are compared as lower-case words ("ResponseId" -> "response id"). Every rule has levels: a level's candidates must
pass the content check, and the first level that has one decides.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.dates import is_date_text
from feedback_nlp.ingest.scales import is_score_text, usual_values

_ID_NAMES = (
    r"response ?id|answer id|submission id|comment id|review ?id|record id",
    r"id",
    r"respondent ?id",
)  # fmt: skip
_RESPONDENT_NAMES = (r"(respondent|customer|user|client|member|person|patient) ?id",)
_SCORE_NAMES = (
    r"(nps|net promoter)( score)?|likelihood to recommend|.*\b(how likely\b.*\brecommend|would you recommend)\b.*",
    r"(overall )?(score|rating)|stars",
    r".*\b(nps|score|rating|stars)\b.*",
)  # fmt: skip
_COMMENT_NAMES = (
    r"((customer|user|nps|score) )?(comments?|verbatims?|feedback|reviews?|reason|why)|((free|review) )?(text|body)",
    r".*\b(comments?|verbatims?|feedback|reviews?|reasons?|why|open ended|explain|describe|improve|tell us)\b.*",
)  # fmt: skip
_DATE_NAMES = (
    r"date|(response|survey|answer) date",
    r".*\b(submitted|completed|recorded|end)\b.*",
    r".*\b(date|datetime|timestamp|created|published|posted)\b.*",
)  # fmt: skip


_SHOWN_COLUMNS, _SHOWN_CHARACTERS = 12, 40
_MAX_NAME = 300  # characters of a name that are looked at


@dataclass(frozen=True)
class Guess:
    """A column and why it was taken, for the manifest."""

    column: str
    reason: str


def plain_name(name: str) -> str:
    """Returns a column's name as lower-case words.

    >>> plain_name("ResponseId"), plain_name("Response_ID "), plain_name("How likely … recommend?")
    ('response id', 'response id', 'how likely recommend')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", spaced).strip().lower()


def shown(names: Sequence[str]) -> str:
    """Returns the names in a row for an error, the first 12 if there are more.

    >>> shown(["id", "why"])
    'id, why'
    """
    names = [name if len(name) <= _SHOWN_CHARACTERS else f"{name[:_SHOWN_CHARACTERS]}…" for name in names]
    more = f" and {len(names) - _SHOWN_COLUMNS} more" if len(names) > _SHOWN_COLUMNS else ""
    return ", ".join(names[:_SHOWN_COLUMNS]) + more


def guess_id(cells: pd.DataFrame) -> Guess | None:
    """Returns the column named like a response's id whose values are complete and unique, or None."""
    for level in _levels(cells, _ID_NAMES, _is_unique):
        if len(level) == 1:
            return Guess(level[0], f"column '{level[0]}': named like an id, complete and unique")
    return None


def guess_respondent(cells: pd.DataFrame) -> Guess | None:
    """Returns the only column named like a person's id, or None."""
    for level in _levels(cells, _RESPONDENT_NAMES, lambda values: bool(values.notna().any())):
        if len(level) == 1:
            return Guess(level[0], f"column '{level[0]}': named like a person's id")
    return None


def guess_date(cells: pd.DataFrame) -> Guess | None:
    """Returns the column named like a date whose values read as dates, or None; of equals the leftmost."""
    for level in _levels(cells, _DATE_NAMES, _is_dates):
        return Guess(level[0], f"column '{level[0]}': named like a date, and its values are dates")
    return None


def guess_score(cells: pd.DataFrame, where: str) -> Guess:
    """Returns the column named like a rating whose values are numbers or words of a scale.

    Raises:
        InputError: there is none, or several are equally good.
    """
    for level in _levels(cells, _SCORE_NAMES, _is_scores):
        if len(level) > 1:
            raise InputError(f"{where}: several columns may hold the score: {shown(level)}; say --score COL")
        return Guess(level[0], f"column '{level[0]}': named like a rating, and its values are scores")
    raise InputError(
        f"{where}: no column looks like a score; say --score COL, or --score none to find themes without drivers"
        f"{_left(cells)}"
    )


def guess_comment(cells: pd.DataFrame, where: str) -> Guess:
    """Returns the column named like a comment that holds text, else the one with by far the longest texts.

    Of several with equally telling names one must be twice as long as every other.

    Raises:
        InputError: there is none, or several are equally good.
    """
    by_name = _levels(cells, _COMMENT_NAMES[:1], _is_text) + _levels(cells, _COMMENT_NAMES[1:], _is_free_text)
    for level, why in [(level, "named like a comment") for level in by_name] or [(_long_texts(cells), "free text")]:
        lengths = sorted(((_mean_length(cells[column]), column) for column in level), reverse=True)
        if len(lengths) > 1 and lengths[0][0] < 2 * lengths[1][0]:
            raise InputError(
                f"{where}: several columns may hold the comment: {shown(level)}; say --comment COL, once or more"
            )
        if lengths:
            return Guess(lengths[0][1], f"column '{lengths[0][1]}': {why}, {lengths[0][0]:.0f} characters on average")
    raise InputError(f"{where}: no column looks like a comment; say --comment COL{_left(cells)}")


def _levels(cells: pd.DataFrame, patterns: Sequence[str], fits: Callable[[pd.Series], bool]) -> list[list[str]]:
    """Returns the columns of each pattern, best pattern first, that pass the content check; no empty level."""
    levels, taken = [], set[str]()
    for pattern in patterns:
        named = [c for c in cells.columns if c not in taken and re.fullmatch(pattern, plain_name(c)[:_MAX_NAME])]
        taken.update(named)
        levels.append([column for column in named if fits(cells[column])])
    return [level for level in levels if level]


def _long_texts(cells: pd.DataFrame) -> list[str]:
    return [
        c for c in cells.columns if _mean_length(cells[c]) >= 20 and _is_varied(cells[c]) and _is_free_text(cells[c])
    ]


def _mean_length(values: pd.Series) -> float:
    return float(values.str.len().mean()) if values.notna().any() else 0.0


def _is_unique(values: pd.Series) -> bool:
    return bool(values.notna().all() and values.is_unique)


def _is_text(values: pd.Series) -> bool:
    return _share(values, lambda text: not is_score_text(text)) > 0.5


def _is_free_text(values: pd.Series) -> bool:
    return _share(values, lambda text: " " in text.strip() and not is_date_text(text)) > 0.3


def _is_varied(values: pd.Series) -> bool:
    """Returns whether most texts differ, as typed ones do and chosen ones do not."""
    counts = usual_values(values)
    return len(counts) > 0.5 * float(counts.sum())


def _is_scores(values: pd.Series) -> bool:
    return _share(values, is_score_text) >= 0.8


def _is_dates(values: pd.Series) -> bool:
    return _share(values, is_date_text) >= 0.8


def _share(values: pd.Series, holds: Callable[[str], bool]) -> float:
    """Returns the share (0 to 1) of the cells that say something for which `holds` is true."""
    counts = usual_values(values)
    return float(counts[[holds(text) for text in counts.index]].sum() / counts.sum()) if len(counts) else 0.0


def _left(cells: pd.DataFrame) -> str:
    return f" (columns without a role: {shown(list(cells.columns)) or 'none'})"

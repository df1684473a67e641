"""Guessing a column's role from its name, its question and its content; a tie between equals is an error, never a
coin toss.

Every rule has levels, the patterns of `role_names`, before them the names that the tool which wrote the file uses: a
level's candidates must pass the content check, and the first level that has one decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.roles import role_names
from feedback_nlp.ingest.roles.layouts import tool_names
from feedback_nlp.ingest.roles.looks import Looks, shown
from feedback_nlp.ingest.roles.shared_ids import is_unique_within, shared_id

_WEAK_ID = "|".join((role_names.ID[2], role_names.ID[4], *role_names.RESPONDENT))  # of a person, or a row's number
_HARDLY = 0.1  # of the answers in the fullest column of its kind: fewer make no comment column


@dataclass(frozen=True)
class Guess:
    """The columns of a role and why they were taken, for the manifest."""

    columns: list[str]
    reason: str


@dataclass(frozen=True)
class Candidates:
    """What a guess chooses from: the columns without a role yet, and the layouts of the files they come from."""

    looks: Looks
    columns: Sequence[str]
    layouts: Sequence[str] = ()
    parts: Sequence[tuple[str, pd.DataFrame]] = ()  # of several files: name and cells of each

    def levels(
        self, role: str, patterns: Sequence[str], fits: Callable[[str], bool], unless: str = ""
    ) -> list[list[str]]:
        """Returns the columns of each pattern, best pattern first, that pass the content check; no empty level."""
        levels, left = [], list(self.columns)
        for pattern in (*tool_names(self.layouts, role), *patterns):
            named = self.looks.named(pattern, left, unless)
            left = [column for column in left if column not in named]
            levels.append([column for column in named if fits(column)])
        return [level for level in levels if level]


def guess_id(candidates: Candidates, question: str = "") -> Guess | None:
    """Returns the column named like a response's id whose values are complete and unique, or None.

    Where a column names the question that each row answers (`question`), rows that share an id are one response if
    they answer different questions, and an answer's id is no response's.

    In several files it may also be unique within each: see `shared_ids`. A person's id or a row's number that occurs in
    several files with the same columns is no response's id.

    Raises:
        InputError: files with the same columns share such ids, but contradict each other.
    """
    looks, parts = candidates.looks, candidates.parts

    def fits(column: str) -> bool:
        """Returns whether the column may name responses."""
        is_by_question = bool(question) and looks.is_unique_by(column, question)
        return looks.is_unique(column) or is_by_question or is_unique_within(parts, column)

    levels = candidates.levels("id", role_names.ID, fits, role_names.ANSWER_ID if question else "")
    for column in (level[0] for level in levels if len(level) == 1):
        if looks.is_unique(column):
            return Guess([column], f"column '{column}': named like an id, complete and unique")
        if question and looks.is_unique_by(column, question):
            return Guess([column], f"column '{column}': named like an id, complete, each '{question}' once")
        try:
            return Guess([column], shared_id(parts, column))
        except InputError:
            if not looks.named(_WEAK_ID, [column]):
                raise
    return None


def guess_respondent(candidates: Candidates) -> Guess | None:
    """Returns the only column named like a person's id, or None."""
    looks = candidates.looks
    for level in candidates.levels("respondent", role_names.RESPONDENT, lambda column: bool(looks.counts(column))):
        if len(level) == 1:
            return Guess(level, f"column '{level[0]}': named like a person's id")
    return None


def guess_date(candidates: Candidates) -> Guess | None:
    """Returns the column named like a date whose values read as dates, or None; of equals the leftmost."""
    for level in candidates.levels("date", role_names.DATE, candidates.looks.is_dates, role_names.NOT_DATE):
        return Guess(level[:1], f"column '{level[0]}': named like a date, and its values are dates")
    return None


def guess_score(candidates: Candidates, where: str) -> Guess:
    """Returns the column named like a rating whose values are numbers or words of a scale; first the NPS question.

    Raises:
        InputError: there is none, or several are equally good.
    """
    looks, last = candidates.looks, role_names.SCORE[-1:]
    levels = candidates.levels("score", role_names.SCORE[:-1], looks.is_scores, role_names.NOT_SCORE)
    for level in levels or candidates.levels("", last, looks.is_rating, role_names.NOT_SCORE):
        if len(level) > 1:
            raise InputError(f"{where}: several columns may hold the score: {shown(level)}; say --score COL")
        return Guess(level, f"column '{level[0]}': named like a rating, and its values are scores")
    raise InputError(
        f"{where}: no column looks like a score; say --score COL, or --score none to find themes without drivers"
        f"{_left(candidates)}"
    )


def guess_comment(candidates: Candidates, where: str) -> Guess:
    """Returns the column named like a comment that holds text, else the one with by far the longest texts.

    Of several with equally telling names one must be twice as long as every other.

    Raises:
        InputError: there is none, or several are equally good.
    """
    looks = candidates.looks
    exact = candidates.levels("comment", role_names.COMMENT[:1], looks.is_text)
    long = _long_texts(candidates)
    near = [
        _well_filled(level, long, looks) for level in candidates.levels("", role_names.COMMENT[1:], looks.is_free_text)
    ]
    levels = [(level, list[str]()) for level in exact] or [
        (level, _heavier(level, long, looks)) for level in near if level
    ]
    why = "named like a comment" if levels else "free text"
    for level, rivals in levels or [(long, [])]:
        lengths = sorted(((looks.mean_length(column), column) for column in [*level, *rivals]), reverse=True)
        if len(lengths) > 1 and (lengths[0][0] < 2 * lengths[1][0] or lengths[0][1] in rivals):
            listed = shown([*level, *rivals])
            raise InputError(
                f"{where}: several columns may hold the comment: {listed}; say --comment COL, once or more"
            )
        if lengths:
            length, column = lengths[0]
            return Guess([column], f"column '{column}': {why}, {length:.0f} characters on average")
    raise InputError(f"{where}: no column looks like a comment; say --comment COL{_left(candidates)}")


def _well_filled(named: list[str], long: list[str], looks: Looks) -> list[str]:
    """Returns the named columns without those that hardly anybody filled in, beside a text that many wrote."""
    most = max(looks.counts(column).total() for column in [*named, *long])
    return [column for column in named if looks.counts(column).total() >= _HARDLY * most]


def _heavier(named: list[str], long: list[str], looks: Looks) -> list[str]:
    """Returns the columns without a comment's name in which people wrote more: a word in a name can't tell alone."""
    most = max(looks.text_length(column) for column in named)
    return [column for column in long if column not in named and looks.text_length(column) > most]


def _long_texts(candidates: Candidates) -> list[str]:
    looks = candidates.looks
    long = [column for column in candidates.columns if looks.mean_length(column) >= 20]
    return [column for column in long if looks.is_varied(column) and looks.is_free_text(column)]


def _left(candidates: Candidates) -> str:
    return f" (columns without a role: {shown(list(candidates.columns)) or 'none'})"

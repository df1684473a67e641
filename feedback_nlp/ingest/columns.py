"""Which column plays which role: named by the settings, found exactly or nearly, else guessed."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.ingest.guesses import Guess, guess_comment, guess_date, guess_id, guess_respondent, guess_score, shown

_OFF = "none"  # of --score, and to switch off the guess of --id, --respondent and --date


@dataclass(frozen=True)
class Roles:
    """`columns`: role -> its columns, absent roles left out; `question`: the text given instead of a column."""

    columns: dict[str, list[str]]
    guessed: dict[str, str]  # role -> why that column was taken
    question: str

    def one(self, role: str) -> str | None:
        """Returns the role's only column, or None."""
        return self.columns[role][0] if role in self.columns else None


def choose_roles(cells: pd.DataFrame, settings: IngestConfig, where: str, repeated: frozenset[str]) -> Roles:
    """Returns the roles of the columns of `cells`; what the settings name is never guessed.

    Guessed are id, respondent, a column called exactly "question", date, score and comment, in this order; a column has
    one guessed role at most. Weight and segments are never guessed. `where` names the files in errors.

    Raises:
        InputError: a named column is absent, has two roles (a segment may have another) or its name occurs several
            times, or score or comment can't be told.
    """
    columns, question = _given(cells.columns, settings, where)
    _check_one_role(columns, where)
    guessed: dict[str, str] = {}
    for role, guess in _guess_each(cells, settings, columns, question, where):
        columns[role] = [guess.column]
        guessed[role] = guess.reason
    for column in (column for chosen in columns.values() for column in chosen):
        if column in repeated:
            raise InputError(f"{where}: several columns are called '{column}'; rename the one that is meant")
    if "question" in columns and len(columns["comment"]) > 1:
        named = columns["question"][0]
        raise InputError(f"{where}: column '{named}' names each row's question: only one --comment then")
    if question and len(columns["comment"]) > 1:
        raise InputError(
            f"{where}: one text for --question, but {len(columns['comment'])} comment columns; leave --question out "
            "(each column's name is its question) or name one --comment"
        )
    return Roles({role: columns[role] for role in sorted(columns) if columns[role]}, guessed, question)


def find_column(name: str, known: Iterable[str], flag: str, where: str) -> str:
    """Returns the column called `name`: exactly, else but for case and outer blanks if only one is.

    Raises:
        InputError: there is none, or several differ only in case; it says the nearest name and the columns.

    >>> find_column("nps", ["id", "NPS "], "--score", "q3.csv")
    'NPS '
    """
    known = list(known)
    if name in known:
        return name
    near = [column for column in known if _plain(column) == _plain(name)]
    if len(near) == 1:
        return near[0]
    hint = f"; it may be any of {shown(near)}" if near else did_you_mean(name, known)
    raise InputError(f"{where}: no column '{name}' for {flag}{hint} (columns: {shown(known)})")


def _given(known: Iterable[str], settings: IngestConfig, where: str) -> tuple[dict[str, list[str]], str]:
    """Returns role -> columns as the settings name them, and the text of the question if it is no column."""
    known = list(known)
    columns = {
        role: list(dict.fromkeys(find_column(name, known, f"--{role}", where) for name in names))
        for role, names in {"comment": settings.comment, "segment": settings.segment}.items()
        if names
    }
    for role in ("id", "respondent", "date", "score", "weight"):
        name = getattr(settings, role)
        if name and (name in known or name.strip().lower() != _OFF or role == "weight"):
            columns[role] = [find_column(name, known, f"--{role}", where)]
    question = settings.question
    if _plain(question) in map(_plain, known):
        columns["question"], question = [find_column(question, known, "--question", where)], ""
    return columns, question


def _check_one_role(columns: dict[str, list[str]], where: str) -> None:
    """Raises an InputError if two flags name one column; a segment may be any column."""
    flags: dict[str, str] = {}
    for role, column in ((role, column) for role, own in columns.items() if role != "segment" for column in own):
        if column in flags:
            raise InputError(
                f"{where}: column '{column}' is named by both {flags[column]} and --{role}; a column has one role "
                "(only --segment may repeat one)"
            )
        flags[column] = f"--{role}"


def _guess_each(
    cells: pd.DataFrame, settings: IngestConfig, columns: dict[str, list[str]], question: str, where: str
) -> Iterable[tuple[str, Guess]]:
    """Yields role and guess of what the settings leave open; the caller adds each to `columns` before the next."""
    for role, guess_role in (("id", guess_id), ("respondent", guess_respondent)):
        if not getattr(settings, role) and (guess := guess_role(_free(cells, columns))):
            yield role, guess
    if not settings.question and len(settings.comment) < 2 and "question" in _lowered(_free(cells, columns)):
        name = _lowered(_free(cells, columns))["question"]
        yield "question", Guess(name, f"column '{name}': its name")
    if not settings.date and (guess := guess_date(_free(cells, columns))):
        yield "date", guess
    if not settings.score:
        yield "score", guess_score(_free(cells, columns), where)
    if not settings.comment:
        yield "comment", guess_comment(_free(cells, columns), where)


def _plain(name: str) -> str:
    return name.strip().casefold()


def _free(cells: pd.DataFrame, columns: dict[str, list[str]]) -> pd.DataFrame:
    return cells.drop(columns=[column for chosen in columns.values() for column in chosen])


def _lowered(cells: pd.DataFrame) -> dict[str, str]:
    return {column.strip().lower(): column for column in cells.columns}

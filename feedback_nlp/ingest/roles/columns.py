"""Which column plays which role: named by the settings, found exactly or nearly, else guessed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.ingest.roles.extras import guess_ratings, guess_segments
from feedback_nlp.ingest.roles.guesses import (
    Candidates,
    Guess,
    guess_comment,
    guess_date,
    guess_id,
    guess_respondent,
    guess_score,
)
from feedback_nlp.ingest.roles.looks import Looks, shown

_OFF = "none"  # of --score, and to switch off the guess of --id, --respondent, --date, --segment and --rating
_SEVERAL = ("comment", "segment", "rating")
_NO_LABELS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Roles:
    """`columns`: role -> its columns, absent roles left out; `question`: the text given instead of a column."""

    columns: dict[str, list[str]]
    guessed: dict[str, str]  # role -> why that column was taken
    question: str

    def one(self, role: str) -> str | None:
        """Returns the role's only column, or None."""
        return self.columns[role][0] if role in self.columns else None


def choose_roles(
    cells: pd.DataFrame, settings: IngestConfig, where: str, repeated: frozenset[str],
    *, labels: Mapping[str, str] = _NO_LABELS, layouts: Sequence[str] = (),
    parts: Sequence[tuple[str, pd.DataFrame]] = (),
) -> Roles:  # fmt: skip
    """Returns the roles of the columns of `cells`; what the settings name, by name or label, is never guessed.

    Guessed are id, respondent, a column called exactly "question", date, score, comment, ratings and segments, in this
    order; a column has one guessed role at most. Weight is never guessed. `where` names the files in errors, `labels`
    gives columns' question texts, `layouts` what the files' headers are, `parts` the name and cells of each of several
    files.

    Raises:
        InputError: a named column is absent, has two roles (a segment may have another) or its name occurs several
            times, or score, comment or id can't be told.
    """
    columns, question = _given(cells.columns, settings, where, labels)
    _check_one_role(columns, where)
    guessed: dict[str, str] = {}
    looks = Looks(cells, labels)
    for role, guess_role in _open_guesses(settings, columns, question, where):
        taken = {column for chosen in columns.values() for column in chosen}
        free = [column for column in cells.columns if column not in taken]
        if role in ("rating", "segment"):  # these are no more than a help: what can't be told apart is left out
            free = [column for column in free if column not in repeated]
        if guess := guess_role(Candidates(looks, free, layouts, parts)):
            columns[role], guessed[role] = guess.columns, guess.reason
    _check_questions(columns, question, repeated, where)
    return Roles({role: columns[role] for role in sorted(columns) if columns[role]}, guessed, question)


def find_column(name: str, known: Iterable[str], flag: str, where: str, labels: Mapping[str, str] = _NO_LABELS) -> str:
    """Returns the column called `name`: exactly, else but for case and blanks if only one is; then so by its label.

    Raises:
        InputError: there is none, or several differ only in case; it says the nearest name and the columns.

    >>> find_column("nps", ["id", "NPS "], "--score", "q3.csv")
    'NPS '
    >>> find_column("Why that score?", ["Q1", "Q2"], "--comment", "q3.csv", {"Q2": "Why that score?"})
    'Q2'
    """
    known = list(known)
    if name in known:
        return name
    labelled = {column: labels[column] for column in known if column in labels}
    for names in (dict(zip(known, known, strict=True)), labelled):
        near = [column for column, own in names.items() if _plain(own) == _plain(name)]
        if len(near) == 1:
            return near[0]
        if near:
            several = f"it may be any of {shown(near)}"
            raise InputError(f"{where}: no column '{name}' for {flag}; {several} (columns: {shown(known)})")
    hint = did_you_mean(name, [*known, *labels.values()])
    raise InputError(f"{where}: no column '{name}' for {flag}{hint} (columns: {shown(known)})")


def _given(
    known: Iterable[str], settings: IngestConfig, where: str, labels: Mapping[str, str]
) -> tuple[dict[str, list[str]], str]:
    """Returns role -> columns as the settings name them, and the text of the question if it is no column."""
    known = list(known)

    def found(name: str, role: str) -> str:
        """Returns the column that a flag means."""
        return find_column(name, known, f"--{role}", where, labels)

    columns = {
        role: list(dict.fromkeys(found(name, role) for name in names))
        for role in _SEVERAL
        if (names := getattr(settings, role)) and not (role != "comment" and _is_off(names, known))
    }
    for role in ("id", "respondent", "date", "score", "weight"):
        name = getattr(settings, role)
        if name and (role == "weight" or not _is_off((name,), known)):
            columns[role] = [found(name, role)]
    question = settings.question
    if _plain(question) in map(_plain, known):
        columns["question"], question = [find_column(question, known, "--question", where)], ""
    return columns, question


def _is_off(names: Sequence[str], known: Sequence[str]) -> bool:
    return len(names) == 1 and names[0] not in known and names[0].strip().lower() == _OFF


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


def _check_questions(columns: dict[str, list[str]], question: str, repeated: frozenset[str], where: str) -> None:
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


def _open_guesses(
    settings: IngestConfig, columns: Mapping[str, list[str]], question: str, where: str
) -> Iterable[tuple[str, Callable[[Candidates], Guess | None]]]:
    """Yields role and how to guess it for what the settings leave open, in the order of the guesses."""
    is_open = {role: not getattr(settings, role) for role in ("id", "respondent", "date", "score", *_SEVERAL)}
    is_open["question"] = not (question or "question" in columns) and len(settings.comment) < 2
    guesses: dict[str, Callable[[Candidates], Guess | None]] = {
        "id": lambda candidates: guess_id(candidates, _question_of(columns, candidates, is_open["question"])),
        "respondent": guess_respondent, "question": _guess_question, "date": guess_date,
        "score": lambda candidates: guess_score(candidates, where),
        "comment": lambda candidates: guess_comment(candidates, where),
        "rating": guess_ratings, "segment": guess_segments,
    }  # fmt: skip
    return [(role, guess) for role, guess in guesses.items() if is_open[role]]


def _question_of(columns: Mapping[str, list[str]], candidates: Candidates, is_open: bool) -> str:
    """Returns the column that names each row's question, given or to be guessed; "" if there is none."""
    guess = _guess_question(candidates) if is_open else None
    return columns["question"][0] if "question" in columns else guess.columns[0] if guess else ""


def _guess_question(candidates: Candidates) -> Guess | None:
    named = [column for column in candidates.columns if column.strip().lower() == "question"]
    return Guess(named[-1:], f"column '{named[-1]}': its name") if named else None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()

"""Columns kept beside the roles: segments that responses are compared by, and further ratings."""

import re
from collections.abc import Iterable, Sequence

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.roles import role_names
from feedback_nlp.ingest.roles.guesses import Candidates, Guess
from feedback_nlp.ingest.roles.looks import Looks

_MIN_VALUES, _MAX_VALUES = 2, 200
_MAX_LENGTH = 60  # mean characters of a segment's values
# mail addresses, IP addresses, degrees of latitude, web addresses
_PERSONAL = re.compile(r"\S+@\S+|\d{1,3}(?:\.\d{1,3}){3}|[+-]?\d{1,3}\.\d{4,}|(?:https?:|www\.).*")


def guess_segments(candidates: Candidates) -> Guess | None:
    """Returns the columns named like a channel, agent, product, region or customer group, or None if there is none.

    Such a column has 2 to 200 different values, at most half as many as rows, which are neither numbers (unless its
    name says that they are ids), free text, nor addresses of any kind.
    """
    looks = candidates.looks
    named = looks.named(role_names.SEGMENT, candidates.columns)
    return _told([column for column in named if _is_segment(looks, column)], looks, "segment", "customer groups")


def guess_ratings(candidates: Candidates) -> Guess | None:
    """Returns the columns named like satisfaction, effort or another rating whose values are scores, or None."""
    looks = candidates.looks
    named = looks.named(role_names.RATING, candidates.columns, role_names.NOT_SCORE)
    return _told([column for column in named if looks.is_rating(column)], looks, "rating", "ratings")


def extra_names(role: str, columns: Iterable[str], where: str) -> dict[str, str]:
    """Returns column -> "<role>_<name>", in lower case with "_" for all but letters and digits.

    Raises:
        InputError: two columns would get the same name.

    >>> extra_names("segment", ["Cabin class"], "q3.csv")
    {'Cabin class': 'segment_cabin_class'}
    """
    names: dict[str, str] = {}
    for column in columns:
        name = _name(role, column)
        if name in names.values():
            other = next(known for known, taken in names.items() if taken == name)
            raise InputError(f"{where}: --{role} '{other}' and '{column}' would both be called {name}; rename one")
        names[column] = name
    return names


def file_labels(names: Sequence[str]) -> dict[str, str]:
    """Returns for each file's name what it is called as a segment: without folder and endings, if that tells it apart.

    >>> file_labels(["q3.csv.gz", "export.zip/q4.xlsx"]), file_labels(["a/q3.csv", "b/q3.csv"])
    ({'q3.csv.gz': 'q3', 'export.zip/q4.xlsx': 'q4'}, {'a/q3.csv': 'a/q3.csv', 'b/q3.csv': 'b/q3.csv'})
    """
    short = {name: re.sub(r"(?<=.)(\.[A-Za-z][A-Za-z0-9]{1,7}){1,2}$", "", name.rsplit("/", 1)[-1]) for name in names}
    labels = list(short.values())
    return {name: label if labels.count(label) == 1 else name for name, label in short.items()}


def _name(role: str, column: str) -> str:
    return f"{role}_" + re.sub(r"[\W_]+", "_", column).strip("_").lower()


def _is_segment(looks: Looks, column: str) -> bool:
    if not _MIN_VALUES <= len(looks.counts(column)) <= _MAX_VALUES or looks.mean_length(column) > _MAX_LENGTH:
        return False
    says_id = looks.named(r".* (id|code)", [column])
    if looks.is_scores(column) and not says_id:
        return False
    if any(_PERSONAL.fullmatch(text) for text in looks.counts(column)):
        return False
    n_values = looks.cells[column].nunique()
    return n_values <= min(_MAX_VALUES, looks.cells[column].notna().sum() / 2)


def _told(columns: Sequence[str], looks: Looks, role: str, kind: str) -> Guess | None:
    """Returns the guess of those columns whose names differ as `extra_names` gives them; of equals the first."""
    distinct = {_name(role, column): column for column in reversed(columns)}
    kept = [column for column in columns if distinct[_name(role, column)] == column]
    said = ", ".join(f"'{column}' ({looks.cells[column].nunique():,} values)" for column in kept)
    return Guess(kept, f"named like {kind}: {said}") if kept else None

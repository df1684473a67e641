"""Whether a column whose values occur several times names responses, so that its rows belong together."""

import re
from collections.abc import Collection, Sequence
from itertools import combinations

import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.roles import role_names
from feedback_nlp.ingest.roles.looks import folded, shown

_MAX_SHARED = 0.5  # of the other columns, up to which two files are answers to different questions
_MIN_DISTINCT = 0.5  # values of an id for each row that has one
_RESPONSE_ID = re.compile("|".join(role_names.ID[:2]))


def is_unique_within(parts: Sequence[tuple[str, pd.DataFrame]], column: str) -> bool:
    """Returns whether each of at least two files has the column, complete and without any value twice."""
    return len(parts) > 1 and all(column in cells.columns and _is_unique(cells[column]) for _, cells in parts)


def shared_id(parts: Sequence[tuple[str, pd.DataFrame]], column: str) -> str:
    """Returns why a column that is unique within each file is the id of responses that stand in several of them.

    `parts` are the files' names and cells, each with its own columns. It is if any two files that share values ask
    different things (at most half of the other columns of the narrower one are in both) or say the same of them.

    Raises:
        InputError: files with the same columns share ids but contradict each other: numbered alike, or answered twice?
    """
    said = []
    for (name_a, a), (name_b, b) in combinations(parts, 2):
        ids = a[column][a[column].isin(b[column])]
        if not len(ids):
            continue
        both = [other for other in a.columns if other != column and other in b.columns]
        narrower = min(a.shape[1], b.shape[1]) - 1
        if len(both) > _MAX_SHARED * narrower and not _say_the_same(a, b, column, both, ids):
            raise InputError(
                f"{name_a} and {name_b}: {len(ids):,} values of '{column}' stand in both files with different "
                f"contents ({shown(both)}): say --id '{column}' if they are the same responses, --id none if the files "
                "number their rows alike"
            )
        said.append(f"{len(ids):,} of {len(a) + len(b) - len(ids):,} ids are in both {name_a} and {name_b}")
    return f"joined by '{column}': {'; '.join(said)}"


def repeated_id_note(cells: pd.DataFrame, taken: Collection[str]) -> str:
    """Returns a sentence on a column without a role (not among `taken`) that seems to name responses, "" if none does.

    It is named like a response's id, and most of its values occur once: rows that share one are perhaps one response,
    which only a person can tell.
    """
    named = [column for column in cells.columns if column not in taken and _RESPONSE_ID.fullmatch(folded(column))]
    for column in named:
        counts = cells[column].dropna().value_counts()
        n_rows = int(counts[counts > 1].sum())
        if n_rows and len(counts) >= _MIN_DISTINCT * counts.sum():
            return (
                f"{n_rows:,} rows share a '{column}' with another, and each is read as a response of its own: say --id "
                f"'{column}' if they belong together, --id none if not."
            )
    return ""


def _is_unique(ids: pd.Series) -> bool:
    return bool(ids.notna().all() and ids.is_unique)


def _say_the_same(a: pd.DataFrame, b: pd.DataFrame, column: str, others: list[str], ids: pd.Series) -> bool:
    one, other = (cells.set_index(column).loc[ids, others].fillna("") for cells in (a, b))
    return bool((one == other).to_numpy().all())

"""The cells of all files, with their columns' roles -> the table of `schema.Answers`."""

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.row_json import rows_as_json
from feedback_nlp.ingest.roles.columns import Roles
from feedback_nlp.ingest.roles.extras import extra_names, file_labels

_INLINE = re.compile(r"</?(?:b|i|u|em|strong|span|font|a)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/][^<>]{0,500}>")
_SINGLE_ROLES = {
    "response_key": "id", "respondent_id": "respondent", "score": "score", "date": "date", "weight": "weight",
}  # fmt: skip


def answers_table(
    cells: pd.DataFrame, place: pd.DataFrame, roles: Roles, labels: Mapping[str, str], file_segment: str, where: str
) -> pd.DataFrame:
    """Returns one row per row of `cells` and comment column, in this order, those of a row sorted by question.

    `place` holds source and row of each row of `cells`, `labels` the questions of columns whose names are codes.
    `file_segment` names a segment that holds the file's name, "" for none.

    Raises:
        InputError: two segments or two ratings would get the same name.
    """
    single = {name: cells[column] for name, role in _SINGLE_ROLES.items() if (column := roles.one(role))}
    nothing = pd.Series(None, index=cells.index, dtype="str")
    extras = _extras(cells, place, roles, file_segment, where)
    comments = roles.columns["comment"]
    asked = _asked(comments, labels)
    rows = place.assign(**{name: single.get(name, nothing) for name in _SINGLE_ROLES})
    rows = rows.assign(**extras, content=_content(cells, comments))
    parts = [
        rows.assign(question=_questions(cells, roles, asked[column]), comment=cells[column])
        for column in sorted(comments, key=lambda column: (asked[column], comments.index(column)))
    ]
    order = ["source", "row", *_SINGLE_ROLES, "question", "comment", *extras, "content"]
    if len(parts) == 1:
        return parts[0][order]
    by_row = np.arange(len(rows) * len(parts)).reshape(len(parts), len(rows)).T.ravel()
    return pd.concat(parts, ignore_index=True)[order].take(by_row).reset_index(drop=True)


def plain_label(label: str) -> str:
    """Returns a question's text without the markup that survey tools leave in it.

    >>> plain_label("<p>Why&nbsp;that <b>score</b>?</p> ")
    'Why that score?'
    """
    bare = _INLINE.sub("", label)
    return " ".join(html.unescape(_TAG.sub(" ", bare)).split())


def _extras(
    cells: pd.DataFrame, place: pd.DataFrame, roles: Roles, file_segment: str, where: str
) -> dict[str, pd.Series]:
    """Returns the segments, that of the file among them, and the ratings, by their names in the table."""
    named = {role: extra_names(role, roles.columns.get(role, []), where) for role in ("segment", "rating")}
    extras = {name: cells[column] for names in named.values() for column, name in names.items()}
    if file_segment:
        name = extra_names("segment", [file_segment], where)[file_segment]
        if name in extras:
            raise InputError(f"{where}: the files' segment and a column would both be called {name}; name it otherwise")
        extras[name] = place["source"].map(file_labels(list(place["source"].unique()))).astype("str")
    return extras


def _asked(comments: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Returns the question of each comment column: its label (and name if another has it too), or its name."""
    plain = {column: plain_label(labels.get(column, "")) or column for column in comments}
    counts = Counter(plain.values())
    return {column: text if counts[text] == 1 else f"{text} ({column})" for column, text in plain.items()}


def _questions(cells: pd.DataFrame, roles: Roles, asked: str) -> pd.Series:
    column = roles.one("question")
    if column is None:
        return pd.Series(roles.question or asked, index=cells.index, dtype="str")
    return cells[column].where(cells[column].str.strip() != "").fillna(asked)


def _content(cells: pd.DataFrame, comments: Sequence[str]) -> pd.Series:
    """Returns the rows without any comment as JSON, null for the others."""
    is_silent = np.ones(len(cells), dtype=bool)
    for column in comments:
        is_silent &= (cells[column].str.strip().fillna("") == "").to_numpy()
    contents = pd.Series(None, index=cells.index, dtype="str")
    if is_silent.any():
        contents[is_silent] = rows_as_json(cells[is_silent])
    return contents

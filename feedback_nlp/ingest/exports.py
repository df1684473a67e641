"""Files -> one row per answer (source row x comment question), as text, nothing lost."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.columns import Roles, choose_roles, find_column
from feedback_nlp.ingest.files import list_exports
from feedback_nlp.ingest.formats import REJECTED_COLUMNS, read_export, rows_as_json
from feedback_nlp.schema import Answers

_DEFAULTS = IngestConfig()
_SINGLE_ROLES = {
    "response_key": "id", "respondent_id": "respondent", "score": "score", "date": "date", "weight": "weight",
}  # fmt: skip


def read_exports(files: Sequence[str | Path], settings: IngestConfig = _DEFAULTS) -> Answers:
    """Returns the answers of all files, one row per source row and comment question, sorted by source, row, question.

    Columns of several files are united by name. A row that is empty, has more cells than the header, or is not selected
    by `settings.where` is in `rejected` with its reason. Every other row is in `table`, whose columns are those of
    `schema.Answers` and `content`: the row as it stood, as JSON, where a row has no comment (only such a row can still
    be rejected, by `link_ratings`), else null. The question is the cell of the question column, else the text given as
    question, else the name of the comment's column.

    Args:
        files: files or folders; a folder means the .csv .tsv .txt .xlsx .parquet .jsonl files directly in it.
        settings: the columns' roles; what is not given is guessed where names and contents leave no doubt.

    Raises:
        InputError: a file can't be read, a named column is absent, a role can't be told, or no row is selected.
    """
    exports = [read_export(path, name, settings) for name, path in list_exports(files).items()]
    names = [export.source.name for export in exports]
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    cells = pd.concat([export.cells for export in exports], keys=names, names=["source", "row"]).astype("str")
    is_empty = cells.apply(lambda column: column.str.strip().fillna("")).eq("").all(axis=1)
    rejected = [export.rejected for export in exports] + [_rejected(cells[is_empty], "empty row")]
    cells = cells[~is_empty]
    if cells.empty:
        raise InputError(f"{where}: no row holds anything below the header")
    roles = choose_roles(cells, settings, where, frozenset().union(*(export.repeated for export in exports)))
    for condition in settings.where:
        cells, left_out = _select(cells, condition, where)
        rejected.append(left_out)
    table = _answers(cells, roles, where)
    sources = tuple(export.source for export in exports)
    return Answers(table, sources, sorted_rejected(rejected), roles.columns, roles.guessed)


def sorted_rejected(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Returns the rejected rows of all parts in one frame, sorted by source and row."""
    rejected = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=REJECTED_COLUMNS)])
    types = {"source": "str", "row": "int64", "reason": "str", "content": "str"}
    return rejected.astype(types).sort_values(["source", "row"], ignore_index=True)


def segment_names(columns: Sequence[str], where: str) -> dict[str, str]:
    """Returns column -> "segment_<name>", in lower case with "_" for all but letters and digits.

    Raises:
        InputError: two columns would get the same name.

    >>> segment_names(["Cabin class"], "q3.csv")
    {'Cabin class': 'segment_cabin_class'}
    """
    names: dict[str, str] = {}
    for column in columns:
        name = "segment_" + re.sub(r"[\W_]+", "_", column).strip("_").lower()
        if name in names.values():
            other = next(known for known, taken in names.items() if taken == name)
            raise InputError(f"{where}: --segment '{other}' and '{column}' would both be called {name}; rename one")
        names[column] = name
    return names


def _select(cells: pd.DataFrame, condition: str, where: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the rows that match "COL=VALUE", and the others as rejected rows; an empty VALUE matches empty cells."""
    column, value = _parsed(condition, list(cells.columns), where)
    texts = cells[column].str.strip().fillna("")
    matches = texts == value
    if not matches.any():
        counts = texts[texts != ""].value_counts().sort_index().sort_values(ascending=False, kind="stable").head(5)
        common = ", ".join(f"'{str(text)[:40]}' x {count:,}" for text, count in counts.items()) or "none, it is empty"
        raise InputError(f"{where}: --where {condition} matches no row; commonest values of '{column}': {common}")
    return cells[matches], _rejected(cells[~matches], f"not selected by --where {condition}")


def _parsed(condition: str, columns: list[str], where: str) -> tuple[str, str]:
    """Returns column and value; a column's name may itself hold "="."""
    if "=" not in condition.strip().lstrip("="):
        raise InputError(f"--where '{condition}': COL=VALUE is expected, e.g. --where country=DE")
    pieces = condition.split("=")
    for n in range(1, len(pieces)):
        if "=".join(pieces[:n]) in columns:
            return "=".join(pieces[:n]), "=".join(pieces[n:]).strip()
    return find_column(pieces[0], columns, "--where", where), "=".join(pieces[1:]).strip()


def _answers(cells: pd.DataFrame, roles: Roles, where: str) -> pd.DataFrame:
    place = cells.index.to_frame(index=False).astype({"source": "str", "row": "int64"})
    cells = cells.reset_index(drop=True)
    single = {name: cells[column] for name, role in _SINGLE_ROLES.items() if (column := roles.one(role))}
    segments = {name: cells[column] for column, name in segment_names(roles.columns.get("segment", []), where).items()}
    nothing = pd.Series(None, index=cells.index, dtype="str")
    missing = {name: nothing for name in _SINGLE_ROLES if name not in single}
    comments = roles.columns["comment"]
    rows = place.assign(**single, **missing, content=_content(cells, comments), **segments)
    parts = [rows.assign(question=_questions(cells, roles, column), comment=cells[column]) for column in comments]
    order = ["source", "row", *_SINGLE_ROLES, "question", "comment", *segments, "content"]
    return pd.concat(parts)[order].sort_values(["source", "row", "question"], ignore_index=True)


def _questions(cells: pd.DataFrame, roles: Roles, comment: str) -> pd.Series:
    column = roles.one("question")
    if column is None:
        return pd.Series(roles.question or comment, index=cells.index, dtype="str")
    return cells[column].where(cells[column].str.strip() != "").fillna(comment)


def _content(cells: pd.DataFrame, comments: list[str]) -> pd.Series:
    """Returns the rows without any comment as JSON, null for the others."""
    is_silent = pd.concat([cells[column].str.strip().fillna("") == "" for column in comments], axis=1).all(axis=1)
    return pd.Series(rows_as_json(cells[is_silent]), index=cells.index[is_silent], dtype="str").reindex(cells.index)


def _rejected(cells: pd.DataFrame, reason: str) -> pd.DataFrame:
    place = cells.index.to_frame(index=False)
    return place.assign(reason=reason, content=rows_as_json(cells))[REJECTED_COLUMNS]

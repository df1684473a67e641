"""Files -> one row per answer (source row x comment question), as text, nothing lost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.answers import answers_table
from feedback_nlp.ingest.reading.files import list_exports
from feedback_nlp.ingest.reading.formats import REJECTED_COLUMNS, Export, read_export
from feedback_nlp.ingest.reading.row_json import rows_as_json
from feedback_nlp.ingest.roles.columns import Roles, choose_roles, find_column
from feedback_nlp.ingest.roles.previews import review_previews
from feedback_nlp.ingest.roles.shared_ids import repeated_id_note
from feedback_nlp.schema import Answers

_DEFAULTS = IngestConfig()
_N_EXAMPLES = 3


def read_exports(files: Sequence[str | Path], settings: IngestConfig = _DEFAULTS) -> Answers:
    """Returns the answers of all files, one row per source row and comment question, sorted by source, row, question.

    Columns of several files are united by name. A row that is empty, has more cells than the header, is marked by the
    survey tool as a preview, test or spam, or is not selected by `settings.where` is in `rejected` with its reason.
    Every other row is in `table`, whose columns are those of `schema.Answers` and `content`: the row as it stood, as
    JSON, where a row has no comment (only such a row can still be rejected, by `link_ratings`), else null. The question
    is the cell of the question column, else the text given as question, else the label of the comment's column (the
    question that a header row gives beside its name), else its name. `notes` say what looks suspicious.

    Args:
        files: files or folders; a folder means the .csv .tsv .txt .xlsx .parquet .jsonl files directly in it.
        settings: the columns' roles, by name or label; what is not given is guessed where names and contents leave no
            doubt.

    Raises:
        InputError: a file can't be read, a named column is absent, a role can't be told, or no row is selected.
    """
    return answers_of(read_files(files, settings), settings)


def read_files(files: Sequence[str | Path], settings: IngestConfig = _DEFAULTS) -> list[Export]:
    """Returns the cells of each file as it stands, sorted by the files' names; see `formats.read_export`.

    Raises:
        InputError: a file can't be read.
    """
    exports = [read_export(path, name, settings) for name, path in list_exports(files, settings.query).items()]
    return sorted(exports, key=lambda export: export.source.name)


def answers_of(exports: Sequence[Export], settings: IngestConfig = _DEFAULTS) -> Answers:
    """Returns the answers of files that were read: what `read_exports` returns.

    Raises:
        InputError: a named column is absent, a role can't be told, or no row is selected.
    """
    exports = [review_previews(export, settings.previews) for export in exports]
    names = [export.source.name for export in exports]
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    parts, empty = zip(*(_without_empty(export) for export in exports), strict=True)
    rejected = [*(export.rejected for export in exports), *empty]
    cells, place = _united(parts, names)
    if cells.empty:
        raise InputError(f"{where}: no row holds anything below the header{_reasons(rejected)}")
    labels = {column: label for export in reversed(exports) for column, label in export.labels.items()}
    roles = choose_roles(
        cells, settings, where, frozenset().union(*(export.repeated for export in exports)), labels=labels,
        layouts=[export.header_layout for export in exports], parts=list(zip(names, parts, strict=True)),
    )  # fmt: skip
    notes = [note for export in exports for note in (*export.notes, *_repeated_notes(export))]
    notes += _absence_notes(parts, names, roles)
    notes += _id_notes(cells, settings, roles)
    for condition in settings.where:
        cells, place, left_out = _select(cells, place, condition, where, labels)
        rejected.append(left_out)
    table = answers_table(cells, place, roles, labels, settings.file_segment, where)
    sources = tuple(export.source for export in exports)
    return Answers(table, sources, sorted_rejected(rejected), roles.columns, roles.guessed, tuple(notes))


def sorted_rejected(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Returns the rejected rows of all parts in one frame, sorted by source and row."""
    rejected = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=REJECTED_COLUMNS)])
    types = {"source": "str", "row": "int64", "reason": "str", "content": "str"}
    return rejected.astype(types).sort_values(["source", "row"], ignore_index=True)


def _without_empty(export: Export) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the cells of the rows that hold anything, and the others as rejected rows."""
    cells = export.cells.astype("str")
    is_empty = np.ones(len(cells), dtype=bool)
    for column in cells.columns:  # the first ones decide most rows
        filled = np.flatnonzero(is_empty & cells[column].notna().to_numpy())
        if len(filled):
            is_empty[filled] = (cells[column].iloc[filled].str.strip() == "").to_numpy()
    if not is_empty.any():
        return cells, pd.DataFrame(columns=REJECTED_COLUMNS)
    empty = cells[is_empty].dropna(axis="columns", how="all")  # blanks at most; names of a thousand columns say nothing
    place = pd.DataFrame({"source": export.source.name, "row": empty.index})
    return cells[~is_empty], _rejected(empty, place, "empty row")


def _united(parts: Sequence[pd.DataFrame], names: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the cells of all files, rows numbered from 0, and beside them the source and row of each."""
    rows = np.concatenate([part.index.to_numpy(dtype="int64") for part in parts])
    sources = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    place = pd.DataFrame({"source": pd.Series(list(names), dtype="str").take(sources).to_numpy(), "row": rows})
    cells = parts[0].reset_index(drop=True) if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    return cells.astype("str"), place.astype({"source": "str"})


def _select(
    cells: pd.DataFrame, place: pd.DataFrame, condition: str, where: str, labels: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns the rows that match "COL=VALUE", and the others as rejected rows; an empty VALUE matches empty cells."""
    column, value = _parsed(condition, list(cells.columns), where, labels)
    texts = cells[column].str.strip().fillna("")
    matches = texts == value
    if not matches.any():
        counts = texts[texts != ""].value_counts().sort_index().sort_values(ascending=False, kind="stable").head(5)
        common = ", ".join(f"'{str(text)[:40]}' x {count:,}" for text, count in counts.items()) or "none, it is empty"
        raise InputError(f"{where}: --where {condition} matches no row; commonest values of '{column}': {common}")
    left_out = _rejected(cells[~matches], place[~matches], f"not selected by --where {condition}")
    return cells[matches].reset_index(drop=True), place[matches].reset_index(drop=True), left_out


def _parsed(condition: str, columns: list[str], where: str, labels: Mapping[str, str]) -> tuple[str, str]:
    """Returns column and value; a column's name may itself hold "="."""
    if "=" not in condition.strip().lstrip("="):
        raise InputError(f"--where '{condition}': COL=VALUE is expected, e.g. --where country=DE")
    pieces = condition.split("=")
    for n in range(1, len(pieces)):
        name = "=".join(pieces[:n])
        if name in columns or name in labels.values():
            return find_column(name, columns, "--where", where, labels), "=".join(pieces[n:]).strip()
    return find_column(pieces[0], columns, "--where", where, labels), "=".join(pieces[1:]).strip()


def _rejected(cells: pd.DataFrame, place: pd.DataFrame, reason: str) -> pd.DataFrame:
    return place.assign(reason=reason, content=rows_as_json(cells))[REJECTED_COLUMNS]


def _reasons(rejected: Sequence[pd.DataFrame]) -> str:
    counts = Counter(reason for part in rejected for reason in part["reason"])
    listed = ", ".join(f"{reason} x {count:,}" for reason, count in counts.most_common(_N_EXAMPLES))
    return f" ({listed})" if listed else ""


def _repeated_notes(export: Export) -> list[str]:
    names = sorted(export.repeated)
    if not names:
        return []
    listed = ", ".join(f"'{name}'" for name in names[:_N_EXAMPLES]) + (" …" if len(names) > _N_EXAMPLES else "")
    several = f"{len(names):,} column names occur several times ({listed})"
    return [f"{export.source.name}: {several}: the later ones got numbers."]


def _id_notes(cells: pd.DataFrame, settings: IngestConfig, roles: Roles) -> list[str]:
    is_joined = "id" in roles.columns or {"question", "respondent"} <= roles.columns.keys()
    taken = {column for own in roles.columns.values() for column in own}
    note = "" if settings.id or is_joined else repeated_id_note(cells, taken)
    return [note] if note else []


def _absence_notes(parts: Sequence[pd.DataFrame], names: Sequence[str], roles: Roles) -> list[str]:
    """Returns a note for each score, comment or date column that some of several stacked files lack."""
    if "joined by" in roles.guessed.get("id", ""):
        return []
    notes = []
    for role in ("score", "comment", "date"):
        for column in roles.columns.get(role, []):
            lacking = {name: len(part) for name, part in zip(names, parts, strict=True) if column not in part.columns}
            if lacking:
                listed = ", ".join(list(lacking)[:_N_EXAMPLES]) + (" …" if len(lacking) > _N_EXAMPLES else "")
                notes.append(f"{sum(lacking.values()):,} rows have no {role}: no column '{column}' in {listed}.")
    return notes

"""The table of labels: which themes people gave to which responses or texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.ingest.reading.formats import read_export

Key = Literal["response_id", "text"]

_SHOWN = 8  # names listed in an error


@dataclass(frozen=True)
class Labels:
    """`table`: columns `key` and theme, distinct pairs in sorted order; theme null = read, and no theme applies."""

    source: str  # the file's name, for messages and the card
    n_rows: int
    key: Key
    table: pd.DataFrame


def read_labels(path: Path, *, has_run: bool) -> Labels:
    """Returns the labels of a CSV, TSV, XLSX, Parquet or JSONL table, one row per (response or text) and theme.

    Needed columns: `theme`, and `response_id` or `text`; others are ignored. A row without a theme says that a person
    read the comment and no theme applies, which teaches the classifier as much as a label does.

    Args:
        path: the table.
        has_run: whether the run is at hand that response_ids point into; without it texts are used.

    Raises:
        InputError: no such file, a column is missing, a row has a theme but no response or text, there is no label, or
            there are response_ids without a run.
    """
    name = path.name
    if not path.is_file():
        nearby = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
        raise InputError(f"{path}: no such file{did_you_mean(name, nearby)}")
    export = read_export(path, name, IngestConfig())
    if len(export.rejected):
        row, reason = export.rejected[["row", "reason"]].iloc[0]
        raise InputError(f"{name}: row {row}: {reason}")
    theme = _column("theme", export.cells, name)
    key, column = _key_column(export.cells, name, has_run)
    table = pd.DataFrame({key: _stripped(export.cells[column]), "theme": _stripped(export.cells[theme])})
    table = table.dropna(how="all")
    _check(table, key, name)
    return Labels(name, len(table), key, _distinct(table, key))


def one_spelling(names: Sequence[str]) -> dict[str, str]:
    """Returns name -> the spelling used for it: names that differ only in case or blanks are one theme.

    The most frequent spelling wins, the alphabetically first of equally frequent ones.

    >>> one_spelling(["Price", "price", "Price", "Staff  attitude"])
    {'Price': 'Price', 'price': 'Price', 'Staff  attitude': 'Staff  attitude'}
    """
    counts = pd.Series(list(names), dtype="object").value_counts()
    chosen: dict[str, str] = {}
    for name in sorted(counts.index, key=lambda spelling: (-counts[spelling], spelling)):
        chosen.setdefault(folded(name), name)
    return {name: chosen[folded(name)] for name in dict.fromkeys(names)}


def folded(name: str) -> str:
    """Returns a theme's name without what does not tell themes apart: case and extra blanks.

    >>> folded(" Response  Time")
    'response time'
    """
    return " ".join(name.split()).casefold()


def listed(names: Iterable[str]) -> str:
    """Returns the first names of a longer list, for an error message.

    >>> listed("abcdefghij")
    'a, b, c, d, e, f, g, h … (10 in all)'
    """
    names = list(names)
    more = f" … ({len(names)} in all)" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _key_column(cells: pd.DataFrame, name: str, has_run: bool) -> tuple[Key, str]:
    response = _find("response_id", cells)
    text = _find("text", cells)
    if response and (has_run or not text):
        if not has_run:
            raise InputError(f"{name}: labels by response_id need the run they belong to: add --run RUN")
        return "response_id", response
    if text:
        return "text", text
    return "response_id", _column("response_id", cells, name, "response_id or text")


def _column(wanted: str, cells: pd.DataFrame, name: str, what: str = "") -> str:
    found = _find(wanted, cells)
    if found is None:
        hint = did_you_mean(wanted, cells.columns)
        raise InputError(f"{name}: no column {what or wanted}{hint} (columns: {listed(cells.columns)})")
    return found


def _find(wanted: str, cells: pd.DataFrame) -> str | None:
    """The column of that name, exactly or else but for case and outer blanks."""
    near = [column for column in cells.columns if column.strip().casefold() == wanted]
    return wanted if wanted in near else next(iter(near), None)


def _stripped(column: "pd.Series[str]") -> "pd.Series[str]":
    stripped = column.str.strip()
    return stripped.where(stripped != "")


def _check(table: pd.DataFrame, key: Key, name: str) -> None:
    orphans = table[table[key].isna()]
    if len(orphans):
        row, theme = orphans.index[0], orphans["theme"].iloc[0]
        raise InputError(f"{name}: row {row}: theme '{theme}' without a {key}; {len(orphans)} rows are like that")
    if table["theme"].isna().all():
        raise InputError(f"{name}: column theme is empty in all {len(table)} rows; at least one label is needed")


def _distinct(table: pd.DataFrame, key: Key) -> pd.DataFrame:
    spelling = one_spelling(table["theme"].dropna().tolist())
    table = table.assign(theme=table["theme"].map(spelling).astype("str")).drop_duplicates()
    is_bare = table["theme"].isna() & table[key].isin(table.loc[table["theme"].notna(), key])
    return table[~is_bare].sort_values([key, "theme"], ignore_index=True)

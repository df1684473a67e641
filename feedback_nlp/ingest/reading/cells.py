"""Typed values -> the text of cells, and rows of text -> one frame, in chunks so that a million rows fit in memory."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from itertools import chain, islice, zip_longest
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

REJECTED_COLUMNS = ["source", "row", "reason", "content"]
_CHUNK_CELLS = 1_000_000  # rows are turned into columns this many cells at a time
Cells: TypeAlias = list[str]  # of one row


@dataclass(frozen=True)
class Rows:
    """A file as its reader gives it: rows of text, the header among them, read only as far as they are asked for."""

    rows: Iterator[Cells]
    layout: str  # for people: "csv, utf-8, comma"
    n_repaired: int = 0  # lines that were not in the file's encoding
    notes: tuple[str, ...] = ()  # what looks suspicious, one sentence each
    swallowed: list[tuple[int, int]] = field(default_factory=list)  # of delimited.Table, filled as the rows are read


def cell_text(value: Any) -> str:
    """Returns a typed cell as text: whole numbers without ".0", dates ISO 8601, missing as "", bytes as UTF-8.

    >>> cell_text(9.0), cell_text(8.5), cell_text(date(2024, 7, 1)), cell_text(float("nan")), cell_text(True)
    ('9', '8.5', '2024-07-01', '', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if value is None or value != value:  # NaN and NaT differ from themselves
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date | time):
        return value.isoformat().removesuffix("T00:00:00")
    return _other_text(value)


def to_json(value: Any) -> str:
    """Returns a value as JSON; what JSON can't hold is its text.

    >>> to_json({"why": "Très bien", "on": date(2024, 7, 1)})
    '{"why": "Très bien", "on": "2024-07-01"}'
    """
    return json.dumps(value, ensure_ascii=False, default=cell_text)


def to_frame(rows: Iterator[Cells], names: Sequence[str], source: str) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Returns the cells of the rows that fit the header, the rejected others, and the number of rows.

    Both frames count rows from 1; "" is null. A row with fewer cells than names has nulls at its end; one with more, of
    which one is not empty, is rejected (REJECTED_COLUMNS) with its cells.

    >>> cells, rejected, n = to_frame(iter([["1", "slow"], ["2"], ["3", "a", "b"]]), ["id", "why"], "q3.csv")
    >>> cells["why"].isna().tolist(), rejected["reason"].tolist(), n
    ([False, True], ['3 cells where the header has 2'], 3)
    """
    n_rows, wide, kept = 0, [], [np.empty(0, dtype="int64")]
    columns: list[list[pa.Array]] = [[] for _ in names]
    size = max(1_000, _CHUNK_CELLS // len(names))
    while chunk := list(islice(rows, size)):
        numbers = np.arange(n_rows + 1, n_rows + len(chunk) + 1)
        n_rows += len(chunk)
        if max(map(len, chunk)) > len(names):
            too_wide = [len(row) > len(names) and any(row[len(names) :]) for row in chunk]
            wide += [(int(n), row) for n, row, is_wide in zip(numbers, chunk, too_wide, strict=True) if is_wide]
            chunk = [row for row, is_wide in zip(chunk, too_wide, strict=True) if not is_wide]
            numbers = numbers[~np.array(too_wide)]
        kept.append(numbers)
        for own, column in zip(columns, zip_longest(names, *chunk, fillvalue=""), strict=False):
            own.append(_text_array(column[1:]))
    arrays = [pa.chunked_array(own, pa.large_string()) for own in columns]
    cells = pa.table(arrays, names=list(names)).to_pandas()
    cells.index = pd.Index(np.concatenate(kept), name="row")
    return cells, _rejected_wide(wide, names, source), n_rows


def peeked(rows: Iterator[Cells], n: int) -> tuple[list[Cells], Iterator[Cells]]:
    """Returns the first n rows, and all of them.

    >>> first, everything = peeked(iter([["a"], ["b"], ["c"]]), 2)
    >>> first, list(everything)
    ([['a'], ['b']], [['a'], ['b'], ['c']])
    """
    first = list(islice(rows, n))
    return first, chain(first, rows)


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        return "" if value.is_nan() else str(value)
    return str(int(value)) if value.adjusted() < 40 and value == value.to_integral_value() else f"{value:f}"


def _other_text(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return to_json(value) if isinstance(value, dict | list | tuple) else str(value)


def _text_array(cells: Sequence[str]) -> pa.Array:
    try:
        array = pa.array(cells, pa.large_string())
    except UnicodeEncodeError:  # a lone surrogate, which JSON can escape but no file can hold
        array = pa.array([cell.encode("utf-8", "replace").decode() for cell in cells], pa.large_string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.large_string()), array)


def _rejected_wide(wide: list[tuple[int, Cells]], names: Sequence[str], source: str) -> pd.DataFrame:
    rejected = []
    for row, cells in wide:
        labels = [*names, *(f"column {i}" for i in range(len(names) + 1, len(cells) + 1))]
        content = to_json({label: cell or None for label, cell in zip(labels, cells, strict=True)})
        rejected.append((source, row, f"{len(cells)} cells where the header has {len(names)}", content))
    return pd.DataFrame(rejected, columns=REJECTED_COLUMNS)

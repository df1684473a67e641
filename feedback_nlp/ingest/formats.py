"""A file's bytes -> its cells as text, in one frame: CSV and its kin, workbooks, Parquet, JSON lines."""

import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.ingest.delimited import decode, read_rows
from feedback_nlp.ingest.files import unreadable
from feedback_nlp.ingest.headers import read_header, unique_names
from feedback_nlp.schema import Source

REJECTED_COLUMNS = ["source", "row", "reason", "content"]


@dataclass(frozen=True)
class Export:
    """One file as read: `cells` is text or null, its index the 1-based data row; rows too wide are in `rejected`."""

    source: Source
    cells: pd.DataFrame
    rejected: pd.DataFrame  # REJECTED_COLUMNS
    repeated: frozenset[str]  # column names that occur several times in the file
    labels: Mapping[str, str] = field(default_factory=dict)  # column -> its question, where names are codes
    header_layout: str = ""  # of headers.Header
    notes: tuple[str, ...] = ()  # what looks suspicious in the file


def read_export(path: Path, name: str, settings: IngestConfig) -> Export:
    """Returns the cells of one file; what it is follows from its content, and only then from its extension.

    Cells are the file's text unchanged, "" is null; numbers lose a trailing ".0", dates and times are ISO 8601. A row
    with fewer cells than the header has nulls at its end; one with more is rejected with its reason.

    Raises:
        InputError: the file can't be opened, is empty, has no row below its header, or is not what it claims to be.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(name, error) from None
    if not content.strip():
        raise InputError(f"{name}: the file is empty")
    rows, layout = _reader_of(content, path.suffix.lower())(content, name, settings)
    if not rows:
        raise InputError(f"{name}: the file is empty")
    header = read_header(rows)
    data = rows[header.n_rows :]
    if not data:
        raise InputError(f"{name}: no rows below the header ({len(header.names)} columns)")
    names, repeated = unique_names(header.names)
    cells, rejected = _to_frame(names, data, name)
    unnamed = [own for own, given in zip(names, header.names, strict=True) if not given.strip()]
    cells = cells.drop(columns=[own for own in unnamed if cells[own].isna().all()])
    layout = f"{layout}, {header.layout}" if header.layout else layout
    source = Source(name, hashlib.sha256(content).hexdigest(), len(data), layout)
    labels = {names[i]: label for i, label in header.labels.items()}
    return Export(source, cells, rejected, repeated, labels, header.layout)


def rows_as_json(cells: pd.DataFrame) -> list[str]:
    """Returns each row as a JSON object, column -> text or null.

    >>> rows_as_json(pd.DataFrame({"id": ["1"], "why": [None]}, dtype="str"))
    ['{"id": "1", "why": null}']
    """
    plain = cells.astype(object).where(cells.notna(), None)
    return [_to_json(dict(zip(plain.columns, row, strict=True))) for row in plain.itertuples(index=False, name=None)]


def cell_text(value: Any) -> str:
    """Returns a typed cell as text: whole numbers without ".0", dates ISO 8601, missing as "".

    >>> cell_text(9.0), cell_text(8.5), cell_text(date(2024, 7, 1)), cell_text(float("nan")), cell_text(True)
    ('9', '8.5', '2024-07-01', '', 'true')
    """
    if value is None or value != value:  # NaN and NaT differ from themselves
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date | time):
        return value.isoformat().removesuffix("T00:00:00")
    return _to_json(value) if isinstance(value, dict | list) else str(value)


def _reader_of(content: bytes, suffix: str) -> Callable[[bytes, str, IngestConfig], tuple[list[list[str]], str]]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or suffix in {".xlsx", ".xlsm", ".xls", ".ods"}:
        return _read_workbook
    if content.startswith(b"PAR1") or suffix == ".parquet":
        return _read_parquet
    if suffix in {".jsonl", ".ndjson", ".json"} or content.removeprefix(b"\xef\xbb\xbf").startswith((b'{"', b'{ "')):
        return _read_json_lines
    return _read_text


def _read_text(content: bytes, name: str, settings: IngestConfig) -> tuple[list[list[str]], str]:
    text, encoding = decode(content, settings.encoding, name)
    rows, delimiter = read_rows(text, name)
    return rows, f"csv, {encoding}, {delimiter}"


def _read_workbook(content: bytes, name: str, settings: IngestConfig) -> tuple[list[list[str]], str]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = workbook.sheet_names
        sheet = settings.sheet or sheets[0]
        if sheet not in sheets:
            raise InputError(f"{name}: no sheet '{sheet}'{did_you_mean(sheet, sheets)} (sheets: {', '.join(sheets)})")
        values = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=True)
    except CalamineError as error:
        raise InputError(f"{name}: not a readable workbook: {error}") from None
    return [[cell_text(value) for value in row] for row in values], f"workbook, sheet '{sheet}'"


def _read_parquet(content: bytes, name: str, settings: IngestConfig) -> tuple[list[list[str]], str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(io.BytesIO(content)).read()
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{name}: not a readable Parquet file: {error}") from None
    columns = [[cell_text(value) for value in column.to_pylist()] for column in table.columns]
    return [list(table.column_names), *map(list, zip(*columns, strict=True))], "parquet"


def _read_json_lines(content: bytes, name: str, settings: IngestConfig) -> tuple[list[list[str]], str]:
    text, encoding = decode(content, settings.encoding, name)
    lines = [(i, line) for i, line in enumerate(text.split("\n"), start=1) if line.strip()]
    records = [_json_object(line, f"{name}: line {i}") for i, line in lines]
    names = list(dict.fromkeys(key for record in records for key in record))
    rows = [[cell_text(record.get(key)) for key in names] for record in records]
    return [names, *rows], f"jsonl, {encoding}"


def _json_object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{where}: not JSON (one object per line is expected): {error}") from None
    except ValueError:  # Python reads no longer ones, as that takes quadratic time
        limit = sys.get_int_max_str_digits()
        raise InputError(f"{where}: a number of more than {limit:,} digits; quote it if it is text") from None
    if not isinstance(value, dict):
        raise InputError(f"{where}: {type(value).__name__} where a JSON object is expected, one per line")
    return value


def _to_frame(names: list[str], data: list[list[str]], source: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the cells of the rows that fit the header, and the rejected others."""
    width = len(names)
    is_wide = [len(row) > width and any(row[width:]) for row in data]
    wide = [(i, row) for i, row in enumerate(data, start=1) if is_wide[i - 1]]
    fitting = [row for row, too_wide in zip(data, is_wide, strict=True) if not too_wide]
    columns = [*zip_longest(names, *fitting, fillvalue="")][:width]
    cells = pd.DataFrame({column[0]: _text_column(column[1:]) for column in columns})
    cells.index = pd.Index(np.flatnonzero(~np.array(is_wide)) + 1, name="row")
    return cells, _rejected_wide(wide, names, source)


def _text_column(cells: Sequence[str]) -> pd.Series:
    try:
        column = pd.Series(cells, dtype="str")
    except UnicodeEncodeError:  # a lone surrogate, which JSON can escape but no file can hold
        column = pd.Series([cell.encode("utf-8", "replace").decode() for cell in cells], dtype="str")
    return column.where(column != "")


def _rejected_wide(wide: Iterable[tuple[int, list[str]]], names: list[str], source: str) -> pd.DataFrame:
    rejected = []
    for row, cells in wide:
        labels = [*names, *(f"column {i}" for i in range(len(names) + 1, len(cells) + 1))]
        content = _to_json({label: cell or None for label, cell in zip(labels, cells, strict=True)})
        rejected.append((source, row, f"{len(cells)} cells where the header has {len(names)}", content))
    return pd.DataFrame(rejected, columns=REJECTED_COLUMNS)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)

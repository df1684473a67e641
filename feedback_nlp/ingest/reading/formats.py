"""A file's bytes -> its cells as text, in one frame: CSV and its kin, workbooks, Parquet, JSON lines, databases."""

import codecs
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pandas as pd

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading import rejects
from feedback_nlp.ingest.reading.archives import GZIP_MARK, OLE_MARK, archive_kind, gunzipped
from feedback_nlp.ingest.reading.cells import REJECTED_COLUMNS as REJECTED_COLUMNS
from feedback_nlp.ingest.reading.cells import Cells, Rows, peeked, to_frame, to_json
from feedback_nlp.ingest.reading.database import read_database
from feedback_nlp.ingest.reading.delimited import delimiter_name, read_rows, swallowed_note
from feedback_nlp.ingest.reading.encodings import to_utf8
from feedback_nlp.ingest.reading.files import Place, single_place
from feedback_nlp.ingest.reading.structured import read_json, read_parquet
from feedback_nlp.ingest.reading.workbook import read_workbook
from feedback_nlp.ingest.roles.headers import Header, read_header, unique_names
from feedback_nlp.ingest.roles.looks import shown
from feedback_nlp.schema import Source

_N_FIRST = 50  # rows in which the header is sought
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_SQLITE_MARK, _DUCKDB_MARK = b"SQLite format 3\0", b"DUCK"
_JSON = (".jsonl", ".ndjson", ".json")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table")  # how a page begins: no header row does


@dataclass(frozen=True)
class Export:
    """One file as read: `cells` is text or null, its index the 1-based data row; rows that don't fit are `rejected`."""

    source: Source
    cells: pd.DataFrame
    rejected: pd.DataFrame  # REJECTED_COLUMNS
    repeated: frozenset[str]  # column names that occur several times in the file
    labels: Mapping[str, str] = field(default_factory=dict)  # column -> its question, where names are codes
    header_layout: str = ""  # of headers.Header
    notes: tuple[str, ...] = ()  # what looks suspicious in the file


def read_export(place: Place | Path, name: str, settings: IngestConfig) -> Export:
    """Returns the cells of one export; what it is follows from its content, and only then from its extension.

    Cells are the file's text unchanged, "" is null; numbers lose a trailing ".0", dates and times are ISO 8601. A row
    with fewer cells than the header has nulls at its end; one with more is rejected with its reason. The `rejected.csv`
    of a run folder is read as the rows it holds. The hash is the file's (of a zip archive's member: the member's; of a
    database: the rows').

    Raises:
        InputError: the export can't be opened, is empty, has no row below its header, goes beyond the limits of
            `archives`, `workbook_guard` or `delimited`, or is not what it claims to be.
    """
    place = place if isinstance(place, Place) else single_place(place)
    digest = hashlib.sha256()
    if place.url:
        read = read_database(place.url, settings.query, name)
        rows = _hashed(read.rows, digest)
    else:
        content = place.read(name)
        digest.update(content)
        read = _read(content, place.suffix, name, settings)
        del content  # the rows hold what they still need of it
        rows = read.rows
    first, rows = peeked(rows, _N_FIRST)
    if not first or not first[0]:  # JSON of empty objects has rows without any column
        raise InputError(f"{name}: the file is empty")
    header = Header(first[0], 1) if rejects.is_rejected_table(first[0]) else read_header(first)
    return _export(read, header, islice(rows, header.n_rows, None), name, digest)


def _read(content: bytes, suffix: str, name: str, settings: IngestConfig) -> Rows:
    if content.startswith(GZIP_MARK):
        content = gunzipped(content, name)
    if not content.strip():
        raise InputError(f"{name}: the file is empty")
    _check_is_table(content, name)
    if database := "sqlite" if content.startswith(_SQLITE_MARK) else "duckdb" if content[8:12] == _DUCKDB_MARK else "":
        raise InputError(f"{name}: a database; name it as {database}:///{name} and add --query")
    if kind := archive_kind(content):
        raise InputError(f"{name}: a {kind} archive; unpack it first (gzip and zip are read as they are)")
    if content.startswith((b"PK\x03\x04", OLE_MARK)) or suffix in _WORKBOOKS:
        return read_workbook(content, name, settings.sheet)
    if content.startswith(b"PAR1") or suffix == ".parquet":
        return read_parquet(content, name)
    text = to_utf8(content, settings.encoding, name)
    if suffix in _JSON or text.utf8[:100].lstrip().startswith((b'{"', b'{ "', b'[{"')):
        read = read_json(text.utf8, name, text.layout)
        return replace(read, n_repaired=text.n_repaired, notes=text.notes)
    table = read_rows(text.utf8, name)
    n_nul = text.utf8.count(0)
    nul = (f"{name}: {n_nul:,} NUL characters stand in its cells; was it cut off or copied in part?",) if n_nul else ()
    layout = f"csv, {text.layout}, {delimiter_name(table.delimiter)}"
    return Rows(table.rows, layout, text.n_repaired, (*text.notes, *nul), table.swallowed)


def _check_is_table(content: bytes, name: str) -> None:
    if content[:100].removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(_MARKUP):
        raise InputError(
            f"{name}: a page of HTML or XML, not a table (a log-in page, or what a tool calls Excel?); export it "
            "again, or open it in a spreadsheet and save it as CSV or XLSX"
        )


def _export(read: Rows, header: Header, rows: Iterator[Cells], name: str, digest: "hashlib._Hash") -> Export:
    names, repeated = unique_names(header.names)
    cells, rejected, n_rows = to_frame(rows, names, name)
    if not n_rows:
        raise InputError(f"{name}: no rows below the header ({shown(names)})")
    unnamed = [own for own, given in zip(names, header.names, strict=True) if not given.strip()]
    cells = cells.drop(columns=[own for own in unnamed if cells[own].isna().all()])
    layout = f"{read.layout}, {header.layout}" if header.layout else read.layout
    labels = {names[i]: label for i, label in header.labels.items()}
    notes = read.notes
    if rejects.is_rejected_table(names):
        cells, refused = rejects.restored(cells, name)
        rejected, layout = pd.concat([rejected, refused], ignore_index=True), f"{layout}, {rejects.LAYOUT}"
    elif note := swallowed_note(read.swallowed, header.n_rows, name):
        notes = (*notes, note)
    source = Source(name, digest.hexdigest(), n_rows, layout, read.n_repaired)
    return Export(source, cells, rejected, repeated, labels, header.layout, notes)


def _hashed(rows: Iterator[Cells], digest: "hashlib._Hash") -> Iterator[Cells]:
    for row in rows:
        digest.update(to_json(row).encode("utf-8", "replace") + b"\n")
        yield row

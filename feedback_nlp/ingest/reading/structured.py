"""Files whose values have types -> rows of text: Parquet, JSON lines, and a JSON array of objects."""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.cells import Cells, Rows, cell_text

_BATCH = 50_000  # rows


def read_parquet(content: bytes, name: str) -> Rows:
    """Returns the columns' names and the rows of a Parquet file; values of nested types are JSON.

    Raises (some of it while the rows are read):
        InputError: it is no Parquet file, damaged or encrypted.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        names = list(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable_parquet(name, error) from None
    return Rows(chain([names], _parquet_rows(file, name)), "parquet")


def read_json(utf8: bytes, name: str, encoding: str) -> Rows:
    """Returns the keys and the rows of JSON lines, or of one JSON array of objects; nested values are JSON.

    The keys of all objects are united in the order in which they are met. Blank lines are no rows.

    Raises:
        InputError: something is no JSON or no object; it names the line, or the number within the array.
    """
    is_array = utf8.lstrip()[:1] == b"["
    if is_array:
        array = _array(utf8, name)
        names = dict.fromkeys(key for record in array for key in record)
        return Rows(_json_rows(names, array), f"json, {encoding}")
    # read twice, once for the keys: a million objects at once would take gigabytes
    names = dict.fromkeys(key for record in _json_lines(utf8, name) for key in record)
    return Rows(_json_rows(names, _json_lines(utf8, name)), f"jsonl, {encoding}")


def _parquet_rows(file: pq.ParquetFile, name: str) -> Iterator[Cells]:
    try:
        for batch in file.iter_batches(batch_size=_BATCH):
            columns = [_texts(column) for column in batch.columns]
            yield from map(list, zip(*columns, strict=True))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:  # a date beyond Python's years
        raise _unreadable_parquet(name, error) from None


def _texts(column: pa.Array) -> list[str]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_integer(column.type):
        return list(column.cast(pa.large_string()).fill_null("").to_pylist())
    return [cell_text(value) for value in column.to_pylist()]


def _unreadable_parquet(name: str, error: Exception) -> InputError:
    return InputError(f"{name}: not a readable Parquet file: {error}; write it again")


def _json_rows(names: Iterable[str], records: Iterable[dict[str, Any]]) -> Iterator[Cells]:
    names = list(names)
    yield names
    for record in records:
        yield [cell_text(record.get(key)) for key in names]


def _json_lines(utf8: bytes, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(io.BytesIO(utf8), start=1):
        if line.strip():
            yield _object(_parsed(line, f"{name}: line {number}"), f"{name}: line {number}")


def _array(utf8: bytes, name: str) -> list[dict[str, Any]]:
    values = _parsed(utf8, name)
    return [_object(value, f"{name}: object {number}") for number, value in enumerate(values, start=1)]


def _parsed(text: bytes, where: str) -> Any:
    try:
        return json.loads(text.decode())
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{where}: not JSON (one object per line is expected): {error}") from None
    except ValueError:  # Python reads no longer ones, as that takes quadratic time
        limit = sys.get_int_max_str_digits()
        raise InputError(f"{where}: a number of more than {limit:,} digits; quote it if it is text") from None


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: {type(value).__name__} where a JSON object is expected, one per line")
    return value

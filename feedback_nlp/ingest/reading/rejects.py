"""The `rejected.csv` of a run, given back as an export: the rows it holds as they stood, corrected or not."""

import json
from typing import Any

import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.cells import REJECTED_COLUMNS, cell_text, to_frame, to_json
from feedback_nlp.ingest.roles.headers import unique_names

LAYOUT = "rejected rows of a run"


def is_rejected_table(names: list[str]) -> bool:
    """Returns whether a table with these columns is the `rejected.csv` of a run folder.

    >>> is_rejected_table(["source", "row", "reason", "content"])
    True
    """
    return names == REJECTED_COLUMNS


def restored(table: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the rows that stand as JSON in `content`, and the rejected others; both keep their row's number.

    The columns are the keys of all rows in the order in which they are met. What is no JSON object is rejected with
    that reason (REJECTED_COLUMNS).

    Raises:
        InputError: no row's content is a JSON object.

    >>> content = ['{"id": "1", "why": "slow"}', "slow"]
    >>> table = pd.DataFrame({"source": "q3.csv", "row": "4", "reason": "", "content": content}, index=[1, 2])
    >>> cells, rejected = restored(table, "rejected.csv")
    >>> cells.to_dict("index"), rejected["reason"].tolist()
    ({1: {'id': '1', 'why': 'slow'}}, ['content is no JSON object'])
    """
    records = {row: _parsed(content) for row, content in table["content"].items()}
    found = {row: record for row, record in records.items() if record is not None}
    if not found:
        raise InputError(f"{name}: no row's 'content' is a JSON object; is it a run folder's rejected.csv?")
    keys = list(dict.fromkeys(key for record in found.values() for key in record))
    names, _ = unique_names(keys)
    rows = ([cell_text(record.get(key)) for key in keys] for record in found.values())
    cells, _, _ = to_frame(rows, names, name)
    cells.index = pd.Index(list(found), name="row", dtype="int64")
    refused = table[[row not in found for row in table.index]]
    contents = [to_json(dict(zip(REJECTED_COLUMNS, row, strict=True))) for row in _plain(refused)]
    rejected = pd.DataFrame({"row": refused.index, "content": contents})
    rejected = rejected.assign(source=name, reason="content is no JSON object")[REJECTED_COLUMNS]
    return cells, rejected


def _parsed(content: Any) -> dict[str, Any] | None:
    try:
        record = json.loads(content) if isinstance(content, str) else None
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and record else None


def _plain(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(table.astype(object).where(table.notna(), None).itertuples(index=False, name=None))

"""Rows as JSON objects, so that a rejected row can be read, mended and run again as it stood."""

from json.encoder import encode_basestring

import pandas as pd
import pyarrow as pa


def rows_as_json(cells: pd.DataFrame) -> list[str]:
    """Returns each row of a frame of text as a JSON object, column -> text or null, in the form of `json.dumps`.

    >>> rows_as_json(pd.DataFrame({"id": ["1"], "why": [None]}, dtype="str"))
    ['{"id": "1", "why": null}']
    """
    if not len(cells.columns):
        return ["{}"] * len(cells)
    pairs = []
    for column in cells.columns:  # by columns: an element of an arrow column is slow to ask for
        key = f"{encode_basestring(str(column))}: "
        texts = pa.Array.from_pandas(cells[column]).to_pylist()
        pairs.append([key + ("null" if text is None else encode_basestring(text)) for text in texts])
    return ["{" + ", ".join(row) + "}" for row in zip(*pairs, strict=True)]

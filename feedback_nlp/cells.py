"""Texts as cells of a spreadsheet: what it would take for a formula is marked as text."""

import unicodedata
from typing import Any

import pandas as pd

_BEGINS_FORMULA = frozenset("=+-@")
_PARTS_CELLS = frozenset("\t\n")


def harmless(value: Any) -> Any:
    """Returns a cell with an apostrophe before it where a spreadsheet would take its text for a formula.

    White space before the sign and signs of full width do not hide it (OWASP, CSV Injection). A carriage return becomes
    a line feed: alone it stands in a CSV without quotes, and readers take it for the end of a row.

    >>> [harmless(cell) for cell in ("=1+1", " @SUM(A1)", "＝1", "fine", 3)]
    ["'=1+1", "' @SUM(A1)", "'＝1", 'fine', 3]
    """
    if not isinstance(value, str) or not value:
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    first = unicodedata.normalize("NFKC", value.lstrip()[:1])[:1]
    return f"'{value}" if value[0] in _PARTS_CELLS or first in _BEGINS_FORMULA else value


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with every text made harmless.

    >>> without_formulas(pd.DataFrame({"text": ["=1+1", "fine", None]}))["text"].tolist()
    ["'=1+1", 'fine', nan]
    """
    texts = [column for column in table.columns if pd.api.types.is_string_dtype(table[column].dtype)]
    return table.assign(**{column: table[column].map(harmless, na_action="ignore") for column in texts})

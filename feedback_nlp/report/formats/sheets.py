"""Tables as sheets of a workbook: frozen headers, filters, number formats, and no cell that could be a formula."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback_nlp.cells import harmless

if TYPE_CHECKING:
    import xlsxwriter

POINTS, SHARE, COUNT, SCORE, DAY = "0.0;−0.0;0.0", "0%", "#,##0", "General", "yyyy-mm-dd"  # number formats
SIGNED = "+0.0;−0.0;0.0"
MOST_ROWS = 1_048_576 - 1  # below the header; a sheet holds no more
_MOST_LETTERS = 32_767  # a cell holds no more
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WIDEST = 60
_LINE = 15  # points of a row


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its header, number format ("" for text) and width in letters."""

    name: str
    number: str = ""
    width: int = 12


@dataclass
class Book:
    """A workbook that is being written, and its cell formats by number format."""

    file: "xlsxwriter.Workbook"
    formats: dict[str, Any] = field(default_factory=dict)

    def format(self, number: str) -> Any:
        """Returns the cell format of a number format; "" wraps text, "head…" and "title" are headers."""
        if number not in self.formats:
            looks: Mapping[str, dict[str, Any]] = {
                "": {"text_wrap": True, "valign": "top"},
                "head": {"bold": True, "bottom": 1, "valign": "top", "text_wrap": True},
                "head of numbers": {"bold": True, "bottom": 1, "valign": "top", "text_wrap": True, "align": "right"},
                "title": {"bold": True, "font_size": 16},
            }
            self.formats[number] = self.file.add_format(looks.get(number, {"num_format": number, "valign": "top"}))
        return self.formats[number]


@contextmanager
def workbook(path: Path) -> Iterator[Book]:
    """Gives a workbook that is written when it is left: texts stay texts, rows go to disk, no clock is read.

    Raises:
        OSError: the file can't be written.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "nan_inf_to_errors": False}  # fmt: skip
    from xlsxwriter.exceptions import FileCreateError

    try:
        with xlsxwriter.Workbook(str(path), options) as file:
            file.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - no zone: the format has none
            yield Book(file)
    except FileCreateError as error:  # which is no OSError, but wraps one
        raise OSError(str(error)) from error


def add_table(book: Book, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Any:
    """Returns the sheet after writing a header and rows to it, with a filter; missing cells stay empty.

    Rows beyond what a sheet holds are left out, and its last line says how many.
    """
    sheet = book.file.add_worksheet(title)
    shown = rows if len(rows) <= MOST_ROWS else rows[: MOST_ROWS - 1]
    sheet.set_row(0, _LINE * max((_lines(column) for column in columns), default=1))  # not every program fits it itself
    for place, column in enumerate(columns):
        sheet.set_column(place, place, min(column.width, _WIDEST))
        sheet.write_string(0, place, text_of(column.name), book.format("head of numbers" if column.number else "head"))
    for line, row in enumerate(shown, start=1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(book, sheet, line, place, value, column.number)
    if len(shown) < len(rows):
        sheet.write_string(len(shown) + 1, 0, f"and {len(rows) - len(shown):,} more rows, which no sheet holds")
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    if columns:
        sheet.autofilter(0, 0, max(1, len(shown)), len(columns) - 1)
    return sheet


def _lines(column: Column) -> int:
    """Returns how many lines a header takes, at most four; the filter's button takes the room of three letters."""
    return min(4, math.ceil((len(column.name) + 3) / min(column.width, _WIDEST)))


def text_of(value: str) -> str:
    """Returns text as a cell can hold it: no control characters, no formula, not too long.

    >>> text_of("=1+1"), text_of("a\\x00b")
    ("'=1+1", 'a�b')
    """
    shown: str = harmless(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value))
    return shown if len(shown) <= _MOST_LETTERS else shown[: _MOST_LETTERS - 1] + "…"


def _write(book: Book, sheet: Any, line: int, place: int, value: Any, number: str) -> None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, bool):
        sheet.write_string(line, place, "yes" if value else "no")
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), book.format(DAY))  # noqa: DTZ001
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, book.format(number or SCORE))
    else:
        sheet.write_string(line, place, text_of(str(value)), book.format(""))

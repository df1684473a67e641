"""The UTF-8 of a delimited text -> rows of cells; the delimiter is told from the content."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from feedback_nlp.errors import InputError

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe"}
NO_DELIMITER = "\x1f"  # the unit separator: a file of one column may have commas in its texts
MAX_CELL = 10_000_000  # characters; a longer cell is a quote that was left open
_SAMPLE_CHARACTERS, _SAMPLE_ROWS = 65_536, 100
_SHOWN_CHARACTERS = 40
_LINE_END = re.compile(r"\r\n|\r|\n")
_MAX_EXAMINED = 100_000  # characters of one cell
_MAX_TITLES, _TITLED_SHARE = 10, 0.8  # lines above the header, and rows below that must be as wide as it
_SEVERAL = 3  # lines of an ordinary row
csv.field_size_limit(MAX_CELL)  # one limit for the whole process; the reader asks for it with every cell


@dataclass(frozen=True)
class Table:
    """A delimited text: its rows, read as they are asked for, and what looks odd in those that were."""

    rows: Iterator[list[str]]
    delimiter: str
    swallowed: list[tuple[int, int]] = field(default_factory=list)  # row from 1, header included, and lines within it


def sniff_delimiter(text: str) -> str:
    """Returns the delimiter under which most of the first rows are as wide as the header, or NO_DELIMITER.

    Only delimiters that occur in the header are tried; of equals the one that makes more columns wins. Title lines
    without any delimiter may stand above the header if most rows below are as wide as it and no blank follows its
    delimiters, as it does in sentences.

    >>> sniff_delimiter("id;comment\\n1;Good, fast, cheap\\n2;Fine\\n")
    ';'
    >>> sniff_delimiter("Survey of May\\nid,score,why\\n1,9,Fine\\n")
    ','
    >>> sniff_delimiter("comment\\nGood, fast, cheap\\nSlow, rude, late\\n") == NO_DELIMITER
    True
    """
    fits = {delimiter: _fit(_sample_rows(text, delimiter)) for delimiter in DELIMITERS}
    best = max(fits, key=lambda delimiter: (fits[delimiter], delimiter))
    return best if fits[best] > (False, 0.0, 1) else NO_DELIMITER


def read_rows(utf8: bytes, name: str) -> Table:
    """Returns the rows of a delimited text, header included, and the delimiter.

    Lines without any character are no rows. Line ends inside quoted cells stay as they are. A cell that goes on after
    its closing quote, as in `"bad" agent`, keeps its quote marks. A first line "sep=;", which Excel reads, is obeyed.
    `name` is the file's, for errors.

    Raises (while the rows are read):
        InputError: the text ends inside a quoted cell, or a cell is longer than MAX_CELL.

    >>> table = read_rows(b'id;why\\n1;"so; so"\\n', "q3.csv")
    >>> list(table.rows), table.delimiter
    ([['id', 'why'], ['1', 'so; so']], ';')
    """
    said = re.match(r'sep=([^"\r\n])\r?\n', utf8[:16].decode("utf-8", "ignore"))
    start = len(said[0].encode()) if said else 0
    sample = utf8[start : start + 4 * _SAMPLE_CHARACTERS + 4].decode("utf-8", "ignore")[: _SAMPLE_CHARACTERS + 1]
    delimiter = said[1] if said else sniff_delimiter(sample)
    width = max(Counter(map(len, _sample_rows(sample, delimiter))).items(), key=lambda pair: pair[::-1], default=(0, 0))
    table = Table(iter(()), delimiter)
    return replace(table, rows=_rows(utf8, start, delimiter, name, _Watch(width[0], table.swallowed)))


def delimiter_name(delimiter: str) -> str:
    """Returns what people call a delimiter.

    >>> delimiter_name(";"), delimiter_name(NO_DELIMITER), delimiter_name("~")
    ('semicolon', 'one column', "'~'")
    """
    return DELIMITERS.get(delimiter, "one column" if delimiter == NO_DELIMITER else repr(delimiter))


def swallowed_note(swallowed: list[tuple[int, int]], n_header: int, name: str) -> str:
    """Returns a sentence on rows that seem to hold other rows in a cell, "" if none does.

    A quote that opens by mistake and meets another one many rows later makes one cell of all between: several line ends
    within a cell, each followed by about as many delimiters as a row has. `n_header` rows stand above the data.

    >>> print(swallowed_note([(8, 12)], 1, "q3.csv"))
    q3.csv: row 7 seems to hold 12 other rows in one cell; was a quote left open there?
    """
    found = [(row - n_header, n_lines) for row, n_lines in swallowed if row > n_header]
    if not found:
        return ""
    row, n_lines = found[0]
    more = f" (as do {len(found) - 1:,} others)" if len(found) > 1 else ""
    return f"{name}: row {row}{more} seems to hold {n_lines:,} other rows in one cell; was a quote left open there?"


@dataclass(frozen=True)
class _Watch:
    """Looks for rows that swallowed others."""

    width: int  # of most rows
    found: list[tuple[int, int]]

    def look(self, number: int, row: list[str], delimiter: str) -> None:
        """Notes a row of which a cell holds several lines that look like rows themselves."""
        n_lines = max(_lines_like_rows(cell, delimiter, self.width) for cell in row)
        if n_lines:
            self.found.append((number, n_lines))


def _lines_like_rows(cell: str, delimiter: str, width: int) -> int:
    """Returns how many lines within the cell look like rows: 0 unless most of several do.

    Delimiters before a blank do not count, as in "slow, rude".
    """
    lines = [line for line in _LINE_END.split(cell[:_MAX_EXAMINED])[1:-1] if line.strip()]
    counts = [len(re.findall(rf"{re.escape(delimiter)}(?! )", line)) for line in lines]
    n_like = sum(abs(count - (width - 1)) <= (width > 4) for count in counts)
    needed = 2 if width > 2 else 4
    return n_like if width > 1 and n_like >= needed and n_like >= 0.7 * len(lines) else 0


def _rows(utf8: bytes, start: int, delimiter: str, name: str, watch: _Watch) -> Iterator[list[str]]:
    reader = csv.reader(_stream(utf8, start), delimiter=delimiter, strict=True)
    n_read = n_lines = 0
    try:
        for row in reader:
            if row:
                n_read += 1
                yield row
                if reader.line_num > n_lines + _SEVERAL:
                    watch.look(n_read, row, delimiter)
            n_lines = reader.line_num
        return
    except csv.Error:  # a lenient reader would take all that follows an open quote for one cell
        pass
    for number, row in enumerate(_loose_rows(utf8[start:].decode(), delimiter, name, int(start > 0)), start=1):
        if number > n_read:
            yield row
            watch.look(number, row, delimiter)


def _stream(utf8: bytes, start: int) -> io.TextIOWrapper:
    content = io.BytesIO(utf8)
    content.seek(start)
    return io.TextIOWrapper(content, "utf-8", newline="")


def _loose_rows(text: str, delimiter: str, name: str, n_before: int) -> Iterator[list[str]]:
    """Yields the rows of a text with cells that go on after their closing quote; `n_before` lines stand before it."""

    def requoted(cell: re.Match[str]) -> str:
        """Returns the cell as it stands if it ends with its quote, else quoted with all its marks."""
        if cell["end"] is None:
            line = n_before + 1 + len(_LINE_END.findall(text, 0, cell.start()))
            start = cell[0].splitlines()[0][:_SHOWN_CHARACTERS]
            raise InputError(
                f"{name}: line {line}: the quote that opens the cell {start} is never closed, so every later row would "
                'be part of it; close it, or write a quote mark that is text twice within a quoted cell: """so"" slow"'
            )
        return '"' + cell[0].replace('"', '""') + '"' if cell["end"] else cell[0]

    ends = re.escape(delimiter) + r"\r\n"
    mended = re.sub(rf'(?<![^{ends}])"[^"]*(?:""[^"]*)*(?:"(?P<end>[^{ends}]*)|\Z)', requoted, text)
    reader = csv.reader(io.StringIO(mended, newline=""), delimiter=delimiter, strict=True)
    n_read = n_before  # lines
    try:
        for row in reader:
            n_read = n_before + reader.line_num
            if row:
                yield row
    except csv.Error as error:
        raise InputError(
            f"{name}: line {n_read + 1}: the row that starts here can't be read: {error} (characters); is a quote "
            "left open in it, or closed only many rows later?"
        ) from None


def _sample_rows(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text[:_SAMPLE_CHARACTERS], newline=""), delimiter=delimiter)
    try:
        rows = list(islice(filter(None, reader), _SAMPLE_ROWS))
    except csv.Error:
        return []
    is_cut = len(text) > _SAMPLE_CHARACTERS and 1 < len(rows) < _SAMPLE_ROWS
    return rows[:-1] if is_cut else rows


def _fit(rows: list[list[str]]) -> tuple[bool, float, int]:
    """Returns whether the header comes first, the share of rows as wide as it, and its width; share 0 if it is none."""
    n_titles = 0 if rows and len(rows[0]) > 1 else _first_row_of_cells(rows)
    rows = rows[n_titles:]
    if not rows or len(rows[0]) < 2:
        return (False, 0.0, 1)
    share = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
    if n_titles and (len(rows) < 2 or share < _TITLED_SHARE):
        return (False, 0.0, 1)
    return (not n_titles, share, len(rows[0]))


def _first_row_of_cells(rows: list[list[str]]) -> int:
    """Returns the number of lines above the first that has delimiters, none of them before a blank as in a sentence."""
    cells = (i for i, row in enumerate(rows) if len(row) > 1 and not any(cell[:1].isspace() for cell in row[1:]))
    return min(next(cells, 0), _MAX_TITLES)

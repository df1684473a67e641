"""Bytes of a text export -> rows of cells: its encoding and its delimiter are told from the content."""

import codecs
import csv
import io
import re
from itertools import islice

from feedback_nlp.errors import InputError, did_you_mean

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe"}
NO_DELIMITER = "\x1f"  # the unit separator: a file of one column may have commas in its texts
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "cp850", "mac-roman", "shift-jis", "gb18030")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_SAMPLE_CHARACTERS, _SAMPLE_ROWS = 65_536, 100
_SHOWN_CHARACTERS = 40
_LINE_END = re.compile(r"\r\n|\r|\n")


def decode(content: bytes, encoding: str, name: str) -> tuple[str, str]:
    """Returns the text of `content` and the name of its encoding; `name` is the file's, for errors.

    The given `encoding` wins. Without one: a byte order mark, else UTF-8, else Windows-1252, else Latin-1 (which reads
    any byte). One stray byte therefore makes the whole file Windows-1252: the file is not mended silently.

    Raises:
        InputError: the encoding is unknown, no encoding of texts or does not fit, or the content is no text.

    >>> decode("Très bien".encode("cp1252"), "", "a.csv")
    ('Très bien', 'cp1252')
    """
    if encoding:
        return _decode_as(content, encoding, name), encoding
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_as(content, "utf-16", name), "utf-16"
    head = content[:4096]
    if b"\0" in head or len(head.translate(None, _CONTROLS)) < 0.99 * len(head):
        raise InputError(f"{name}: neither text nor a workbook, Parquet or JSON lines file")
    for candidate in ("utf-8", "cp1252"):
        try:
            return content.decode(f"{candidate}-sig" if candidate == "utf-8" else candidate), candidate
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def sniff_delimiter(text: str) -> str:
    """Returns the delimiter under which most of the first rows are as wide as the header, or NO_DELIMITER.

    Only delimiters that occur in the header are tried; of equals the one that makes more columns wins.

    >>> sniff_delimiter("id;comment\\n1;Good, fast, cheap\\n2;Fine\\n")
    ';'
    >>> sniff_delimiter("comment\\nGood, fast, cheap\\n") == NO_DELIMITER
    True
    """
    best, best_fit = NO_DELIMITER, (0.0, 1)
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        if widths and widths[0] > 1:
            best_fit, best = max((best_fit, best), ((widths.count(widths[0]) / len(widths), widths[0]), delimiter))
    return best


def read_rows(text: str, name: str) -> tuple[list[list[str]], str]:
    """Returns the rows of a delimited text, header included, and the delimiter's name.

    Lines without any character are no rows. Line ends inside quoted cells stay as they are. A cell that goes on after
    its closing quote, as in `"bad" agent`, keeps its quote marks. A first line "sep=;", which Excel reads, is obeyed.

    Raises:
        InputError: the text ends inside a quoted cell, or a cell is longer than 131,072 characters.
    """
    said = re.match(r"sep=(.)\r?\n", text)
    text, n_before = (text[said.end() :], 1) if said else (text, 0)
    delimiter = said.group(1) if said else sniff_delimiter(text)
    try:
        rows = list(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))
    except csv.Error:  # a lenient reader would take all that follows an open quote for one cell
        rows = _loose_rows(text, delimiter, name, n_before)
    return rows, DELIMITERS.get(delimiter, "one column" if delimiter == NO_DELIMITER else repr(delimiter))


def _loose_rows(text: str, delimiter: str, name: str, n_before: int) -> list[list[str]]:
    """Returns the rows of a text with cells that go on after their closing quote; `n_before` lines stand before it."""

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
    rows: list[list[str]] = []
    n_read = n_before  # lines
    try:
        for row in reader:
            n_read = n_before + reader.line_num
            rows += [row] if row else []
    except csv.Error as error:
        raise InputError(
            f"{name}: line {n_read + 1}: the row that starts here can't be read: {error} (characters); is a quote "
            "left open in it, or closed only many rows later?"
        ) from None
    return rows


def _decode_as(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise InputError(f"{name}: unknown encoding '{encoding}'{did_you_mean(encoding, _ENCODINGS)}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not {encoding}: {error.reason} at byte {error.start}; see --encoding") from None
    except ValueError as error:  # UnicodeError of "punycode" and "undefined"; a name that can be none
        known = ", ".join(_ENCODINGS[:4])
        raise InputError(f"{name}: not readable as '{encoding}': {error}; --encoding takes e.g. {known}") from None


def _widths(text: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(text[:_SAMPLE_CHARACTERS], newline=""), delimiter=delimiter)
    try:
        widths = [len(row) for row in islice(filter(None, reader), _SAMPLE_ROWS)]
    except csv.Error:
        return []
    is_cut = len(text) > _SAMPLE_CHARACTERS and 1 < len(widths) < _SAMPLE_ROWS
    return widths[:-1] if is_cut else widths

"""A workbook's limits, checked by streaming its XML before a reader builds it in memory.

An .xlsx or .ods is a zip archive of XML, and a few kilobytes can mean more than any memory holds: members that unpack
a thousandfold, two cells in opposite corners of the sheet (a reader fills the rectangle between them), one long text
to which a million cells point, or a cell that says it is repeated a million times. Such a workbook is refused.
"""

import io
import zipfile
from functools import partial
from xml.parsers import expat

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.archives import MAX_UNPACKED, ZIP_ERRORS, too_large, unpacked_limit

MAX_CELLS = 30_000_000  # of the rectangle around a sheet's filled cells; a million rows of 12 columns have 12 million
MAX_CHARACTERS = 1 << 30  # of all cells of a sheet together
_BLOCK = 1 << 18
_ROOTS = ("worksheet", "sst", "document-content")  # a sheet and the shared texts of .xlsx; all of an .ods
_DIGITS = "0123456789"


def check_workbook(content: bytes, name: str) -> None:
    """Raises an InputError if a zipped workbook is damaged or goes beyond the limits; `name` is the file's.

    Refused are: a member that unpacks to more than 200 times its packed size (beyond 1 MiB), or all to more than 2 GiB;
    a member whose size or checksum is not what the archive says; a sheet whose filled cells lie in a rectangle of more
    than MAX_CELLS, or hold more than MAX_CHARACTERS; XML that is not well formed or declares a document type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise too_large(name, len(content))
            scans = [_scanned(archive, member, _Scan(), name) for member in members]
            for scan in scans:
                _check_size(scan, name)
            longest = max((max(scan.shared, default=0) for scan in scans), default=0)
            suspects = [m for m, scan in zip(members, scans, strict=True) if scan.n_shared * longest > MAX_CHARACTERS]
            shared = next((scan.shared for scan in scans if scan.shared), [])
            for member in suspects:
                _check_size(_scanned(archive, member, _Scan(shared), name), name)
    except ZIP_ERRORS as error:
        raise InputError(f"{name}: not a readable workbook or zip archive: {error}; export it again") from None


class _Scan:
    """What one XML file of a workbook says, as expat reads it."""

    def __init__(self, lengths: list[int] | None = None) -> None:
        self.lengths = lengths  # of the shared texts, if the characters of their cells are to be counted
        self.root = ""
        self.rows, self.columns = [1 << 30, 0], [1 << 30, 0]  # the first and last that is filled, counted from 1
        self.row = self.column = 0  # of the present cell, and how often it is repeated
        self.n_rows = self.n_columns = 1
        self.kind = ""
        self.n_shared = 0  # cells that point to a shared text
        self.n_characters = 0
        self.shared: list[int] = []  # lengths of the shared texts
        self.letters: dict[str, int] = {}
        self.index: str | None = None  # of the shared text of the present cell

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Takes note of a row, a cell, a cell's value or a shared text."""
        tag = tag.rpartition(":")[2]
        self.root = self.root or tag
        handle = _STARTS.get(tag)
        if handle is not None:
            handle(self, attributes)

    def start_row(self, attributes: dict[str, str]) -> None:
        """Goes to the row that is named, else to the next."""
        self.row, self.column = int(attributes.get("r") or self.row + 1), 0

    def start_cell(self, attributes: dict[str, str]) -> None:
        """Goes to the cell that is named, else to the next."""
        place, self.kind = attributes.get("r"), attributes.get("t", "")
        if place:
            letters = place.rstrip(_DIGITS)
            self.column = self.letters.get(letters) or self.letters.setdefault(letters, _column_number(letters))
            self.row = int(place[len(letters) :] or self.row)
        else:
            self.column += 1

    def start_value(self, _: dict[str, str]) -> None:
        """Counts the present cell as filled; one with a style only is none for the reader either."""
        self.fill()
        if self.kind == "s":
            self.n_shared += 1
            self.index = "" if self.lengths is not None else None

    def start_table_row(self, attributes: dict[str, str]) -> None:
        """Goes to the next row of an .ods, which may stand for several."""
        self.row += self.n_rows
        self.n_rows, self.n_columns, self.column = _repeats(attributes, "rows"), 1, 1

    def start_table_cell(self, attributes: dict[str, str]) -> None:
        """Goes to the next cell of an .ods, which may stand for several."""
        self.column += self.n_columns
        self.n_columns = _repeats(attributes, "columns")
        self.kind = next((value for key, value in attributes.items() if key.endswith("value-type")), "")
        if self.kind:
            self.fill()

    def fill(self) -> None:
        """Widens the rectangle to the present cell."""
        row, column = self.row, self.column
        self.rows = [min(self.rows[0], row), max(self.rows[1], row + self.n_rows - 1)]
        self.columns = [min(self.columns[0], column), max(self.columns[1], column + self.n_columns - 1)]

    def text(self, data: str) -> None:
        """Counts characters: of a shared text, of a repeated cell, of the cells that point to a shared text."""
        if self.root == "sst" and self.shared:
            self.shared[-1] += len(data)
        elif self.root == "document-content":
            self.n_characters += len(data) * self.n_rows * self.n_columns
        elif self.index is not None:
            self.index += data

    def end(self, tag: str) -> None:
        """Adds the length of the shared text that the present cell points to."""
        if self.index and self.lengths and tag.rpartition(":")[2] == "v":
            number = int(self.index) if self.index.strip().isdigit() else -1
            self.n_characters += self.lengths[number] if 0 <= number < len(self.lengths) else 0
            self.index = None


_STARTS = {
    "row": _Scan.start_row, "c": _Scan.start_cell, "v": _Scan.start_value, "is": _Scan.start_value,
    "si": lambda scan, _: scan.shared.append(0),
    "table": lambda scan, _: setattr(scan, "row", 0),
    "table-row": _Scan.start_table_row, "table-cell": _Scan.start_table_cell,
}  # fmt: skip


def _scanned(archive: zipfile.ZipFile, member: zipfile.ZipInfo, scan: _Scan, name: str) -> _Scan:
    """Returns the scan after it has seen a member; whatever its name says, as a sheet may have any."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = scan.start
    parser.StartDoctypeDeclHandler = partial(_refuse_document_type, f"{name}, {member.filename}")
    n_bytes, limit, is_xml = 0, unpacked_limit(member.compress_size), True
    with archive.open(member) as packed:
        while block := packed.read(_BLOCK):
            n_bytes += len(block)
            if n_bytes > limit:
                raise too_large(f"{name}, {member.filename}", member.compress_size)
            if is_xml:
                is_xml = _fed(parser, scan, block, f"{name}, {member.filename}")
    return scan


def _fed(parser: expat.XMLParserType, scan: _Scan, block: bytes, where: str) -> bool:
    """Returns whether the block is XML, after the scan has seen it; the text only where it is counted."""
    is_first = not scan.root
    try:
        parser.Parse(block[:1_000] if is_first else block)
        if scan.root in ("sst", "document-content") or scan.lengths is not None:
            parser.CharacterDataHandler, parser.EndElementHandler = scan.text, scan.end
        if is_first:
            parser.Parse(block[1_000:])
    except (expat.ExpatError, ValueError) as error:  # ValueError: a row number that is none
        if scan.root in _ROOTS:
            raise InputError(f"{where}: not a readable workbook: {error}; open it and save it again") from None
        return False
    return True


def _refuse_document_type(where: str, *_: object) -> None:
    raise InputError(f"{where}: not a readable workbook: its XML declares a document type; export it again")


def _check_size(scan: _Scan, name: str) -> None:
    n_rows, n_columns = (last - first + 1 for first, last in (scan.rows, scan.columns))
    if n_rows > 0 and n_rows * n_columns > MAX_CELLS:
        raise InputError(
            f"{name}: the cells of a sheet lie {n_rows:,} rows and {n_columns:,} columns apart; at most {MAX_CELLS:,} "
            "cells are read from a workbook: delete stray cells, or save it as CSV"
        )
    if scan.n_characters > MAX_CHARACTERS:
        raise InputError(
            f"{name}: the cells of a sheet hold {scan.n_characters:,} characters; at most {MAX_CHARACTERS:,} are read "
            "from a workbook: save it as CSV"
        )


def _repeats(attributes: dict[str, str], what: str) -> int:
    said = next((value for key, value in attributes.items() if key.endswith(f"number-{what}-repeated")), "1")
    return int(said)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number

"""Workbooks become text cells; damaged, protected and absurdly large ones are refused before they fill the memory."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.formats import Export, read_export
from feedback_nlp.ingest.reading.workbook import read_workbook
from feedback_nlp.ingest.reading.workbook_guard import MAX_CELLS, check_workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(rows: str, shared: str = "") -> bytes:
    """Returns an .xlsx with one sheet of these rows and these shared texts, both as XML."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="{_KIND}.'
        f'worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" Type="{_PARTS}/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_PARTS}"><sheets><sheet name="Answers" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="'
        f'{_PARTS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_PARTS}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>',
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def cell(place: str, value: object, kind: str = "n") -> str:
    return f'<c r="{place}" t="{kind}"><v>{value}</v></c>'


SMALL = "<row>" + cell("A1", "id", "str") + cell("B1", "why", "str") + "</row>" + "<row>" + cell("A2", 1) + "</row>"


def one_line(error: InputError) -> None:
    assert "\n" not in str(error)


def read(content: bytes, sheet: str = "") -> list[list[str]]:
    return list(read_workbook(content, "x.xlsx", sheet).rows)


def saved(book: openpyxl.Workbook, path: Path) -> Export:
    book.save(path)
    return read_export(path, path.name, IngestConfig())


def test_the_handmade_workbook_is_one() -> None:
    assert read(workbook(SMALL)) == [["id", "why"], ["1", ""]]


def test_numbers_shown_as_dates_are_iso_and_others_stay_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["on", "at", "time", "serial", "share", "yes"])
    book.active.append([date(2024, 7, 1), datetime(2024, 7, 1, 9, 30), time(9, 30), 45474, 0.5, True])  # noqa: DTZ001
    cells = saved(book, tmp_path / "x.xlsx").cells
    assert cells.iloc[0].tolist() == ["2024-07-01", "2024-07-01T09:30:00", "09:30:00", "45474", "0.5", "true"]


def test_a_formula_is_its_last_result_and_an_error_is_empty() -> None:
    rows = SMALL + '<row><c r="A3"><f>1+1</f><v>2</v></c><c r="B3" t="e"><v>#N/A</v></c></row>'
    assert read(workbook(rows))[2] == ["2", ""]


def test_a_merged_header_cell_names_its_first_column_only(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["id", "Which?", None], [1, "Red", "Blue"]]:
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    assert list(saved(book, tmp_path / "x.xlsx").cells.columns) == ["id", "Which?", "column 3"]


def test_empty_rows_and_columns_around_the_table_are_left_out() -> None:
    assert read(workbook("<row>" + cell("C5", "id", "str") + "</row><row>" + cell("C6", 1) + "</row>")) == [
        ["id"],
        ["1"],
    ]


def test_a_format_on_an_empty_cell_far_away_does_no_harm() -> None:
    assert read(workbook(SMALL + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')) == [["id", "why"], ["1", ""]]


@pytest.mark.parametrize(
    ("rows", "shared", "says"),
    [
        (SMALL + f'<row r="1048576">{cell("XFD1048576", 2)}</row>', "", "1,048,576 rows and 16,384 columns apart"),
        (SMALL + '<row r="1048576">' + "<c/>" * 99 + "<c><v>1</v></c></row>", "",
         "1,048,576 rows and 100 columns apart"),
        ("".join(f'<row r="{i}">{cell(f"A{i}", 0, "s")}</row>' for i in range(1, 9_000)),
         "<si><t>" + "".join(map(str, range(60_000))) + "</t></si>", "characters; at most"),
        (SMALL + f"<row>{cell('A3', 'x' * 30_000_000, 'str')}</row>", "", "unpack to more than"),
        (SMALL + '<row r="zwei"></row>', "", "not a readable workbook"),
        (SMALL + "</sheetData><sheetData", "", "not a readable workbook"),
    ],
)  # fmt: skip
def test_a_workbook_beyond_the_limits_is_refused_in_one_line(rows: str, shared: str, says: str) -> None:
    with pytest.raises(InputError, match=f"^x.xlsx[^:]*: .*{says}") as caught:
        read(workbook(rows, shared))
    assert "\n" not in str(caught.value)


def test_a_long_text_to_which_few_cells_point_is_read() -> None:
    rows = "".join(f'<row r="{i}">{cell(f"A{i}", int(i > 1), "s")}</row>' for i in range(1, 4))
    assert [len(row[0]) for row in read(workbook(rows, f"<si><t>why</t></si><si><t>{'abc' * 30_000}</t></si>"))][
        1
    ] == 90_000


def test_a_declared_document_type_is_refused() -> None:
    content = workbook(SMALL)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            is_sheet = name.endswith("sheet1.xml")
            new.writestr(name, b'<!DOCTYPE x [<!ENTITY a "ha">]>' + text if is_sheet else text)
    with pytest.raises(InputError, match="declares a document type"):
        read(changed.getvalue())


def ods(body: str) -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" xmlns:text="'
        f'{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>')
    return packed.getvalue()


def ods_cell(text: str, repeated: int = 1) -> str:
    times = f'table:number-columns-repeated="{repeated}" '
    return f'<table:table-cell {times}office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def test_an_open_document_sheet_reads_as_text() -> None:
    rows = [f"<table:table-row>{ods_cell(a)}{ods_cell(b)}</table:table-row>" for a, b in [("id", "why"), ("1", "Fine")]]
    assert read(ods("".join(rows))) == [["id", "why"], ["1", "Fine"]]


@pytest.mark.parametrize(
    ("repeat", "text", "says"),
    [("1000000", "x", "1,000,001 rows and 16,384 columns apart"), ("1000", "x" * 2_000, "characters; at most")],
)
def test_an_open_document_cell_repeated_a_million_times_is_refused(repeat: str, text: str, says: str) -> None:
    row = f'<table:table-row table:number-rows-repeated="{repeat}">{ods_cell(text, 16_384 if text == "x" else 1_000)}'
    with pytest.raises(InputError, match=says):
        read(ods(f"<table:table-row>{ods_cell('id')}</table:table-row>{row}</table:table-row>"))


def _truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _flipped(content: bytes) -> bytes:
    start = content.find(b"sheetData") if b"sheetData" in content else content.find(b"xl/worksheets/sheet1.xml") + 60
    return content[:start] + bytes(byte ^ 0xFF for byte in content[start : start + 20]) + content[start + 20 :]


def _protected(_: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def _old_junk(_: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("damage", "says"),
    [(_truncated, "not a readable workbook"), (_flipped, "not a readable workbook"),
     (_old_junk, "not a readable workbook"),
     (_protected, "protected by a password; save it without one")],
)  # fmt: skip
def test_a_damaged_or_protected_workbook_is_one_clear_line(
    tmp_path: Path, damage: Callable[[bytes], bytes], says: str
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(damage(workbook(SMALL)))
    with pytest.raises(InputError, match=f"^x.xlsx: .*{says}") as caught:
        read_export(path, path.name, IngestConfig())
    assert "\n" not in str(caught.value)


def test_a_workbook_may_come_packed_in_gzip_or_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("q3.xlsx", workbook(SMALL))
    export = read_export(tmp_path / "all.zip", "all.zip/q3.xlsx", IngestConfig())
    assert (export.source.layout, export.source.rows) == ("workbook, sheet 'Answers'", 1)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 2_000_000), st.integers(1, 16_384))
def test_the_rectangle_is_measured_exactly(row: int, column: int) -> None:
    letters, rest = "", column
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(65 + letter) + letters
    content = workbook(f'<row r="1">{cell("A1", 1)}</row><row r="{row}">{cell(f"{letters}{row}", 1)}</row>')
    if row * column <= MAX_CELLS:
        check_workbook(content, "x.xlsx")
        return
    with pytest.raises(InputError, match=f"{row:,} rows and {column:,} columns apart"):
        check_workbook(content, "x.xlsx")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_sheet_with_any_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    rows = bytearray(SMALL.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        rows[data.draw(st.integers(0, len(rows) - 1))] = data.draw(st.sampled_from(b'09AZ<>"=/ -'))
    try:
        read(workbook(rows.decode()))
    except InputError as error:
        one_line(error)

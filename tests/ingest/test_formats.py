"""A file's bytes become text cells, whatever the format, and nothing is lost on the way."""

import csv
import io
import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading import delimited
from feedback_nlp.ingest.reading.cells import cell_text
from feedback_nlp.ingest.reading.delimited import sniff_delimiter
from feedback_nlp.ingest.reading.files import list_exports
from feedback_nlp.ingest.reading.formats import Export, read_export
from feedback_nlp.ingest.roles.headers import unique_names

ROWS = [["id", "score", "why"], ["1", "9", "Friendly, quick"], ["2", "3", 'They said "no"\nand hung up'], ["3", "", ""]]


def read(path: Path, **settings: str) -> Export:
    return read_export(path, path.name, IngestConfig(**settings))


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def as_lists(export: Export) -> list[list[str | None]]:
    cells = export.cells.astype(object).where(export.cells.notna(), None)
    return [list(cells.columns), *cells.to_numpy().tolist()]


def read_rows(text: str, name: str) -> tuple[list[list[str]], str]:
    table = delimited.read_rows(text.encode(), name)
    return list(table.rows), delimited.delimiter_name(table.delimiter)


def expected() -> list[list[str | None]]:
    return [[cell or None for cell in row] for row in ROWS]


@pytest.mark.parametrize(("delimiter", "name"), [(",", "comma"), ("\t", "tab"), (";", "semicolon"), ("|", "pipe")])
def test_a_delimiter_is_told_from_the_content_not_the_extension(tmp_path: Path, delimiter: str, name: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(ROWS)
    export = read(written(tmp_path / "export.csv", text.getvalue()))
    assert as_lists(export) == expected()
    assert export.source.layout == f"csv, utf-8, {name}"


def test_commas_in_the_texts_of_a_single_column_do_not_split_them(tmp_path: Path) -> None:
    export = read(written(tmp_path / "why.txt", "comment\nGood, fast, cheap\nFine\n"))
    assert as_lists(export) == [["comment"], ["Good, fast, cheap"], ["Fine"]]


def test_a_semicolon_file_with_decimal_commas_keeps_them() -> None:
    assert sniff_delimiter("id;score;spent\n1;9;12,50\n2;3;8,00\n") == ";"


def test_the_separator_line_of_excel_is_obeyed() -> None:
    assert read_rows("sep=|\na,b|c\n1,2|3\n", "x.csv") == ([["a,b", "c"], ["1,2", "3"]], "pipe")


def test_a_given_encoding_wins(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "why,score\nTrès,9\n".encode("cp850"))
    assert read(path, encoding="cp850").cells["why"].tolist() == ["Très"]


def test_an_unknown_encoding_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown encoding 'utf9'; did you mean 'utf-8'"):
        read(written(tmp_path / "x.csv", "a,b\n1,2\n"), encoding="utf9")


def test_an_encoding_that_does_not_fit_says_where(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x.csv: not utf-8: .* at byte 6"):
        read(written(tmp_path / "x.csv", b"a,b\n1,\xe8\n"), encoding="utf-8")


def test_line_ends_inside_a_quoted_cell_are_kept(tmp_path: Path) -> None:
    export = read(written(tmp_path / "x.csv", 'id,why\r\n1,"slow\r\nand rude"\r\n2,fine\r\n'))
    assert export.cells["why"].tolist() == ["slow\r\nand rude", "fine"]


@pytest.mark.parametrize("n_rows", [5, 1_000, 50_000])  # the last one is longer than the reader's longest cell
def test_a_quote_that_is_never_closed_is_an_error_at_its_line(tmp_path: Path, n_rows: int) -> None:
    lines = [f"r{i},{i % 10},comment {i}" for i in range(n_rows)]
    lines[3] = 'r3,3,"forgot to close'
    with pytest.raises(InputError, match=r'x.csv: line 5: .* the cell "forgot to close is never closed'):
        read(written(tmp_path / "x.csv", "\n".join(["id,score,why", *lines, ""])))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_line_of_an_open_quote_counts_every_line_of_the_file(line_end: str) -> None:
    lines = ["sep=;", "id;why;else", '1;"slow', 'and ""rude"""; ok', "", '2;"two', 'lines";"open ""quote', "3;fine;"]
    text = line_end.join(lines) if line_end != "\r" else "sep=;\r\n" + line_end.join(lines[1:])
    with pytest.raises(InputError, match=r'^x.csv: line 7: .* cell "open ""quote is never'):
        read_rows(text, "x.csv")


@pytest.mark.parametrize("end", ['"', '"ok', '"ok""', '"\n', '"ok\n', '"ok""\n'])
def test_a_file_may_not_end_within_quotes(end: str) -> None:
    with pytest.raises(InputError, match=r"line 2: .* never closed"):
        read_rows(f"id,why\n1,{end}", "x.csv")


@pytest.mark.parametrize("end", ['""', '"ok"', '"ok"\n', '""\n'])
def test_a_file_may_end_with_a_closed_quote(end: str) -> None:
    assert read_rows(f"id,why\n1,{end}", "x.csv")[0] == [["id", "why"], ["1", "ok" if "ok" in end else ""]]


def test_a_quote_mark_within_an_unquoted_cell_opens_nothing() -> None:
    text = 'id,why\n1,a 5" pipe\n2,so "good"\n'
    assert read_rows(text, "x.csv")[0][1:] == [["1", 'a 5" pipe'], ["2", 'so "good"']]


def test_a_cell_that_goes_on_after_its_quote_keeps_its_marks() -> None:
    text = 'id,why\n2,"bad" agent\n3,"a ""fine"", kind one"\n"4" x,"two\nlines" said "he"\n'
    assert read_rows(text, "x.csv")[0][1:] == [
        ["2", '"bad" agent'], ["3", 'a "fine", kind one'], ['"4" x', '"two\nlines" said "he"'],
    ]  # fmt: skip


@given(st.text('ab,"\n', max_size=30))
def test_loose_quotes_move_no_cell_border(text: str) -> None:
    text = f"id,why,x\n{text}"
    *lenient, last = (row for row in csv.reader(io.StringIO(f"{text}\nend", newline="")) if row)
    if last != ["end"]:  # an open quote took it in
        with pytest.raises(InputError, match="never closed"):
            read_rows(text, "x.csv")
        return
    rows, _ = read_rows(text, "x.csv")
    assert [[cell.replace('"', "") for cell in row] for row in rows] == [
        [cell.replace('"', "") for cell in row] for row in lenient
    ]


def test_quotes_without_end_are_read_in_linear_time() -> None:
    with pytest.raises(InputError, match="line 2: "):
        read_rows("id,why\n" + ',"' + '""' * 500_000 + ',"" x,""' * 100_000, "x.csv")


@pytest.mark.parametrize("encoding", ["punycode", "undefined", "idna", "hex", "unknown-name", "a\0b"])
def test_an_encoding_that_reads_no_texts_is_one_clear_line(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(InputError, match=r"^x.csv: .*encoding") as caught:
        read(written(tmp_path / "x.csv", "id,why\n1,Très bien\n"), encoding=encoding)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_file_that_can_not_be_read_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def refuse(path: Path) -> bytes:
        raise error

    path = written(tmp_path / "x.csv", "id,why\n1,fine\n")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=f"^x.csv: can't be read: {error.strerror}"):
        read(path)


def test_a_name_that_is_too_long_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read: File name too long"):
        list_exports([tmp_path / ("x" * 300 + ".csv")])


def test_a_folder_that_can_not_be_listed_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> list[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    for path in (tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(InputError, match=f"^{path}: can't be read: Permission denied"):
            list_exports([path])


def test_short_rows_are_filled_and_wide_ones_rejected_with_their_cells(tmp_path: Path) -> None:
    export = read(written(tmp_path / "x.csv", "id,why\n1\n2,slow,again\n3,fine,\n"))
    assert export.cells.index.tolist() == [1, 3]
    assert export.cells["why"].isna().tolist() == [True, False]
    row = export.rejected.iloc[0]
    assert (row["source"], row["row"], row["reason"]) == ("x.csv", 2, "3 cells where the header has 2")
    assert json.loads(row["content"]) == {"id": "2", "why": "slow", "column 3": "again"}


def test_a_workbook_reads_as_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Answers"
    for row in [
        ["id", "score", "spent", "on", "at"],
        [1, 9.0, 8.5, date(2024, 7, 1), pd.Timestamp("2024-07-01 09:30").to_pydatetime()],
    ]:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    export = read(tmp_path / "x.xlsx")
    assert as_lists(export)[1] == ["1", "9", "8.5", "2024-07-01", "2024-07-01T09:30:00"]
    assert export.source.layout == "workbook, sheet 'Answers'"


def test_an_unknown_sheet_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Answers"
    book.active.append(["id"])
    book.create_sheet("Codes")
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(InputError, match=r"no sheet 'Answer'; did you mean 'Answers'\? \(sheets: Answers, Codes\)"):
        read(tmp_path / "x.xlsx", sheet="Answer")


def test_parquet_reads_as_text_with_nulls(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"score": [9.0, None], "n": [3, 4], "at": pd.to_datetime(["2024-07-01 09:30", None]), "why": ["Fine", ""]}
    )
    table.to_parquet(tmp_path / "x.parquet")
    assert as_lists(read(tmp_path / "x.parquet"))[1:] == [
        ["9", "3", "2024-07-01T09:30:00", "Fine"],
        [None, "4", None, None],
    ]


def test_json_lines_unite_their_keys(tmp_path: Path) -> None:
    lines = '{"id": 1, "score": 9.0}\n\n{"id": 2, "tags": ["a"], "why": "Fine", "new": true}\n'
    export = read(written(tmp_path / "x.jsonl", lines))
    assert as_lists(export) == [
        ["id", "score", "tags", "why", "new"],
        ["1", "9", None, None, None],
        ["2", None, '["a"]', "Fine", "true"],
    ]


def test_a_lone_surrogate_in_json_does_not_stop_the_reading(tmp_path: Path) -> None:
    assert read(written(tmp_path / "x.jsonl", '{"why": "odd \\ud800 end"}\n')).cells["why"].tolist() == ["odd ? end"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.csv", b"", "the file is empty"),
        ("x.csv", b" \n\n", "the file is empty"),
        ("x.csv", b"id,why\n", r"no rows below the header \(id, why\)"),
        ("x.csv", b"\xef\xbb\xbf\n<!DOCTYPE html>\n<title>Log in</title>\n", "a page of HTML or XML, not a table"),
        ("x.xls", b"<html><table><tr><td>id</td></tr></table></html>", "open it in a spreadsheet and save it as CSV"),
        ("x.xlsx", b"id,why\n1,fine\n", "not a readable workbook"),
        ("x.csv", b"PK\x03\x04 broken", "not a readable workbook"),
        ("x.parquet", b"id,why\n1,fine\n", "not a readable Parquet file"),
        ("x.jsonl", b'{"a": 1}\n{"a": \n', "line 2: not JSON"),
        ("x.jsonl", b'{"a": 1}\n[1]\n', "line 2: list where a JSON object is expected"),
        ("x.bin", b"\x00\x01\x02" * 50, "neither text nor a workbook"),
        ("x.jsonl", b'{"a": 1}\n{"a": ' + b"9" * 5_000 + b"}\n", "line 2: a number of more than 4,300 digits"),
        ("x.csv", b'id,why\n1,"' + b"open quote " * 20_000, 'line 2: the quote that opens the cell "open quote'),
        ("x.csv", b'id,why\n1,fine\n2,"' + b"so long " * 1_250_001 + b'"\n', "line 3: .*field larger than field limit"),
    ],
)
def test_what_is_no_export_is_one_clear_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: .*{says}") as caught:
        read(written(tmp_path / name, content))
    assert "\n" not in str(caught.value)


def test_the_source_holds_hash_and_rows(tmp_path: Path) -> None:
    content = b"id,why\n1,fine\n2,slow,wide\n,\n"
    source = read(written(tmp_path / "x.csv", content)).source
    assert (source.sha256, source.rows) == (sha256(content).hexdigest(), 3)


def test_repeated_names_are_numbered_and_reported(tmp_path: Path) -> None:
    export = read(written(tmp_path / "x.csv", "id,why,why,why (2)\n1,a,b,c\n"))
    assert list(export.cells.columns) == ["id", "why", "why (3)", "why (2)"]
    assert export.repeated == {"why"}


def test_a_wholly_empty_unnamed_column_is_left_out(tmp_path: Path) -> None:
    assert list(read(written(tmp_path / "x.csv", "id,,why,\n1,x,fine,\n")).cells.columns) == ["id", "column 2", "why"]


def test_three_header_rows_of_qualtrics_are_not_data(tmp_path: Path) -> None:
    rows = [
        ["ResponseId", "Q1", "Q2"],
        ["Response ID", "How likely?", "Why?"],
        [f'{{"ImportId":"{i}"}}' for i in range(3)],
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([*rows, ["R_1", "9", "Fine"]])
    export = read(written(tmp_path / "x.csv", text.getvalue()))
    assert as_lists(export) == [["ResponseId", "Q1", "Q2"], ["R_1", "9", "Fine"]]
    assert export.source.layout.endswith("Qualtrics header")


@given(st.lists(st.sampled_from(["a", "b", "", "a (2)", "column 1"]), min_size=1, max_size=8))
def test_unique_names_are_unique_and_as_many(names: list[str]) -> None:
    unique, _ = unique_names(names)
    assert len(set(unique)) == len(names)


@given(st.lists(st.lists(st.text("ab,;\n\"'é ", max_size=6), min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["id", "score", "why"], *rows])
    assert read_rows(text.getvalue(), "x.csv") == ([["id", "score", "why"], *rows], "comma")


@given(st.integers(-(10**14), 10**14))
def test_whole_numbers_have_no_decimal_point(number: int) -> None:
    assert cell_text(float(number)) == cell_text(number) == str(number)


def test_a_folder_means_its_exports_and_nothing_else(tmp_path: Path) -> None:
    for name in ["b.csv", "a.tsv", "notes.md", "picture.png"]:
        written(tmp_path / name, "x")
    (tmp_path / "deeper").mkdir()
    written(tmp_path / "deeper" / "c.csv", "x")
    assert list(list_exports([tmp_path])) == ["a.tsv", "b.csv"]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ["q3", "q4"]:
        (tmp_path / folder).mkdir()
        written(tmp_path / folder / "nps.csv", "x")
    assert list(list_exports([tmp_path / "q4", tmp_path / "q3"])) == ["q3/nps.csv", "q4/nps.csv"]


def test_a_file_given_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "nps.csv", "x")
    with pytest.raises(InputError, match=r"nps.csv: given 2 times"):
        list_exports([tmp_path, path])


def test_a_missing_file_names_its_nearest_neighbour(tmp_path: Path) -> None:
    written(tmp_path / "export.csv", "x")
    with pytest.raises(InputError, match=r"exprot.csv: no such file or folder; did you mean 'export.csv'\?"):
        list_exports([tmp_path / "exprot.csv"])


def test_a_folder_without_exports_and_no_file_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no export"):
        list_exports([tmp_path])
    with pytest.raises(InputError, match="no export was given"):
        list_exports([])

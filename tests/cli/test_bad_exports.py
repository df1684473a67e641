"""An export that can't be read gets one clear line, and nothing half-written is left: through the command line."""

import gzip
import io
import os
import sqlite3
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

TABLE = "id,score,comment\n" + "".join(f"{i},{i % 11},The reply took {i} days and nobody called\n" for i in range(200))


def workbook_of(rows: list[list[object]]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def with_sheet(sheet: bytes) -> bytes:
    """A workbook whose sheet is `sheet`."""
    plain, file = zipfile.ZipFile(io.BytesIO(workbook_of([["id", "score", "comment"]]))), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in plain.namelist():
            archive.writestr(name, sheet if name.endswith("sheet1.xml") else plain.read(name))
    return file.getvalue()


def sheet_of(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


FAR_APART = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)  # how a workbook with a password begins
BAD = {
    "truncated.csv.gz": gzip.compress(TABLE.encode())[:-200],
    "secret.xlsx": OLE,
    "corrupt.xlsx": workbook_of([["id", "score", "comment"], [1, 9, "Kind staff"]])[:-600],
    "bomb.xlsx": with_sheet(sheet_of("<row>" + " " * 60_000_000 + "</row>")),
    "wide.xlsx": with_sheet(FAR_APART),
    "bomb.csv.gz": gzip.compress(b"id,score,comment\n" + b"1,9," + b"a" * 300_000_000),
    "junk.csv": bytes(range(256)) * 40,
    "junk.parquet": b"PAR1" + bytes(500),
    "empty.zip": b"PK\x05\x06" + bytes(18),
    "junk.zip": b"PK\x03\x04" + bytes(range(200)),
    "twice.csv": b"id,score,score,comment\n1,9,2,Kind staff\n",
    "scores.csv": b"id,rating,score,comment\n" + b"".join(b"%d,9,4,Kind and quick staff\n" % i for i in range(9)),
    "header.csv": b"id,score,comment\n",
    "open.csv": b'id,score,comment\n1,9,"Kind\n2,3,Slow\n',
    "lines.jsonl": b'{"id": 1}\nnot json\n',
}


def one_line(outcome, *parts: str) -> None:
    assert outcome.status == 1, outcome.err
    lines = [line for line in outcome.err.strip().splitlines() if line.startswith("feedback-nlp: ")]
    assert len(lines) == 1, outcome.err
    assert "Traceback" not in outcome.err
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_file_that_can_not_be_read_is_one_line_that_names_it(call, tmp_path, name):
    (tmp_path / name).write_bytes(BAD[name])
    one_line(call("run", tmp_path / name, "--out", tmp_path / "run", "--quiet"), name)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


@pytest.mark.parametrize("name", ["bomb.xlsx", "bomb.csv.gz"])
def test_what_expands_a_thousandfold_is_refused_by_a_stated_limit(call, tmp_path, name):
    (tmp_path / name).write_bytes(BAD[name])
    line = call("inspect", tmp_path / name).err
    assert any(word in line for word in ("fold", "times", "limit", "more than"))


def test_a_very_long_cell_is_no_trouble(call, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(f"id,nps,comment\n1,9,{'so kind ' * 125_000}\n2,3,Slow reply from the agent\n", encoding="utf-8")
    outcome = call("inspect", path)
    assert outcome.status == 0, outcome.err
    assert "2 = 2 + 0 + 0" in outcome.out


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission(call, tmp_path):
    path = tmp_path / "closed.csv"
    path.write_text(TABLE, encoding="utf-8")
    path.chmod(0)
    one_line(call("inspect", path), "closed.csv", "can't be read")


def database(folder: Path) -> str:
    path = folder / "survey.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE answers (id TEXT, nps INTEGER, comment TEXT)")
        rows = [(str(i), i % 11, f"The reply took {i} days") for i in range(50)]
        connection.executemany("INSERT INTO answers VALUES (?, ?, ?)", rows)
    return f"sqlite:///{path}"


def test_a_database_is_read_through_a_query(call, tmp_path):
    outcome = call("inspect", database(tmp_path), "--query", "SELECT * FROM answers WHERE nps > 0")
    assert outcome.status == 0, outcome.err
    assert "45 = 45 + 0 + 0" in outcome.out


@pytest.mark.parametrize(
    ("query", "parts"), [("SELECT * FROM answer", ["answer"]), ("SELEC 1", ["SELEC"]), ("", ["--query"])]
)
def test_an_error_of_the_database_is_one_line(call, tmp_path, query, parts):
    flags = ["--query", query] if query else []
    one_line(call("run", database(tmp_path), "--out", tmp_path / "run", "--quiet", *flags), *parts)
    assert not (tmp_path / "run").exists()


def test_a_password_in_a_database_url_is_never_shown(call, tmp_path):
    url = "postgresql://someone:hunter2@localhost:1/survey"
    outcome = call("inspect", url, "--query", "SELECT 1")
    assert outcome.status == 1
    assert "hunter2" not in outcome.err + outcome.out
    assert "Traceback" not in outcome.err


def test_standard_input_is_read(call, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TABLE.replace("score", "nps").encode())))
    outcome = call("inspect", "-")
    assert outcome.status == 0, outcome.err
    assert "200 = 200 + 0 + 0" in outcome.out

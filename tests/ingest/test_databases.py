"""A database is read by a query, never changed, and what it refuses is one line without the password."""

import builtins
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.files import list_exports
from feedback_nlp.ingest.reading.formats import Export, read_export

ROWS = [(1, 9.0, "Friendly: quick", None), (2, 3.5, None, b"raw")]
ALL = "SELECT * FROM answers ORDER BY id"


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    connection = sqlite3.connect(tmp_path / "q3 é.db")
    connection.execute("CREATE TABLE answers (id INT, score REAL, why TEXT, extra BLOB)")
    connection.executemany("INSERT INTO answers VALUES (?, ?, ?, ?)", ROWS)
    connection.commit()
    connection.close()
    return tmp_path / "q3 é.db"


@pytest.fixture
def duckdb_file(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "q3.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE answers AS SELECT 1 AS id, 9.0::DECIMAL(3, 1) AS score, 'Très bien' AS why, "
            "DATE '2024-07-01' AS given, [1, 2] AS tags"
        )
    return tmp_path / "q3.duckdb"


def read(url: str, query: str = ALL) -> Export:
    ((name, place),) = list_exports([url], query).items()
    return read_export(place, name, IngestConfig(query=query))


def as_lists(export: Export) -> list[list[Any]]:
    return [list(export.cells.columns), *export.cells.fillna("").to_numpy().tolist()]


def test_a_sqlite_file_reads_as_text(sqlite_file: Path) -> None:
    export = read(f"sqlite:///{sqlite_file}")
    assert as_lists(export) == [
        ["id", "score", "why", "extra"], ["1", "9", "Friendly: quick", ""], ["2", "3.5", "", "raw"],
    ]  # fmt: skip
    assert (export.source.name, export.source.rows, export.source.layout) == ("q3 é.db", 2, "sqlite query")


def test_a_duckdb_file_reads_as_text(duckdb_file: Path) -> None:
    export = read(f"duckdb:///{duckdb_file}")
    assert as_lists(export)[1] == ["1", "9", "Très bien", "2024-07-01", "[1, 2]"]
    assert (export.source.name, export.source.layout) == ("q3.duckdb", "duckdb query")


def test_more_rows_than_one_batch_are_all_read(sqlite_file: Path) -> None:
    many = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 25000) SELECT id FROM n"
    export = read(f"sqlite:///{sqlite_file}", many)
    assert export.cells["id"].tolist() == [str(n) for n in range(1, 25_001)]


def test_colons_and_percent_signs_in_a_query_are_no_parameters(sqlite_file: Path, duckdb_file: Path) -> None:
    for url in (f"sqlite:///{sqlite_file}", f"duckdb:///{duckdb_file}"):
        assert as_lists(read(url, "SELECT 'at 12 :30, 5 %s; -- x' AS a FROM answers LIMIT 1 -- done;")) == [
            ["a"], ["at 12 :30, 5 %s; -- x"],
        ]  # fmt: skip


def test_the_hash_is_of_the_rows_read(sqlite_file: Path) -> None:
    url = f"sqlite:///{sqlite_file}"
    assert read(url).source.sha256 == read(url).source.sha256
    assert read(url).source.sha256 != read(url, "SELECT * FROM answers WHERE id = 1").source.sha256


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "a database needs a query"), ("-- nothing", "a database needs a query"),
        ("DELETE FROM answers", "starts with 'DELETE', which is no query"),
        ("SELECT 1; DELETE FROM answers", "holds several statements"),
        ("SELECT * FROM nowhere", "the database says: .*nowhere"), ("SELEC 1", "starts with 'SELEC'"),
        ("SELECT why FROM answers WHERE", "the database says: "), ("(", r"starts with '\('"),
        ("SELECT * FROM answers WHERE id > 99", "no rows below the header"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_query_that_can_not_be_is_one_clear_line(
    sqlite_file: Path, duckdb_file: Path, kind: str, query: str, says: str
) -> None:
    path = {"sqlite": sqlite_file, "duckdb": duckdb_file}[kind]
    before = path.read_bytes()
    with pytest.raises(InputError, match=rf"^{path.name}: .*{says}") as caught:
        read(f"{kind}:///{path}", query)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "query",
    [
        "WITH x AS (SELECT 1) DELETE FROM answers",
        "WITH x AS (SELECT 1) INSERT INTO answers SELECT 1, 2, 3, 4 RETURNING *",
    ],
)
def test_a_change_disguised_as_a_query_is_refused(sqlite_file: Path, query: str) -> None:
    before = sqlite_file.read_bytes()
    with pytest.raises(InputError, match="the database says: not authorized"):
        read(f"sqlite:///{sqlite_file}", query)
    assert sqlite_file.read_bytes() == before


def test_a_duckdb_query_reads_no_other_file(duckdb_file: Path) -> None:
    (duckdb_file.parent / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"the database says: .*disabled"):
        read(f"duckdb:///{duckdb_file}", f"FROM read_csv('{duckdb_file.parent}/secret.csv')")


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError, match=rf"absent.db: no such database file: {tmp_path}/absent.db"):
        read(f"{kind}:///{tmp_path}/absent.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    (tmp_path / "junk.db").write_bytes(b"junk" * 500)
    with pytest.raises(InputError, match=r"^junk.db: the database says: "):
        read(f"{kind}:///{tmp_path}/junk.db")


@pytest.mark.parametrize("url", ["nonsense://x", "http://example.com/q3.csv", "://", "sqlite://host:port/x"])
def test_what_is_no_url_of_a_database_is_one_clear_line(url: str) -> None:
    with pytest.raises(InputError, match="no usable database URL") as caught:
        read(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("password", ["secret", "se:cr@et", "se%40cret"])
def test_no_message_holds_the_password(sqlite_file: Path, password: str) -> None:
    for url in (f"nosuch://ann:{password}@db.example.com/survey", f"sqlite://ann:{password}@/{sqlite_file}"):
        with pytest.raises(InputError) as caught:
            read(url)
        assert "cr" not in str(caught.value).replace(sqlite_file.name, "").replace("--query", "")


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_database_given_as_a_file_names_its_url(sqlite_file: Path, duckdb_file: Path, kind: str) -> None:
    path = {"sqlite": sqlite_file, "duckdb": duckdb_file}[kind]
    with pytest.raises(InputError, match=f"a database; name it as {kind}:///{path.name} and add --query"):
        read_export(path, path.name, IngestConfig())


def test_the_same_database_of_two_hosts_is_told_apart() -> None:
    urls = [f"postgresql://ann:secret@{host}/survey" for host in ("north", "south")]
    assert list(list_exports(urls, ALL)) == ["north/survey", "south/survey"]
    with pytest.raises(InputError, match="survey: given 2 times"):
        list_exports([urls[0], urls[0].replace("ann:secret", "bob")], ALL)


def test_without_sqlalchemy_the_error_names_the_extra(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("sqlalchemy"):
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r'pip install "feedback_nlp\[sql\]"'):
        read(f"sqlite:///{sqlite_file}")

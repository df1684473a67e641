"""A database as an export: a SQLAlchemy URL and a query -> the rows it returns, as text.

The database is never changed: SQLite and DuckDB files are opened for reading only, other databases in a transaction
that is read-only where they know such and is always rolled back, and what is no single query is refused beforehand.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.cells import Cells, Rows, cell_text

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, CursorResult, Engine

_BATCH = 10_000  # rows
_MEMORY = ("", ":memory:")
_NOT_CODE = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)  # texts, names and remarks
_QUERIES = ("select", "with", "values", "table", "from")  # what a query starts with; DuckDB's may with FROM
_EXAMPLE = 'e.g. --query "SELECT id, score, comment FROM answers"'
_READ_ONLY_ACTIONS = (20, 21, 31, 33)  # of sqlite3.h: READ, SELECT, FUNCTION, RECURSIVE


def database_of(url: str) -> tuple[str, str]:
    """Returns host (with port) and name of the database of a URL, without user and password.

    The name is the file's where the database is one, else what the URL says, else the kind of database.

    >>> database_of("postgresql://ann:secret@db.example.com:5432/survey"), database_of("sqlite:////data/q3.db")
    (('db.example.com:5432', 'survey'), ('/data', 'q3.db'))
    """
    kind, _, rest = url.partition("://")
    rest = rest.partition("?")[0]
    host, _, name = rest.rpartition("@")[2].partition("/")
    path = Path(name)
    if not host and path.name and name not in _MEMORY:
        return str(path.resolve().parent), path.name
    return host or "memory", kind if name in _MEMORY else path.name


def read_database(url: str, query: str, name: str) -> Rows:
    """Returns the columns' names and the rows of a query, fetched as they are asked for; `name` is for errors.

    Raises (some of it while the rows are read):
        InputError: SQLAlchemy or the database's driver is not installed, there is no query or more than one, the URL
            or its file is none, the database refuses the connection or the query. No message holds the password.
    """
    try:
        import sqlalchemy
    except ImportError:
        raise InputError(
            f'{name}: databases are read through SQLAlchemy, which is not installed: pip install "feedback_nlp[sql]"'
        ) from None
    _check_query(query, name)
    try:
        engine = _engine(sqlalchemy.make_url(url), name)
    except ImportError as error:
        raise InputError(f"{name}: the database's driver is not installed: {error}") from None
    except (sqlalchemy.exc.SQLAlchemyError, ValueError) as error:  # ValueError: a port that is no number
        raise InputError(f"{name}: no usable database URL: {_reason(error, url)}; e.g. sqlite:///survey.db") from None
    rows = _fetched(engine, query, name, url)
    return Rows(chain([next(rows)], rows), f"{engine.dialect.name} query")


def _check_query(query: str, name: str) -> None:
    """Raises an InputError unless there is one query, by its first word; the texts within it are not looked at."""
    code = _NOT_CODE.sub(" ", query).strip().rstrip(";").strip()
    if not code:
        raise InputError(f"{name}: a database needs a query: {_EXAMPLE}")
    first = re.match(r"[\s(]*(\w*)", code)
    word = first[1] if first else ""
    if word.lower() not in _QUERIES:
        raise InputError(f"{name}: --query starts with '{word or code[:1]}', which is no query; {_EXAMPLE}")
    if ";" in code:
        raise InputError(f"{name}: --query holds several statements; one is expected, {_EXAMPLE}")


def _engine(url: "URL", name: str) -> "Engine":
    """Returns an engine that opens the database for reading only."""
    from sqlalchemy import create_engine, pool

    kind, path = url.get_backend_name(), url.database or ""
    is_file = kind in ("sqlite", "duckdb") and path not in _MEMORY and not path.startswith(("file:", "md:"))
    if is_file and not Path(path).is_file():
        raise InputError(f"{name}: no such database file: {path}")
    arguments: dict[str, Any] = {}
    if is_file and kind == "sqlite":
        url = url.set(database=f"file:{quote(str(Path(path).resolve()))}").update_query_dict(
            {"mode": "ro", "uri": "true"}
        )
    elif is_file:
        arguments = {"read_only": True, "config": {"enable_external_access": "false"}}
    return create_engine(url, poolclass=pool.NullPool, connect_args=arguments)


def _fetched(engine: "Engine", query: str, name: str, url: str) -> Iterator[Cells]:
    """Yields the columns' names, then the rows; the connection is rolled back and closed at the end."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with closing(engine.connect()) as connection:
            result = _executed(connection, query)
            if not result.returns_rows:
                raise InputError(f"{name}: the query returns no table; {_EXAMPLE}")
            yield [str(column) for column in result.keys()]  # noqa: SIM118 - the result's columns; it is no dict
            for row in result.yield_per(_BATCH):
                yield [cell_text(value) for value in row]
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error, OSError, ValueError) as error:
        raise InputError(f"{name}: the database says: {_reason(error, url)}") from None


def _executed(connection: "Connection", query: str) -> "CursorResult[Any]":
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.set_authorizer(lambda action, *_: int(action not in _READ_ONLY_ACTIONS))
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
    # neither ":name" nor "%" in the query is a parameter
    return connection.execution_options(no_parameters=True, stream_results=True).exec_driver_sql(query)


def _reason(error: Exception, url: str) -> str:
    """Returns the first line of what the driver says, without the URL's password."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    said = re.sub(r"(?i)\b(password|pwd)=\S+", r"\1=***", lines[0] if lines else type(error).__name__)
    credentials = re.match(r"[^:]*://[^:@/]*:(.*)@", url)
    for secret in filter(None, (credentials[1], unquote(credentials[1])) if credentials else ()):
        said = said.replace(secret, "***")
    return said

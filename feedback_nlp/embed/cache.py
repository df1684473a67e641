"""Vectors on disk, keyed by the encoder's fingerprint and the text: a text is encoded once per encoder."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np

from feedback_nlp.errors import ModelError
from feedback_nlp.schema import Vectors

CACHE_BYTES = 2_000_000_000  # of all encoders together; about 1.2 million vectors of MiniLM

_Result = TypeVar("_Result")

_LAYOUT = 2  # raised when the table or the shapes of batches change; files of other layouts are never read
_CHUNK = 900  # SQLite allows 999 parameters in old builds
_KEPT = 0.8  # of the bound is kept when something has to go, so that it need not go again at once
_TABLES = (
    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB, used INTEGER) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS additions (number INTEGER)",
)


class VectorCache:
    """A folder of SQLite files, one per encoder; texts are stored only as their hash.

    Vectors are a function of encoder and text alone (see `SentenceEncoder`), so a cached row is bit-equal to a new one.
    A damaged file is thrown away: everything in it can be computed again. A place that can't be read or written is a
    ModelError.

    The folder is bounded: where it has grown beyond `most_bytes`, files of other encoders shrink first, the one
    longest unwritten before the others, and then this one. Within a file the vectors go whose last use is longest ago,
    told by counting additions, so no clock is asked. Several processes may use one folder: every step is one
    transaction.
    """

    def __init__(self, folder: Path, fingerprint: str, most_bytes: int = CACHE_BYTES) -> None:
        self.path = folder / f"vectors-{_LAYOUT}-{fingerprint[:32]}.sqlite"
        self.most_bytes = most_bytes
        self._first = 0  # number of the first addition since this cache was opened; 0 = not known yet

    def find(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Returns the vectors that are already known, text -> (d,) float32."""
        if not self.path.exists():
            return {}
        by_key = {_key(text): text for text in texts}
        rows = self._with_database(lambda database: self._select(database, list(by_key)))
        return {by_key[key]: _unpacked(vector) for key, vector in rows}

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Stores one vector per text; rows that are already there stay."""
        rows = [(_key(text), _packed(vector)) for text, vector in zip(texts, vectors, strict=True)]
        self._with_database(lambda database: self._insert(database, rows))
        self._make_room()

    def _select(self, database: sqlite3.Connection, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
        following = _last_number(database) + 1  # less than before if the file was thrown away meanwhile
        self._first = min(self._first or following, following)
        found = []
        for first in range(0, len(keys), _CHUNK):
            part = keys[first : first + _CHUNK]
            among = f"WHERE key IN ({','.join('?' * len(part))})"
            rows = database.execute(f"SELECT key, vector FROM vectors {among}", part).fetchall()  # noqa: S608 only question marks
            stale = f"UPDATE vectors SET used = {self._first} {among} AND used < {self._first}"  # noqa: S608 a number of ours
            database.execute(stale, part)
            found += rows
        if any(not _is_sound(vector) for _, vector in found):
            raise sqlite3.DatabaseError("a vector's checksum is wrong")
        return found

    def _insert(self, database: sqlite3.Connection, rows: list[tuple[bytes, bytes]]) -> None:
        number = _next_number(database)
        self._first = self._first or number
        database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", [(*row, number) for row in rows])

    def _make_room(self) -> None:
        others = sorted(set(self.path.parent.glob("vectors-*.sqlite")) - {self.path}, key=_last_written)
        sizes = {path: _size(path) for path in [*others, self.path]}
        total = sum(sizes.values())
        wanted = _KEPT * self.most_bytes if total > self.most_bytes else total
        for path, size in sizes.items():
            if total > self.most_bytes and size:
                _shrink(path, min((total - wanted) / size, 1.0))
                total -= size - _size(path)

    def _with_database(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return _do(self.path, work)
            except sqlite3.OperationalError:  # locked, read-only, another's table: not ours to throw away
                raise
            except sqlite3.DatabaseError:
                self.path.unlink(missing_ok=True)
                return _do(self.path, work)
        except (OSError, sqlite3.DatabaseError) as error:
            raise ModelError(
                f"embed.cache: {self.path} can't be used ({error}); name another folder, or 'none' for no cache"
            ) from None


def _do(path: Path, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
    with closing(sqlite3.connect(path, timeout=60)) as database, database:
        for table in _TABLES:
            database.execute(table)
        database.execute("BEGIN IMMEDIATE")  # a transaction that reads first could not be sure of writing after
        return work(database)


def _last_number(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT max(number) FROM additions").fetchone()[0] or 0)


def _next_number(database: sqlite3.Connection) -> int:
    number = _last_number(database) + 1
    database.execute("DELETE FROM additions")
    database.execute("INSERT INTO additions VALUES (?)", (number,))
    return number


def _shrink(path: Path, share: float) -> None:
    """Deletes that share of the file's vectors, longest unused first; a file that can't be shrunk stays or goes whole.

    Deleting the rows of another encoder's file, rather than the file, is safe while another process writes into it.
    """
    if not path.name.startswith(f"vectors-{_LAYOUT}-"):  # no version that could read it is likely to come back
        path.unlink(missing_ok=True)
        return

    def forget(database: sqlite3.Connection) -> None:
        """The oldest of one file."""
        number = int(share * database.execute("SELECT count(*) FROM vectors").fetchone()[0]) + 1
        oldest = "SELECT key FROM vectors ORDER BY used, key LIMIT ?"
        database.execute(f"DELETE FROM vectors WHERE key IN ({oldest})", (number,))  # noqa: S608 a constant

    with suppress(sqlite3.OperationalError, OSError):  # locked by another process for long: next time
        try:
            _do(path, forget)
            with closing(sqlite3.connect(path, timeout=60)) as database:
                database.execute("VACUUM")  # keys are hashes: what goes leaves gaps on every page
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile
        return 0


def _last_written(path: Path) -> tuple[float, str]:
    try:
        return path.stat().st_mtime, path.name
    except OSError:
        return 0.0, path.name


def _packed(vector: Vectors) -> bytes:
    """The vector with a checksum: SQLite notices a damaged page only where its own structure suffers."""
    content = np.ascontiguousarray(vector, np.float32).tobytes()
    return content + crc32(content).to_bytes(4, "big")


def _is_sound(packed: bytes) -> bool:
    return crc32(packed[:-4]).to_bytes(4, "big") == packed[-4:]


def _unpacked(packed: bytes) -> Vectors:
    return np.frombuffer(packed, np.float32, count=len(packed) // 4 - 1)


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()

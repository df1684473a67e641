"""Vectors on disk, keyed by the hash of the weights and the text: a text is encoded once per model."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import numpy as np

from feedback_nlp.errors import ModelError
from feedback_nlp.schema import Vectors

_Result = TypeVar("_Result")

_SHAPES = 1  # raised when batches get other shapes, which changes the last bits of a vector
_CHUNK = 900  # SQLite allows 999 parameters in old builds


class VectorCache:
    """A folder of SQLite files, one per model fingerprint; texts are stored only as their hash.

    Vectors are a function of weights and text alone (see `SentenceEncoder`), so a cached row is bit-equal to a new one.
    A damaged file is thrown away: everything in it can be computed again. A place that can't be read or written is a
    ModelError.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.path = folder / f"vectors-{_SHAPES}-{fingerprint[:32]}.sqlite"

    def find(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Returns the vectors that are already known, text -> (d,) float32."""
        if not self.path.exists():
            return {}
        by_key = {_key(text): text for text in texts}
        rows = self._with_database(lambda database: _select(database, list(by_key)))
        return {by_key[key]: np.frombuffer(vector, np.float32) for key, vector in rows}

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Stores one vector per text; rows that are already there stay."""
        rows = [(_key(text), vector.tobytes()) for text, vector in zip(texts, vectors, strict=True)]
        self._with_database(lambda database: database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows))

    def _with_database(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._do(work)
            except sqlite3.OperationalError:  # locked, read-only, another's table: not ours to throw away
                raise
            except sqlite3.DatabaseError:
                self.path.unlink(missing_ok=True)
                return self._do(work)
        except (OSError, sqlite3.DatabaseError) as error:
            raise ModelError(
                f"embed.cache: {self.path} can't be used ({error}); name another folder, or 'none' for no cache"
            ) from None

    def _do(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        with closing(sqlite3.connect(self.path, timeout=60)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
            return work(database)


def _select(database: sqlite3.Connection, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
    found = []
    for first in range(0, len(keys), _CHUNK):
        part = keys[first : first + _CHUNK]
        marks = ",".join("?" * len(part))
        found += database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part).fetchall()  # noqa: S608 only question marks
    return found


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()

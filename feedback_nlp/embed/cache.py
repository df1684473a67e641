"""Vectors on disk, keyed by the hash of the weights and the text: a text is encoded once per model."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import numpy as np

from feedback_nlp.schema import Vectors

_CHUNK = 900  # SQLite allows 999 parameters in old builds


class VectorCache:
    """A folder of SQLite files, one per model fingerprint; texts are stored only as their hash.

    Vectors are a function of weights and text alone (see `SentenceEncoder`), so a cached row is bit-equal to a new one.
    A damaged file is thrown away: everything in it can be computed again.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.path = folder / f"vectors-{fingerprint[:32]}.sqlite"

    def find(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Returns the vectors that are already known, text -> (d,) float32."""
        if not self.path.exists():
            return {}
        by_key = {_key(text): text for text in texts}
        keys, found = list(by_key), {}
        with self._open() as database:
            for first in range(0, len(keys), _CHUNK):
                part = keys[first : first + _CHUNK]
                marks = ",".join("?" * len(part))
                rows = database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608 only question marks
                found.update({by_key[key]: np.frombuffer(vector, np.float32) for key, vector in rows})
        return found

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Stores one vector per text; rows that are already there stay."""
        rows = [(_key(text), vector.tobytes()) for text, vector in zip(texts, vectors, strict=True)]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            database = self._connect()
        except sqlite3.DatabaseError:
            self.path.unlink(missing_ok=True)
            database = self._connect()
        with closing(database), database:
            yield database

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=60)
        try:
            database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()

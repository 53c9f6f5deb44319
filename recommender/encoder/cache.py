"""Embeddings kept by model and text, so that only what changed is computed again."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from recommender.encoder.protocol import Encoder, Vectors

Progress = Callable[[int, int], None]
"""Called with how many texts are done, of how many."""

_AT_ONCE = 256
_TABLE = "CREATE TABLE IF NOT EXISTS embeddings (model TEXT, kind TEXT, text BLOB, vector BLOB, PRIMARY KEY (model, kind, text)) WITHOUT ROWID"


class CachedEncoder:
    """An `Encoder` for the texts of a catalogue: what it has encoded before is read from a SQLite file, the rest is computed and kept there.

    A text is kept as its SHA-256 only. A file that cannot be used is made anew; one that cannot be written costs time, not answers.
    """

    def __init__(self, encoder: Encoder, path: Path, progress: Progress | None = None) -> None:
        self._encoder, self._path, self._progress = encoder, path, progress
        self._used: set[tuple[str, bytes]] = set()

    @property
    def name(self) -> str:
        """The encoder's name."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """The number of columns of every answer."""
        return self._encoder.dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows."""
        return self._encode("query", self._encoder.encode_queries, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows."""
        return self._encode("passage", self._encoder.encode_passages, texts)

    def forget_unused(self) -> None:
        """Remove what this encoder has kept of texts that were not asked for since this object was made."""
        with closing(self._connect()) as connection, connection:
            kept = connection.execute("SELECT kind, text FROM embeddings WHERE model = ?", (self.name,)).fetchall()
            unused = [(self.name, *row) for row in kept if row not in self._used]
            connection.executemany("DELETE FROM embeddings WHERE (model, kind, text) = (?, ?, ?)", unused)

    def _encode(self, kind: str, encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        self._used.update((kind, key) for key in keys)
        with closing(self._connect()) as connection:
            known = self._read(connection, kind, keys)
            missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
            for start in range(0, len(missing), _AT_ONCE):
                chunk = dict(missing[start : start + _AT_ONCE])
                fresh = dict(zip(chunk, encode(list(chunk.values())), strict=True))
                with connection:
                    kept = [(self.name, kind, key, vector.tobytes()) for key, vector in fresh.items()]
                    connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)", kept)
                known |= fresh
                if self._progress:
                    self._progress(len(known), len(set(keys)))
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            rows[row] = known[key]
        return rows

    def _read(self, connection: sqlite3.Connection, kind: str, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        wanted = set(keys)
        found = connection.execute(
            "SELECT text, vector FROM embeddings WHERE (model, kind) = (?, ?)", (self.name, kind)
        )
        return {
            key: np.frombuffer(vector, dtype=np.float32)
            for key, vector in found
            if key in wanted and len(vector) == 4 * self.dimension
        }

    def _connect(self) -> sqlite3.Connection:
        """Open the file, made anew when it is damaged, in memory when there can be none."""
        for attempt in (self._path, self._path, ":memory:"):
            connection = sqlite3.connect(attempt, timeout=30)
            try:
                connection.execute(_TABLE)
                connection.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.OperationalError:  # such as a folder that cannot be written
                connection.close()
            except sqlite3.DatabaseError:  # no SQLite file, or a damaged one
                connection.close()
                self._path.unlink(missing_ok=True)
            else:
                return connection
        raise AssertionError("an SQLite database in memory can always be opened")

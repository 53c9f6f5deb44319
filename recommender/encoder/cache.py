"""Embeddings kept by model and text, so that only what changed is computed again."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import numpy as np

from recommender.encoder.protocol import Encoder, Vectors

Progress = Callable[[int, int], None]
"""Called with how many texts are done, of how many."""

Answer = TypeVar("Answer")

_AT_ONCE = 256
_ROUNDING = 1e-3  # rows are of length 1; others are damaged, which SQLite does not notice within a value
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

        def forget(connection: sqlite3.Connection) -> None:
            kept = connection.execute("SELECT kind, text FROM embeddings WHERE model = ?", (self.name,)).fetchall()
            unused = [(self.name, *row) for row in kept if row not in self._used]
            connection.executemany("DELETE FROM embeddings WHERE (model, kind, text) = (?, ?, ?)", unused)

        self._on_file(forget)

    def _encode(self, kind: str, encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(text.encode(errors="surrogatepass")).digest() for text in texts]
        self._used.update((kind, key) for key in keys)
        known = self._kept(kind, set(keys))
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        for start in range(0, len(missing), _AT_ONCE):
            chunk = dict(missing[start : start + _AT_ONCE])
            fresh = dict(zip(chunk, encode(list(chunk.values())), strict=True))
            self._keep(kind, fresh)
            known |= fresh
            if self._progress:
                self._progress(len(known), len(set(keys)))
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            vectors[row] = known[key]
        return vectors

    def _kept(self, kind: str, wanted: set[bytes]) -> dict[bytes, Vectors]:
        """Return what the file holds of `wanted`; nothing when it cannot be read."""

        def read(connection: sqlite3.Connection) -> dict[bytes, Vectors]:
            contents = self._found(connection, kind, list(wanted))
            rows = ((key, np.frombuffer(content, dtype=np.float32)) for key, content in contents if self._fits(content))
            with np.errstate(over="ignore", invalid="ignore"):
                return {key: row for key, row in rows if abs(float(row @ row) - 1) < _ROUNDING}

        return self._on_file(read) or {}

    def _found(
        self, connection: sqlite3.Connection, kind: str, wanted: Sequence[bytes]
    ) -> Iterator[tuple[bytes, bytes]]:
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT text, vector FROM embeddings WHERE model = ? AND kind = ? AND text IN ({marks})"
            yield from connection.execute(query, (self.name, kind, *some))

    def _fits(self, content: object) -> bool:
        return isinstance(content, bytes) and len(content) == 4 * self.dimension

    def _keep(self, kind: str, fresh: dict[bytes, Vectors]) -> None:
        rows = [(self.name, kind, key, vector.tobytes()) for key, vector in fresh.items()]
        self._on_file(lambda file: file.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)", rows))

    def _on_file(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer | None:
        """Do `work` as one transaction; None when it could not be done. A damaged file is removed, so that the next work finds a new one."""
        try:
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path)) as connection, connection:
                connection.execute(_TABLE)
                return work(connection)
        except sqlite3.OperationalError:  # such as a folder that cannot be written, or a full disk
            return None
        except sqlite3.DatabaseError:  # no SQLite file, or a damaged one
            with suppress(OSError):
                self._path.unlink()
            return None
